"""The commands that an application has registered."""

from tests.standin.definitions import MOST, SLASH, check_command
from tests.standin.refusals import JSON, Form, Path, RefusedError, unknown
from tests.standin.snowflakes import snowflake


class Commands:
    """The registered commands: `scopes` maps a guild's id (None: everywhere) to its commands by id.

    `writes` counts the requests that changed or could have changed something.
    """

    def __init__(self, application_id: int) -> None:
        self.application_id = application_id
        self.scopes: dict[int | None, dict[int, JSON]] = {}
        self.writes = 0

    def all(self, guild_id: int | None = None) -> list[JSON]:
        """The commands of a guild, or those for everywhere, whole."""
        return list(self.scopes.get(guild_id, {}).values())

    def get(self, command_id: int, guild_id: int | None = None) -> JSON:
        """One command. Raises `RefusedError`."""
        if found := self.scopes.get(guild_id, {}).get(command_id):
            return found
        raise unknown("Application Command")

    def put(self, body: JSON, guild_id: int | None = None) -> JSON:
        """Register a command, in the place of one of that type and name. Raises `RefusedError`."""
        check_command(body)
        scope = self.scopes.setdefault(guild_id, {})
        kind = body.get("type") or SLASH
        same = [each for each in scope.values() if (each["type"], each["name"]) == (kind, body["name"])]
        if not same and sum(each["type"] == kind for each in scope.values()) >= MOST[kind]:
            message = f"Maximum number of application commands reached ({MOST[kind]})"
            raise RefusedError(400, 30032, message)
        command = self._stored(body, guild_id, int(same[0]["id"]) if same else snowflake())
        scope[int(command["id"])] = command
        return command

    def edit(self, command_id: int, body: JSON, guild_id: int | None = None) -> JSON:
        """Change some fields of a command."""
        old = self.get(command_id, guild_id)
        new = {**old, **body, "type": old["type"]}
        check_command(new)
        namesakes = [
            each
            for each in self.all(guild_id)
            if (each["type"], each["name"]) == (new["type"], new["name"]) and each is not old
        ]
        if namesakes:
            raise _duplicate(())
        command = self._stored(new, guild_id, command_id)
        self.scopes[guild_id][command_id] = command
        return command

    def delete(self, command_id: int, guild_id: int | None = None) -> None:
        """Take a command away."""
        self.get(command_id, guild_id)
        del self.scopes[guild_id][command_id]

    def overwrite(self, bodies: list[JSON], guild_id: int | None = None) -> list[JSON]:
        """Register these and take every other one away. Nothing changes if one of them is refused."""
        named: set[tuple[int, str]] = set()
        for index, body in enumerate(bodies):
            check_command(body, (index,))
            name = (body.get("type") or SLASH, body["name"])
            if name in named:
                raise _duplicate((index,))
            named.add(name)
        old = self.scopes.get(guild_id, {})
        kept = {i: each for i, each in old.items() if (each["type"], each["name"]) in named}
        self.scopes[guild_id] = kept
        try:
            return [self.put(body, guild_id) for body in bodies]
        except RefusedError:
            self.scopes[guild_id] = old
            raise

    def _stored(self, body: JSON, guild_id: int | None, command_id: int) -> JSON:
        """As Discord keeps and returns it: defaults filled in, what is empty or false left out."""
        permissions = body.get("default_member_permissions")
        command: JSON = {
            "id": str(command_id),
            "application_id": str(self.application_id),
            "version": str(snowflake()),
            "type": body.get("type") or SLASH,
            "name": body["name"],
            "name_localizations": body.get("name_localizations") or None,
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations") or None,
            "default_member_permissions": None if permissions is None else str(permissions),
            "nsfw": bool(body.get("nsfw")),
        }
        if options := body.get("options"):
            command["options"] = [_stored_option(option) for option in options]
        if guild_id is not None:
            return command | {"guild_id": str(guild_id)}
        contexts = body.get("contexts")
        return command | {
            "contexts": contexts,
            "integration_types": body.get("integration_types") or [0],
            "dm_permission": contexts is None or 1 in contexts,
        }


def _stored_option(option: JSON) -> JSON:
    kept = {key: value for key, value in option.items() if value not in (None, False, [], {})}
    for key in ("name_localizations", "description_localizations"):
        kept[key] = option.get(key) or None
    if choices := kept.get("choices"):
        kept["choices"] = [
            {**choice, "name_localizations": choice.get("name_localizations") or None} for choice in choices
        ]
    if inner := kept.get("options"):
        kept["options"] = [_stored_option(each) for each in inner]
    return kept


def without_localizations(command: JSON) -> JSON:
    """A command as it is listed unless `with_localizations` is asked for."""
    kept = {key: value for key, value in command.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [without_localizations(each) for each in kept[key]]
    return kept


def _duplicate(path: Path) -> RefusedError:
    form = Form()
    message = "Application command names must be unique"
    form.wrong((*path, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    return RefusedError(400, 50035, "Invalid Form Body", form.errors)
