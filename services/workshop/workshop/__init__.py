"""The workshop department."""
