"""What the screens of complaints show, by SQL."""
