"""Configuration of a service: where things are. The numbers of the trade are house rules, not settings."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class SettingsIncomplete(Exception):
    """The environment lacks variables or holds unusable ones; the message names every one, never a value."""

    def __init__(self, missing: list[str], unusable: dict[str, str]) -> None:
        parts = []
        if missing:
            parts.append(f"set these environment variables: {', '.join(missing)}")
        parts.extend(f"{name} is unusable: {reason}" for name, reason in unusable.items())
        super().__init__("; ".join(parts))
        self.missing = missing
        self.unusable = unusable


class _Secrets(PydanticBaseSettingsSource):
    """Reads the value of a field from the file named by ``<FIELD>_FILE``, as Compose hands secrets over."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        if not path or variable.lower() in self.settings_cls.model_fields:
            return None, field_name, False
        return Path(path).read_text(encoding="utf-8").strip(), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(f, name)[0] for name, f in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _on_asyncpg(url: str) -> str:
    if url.startswith("postgresql+asyncpg://"):
        return url
    if url.startswith("postgresql://"):
        return url.replace("postgresql://", "postgresql+asyncpg://", 1)
    raise ValueError("it must begin with postgresql+asyncpg://")


def _on_amqp(url: str) -> str:
    if not url.startswith(("amqp://", "amqps://")):
        raise ValueError("it must begin with amqp:// or amqps://")
    return url


def _known_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError("no such time zone") from unknown
    return name


class ServiceSettings(BaseSettings):
    """What every service reads from its environment: a field ``name`` is the variable ``NAME``, and a secret
    may stand in a file named by ``NAME_FILE``. Raises ``SettingsIncomplete``."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, hide_input_in_errors=True, extra="forbid"
    )

    database_url: Annotated[str, AfterValidator(_on_asyncpg)] = Field(
        description="this service's own database", repr=False
    )
    broker_url: Annotated[str, AfterValidator(_on_amqp)] = Field(
        description="RabbitMQ, with this service's own user", repr=False
    )
    shop_id: UUID = Field(description="the one shop of this installation")
    shop_timezone: Annotated[str, AfterValidator(_known_timezone)] = "Asia/Shanghai"
    shop_currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$", description="ISO 4217")
    shop_clock_file: Path | None = Field(
        default=None, description="offset of shop time in seconds; absent in production"
    )
    public_url: str = Field(default="http://127.0.0.1:18080", description="where customers reach the gateway")
    auth_jwks: str = Field(description="public keys of the token issuer: a file or an https address")
    data_key_file: Path | None = Field(default=None, description="master key for personal data, 32 bytes")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: str = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    otlp_endpoint: str | None = Field(default=None, description="traces go here; none: no tracing")
    pool_size: int = Field(default=16, ge=4, description="database connections of one process")
    replica: int = Field(default=1, ge=1, description="number of this process among its service's replicas")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over files. There are no dotenv files."""
        return init_settings, env_settings, _Secrets(settings_cls)

    @model_validator(mode="wrap")
    @classmethod
    def _report_all_at_once(cls, values: Any, build: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return build(values)
        except ValidationError as wrong:
            errors = [(str(e["loc"][0]).upper() if e["loc"] else "?", e) for e in wrong.errors()]
        missing = [name for name, e in errors if e["type"] == "missing"]
        raise SettingsIncomplete(missing, {n: e["msg"] for n, e in errors if e["type"] != "missing"})

    @property
    def timezone(self) -> ZoneInfo:
        """The shop's time zone, for ``_on`` dates and the calendar."""
        return ZoneInfo(self.shop_timezone)
