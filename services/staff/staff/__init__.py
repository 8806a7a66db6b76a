"""The staff department."""
