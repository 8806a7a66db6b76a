"""What billing does when another department reports something, a module per department."""
