"""What people ask reception for: load, decide, save, publish."""
