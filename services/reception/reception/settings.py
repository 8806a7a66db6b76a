"""Where reception's own things are: what every service reads, and nothing more."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """What reception reads from its environment."""
