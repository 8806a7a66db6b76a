"""What customer relations does when another department reports something, a module per department."""
