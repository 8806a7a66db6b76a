"""What people ask of complaints: one function per command."""
