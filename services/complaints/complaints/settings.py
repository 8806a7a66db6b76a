"""Where the complaints service finds things; it needs nothing beyond what every service has."""

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Settings of complaints."""
