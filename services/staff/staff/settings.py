"""Where staff's own things are: the private key of the tokens, and who is the first administrator."""

from pathlib import Path

from pydantic import Field, SecretStr

from servicekit import ServiceSettings


class Settings(ServiceSettings):
    """What staff reads from its environment besides what every service reads."""

    auth_private_key: Path = Field(
        description="PEM file of the key that signs tokens; staff alone may read it"
    )
    first_admin_login: str | None = Field(default=None, description="login of the first administrator")
    first_admin_password: SecretStr | None = Field(default=None, description="their first password")
