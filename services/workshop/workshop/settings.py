"""The workshop's configuration: what every service reads, nothing of its own."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Where the workshop finds its database, broker and keys."""
