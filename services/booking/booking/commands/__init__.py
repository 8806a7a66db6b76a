"""What people ask the booking department for."""
