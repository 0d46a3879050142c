"""The commands as data in a room, for clients that complete and check what is typed."""

import base64
import hashlib

import pytest

import bot.commands
from bot.commands.describe import REGISTRY
from bot.commands.request import Audience
from bot.i18n import LANGUAGES, translator
from bot.platforms.matrix.client import Client
from bot.platforms.matrix.descriptions import TYPE, descriptions, publish
from bot.platforms.matrix.server import RefusedError, dicts
from bot.platforms.matrix.session import connected
from tests.homeserver.fixtures import Arrive
from tests.platforms.parrot import Register

assert bot.commands  # importing it registers the commands

EN = translator("en")
OWN = "@shop:example.org"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_command_is_described_as_the_proposal_wants_it(language: str) -> None:
    """State key, schema of each parameter, and which may be left out; nothing that is for moderators."""
    described = dict(descriptions(OWN, translator(language)))
    everyones = [name for name, command in REGISTRY.items() if command.audience is Audience.EVERYONE]
    assert [content["command"] for content in described.values()] == everyones
    for key, content in described.items():
        command = REGISTRY[content["command"]]
        digest = hashlib.sha256((command.name + OWN).encode()).digest()
        assert base64.b64decode(key, validate=True) == digest
        assert content["description"]["m.text"][0]["body"] == translator(language)(command.description)
        keys = [parameter["key"] for parameter in content["parameters"]]
        assert len(keys) == len(set(keys))
        for parameter in content["parameters"]:
            option = next(each for each in command.options if each.name == parameter["key"])
            assert parameter.get("optional", False) is not option.required
            if option.choices:
                assert parameter["schema"]["schema_type"] == "union"
                values = [variant["value"] for variant in parameter["schema"]["variants"]]
                assert values == [choice.value for choice in option.choices]
            else:
                assert parameter["schema"] == {"schema_type": "primitive", "type": "string"}
    settings = next(content for content in described.values() if content["command"] == "settings")
    assert [parameter["key"] for parameter in settings["parameters"]] == ["language"]


async def test_they_are_published_where_we_have_the_power_and_only_what_is_new(
    arrive: Arrive, register: Register
) -> None:
    """A homeserver keeps them as they are; the second time nothing is written."""
    alice = await arrive("alice")
    async with connected(await register()) as client:
        room = await alice.create_room(invite=[client.user_id])
        await client.call("POST", "rooms", room, "join")
        with pytest.raises(RefusedError, match="M_FORBIDDEN"):
            await publish(client, room, EN)
        await alice.set_power(room, client.user_id, 50)
        await publish(client, room, EN)
        published = await events(client, room)
        await publish(client, room, EN)
        assert await events(client, room) == published
        for key, content in descriptions(client.user_id, EN):
            assert await alice.state(room, TYPE, key) == content
        await publish(client, room, translator("fr"))
        assert await events(client, room) != published


async def events(client: Client, room: str) -> set[str]:
    """The events that describe commands in a room."""
    state = await client.server.ask("GET", "rooms", room, "state")
    return {event["event_id"] for event in dicts(state) if event["type"] == TYPE}
