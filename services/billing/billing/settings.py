"""What billing reads from its environment: what every service needs, nothing of its own."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Configuration of the billing department."""
