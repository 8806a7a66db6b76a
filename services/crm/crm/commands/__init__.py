"""What people ask of customer relations, one function each: load, decide, save, publish."""
