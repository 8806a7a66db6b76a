"""What the screens of the booking department show, read by SQL."""
