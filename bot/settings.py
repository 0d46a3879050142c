"""Typed settings from one place: a TOML file, then the environment, then secret files.

Every setting can be given as `INFOSHOP_NAME` (nested ones as `INFOSHOP_GROUP__NAME`), or, so that a
secret need not stand in the environment, as `INFOSHOP_NAME_FILE`, the path of a file that holds it.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as SourceError

from bot.errors import SettingsError

PREFIX = "INFOSHOP_"
FILE = "_FILE"
SENTENCES = {
    "extra_forbidden": "there is no such setting",
    "model_type": "is a group of settings and needs the names of those in it",
}
"""Where pydantic's own would not help who writes settings."""
DEFAULT_FILE = Path("config/infoshop.toml")
"""Read where it exists, unless another file is named."""


def _data_dir() -> Path:
    return platformdirs.user_data_path("infoshop", appauthor=False)


def _home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise PydanticCustomError("no_home", "begins with a home folder that does not exist") from None


def _listed(given: object) -> object:
    """A list as the environment has it: `0, 1`."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _address(*schemes: str) -> AfterValidator:
    """An address that begins with one of the schemes; a slash at its end is taken off."""

    def check(given: str) -> str:
        if not given.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise PydanticCustomError("address", f"is not an address that begins with {schemes[0]}://")
        return given.rstrip("/")

    return AfterValidator(check)


Folder = Annotated[Path, AfterValidator(_home)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), NoDecode]
Numbers = Annotated[tuple[NonNegativeInt, ...], BeforeValidator(_listed), NoDecode]


class Group(BaseModel):
    """Settings that belong together. Unknown ones are refused: they are misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DiscordSettings(Group):
    """The Discord application to speak as."""

    token: Annotated[
        SecretStr | None, Field(description="The bot's token, from Discord's developer portal.")
    ] = None
    application_id: Annotated[
        PositiveInt | None, Field(description="The application's id; asked of Discord where it is missing.")
    ] = None
    api_base_url: Annotated[
        str | None, _address("https", "http"), Field(description="The REST API, with its version.")
    ] = None
    gateway_url: Annotated[str | None, _address("wss", "ws"), Field(description="The gateway.")] = None
    shard_ids: Annotated[Numbers, Field(description="The shards this process serves; all if empty.")] = ()
    shard_count: Annotated[
        PositiveInt | None,
        Field(description="How many shards there are; as many as Discord advises if empty."),
    ] = None

    @model_validator(mode="after")
    def _shards_exist(self) -> Self:
        if self.shard_ids and (self.shard_count is None or max(self.shard_ids) >= self.shard_count):
            raise PydanticCustomError(
                "shards", "shard_ids need a shard_count that is larger than each of them"
            )
        return self


class MatrixSettings(Group):
    """The Matrix account to speak as."""

    homeserver: Annotated[
        str | None, _address("https", "http"), Field(description="The address of the homeserver.")
    ] = None
    user_id: Annotated[str, Field(description="The account, such as @infoshop:example.org.")] = ""
    password: Annotated[SecretStr | None, Field(description="Its password.")] = None
    access_token: Annotated[
        SecretStr | None, Field(description="A token of one of its devices, in place of the password.")
    ] = None
    device_id: Annotated[
        str, Field(description="The id of the device; the homeserver makes one up if it is empty.")
    ] = ""
    store_path: Annotated[
        Folder | None, Field(description="The folder of the device's keys; in data_dir if empty.")
    ] = None
    allow_invites_from: Annotated[
        Names, Field(description="Users, servers or rooms whose invites are accepted; * for all.")
    ] = ()
    prefix: Annotated[str, Field(description="What precedes a command.", min_length=1, max_length=8)] = "!"
    grace: Annotated[
        NonNegativeFloat, Field(description="Seconds for which a command is answered that came late.")
    ] = 600.0
    publish_commands: Annotated[
        bool, Field(description="Whether to describe the commands in the state of rooms (MSC4391).")
    ] = False
    purge_after_days: Annotated[
        NonNegativeFloat, Field(description="When to forget a room that the bot was removed from.")
    ] = 30.0


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
    for name, path in _given().items():
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


def _given() -> dict[str, str]:
    """What the environment says of us. The names in it may be in small letters, too."""
    return {name.upper(): value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}


def load(file: Path | None = None) -> Settings:
    """Read the settings. Raises `SettingsError` with a sentence for every setting that cannot be used."""
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: there is no such settings file")
    path = file or DEFAULT_FILE
    written = _read(path) if path.is_file() else {}
    _refuse_misspelt(_given())
    try:
        return Settings(**written)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error, path))) from None
    except SourceError as error:
        raise SettingsError(
            f"The environment: {error}: write it as JSON, or each setting by itself"
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from error
    # Arguments of the settings class itself begin like this.
    for key in written:
        if key.startswith("_"):
            raise SettingsError(f"{path}: {key}: there is no such setting")
    return written


def names(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[str]:
    """The environment variables that are settings: those of a group, and the group itself, as JSON."""
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation, f"{variable}__")


def _refuse_misspelt(given: Iterable[str]) -> None:
    """Raise `SettingsError` for what is nearly a setting; the rest may belong to the machine."""
    known = list(names())
    for name in given:
        setting = name.removesuffix(FILE)
        near = difflib.get_close_matches(setting, known, n=1, cutoff=0.85)
        if near and setting not in known:
            raise SettingsError(
                f"{name}: there is no such setting; is {near[0]}{name[len(setting) :]} meant?"
            )


def _sentences(error: ValidationError, path: Path) -> Iterator[str]:
    """Say where each unusable setting was given. The value itself may be a secret and is left out."""
    given = {name for name, value in _given().items() if value}
    for problem in error.errors(include_input=False, include_url=False):
        location = [str(part) for part in problem["loc"]]
        setting = ".".join(location)
        group, *longer = (PREFIX + "__".join(location[: end + 1]).upper() for end in range(len(location)))
        # The longest name comes first; an item of a list has no variable of its own.
        exact = [
            each for name in reversed(longer or [group]) for each in (name + FILE, name) if each in given
        ]
        members = sorted(name for name in given if name.startswith(f"{(longer or [group])[-1]}__"))
        if exact:
            where = exact[0]
        elif members:
            where = ", ".join(members)
        else:
            where = f"{group if group in given else path}: {setting}"
        yield f"{where}: {SENTENCES.get(problem['type'], problem['msg'])}"
