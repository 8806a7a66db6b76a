"""Where billing finds its database, the broker and the keys: what every service needs, nothing of its own."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Configuration of the billing department."""
