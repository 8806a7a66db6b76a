"""What the screens of the parts department show, read by SQL."""
