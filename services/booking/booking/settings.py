"""Settings of the booking department: those that every service has."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Configuration of booking; its numbers are house rules (``booking.domain.rules``)."""
