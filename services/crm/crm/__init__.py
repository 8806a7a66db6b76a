"""The crm department."""
