"""What people ask staff for: load, decide, save, publish."""
