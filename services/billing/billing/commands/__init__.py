"""What people ask of billing, one function each: load, decide, save, publish."""
