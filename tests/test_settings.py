"""Settings: where they come from, which wins, and what is said of those that cannot be used."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from bot.errors import SettingsError
from bot.settings import DEFAULT_FILE, Settings, load, names


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test."""
    for name in list(os.environ):
        if name.upper().startswith("INFOSHOP_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def toml(text: str, path: Path = Path("infoshop.toml")) -> Path:
    """A settings file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def fields(model: type[BaseModel] = Settings, *groups: str) -> Iterator[tuple[str, ...]]:
    """Every setting by its names in a settings file."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, *groups, name)
        else:
            yield (*groups, name)


def value(loaded: Settings, path: tuple[str, ...]) -> object:
    """A setting as plain text."""
    found: object = loaded
    for name in path:
        found = getattr(found, name)
    if isinstance(found, tuple):
        return ",".join(map(str, found))
    return found.get_secret_value() if isinstance(found, SecretStr) else str(found)


CHOICES = {
    "log_level": ("error", "debug", "info"),
    "semantic": ("off", "auto", "off"),
    "application_id": ("1", "2", "3"),
    "api_base_url": ("https://one", "https://two", "http://three"),
    "gateway_url": ("wss://one", "wss://two", "ws://three"),
    "shard_ids": ("0", "1,2", "1,2,3"),
    "shard_count": ("7", "8", "9"),
    "homeserver": ("https://one", "https://two", "http://three"),
    "prefix": ("!", "!!", "?"),
    "grace": ("1.0", "2.0", "3.0"),
    "publish_commands": ("True", "False", "True"),
    "left_days": ("1.0", "2.0", "3.0"),
    "acts_days": ("1.0", "2.0", "3.0"),
    "check": ("True", "False", "True"),
    "every_days": ("1.0", "2.0", "3.0"),
    "per_minute": ("1.0", "2.0", "3.0"),
}
"""Values of the settings that do not take any word."""


@pytest.mark.parametrize("path", list(fields()), ids=".".join)
def test_a_secret_file_wins_over_the_environment_over_the_file(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For every setting there is, nested or not, in each combination of the three."""
    *groups, name = path
    words = CHOICES.get(name, ("inner", "middle", "outer"))
    if name == "shard_ids":
        monkeypatch.setenv("INFOSHOP_DISCORD__SHARD_COUNT", "9")
    header = f"[{'.'.join(groups)}]\n" if groups else ""
    variable = "INFOSHOP_" + "__".join(path).upper()
    assert variable in names()
    secret = tmp_path / "secret"
    secret.write_text(f"{words[2]}\n")
    untouched = value(load(), path)
    for from_file, from_environment, from_secret in itertools.product((False, True), repeat=3):
        with monkeypatch.context() as environment:
            if from_environment:
                environment.setenv(variable, words[1])
            if from_secret:
                environment.setenv(f"{variable}_FILE", str(secret))
            loaded = load(toml(f"{header}{name} = '{words[0]}'\n") if from_file else None)
        given = [
            word for word, used in zip(words, (from_file, from_environment, from_secret), strict=True) if used
        ]
        assert value(loaded, path) == (given[-1] if given else untouched)


def test_the_usual_file_is_read_where_it_exists() -> None:
    """A checkout with config/infoshop.toml needs no option; another file takes its place."""
    assert load().locale == "en"
    toml("locale = 'fr'", DEFAULT_FILE)
    assert load().locale == "fr"
    assert load(toml("locale = 'es'")).locale == "es"


def test_groups_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting of a group from the environment leaves the others of the file."""
    file = toml("[discord]\ntoken = 'a'\n[matrix]\nhomeserver = 'https://m.example'\n")
    monkeypatch.setenv("INFOSHOP_DISCORD__TOKEN", "b")
    loaded = load(file)
    assert loaded.discord.token
    assert loaded.discord.token.get_secret_value() == "b"
    assert loaded.platforms == ["Discord", "Matrix"]


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass on what is not set as an empty variable."""
    for variable in names():
        monkeypatch.setenv(variable, "")
        monkeypatch.setenv(f"{variable}_FILE", "")
    assert load(toml("locale = 'fr'")).locale == "fr"


def test_folders_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No shell expands what stands in a file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    loaded = load(toml("data_dir = '~/here'\nseeds = '~/there'"))
    assert (loaded.data_dir, loaded.seeds) == (tmp_path / "here", tmp_path / "there")
    assert loaded.database == f"sqlite+aiosqlite:///{tmp_path}/here/infoshop.sqlite3"


SECRETS = {
    "INFOSHOP_DISCORD__TOKEN": "zqtoken",
    "INFOSHOP_DATABASE_URL": "postgresql+asyncpg://reader:zqpassword@host/shelf",
}


def test_secrets_stay_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings, whole or in part, prints no secret."""
    for variable, secret in SECRETS.items():
        monkeypatch.setenv(variable, secret)
    loaded = load()
    assert loaded.database == SECRETS["INFOSHOP_DATABASE_URL"]
    shown = f"{loaded!r} {loaded} {loaded.discord!r} {loaded.database_url} {loaded.model_dump()}"
    assert "zq" not in shown + loaded.model_dump_json()


WRONG = [
    ("colour = 'zqblue'", {}, ["infoshop.toml: colour: there is no such setting"]),
    ("[discord]\ntokn = 'zq'", {}, ["infoshop.toml: discord.tokn: there is no such setting"]),
    ("_env_file = 'zq'", {}, ["infoshop.toml: _env_file: there is no such setting"]),
    ("discord = 'zq'", {}, ["infoshop.toml: discord: is a group of settings"]),
    ("locale = 5\ncolour = 1", {}, ["infoshop.toml: locale: ", "infoshop.toml: colour: "]),
    ("locale = zq", {}, ["infoshop.toml: cannot be read as TOML"]),
    ("[discord]\ntoken = ['zq']", {}, ["infoshop.toml: discord.token: "]),
    ("", {"INFOSHOP_LOG_LEVEL": "zq"}, ["INFOSHOP_LOG_LEVEL: Input should be 'debug'"]),
    ("", {"infoshop_log_level": "zq"}, ["INFOSHOP_LOG_LEVEL: Input should be 'debug'"]),
    ("", {"INFOSHOP_LOG_LEVEL_FILE": "secret"}, ["INFOSHOP_LOG_LEVEL_FILE: Input should be 'debug'"]),
    ("", {"INFOSHOP_DISCORD_TOKEN": "zq"}, ["INFOSHOP_DISCORD_TOKEN: ", "INFOSHOP_DISCORD__TOKEN meant?"]),
    ("", {"INFOSHOP_DISCORD__TOKN": "zq"}, ["INFOSHOP_DISCORD__TOKN: there is no such setting"]),
    ("", {"INFOSHOP_LOCALES_FILE": "secret"}, ["INFOSHOP_LOCALES_FILE: ", "INFOSHOP_LOCALE_FILE meant?"]),
    ("", {"INFOSHOP_UNHEARD_OF_FILE": "secret"}, ["INFOSHOP_UNHEARD_OF_FILE: there is no such setting"]),
    ("", {"INFOSHOP_DISCORD": '{"colour": "zq"}'}, ["INFOSHOP_DISCORD: discord.colour: "]),
    ("", {"INFOSHOP_DISCORD": "{zq"}, ["discord", "JSON"]),
    ("", {"INFOSHOP_DISCORD": "5"}, ["INFOSHOP_DISCORD: is a group"]),
    (
        "",
        {"INFOSHOP_DISCORD__SHARD_IDS": "0,zq"},
        ["INFOSHOP_DISCORD__SHARD_IDS: Input should be a valid int"],
    ),
    ("", {"INFOSHOP_DISCORD__SHARD_IDS": "0"}, ["INFOSHOP_DISCORD__SHARD_IDS: shard_ids need a shard_count"]),
    ("[discord]\nshard_ids = [1]\nshard_count = 1", {}, ["infoshop.toml: discord: shard_ids need"]),
    ("[discord]\ngateway_url = 'zq'", {}, ["discord.gateway_url: is not an address that begins with wss://"]),
    ("", {"INFOSHOP_DISCORD__TOKEN_FILE": "missing"}, ["INFOSHOP_DISCORD__TOKEN_FILE: ", "No such file"]),
    ("", {"INFOSHOP_DISCORD__TOKEN_FILE": "."}, ["INFOSHOP_DISCORD__TOKEN_FILE: ", "directory"]),
    ("", {"INFOSHOP_DISCORD__TOKEN_FILE": "bytes"}, ["INFOSHOP_DISCORD__TOKEN_FILE: ", "not UTF-8"]),
    ("", {"INFOSHOP_DATA_DIR": "~zq-nobody/x"}, ["INFOSHOP_DATA_DIR: begins with a home folder"]),
]


@pytest.mark.parametrize(("text", "environment", "sentences"), WRONG)
def test_what_cannot_be_used_is_named_and_not_quoted(
    text: str, environment: dict[str, str], sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file and the key, or the variable; its value may be a secret."""
    Path("secret").write_text("zq")
    Path("bytes").write_bytes(b"\xff\xfezq")
    for variable, given in environment.items():
        monkeypatch.setenv(variable, given)
    with pytest.raises(SettingsError) as caught:
        load(toml(text))
    said = str(caught.value)
    for sentence in sentences:
        assert sentence in said
    assert "zq" not in said


def test_a_secret_file_for_a_part_of_a_plain_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names that exclude each other are a sentence, in whichever order they come."""
    Path("secret").write_text("fr")
    monkeypatch.setenv("INFOSHOP_UNHEARD_FILE", "secret")
    monkeypatch.setenv("INFOSHOP_UNHEARD__OF_FILE", "secret")
    with pytest.raises(SettingsError, match="there is no such setting"):
        load()


def test_a_file_that_is_not_there() -> None:
    """Naming a file that does not exist is a mistake, and no reason to go on without it."""
    with pytest.raises(SettingsError, match=r"missing\.toml: there is no such settings file"):
        load(Path("missing.toml"))


def test_other_variables_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes sets variables for every service; one may be called like us."""
    for name in ("INFOSHOP_SERVICE_HOST", "INFOSHOP_PORT", "INFOSHOP_PORT_80_TCP_ADDR", "INFOSHOP_IMAGE"):
        monkeypatch.setenv(name, "10.0.0.1")
    assert load().locale == "en"
