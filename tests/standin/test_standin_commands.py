"""Registering commands: what is taken, how it is kept, and what is refused."""

from typing import Any

import pytest

from tests.standin.commands import Commands
from tests.standin.definitions import MOST, characters
from tests.standin.options import NotPossibleError, Typed
from tests.standin.refusals import RefusedError
from tests.standin.server import Standin
from tests.standin.wire import api

JSON = dict[str, Any]


def slash(**fields: object) -> JSON:
    return {"name": "find", "description": "x", **fields}


def option(name: str = "words", **fields: object) -> JSON:
    return {"type": 3, "name": name, "description": "x", **fields}


def choice(name: str = "a", value: object = "a", **fields: object) -> JSON:
    return {"name": name, "value": value, **fields}


@pytest.fixture
def commands() -> Commands:
    return Commands(1)


GOOD: list[JSON] = [
    slash(name="x" * 32, description="x" * 100),
    slash(name="hledat-š_'9"),
    slash(name="खोज"),
    slash(name_localizations={"fr": "trouver", "zh-CN": "查找"}, description_localizations={"fr": "x" * 100}),
    slash(options=[option(str(number)) for number in range(25)]),
    slash(options=[option("a", required=True), option("b")]),
    slash(options=[option(choices=[choice(str(number), "x" * 100) for number in range(25)])]),
    slash(options=[option(autocomplete=True, min_length=1, max_length=6000)]),
    slash(options=[{"type": 1, "name": "add", "description": "x", "options": [option()]}]),
    {"name": "Find Resources", "type": 3},
    slash(contexts=[0, 1, 2], integration_types=[0, 1], default_member_permissions="32"),
]


@pytest.mark.parametrize("body", GOOD)
def test_good_commands_are_taken(commands: Commands, body: JSON) -> None:
    assert commands.put(body)["name"] == body["name"]


