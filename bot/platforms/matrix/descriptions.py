"""Our commands as data in the state of a room (MSC4391), from which clients complete and check what is typed.

The proposal is not accepted yet; the names are those it gives to implementations until it is.
https://github.com/matrix-org/matrix-spec-proposals/pull/4391
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import partial

from bot.commands.describe import REGISTRY, Command, Option
from bot.commands.permission import options_for
from bot.commands.request import Audience, Request
from bot.i18n import Translator
from bot.platforms.matrix.homeserver import Homeserver, Json
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import RefusedError

TYPE = "org.matrix.msc4391.command_description"


def descriptions(own_id: str, tr: Translator) -> Iterator[tuple[str, Json]]:
    """State key and content of each event that describes a command everybody may give.

    In a group, its name is that of the group and its own with a space between them, as the proposal has it.
    """
    for command in REGISTRY.values():
        if command.audience is Audience.EVERYONE:
            digest = hashlib.sha256(f"{command.name}{own_id}".encode()).digest()
            yield base64.b64encode(digest).decode(), _described(command, tr)


async def publish(server: Homeserver, room_id: str, tr: Translator) -> None:
    """Describe the commands in a room, as far as it does not say the same already.

    Raises `RefusedError` (M_FORBIDDEN) where we lack the power to.
    """
    for key, content in descriptions(server.user_id, tr):
        place = ("rooms", room_id, "state", TYPE, key)
        if await _there(server, place) != content:
            await insist(server.trouble, partial(server.call, "PUT", *place, body=content))


async def _there(server: Homeserver, place: Sequence[str]) -> Json | None:
    try:
        return await insist(server.trouble, partial(server.call, "GET", *place))
    except RefusedError as error:
        if error.status == 404:
            return None
        raise


def _described(command: Command, tr: Translator) -> Json:
    options = options_for(command, Request())
    return {
        "command": command.name,
        "description": _text(tr(command.description)),
        "parameters": [_parameter(option, tr) for option in options],
    }


def _parameter(option: Option, tr: Translator) -> Json:
    schema: Json = {"schema_type": "primitive", "type": "string"}
    if option.choices:
        literals = [
            {"schema_type": "literal", "literal_type": "string", "value": choice.value}
            for choice in option.choices
        ]
        schema = {"schema_type": "union", "variants": literals}
    parameter: Json = {"key": option.name, "schema": schema, "description": _text(tr(option.description))}
    return parameter if option.required else {**parameter, "optional": True}


def _text(words: str) -> Json:
    """Words as extensible events have them (MSC1767)."""
    return {"m.text": [{"body": words}]}
