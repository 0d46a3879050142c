"""People who use the bot: they type, complete, click, choose, fill in and look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.standin.components import SELECTS, Kind
from tests.standin.definitions import MESSAGE, USER
from tests.standin.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Exchange, Modal
from tests.standin.messages import Message
from tests.standin.options import NotPossibleError, Typed, command_named
from tests.standin.refusals import JSON
from tests.standin.world import Channel, Permissions, User

SHORT = 1  # style of a text input


@dataclass(eq=False)
class Person(User):
    """Somebody with the Discord app, in the language `locale`.

    Every action waits for the bot's first answer and returns the `Exchange`; it raises `DidNotRespondError`
    when there was none within 3 s, and `NotPossibleError` for what Discord's app would not let her do.
    `user_install` says whether she has installed the app for herself, to be used anywhere.
    """

    user_install: bool = True

    async def slash(
        self,
        channel: Channel,
        name: str,
        options: Mapping[str, object] | None = None,
        /,
        *,
        force: bool = False,
        **named: object,
    ) -> Exchange:
        """Give a slash command; subcommands after a space (`"shelf add"`).

        Command, options and choices go by their names or by those in her language. `options` is for names
        that Python has no use for. `force` does without regard to permissions, contexts and installations.
        """
        command, words = self._slash(channel, name, force=force)
        typed = Typed(self.locale, files=self.discord.files)
        data = {"options": typed.fill(command, words, {**(options or {}), **named})}
        return await self._use(channel, command, data, typed.resolved)

    async def autocomplete(
        self, channel: Channel, name: str, /, *, focused: str, force: bool = False, **named: object
    ) -> list[JSON]:
        """The choices offered for the option `focused` while `named` is what has been typed so far."""
        command, words = self._slash(channel, name, force=force)
        typed = Typed(self.locale, focused, self.discord.files)
        data = {"options": typed.fill(command, words, {focused: "", **named})}
        exchange = await self._use(channel, command, data, typed.resolved, AUTOCOMPLETE)
        return exchange.choices

    async def menu(
        self, channel: Channel, name: str, target: Message | User, *, force: bool = False
    ) -> Exchange:
        """Choose an entry of the context menu of a message or of somebody."""
        kind = MESSAGE if isinstance(target, Message) else USER
        command = command_named(self._commands(channel), name, self.locale, kind)
        self._check_allowed(channel, command, force=force)
        if isinstance(target, Message):
            self._check_sees(target)
            resolved = {"messages": {str(target.id): target.json()}}
        else:
            resolved = target.resolved()
        return await self._use(channel, command, {"target_id": str(target.id)}, resolved)

    async def click(self, message: Message, button: str) -> Exchange:
        """Press a button, by its label or its custom_id."""
        found = self._control(message, button, {Kind.BUTTON})
        if not found.get("custom_id"):
            raise NotPossibleError(f"{button!r} is a link: the bot hears nothing of it")
        return await self._operate(message, found, {})

    async def select(self, message: Message, menu: str, values: Sequence[str]) -> Exchange:
        """Choose in a select menu (by its custom_id or placeholder), options by value or label."""
        found = self._control(message, menu, SELECTS)
        return await self._operate(message, found, {"values": _chosen(found, values)})

    async def submit(
        self,
        modal: Modal,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        /,
        **named: str | Sequence[str],
    ) -> Exchange:
        """Send a form: text or chosen values by the custom_id or label of a field; others as they were."""
        if modal.submitted or modal.exchange.person is not self:
            raise NotPossibleError("this form is not open before her")
        given = {**(fields or {}), **named}
        components = [_filled(component, given) for component in modal.json["components"]]
        if given:
            raise NotPossibleError(f"no such field: {', '.join(given)}")
        before = modal.exchange
        data = {"custom_id": modal.json["custom_id"], "components": components}
        exchange = await self.discord.interact(
            Exchange(MODAL_SUBMIT, self, before.channel, data, before.owners, before.source)
        )
        modal.submitted = True  # else it stays open, as does what stands in it
        return exchange

    def say(self, channel: Channel, content: str) -> Message:
        """Write a message."""
        if not channel.permissions_of(self) & Permissions.SEND_MESSAGES:
            raise NotPossibleError(f"{self.name} may not write in {channel.name}")
        message = Message(channel, self, content)
        channel.stored.append(message)
        self.discord.created(message)
        return message

    def sees(self, channel: Channel) -> list[Message]:
        """What is there for her to see, oldest first."""
        return channel.seen_by(self)

    def _check_sees(self, message: Message) -> None:
        looks = message.channel.permissions_of(self) & Permissions.VIEW_CHANNEL
        if message.deleted or message.viewer not in (None, self) or not looks:
            raise NotPossibleError(f"{self.name} does not see that message")

    def _control(self, message: Message, name: str, kinds: set[int]) -> JSON:
        self._check_sees(message)
        for control in message.controls:
            by = (control.get("custom_id"), control.get("label"), control.get("placeholder"))
            if control["type"] in kinds and name in by:
                if control.get("disabled"):
                    raise NotPossibleError(f"{name!r} is disabled")
                return control
        raise NotPossibleError(f"there is no {name!r} on the message, only {message.labels}")

    async def _operate(self, message: Message, control: JSON, data: JSON) -> Exchange:
        data |= {"custom_id": control["custom_id"], "component_type": control["type"], "id": control["id"]}
        guild = message.channel.guild
        owners = message.exchange.owners if message.exchange else {"0": str(guild.id if guild else 0)}
        return await self.discord.interact(Exchange(COMPONENT, self, message.channel, data, owners, message))

    def _commands(self, channel: Channel) -> list[JSON]:
        commands = self.discord.commands
        return [*(commands.all(channel.guild.id) if channel.guild else ()), *commands.all()]

    def _slash(self, channel: Channel, name: str, *, force: bool) -> tuple[JSON, list[str]]:
        first, *words = name.split(" ")
        command = command_named(self._commands(channel), first, self.locale)
        self._check_allowed(channel, command, force=force)
        return command, words

    def _check_allowed(self, channel: Channel, command: JSON, *, force: bool) -> None:
        permissions = channel.permissions_of(self)
        if not permissions & Permissions.VIEW_CHANNEL:
            raise NotPossibleError(f"{self.name} does not see the channel")
        if force:
            return
        contexts = command.get("contexts")
        if contexts is not None and channel.context not in contexts:
            raise NotPossibleError(f"{command['name']!r} is not offered in a place of kind {channel.context}")
        if not self._owners(channel, command):
            raise NotPossibleError(f"the app is installed neither here nor by {self.name} for this command")
        asked = command["default_member_permissions"]  # "0" leaves it to administrators
        needed = Permissions.ADMINISTRATOR if asked == "0" else int(asked or 0)
        needed |= Permissions.USE_APPLICATION_COMMANDS
        if channel.guild and permissions & needed != needed:
            raise NotPossibleError(f"{self.name} may not use {command['name']!r} here")

    def _owners(self, channel: Channel, command: JSON) -> JSON:
        """Thanks to which installations the app may be used here: authorizing_integration_owners."""
        types, owners = command.get("integration_types") or [0], {}
        guild = channel.guild
        if 0 in types and (guild.installed if guild else channel.context == 1):
            owners["0"] = str(guild.id if guild else 0)
        if 1 in types and self.user_install:
            owners["1"] = str(self.id)
        return owners

    async def _use(
        self, channel: Channel, command: JSON, data: JSON, resolved: JSON, kind: int = COMMAND
    ) -> Exchange:
        data = {"id": command["id"], "name": command["name"], "type": command["type"], **data}
        if resolved:
            data["resolved"] = resolved
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return await self.discord.interact(
            Exchange(kind, self, channel, data, self._owners(channel, command))
        )


def _chosen(menu: JSON, values: Sequence[str]) -> list[str]:
    """The values of the options chosen, named by value or label. Raises `NotPossibleError`."""
    least, most = menu.get("min_values"), menu.get("max_values") or 1
    if not (1 if least is None else least) <= len(values) <= most:
        raise NotPossibleError(f"{len(values)} options cannot be chosen there")
    if menu["type"] != Kind.STRING_SELECT:
        return list(values)
    options = {name: each["value"] for each in menu["options"] for name in (each["label"], each["value"])}
    if unknown := set(values) - set(options):
        raise NotPossibleError(f"no such option: {', '.join(sorted(unknown))}")
    return [options[value] for value in values]


def _filled(component: JSON, given: dict[str, str | Sequence[str]]) -> JSON:
    """A part of a form as it is sent; what was used of `given` is taken out of it."""
    answer: JSON = {"type": component["type"], "id": component.get("id") or 0}
    if component["type"] == Kind.LABEL:
        return answer | {"component": _field(component["component"], component["label"], given)}
    if component["type"] == Kind.ROW:
        fields = [_field(field, field.get("label"), given) for field in component["components"]]
        return answer | {"components": fields}
    return answer


def _field(field: JSON, label: str | None, given: dict[str, str | Sequence[str]]) -> JSON:
    name = field["custom_id"] if field["custom_id"] in given else label or ""
    value = given.pop(name, None)
    answer = {"type": field["type"], "id": field.get("id") or 0, "custom_id": field["custom_id"]}
    if field["type"] in SELECTS:
        defaults = [option["value"] for option in field.get("options") or [] if option.get("default")]
        return answer | {"values": _chosen(field, defaults if value is None else list(value))}
    if field["style"] == SHORT and "\n" in str(value):
        raise NotPossibleError(f"{name!r} takes one line")
    text = field.get("value") or "" if value is None else str(value)
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if len(text) > most or (text and len(text) < least):
        raise NotPossibleError(f"{text!r} does not fit {name!r}")
    if not text and field.get("required", True):
        raise NotPossibleError(f"{label or field['custom_id']!r} has to be filled in")
    return answer | {"value": text}
