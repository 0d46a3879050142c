"""All settings together, and which source of one wins."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsError
from bot.settings.groups import DiscordSettings, Folder, KeepingSettings, LinksSettings, MatrixSettings

PREFIX = "INFOSHOP_"
FILE = "_FILE"


def _data_dir() -> Path:
    return platformdirs.user_data_path("infoshop", appauthor=False)


class Settings(BaseSettings):
    """What an operator can decide. `config/infoshop.example.toml` explains each setting."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    data_dir: Annotated[Folder, Field(description="The folder the database lives in.")] = Field(
        default_factory=_data_dir
    )
    database_url: Annotated[
        SecretStr,
        Field(description="sqlite+aiosqlite:///… or postgresql+asyncpg://…; SQLite in data_dir if empty."),
    ] = SecretStr("")
    seeds: Annotated[Folder | None, Field(description="A folder of seed files in place of our own.")] = None
    locale: Annotated[
        str, Field(description="The language to answer in until a reader asks for another.")
    ] = "en"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="The least important log line to write."),
    ] = "warning"
    semantic: Annotated[
        Literal["auto", "off"],
        Field(description="Whether search compares meanings, too, where the extra `semantic` is installed."),
    ] = "auto"
    discord: DiscordSettings = DiscordSettings()
    matrix: MatrixSettings = MatrixSettings()
    keeping: KeepingSettings = KeepingSettings()
    links: LinksSettings = LinksSettings()

    @property
    def database(self) -> str:
        """The URL of the database. It may hold a password: never print it."""
        return (
            self.database_url.get_secret_value()
            or f"sqlite+aiosqlite:///{self.data_dir / 'infoshop.sqlite3'}"
        )

    @property
    def platforms(self) -> list[str]:
        """The names of the platforms that are configured."""
        configured = {"Discord": self.discord.token, "Matrix": self.matrix.homeserver}
        return [name for name, given in configured.items() if given]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secret files come before the environment, and that before the file."""
        del dotenv_settings, file_secret_settings
        if isinstance(env_settings, EnvSettingsSource):
            # The path of a secret's file is not a setting.
            env_settings.env_vars = {
                name: value
                for name, value in env_settings.env_vars.items()
                if not name.upper().endswith(FILE)
            }
        return InitSettingsSource(settings_cls, _secrets()), env_settings, init_settings


def _secrets() -> dict[str, Any]:
    """The values in the files that `INFOSHOP_…_FILE` name. Raises `SettingsError` if one cannot be read."""
    values: dict[str, Any] = {}
    for name, path in environment().items():
        if not name.endswith(FILE) or not path:
            continue
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}: the file it names cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            # What Python says of it quotes a byte of the secret.
            raise SettingsError(f"{name}: the file it names is not UTF-8 text") from None
        *groups, key = name.removeprefix(PREFIX).removesuffix(FILE).lower().split("__")
        place = values
        for group in groups:
            place = place.setdefault(group, {})
            if not isinstance(place, dict):
                raise SettingsError(f"{name}: there is no such setting")
        place[key] = secret
    return values


def environment() -> dict[str, str]:
    """What the environment says of us. The names in it may be in small letters, too."""
    return {name.upper(): value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}
