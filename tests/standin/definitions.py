"""What Discord refuses to register as a command.

Rules: "Application Commands" in Discord's documentation.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import regex

from tests.standin.refusals import JSON, Form, Path, length

SLASH, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
MOST = {SLASH: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
MOST_CHARACTERS = 8000
NAME = regex.compile(r"^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$")
LOCALES = frozenset(
    [
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en-GB",
        "en-US",
        "es-419",
        "es-ES",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "ru",
        "sv-SE",
        "th",
        "tr",
        "uk",
        "vi",
        "zh-CN",
        "zh-TW",
    ]
)
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, NUMBER = 3, 4, 10
WITH_CHOICES = {STRING, INTEGER, NUMBER}


def check_command(body: JSON, path: Path = ()) -> None:
    """Refuse a command that cannot be registered. Raises `RefusedError`."""
    form = Form()
    kind = body.get("type") or SLASH
    form.one_of((*path, "type"), kind, set(MOST))
    _check_names(form, path, body, slash=kind in (SLASH, ENTRY_POINT))
    options = body.get("options") or []
    if kind == SLASH:
        _check_localized(form, path, body, "description", 100, required=True)
        _check_options(form, (*path, "options"), options, depth=0)
    elif options or body.get("description"):
        message = "Context menu commands cannot have description"
        form.wrong((*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)
    form.number(path, _as_number(body, "default_member_permissions"), "default_member_permissions", 0, 2**54)
    for key, known in (("contexts", {0, 1, 2}), ("integration_types", {0, 1})):
        values = body.get(key)
        if values is not None and not (values and set(values) <= known and len(set(values)) == len(values)):
            form.wrong((*path, key), "SET_TYPE_INVALID", f"Must be distinct and among {sorted(known)}")
    if characters(body) > MOST_CHARACTERS:
        message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
        form.wrong(path or ("name",), "APPLICATION_COMMAND_TOO_LARGE", message)
    form.close()


def characters(command: JSON) -> int:
    """The size of a command: of each name, description and value its longest wording."""
    size = 0
    for key in ("name", "description"):
        wordings = [command.get(key) or "", *(command.get(f"{key}_localizations") or {}).values()]
        size += max(map(length, wordings))
    value = command.get("value")
    size += length(value) if isinstance(value, str) else 0
    return size + sum(map(characters, chain(command.get("options") or [], command.get("choices") or [])))


def _as_number(body: JSON, key: str) -> JSON:
    value = body.get(key)
    return {key: int(value)} if isinstance(value, str) and value.isdecimal() else {key: value}


def _wordings(body: JSON, key: str) -> Iterable[tuple[Path, str]]:
    yield (key,), str(body.get(key) or "")
    for locale, wording in (body.get(f"{key}_localizations") or {}).items():
        yield (f"{key}_localizations", locale), wording


def _check_names(form: Form, path: Path, body: JSON, *, slash: bool) -> None:
    _check_localized(form, path, body, "name", 32, required=True)
    for at, name in _wordings(body, "name"):
        if slash and name and (not NAME.match(name) or name != name.lower()):
            message = "Command name is invalid"
            form.wrong((*path, *at), "APPLICATION_COMMAND_INVALID_NAME", message)


def _check_localized(
    form: Form, path: Path, body: JSON, key: str, most: int, *, required: bool = False
) -> None:
    form.text(path, body, key, most, least=1, required=required)
    localized: dict[str, Any] = body.get(f"{key}_localizations") or {}
    for locale in localized:
        at = (*path, f"{key}_localizations")
        if locale not in LOCALES:
            form.wrong((*at, locale), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid locale.')
        form.text(at, localized, locale, most, least=1)


def _check_options(form: Form, path: Path, options: list[JSON], *, depth: int) -> None:
    form.items(path, options, 25)
    _check_unique_names(form, path, options)
    optional = False
    for index, option in enumerate(options):
        at = (*path, index)
        kind = option.get("type")
        form.one_of((*at, "type"), kind, {*range(1, 12)} if depth == 0 else {*range(depth, 12)} - {GROUP})
        _check_names(form, at, option, slash=True)
        _check_localized(form, at, option, "description", 100, required=True)
        if kind in (SUBCOMMAND, GROUP):
            _check_options(form, (*at, "options"), option.get("options") or [], depth=3 - kind)
            continue
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            form.wrong(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.get("required")
        _check_value_rules(form, at, option)
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.wrong(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_unique_names(form: Form, path: Path, named: list[JSON]) -> None:
    locales = {locale for each in named for locale in each.get("name_localizations") or {}}
    for locale in ("", *sorted(locales)):
        names = [_in(each, locale) for each in named]
        for index, name in enumerate(names):
            if name in names[:index]:
                message = f"Names must be unique{f' in {locale}' if locale else ''}"
                form.wrong((*path, index, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)


def _in(named: JSON, locale: str) -> str:
    return str((named.get("name_localizations") or {}).get(locale) or named.get("name"))


def _check_value_rules(form: Form, path: Path, option: JSON) -> None:
    kind, choices = option.get("type"), option.get("choices") or []
    at: Path = (*path, "choices")
    form.items(at, choices, 25)
    if (choices or option.get("autocomplete")) and kind not in WITH_CHOICES:
        message = "This type of option can have neither choices nor autocomplete"
        form.wrong(at, "APPLICATION_COMMAND_OPTION_CHOICES_INVALID", message)
    if choices and option.get("autocomplete"):
        message = "Choices and autocomplete exclude each other"
        form.wrong((*path, "autocomplete"), "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_INVALID", message)
    _check_unique_names(form, at, choices)
    for index, choice in enumerate(choices):
        _check_localized(form, (*at, index), choice, "name", 100, required=True)
        if kind == STRING:
            form.text((*at, index), choice, "value", 100, least=1, required=True)
    form.number(path, option, "min_length", 0, 6000)
    form.number(path, option, "max_length", 1, 6000)
    if (option.get("min_length") or 0) > (option.get("max_length") or 6000):
        form.wrong((*path, "min_length"), "NUMBER_TYPE_MAX", "min_length is greater than max_length")
