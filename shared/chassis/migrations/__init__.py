"""Migrations of the chassis tables: each is a step that departments take in a migration of their own."""
