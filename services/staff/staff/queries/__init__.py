"""What staff shows: employees, and what their work has shown."""
