"""What the workshop's screens read: SQL to views."""
