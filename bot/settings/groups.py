"""What an operator can decide, by what it is about, and the types of it."""

from pathlib import Path
from typing import Annotated, Self

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
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode


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


Days = Annotated[float, Field(ge=0.0, le=36500.0)]
"""A number of days, and parts of a day: as many as a century has at most, which arithmetic can bear."""


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


class KeepingSettings(Group):
    """How long what communities keep is kept."""

    left_days: Annotated[
        Days, Field(description="When to delete what is kept of a community that the bot was removed from.")
    ] = 30.0
    acts_days: Annotated[
        Days, Field(description="When to delete what moderators did, and suggestions that were decided.")
    ] = 365.0


class LinksSettings(Group):
    """The link checker, which looks whether what communities link to is still there."""

    check: Annotated[bool, Field(description="Whether to look at all.")] = False
    every_days: Annotated[Days, Field(description="After how many days to look again.", ge=1.0)] = 30.0
    per_minute: Annotated[
        float, Field(description="How many addresses to look at in a minute, at most.", gt=0.0, le=600.0)
    ] = 6.0
