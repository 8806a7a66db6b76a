"""The billing department."""
