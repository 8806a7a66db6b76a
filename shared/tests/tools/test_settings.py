"""Configuration comes from the environment, and everything that is wrong with it is named at once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from servicekit.settings import ServiceSettings, SettingsIncomplete

SHOP = "6f1d2c80-5d0e-4f55-9a53-0d4b6a3c1e11"
COMPLETE = {
    "DATABASE_URL": "postgresql+asyncpg://booking@localhost/booking",
    "BROKER_URL": "amqp://booking@localhost/bayline",
    "SHOP_ID": SHOP,
    "AUTH_JWKS": "keys.json",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for field in ServiceSettings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
        monkeypatch.delenv(f"{field.upper()}_FILE", raising=False)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
class TestACompleteEnvironment:
    def test_gives_settings_with_the_shop_in_shanghai(self) -> None:
        settings = ServiceSettings()

        assert settings.timezone.key == "Asia/Shanghai"
        assert settings.shop_currency == "CNY"
        assert settings.shop_clock_file is None

    def test_gives_settings_that_cannot_be_changed(self) -> None:
        settings = ServiceSettings()

        with pytest.raises((ValidationError, SettingsIncomplete)):
            setattr(settings, "port", 9)  # noqa: B010

    def test_keeps_passwords_out_of_what_is_printed(self) -> None:
        assert "postgresql" not in repr(ServiceSettings())


class TestSecrets:
    def test_come_from_files(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        secret = tmp_path / "database-url"
        secret.write_text("postgresql://booking:pw@localhost/booking\n")
        environment.delenv("DATABASE_URL")
        environment.setenv("DATABASE_URL_FILE", str(secret))

        assert ServiceSettings().database_url == "postgresql+asyncpg://booking:pw@localhost/booking"

    def test_may_be_overridden_by_a_variable(self, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        secret = tmp_path / "database-url"
        secret.write_text("postgresql://from-file/booking")
        environment.setenv("DATABASE_URL_FILE", str(secret))

        assert ServiceSettings().database_url == COMPLETE["DATABASE_URL"]

    def test_of_a_file_field_are_paths_and_not_read(
        self, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        environment.setenv("DATA_KEY_FILE", str(tmp_path / "absent"))

        assert ServiceSettings().data_key_file == tmp_path / "absent"


class TestAnIncompleteEnvironment:
    def test_names_every_missing_variable(self, environment: pytest.MonkeyPatch) -> None:
        environment.delenv("DATABASE_URL")
        environment.setenv("SHOP_ID", "")

        with pytest.raises(SettingsIncomplete) as raised:
            ServiceSettings()

        assert raised.value.missing == ["DATABASE_URL", "SHOP_ID"]

    def test_names_what_is_unusable_without_showing_its_value(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("BROKER_URL", "https://user:topsecret@host")
        environment.setenv("SHOP_TIMEZONE", "Shanghai/Asia")

        with pytest.raises(SettingsIncomplete) as raised:
            ServiceSettings()

        assert set(raised.value.unusable) == {"BROKER_URL", "SHOP_TIMEZONE"}
        assert "topsecret" not in str(raised.value)
