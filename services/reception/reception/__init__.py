"""The reception department."""
