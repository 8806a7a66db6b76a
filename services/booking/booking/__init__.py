"""The booking department."""
