"""Where things are for the parts department: nothing beyond what every service needs."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Configuration of parts; its numbers are house rules (``parts.domain.rules``)."""
