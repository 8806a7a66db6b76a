"""The complaints department."""
