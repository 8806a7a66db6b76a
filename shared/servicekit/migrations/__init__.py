"""Migrations of the servicekit tables: each is a step that departments take in a migration of their own."""
