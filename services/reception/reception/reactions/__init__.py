"""What reception does when another department reports; one function per event, none ever refuses."""
