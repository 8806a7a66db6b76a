"""What the desk looks up: prices in force, and the screens."""
