"""What a person can type into a registered command; anything else her Discord would not let her send."""

from collections.abc import Iterable, Mapping

from tests.standin.definitions import GROUP, SLASH, SUBCOMMAND
from tests.standin.files import FILE_LIMIT, Files, Upload
from tests.standin.refusals import JSON
from tests.standin.roles import Role
from tests.standin.world import Channel, User

ATTACHMENT = 11
MENTIONED = {6: ("users",), 7: ("channels",), 8: ("roles",), 9: ("users", "roles")}


class NotPossibleError(Exception):
    """Something that Discord's own app would not let this person do here."""


def names(item: JSON, locale: str) -> set[str]:
    """What a command, option or choice may be called by who uses that locale."""
    localized = (item.get("name_localizations") or {}).get(locale)
    return {item["name"], localized} if localized else {item["name"]}


def command_named(commands: Iterable[JSON], name: str, locale: str, kind: int = SLASH) -> JSON:
    """The registered command of that name and type. Raises `NotPossibleError`."""
    for command in commands:
        if command["type"] == kind and name in names(command, locale):
            return command
    raise NotPossibleError(f"no command of type {kind} is registered as {name!r} (locale {locale})")


class Typed:
    """The options of one use of a slash command, as an interaction carries them.

    `focused` names the option that is being typed: then nothing is required and its value may be anything.
    """

    def __init__(self, locale: str, focused: str | None = None, files: Files | None = None) -> None:
        self.locale = locale
        self.files = files
        self.focused = focused
        self.resolved: JSON = {}

    def fill(self, command: JSON, words: list[str], values: Mapping[str, object]) -> list[JSON]:
        """The options of `command`; `words` are the subcommands still to go down.

        Raises `NotPossibleError` for what cannot be sent.
        """
        options: list[JSON] = command.get("options") or []
        if words:
            inner = self._named(options, words[0])
            return [
                {"type": inner["type"], "name": inner["name"], "options": self.fill(inner, words[1:], values)}
            ]
        if any(option["type"] in (SUBCOMMAND, GROUP) for option in options):
            raise NotPossibleError(f"{command['name']!r} is used through its subcommands")
        given = {
            self._named(options, name)["name"]: value for name, value in values.items() if value is not None
        }
        missing = [each["name"] for each in options if each.get("required") and each["name"] not in given]
        if missing and self.focused is None:
            raise NotPossibleError(f"{command['name']!r} needs {', '.join(missing)}")
        by_name = {option["name"]: option for option in options}
        return [self._option(by_name[name], value) for name, value in given.items()]

    def _named(self, options: list[JSON], name: str) -> JSON:
        for option in options:
            if name in names(option, self.locale):
                return option
        raise NotPossibleError(f"no option is registered as {name!r}")

    def _option(self, option: JSON, value: object) -> JSON:
        typed: JSON = {"type": option["type"], "name": option["name"]}
        if self.focused is not None and self.focused in names(option, self.locale):
            if not option.get("autocomplete"):
                raise NotPossibleError(f"the option {option['name']!r} has no autocomplete")
            return typed | {"value": str(value), "focused": True}
        if choices := option.get("choices"):
            value = self._choice(choices, value)
        if option["type"] == ATTACHMENT:
            return typed | {"value": self._attached(option, value)}
        if option["type"] in MENTIONED:
            return typed | {"value": self._mentioned(option, value)}
        self._check(option, value)
        return typed | {"value": value}

    def _choice(self, choices: list[JSON], value: object) -> object:
        for choice in choices:
            if value == choice["value"] or value in names(choice, self.locale):
                chosen: object = choice["value"]
                return chosen
        raise NotPossibleError(f"{value!r} is not among the choices")

    def _check(self, option: JSON, value: object) -> None:
        name = option["name"]
        match option["type"], value:
            case (3, str()) if value.strip():
                size: float = len(value)
                bounds = option.get("min_length") or 0, option.get("max_length") or 6000
            case (4, int()) | (10, int() | float()) if not isinstance(value, bool):
                size = value
                bounds = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
            case (5, bool()):
                return
            case _:
                raise NotPossibleError(f"{value!r} does not fit the option {name!r}")
        if not bounds[0] <= size <= bounds[1]:
            raise NotPossibleError(f"{value!r} is out of the bounds of {name!r}")

    def _attached(self, option: JSON, value: object) -> str:
        """The id of a file, which Discord has by now and whose particulars go with the interaction."""
        if self.files is None or not isinstance(value, Upload):
            raise NotPossibleError(f"{value!r} does not fit the option {option['name']!r}, which is a file")
        if len(value.content) > FILE_LIMIT:
            raise NotPossibleError(f"{value.name!r} is too large to be sent")
        sent = self.files.keep(value.name, value.content, value.declared)
        if self.focused is None:
            self.resolved.setdefault("attachments", {})[sent["id"]] = {**sent, "ephemeral": True}
        return str(sent["id"])

    def _mentioned(self, option: JSON, value: object) -> str:
        """The id of somebody, a channel or a role, whose particulars go with the interaction.

        While something is being typed, the ids go alone.
        """
        if not isinstance(value, User | Channel | Role):
            raise NotPossibleError(f"{value!r} is nobody, no channel and no role")
        resolved = value.resolved()
        if not resolved.keys() & {*MENTIONED[option["type"]]}:
            raise NotPossibleError(f"{value!r} does not fit the option {option['name']!r}")
        kinds = option.get("channel_types")
        if kinds and isinstance(value, Channel) and value.type not in kinds:
            raise NotPossibleError(f"{option['name']!r} takes channels of the types {kinds} alone")
        if self.focused is None:
            for kind, particulars in resolved.items():
                self.resolved.setdefault(kind, {}).update(particulars)
        return str(value.id)