BAD: list[tuple[JSON, str]] = [
    (slash(name=""), "name"),
    (slash(name="x" * 33), "name"),
    (slash(name="Find"), "name"),
    (slash(name="find it"), "name"),
    (slash(name="find!"), "name"),
    (slash(description=""), "description"),
    (slash(description="x" * 101), "description"),
    (slash(name_localizations={"en": "find"}), "name_localizations"),
    (slash(name_localizations={"fr": "Trouver"}), "name_localizations"),
    (slash(description_localizations={"fr": "x" * 101}), "description_localizations"),
    (slash(options=[option(str(number)) for number in range(26)]), "options"),
    (slash(options=[option("a"), option("b", required=True)]), "options"),
    (slash(options=[option(), option()]), "options"),
    (
        slash(
            options=[option("a", name_localizations={"fr": "x"}), option("b", name_localizations={"fr": "x"})]
        ),
        "options",
    ),
    (slash(options=[option("a", name_localizations={"fr": "b"}), option("b")]), "options"),
    (slash(options=[option(description="")]), "options"),
    (slash(options=[option(type=12)]), "options"),
    (slash(options=[option(choices=[choice(str(number)) for number in range(26)])]), "options"),
    (slash(options=[option(choices=[choice("x" * 101)])]), "options"),
    (slash(options=[option(choices=[choice(value="x" * 101)])]), "options"),
    (slash(options=[option(choices=[choice(), choice()])]), "options"),
    (slash(options=[option(choices=[choice(name_localizations={"xx": "a"})])]), "options"),
    (slash(options=[option(choices=[choice()], autocomplete=True)]), "options"),
    (slash(options=[option(type=5, autocomplete=True)]), "options"),
    (slash(options=[option(max_length=6001)]), "options"),
    (slash(options=[option(min_length=5, max_length=4)]), "options"),
    (slash(options=[{"type": 1, "name": "add", "description": "x"}, option()]), "options"),
    (slash(options=[{"type": 1, "name": "a", "description": "x", "options": [option(type=1)]}]), "options"),
    ({"name": "Find", "type": 3, "description": "x"}, "description"),
    ({"name": "x" * 33, "type": 2}, "name"),
    ({"name": "find", "type": 5}, "type"),
    (slash(contexts=[]), "contexts"),
    (slash(contexts=[3]), "contexts"),
    (slash(integration_types=[0, 0]), "integration_types"),
    (slash(default_member_permissions=-1), "default_member_permissions"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_bad_commands_are_refused(commands: Commands, body: JSON, field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        commands.put(body)
    assert refused.value.code == 50035
    assert list(refused.value.errors or {}) == [field]
    assert commands.all() == []


def test_size_counts_the_longest_wording(commands: Commands) -> None:
    body = slash(name_localizations={"fr": "trouver"}, options=[option(choices=[choice("ab", "abc")])])
    assert characters(body) == len("trouver") + 1 + len("words") + 1 + 2 + 3
    large = [
        option(f"o{number}", choices=[choice("a" * 92, "b" * 100), choice("c" * 96, "d" * 96)])
        for number in range(21)
    ]
    with pytest.raises(RefusedError, match="8000"):
        commands.put(slash(options=large))


def test_as_many_as_discord_takes(commands: Commands) -> None:
    for kind, most in ((1, MOST[1]), (3, MOST[3])):
        description = "x" if kind == 1 else ""
        for number in range(most):
            commands.put({"name": f"c{number}", "type": kind, "description": description})
        with pytest.raises(RefusedError, match="Maximum number"):
            commands.put({"name": "more", "type": kind, "description": description})
        commands.put({"name": "c0", "type": kind, "description": description})


def test_a_command_takes_the_place_of_its_namesake(commands: Commands) -> None:
    first = commands.put(slash())
    again = commands.put(slash(description="other"))
    assert again["id"] == first["id"]
    assert again["version"] != first["version"]
    assert commands.put({"name": "find", "type": 3})["id"] != first["id"]
    assert len(commands.all()) == 2


def test_defaults_are_filled_in_and_what_says_nothing_left_out(commands: Commands) -> None:
    stored = commands.put(slash(name_localizations={}, options=[option(required=False, choices=[])]))
    assert stored["name_localizations"] is None
    assert (stored["integration_types"], stored["contexts"], stored["nsfw"]) == ([0], None, False)
    assert set(stored["options"][0]) == {
        "type",
        "name",
        "description",
        "name_localizations",
        "description_localizations",
    }


def test_overwriting_is_all_or_nothing(commands: Commands) -> None:
    kept = commands.put(slash())
    commands.put(slash(name="old"))
    for bodies in ([slash(name="new"), slash(name="Bad")], [slash(), slash()]):
        with pytest.raises(RefusedError):
            commands.overwrite(bodies)
        assert [each["name"] for each in commands.all()] == ["find", "old"]
    result = commands.overwrite([slash(name="new"), slash(description="y")])
    assert [each["name"] for each in result] == ["new", "find"]
    assert kept["id"] == result[1]["id"]


async def test_over_the_wire(discord: Standin) -> None:
    guild = discord.add_guild("Room")
    base = f"applications/{discord.application_id}"
    async with api(discord) as session:
        body = slash(name_localizations={"fr": "trouver"})
        made = await (await session.post(f"{base}/commands", json=body)).json()
        listed = await (await session.get(f"{base}/commands")).json()
        assert "name_localizations" not in listed[0]
        whole = await session.get(f"{base}/commands", params={"with_localizations": "true"})
        assert (await whole.json())[0]["name_localizations"] == {"fr": "trouver"}
        where = f"{base}/commands/{made['id']}"
        assert (await (await session.patch(where, json={"description": "y"})).json())["description"] == "y"
        assert (await session.delete(where)).status == 204
        assert (await (await session.get(where)).json())["code"] == 10063
        local = f"{base}/guilds/{guild.id}/commands"
        assert len(await (await session.put(local, json=[slash()])).json()) == 1
        elsewhere = await session.get(f"{base}/guilds/{guild.id + 1}/commands")
        assert (elsewhere.status, (await elsewhere.json())["code"]) == (403, 50001)
    assert discord.commands.writes == 4
    assert discord.commands.all(guild.id)[0]["guild_id"] == str(guild.id)


def test_subcommands_and_choices_are_typed_in_her_language() -> None:
    inner = option("kind", choices=[choice("All", "all", name_localizations={"fr": "Tout"})])
    command = slash(options=[{"type": 1, "name": "list", "description": "x", "options": [inner]}])
    assert Typed("fr").fill(command, ["list"], {"kind": "Tout"}) == [
        {"type": 1, "name": "list", "options": [{"type": 3, "name": "kind", "value": "all"}]}
    ]
    for locale, words, values in (("en-US", ["list"], {"kind": "Tout"}), ("fr", [], {}), ("fr", ["add"], {})):
        with pytest.raises(NotPossibleError):
            Typed(locale).fill(command, words, values)


def test_people_and_channels_go_with_their_particulars() -> None:
    discord = Standin(validate=False)
    ana, channel = discord.add_person("ana"), discord.add_guild("Room").add_channel("general")
    command = slash(options=[option("who", type=6), option("where", type=7)])
    typed = Typed("en-US")
    options = typed.fill(command, [], {"who": ana, "where": channel})
    assert [each["value"] for each in options] == [str(ana.id), str(channel.id)]
    assert typed.resolved["users"][str(ana.id)]["username"] == "ana"
    assert typed.resolved["channels"][str(channel.id)]["name"] == "general"
    with pytest.raises(NotPossibleError):
        typed.fill(command, [], {"who": channel})
