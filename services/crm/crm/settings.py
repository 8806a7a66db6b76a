"""What crm reads from its environment: the country whose phone numbers are understood without a prefix."""

from pydantic import Field

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """Configuration of the crm department, in addition to what every service reads."""

    phone_region: str = Field(
        default="CN", pattern=r"^[A-Z]{2}$", description="country of phone numbers without a + prefix"
    )
