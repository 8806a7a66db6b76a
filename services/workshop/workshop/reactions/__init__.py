"""What the workshop does when another department reports something."""
