"""What people ask of the workshop: one function per command."""
