"""Reading the settings, and saying what is wrong with them."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError as SourceError

from bot.errors import SettingsError
from bot.settings.model import FILE, PREFIX, Settings, environment

SENTENCES = {
    "extra_forbidden": "there is no such setting",
    "model_type": "is a group of settings and needs the names of those in it",
}
"""Where pydantic's own would not help who writes settings."""
DEFAULT_FILE = Path("config/infoshop.toml")
"""Read where it exists, unless another file is named."""


def load(file: Path | None = None) -> Settings:
    """Read the settings. Raises `SettingsError` with a sentence for every setting that cannot be used."""
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: there is no such settings file")
    path = file or DEFAULT_FILE
    written = _read(path) if path.is_file() else {}
    _refuse_misspelt(environment())
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
    given = {name for name, value in environment().items() if value}
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
