"""What complaints does when another department reports something."""
