"""Discord is told which commands there are: no more than what differs, whatever goes wrong on the way."""

import copy
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.describe import REGISTRY
from bot.errors import InfoshopError, PlatformError, SettingsError
from bot.platforms.discord import endpoints
from bot.platforms.discord.difference import Payload, compare, facts
from bot.platforms.discord.rest import application_of
from bot.platforms.discord.sync import payloads, sync
from tests.standin.commands import Commands
from tests.standin.server import Standin

AT_ONCE = (0.0, 0.0, 0.0)  # seconds between attempts
COMMANDS = "/applications/*/commands"
ONE_COMMAND = "/applications/*/commands/*"


@pytest.fixture
async def ours() -> list[Payload]:
    """The commands that should be registered."""
    return await payloads()


@pytest.fixture
def theirs(ours: list[Payload]) -> list[Payload]:
    """The same as Discord returns them, defaults filled in."""
    commands = Commands(1)
    for each in ours:
        commands.put(each)
    return copy.deepcopy(commands.all())


def first_words() -> list[str]:
    """What Discord has as commands: those that stand alone, and the groups."""
    return list(dict.fromkeys(name.partition(" ")[0] for name in REGISTRY))


def find(commands: list[Payload], name: str) -> Payload:
    """The command of that name."""
    return next(each for each in commands if each["name"] == name)


def test_what_discord_fills_in_is_no_difference(ours: list[Payload], theirs: list[Payload]) -> None:
    assert theirs != ours
    for each in theirs:
        each["contexts"].reverse()  # sets, for Discord
        each["integration_types"].reverse()
    plan = compare(ours, theirs)
    assert (plan.changes, plan.unchanged) == ((), len(ours))
    assert str(plan) == f"= {len(ours)} unchanged"


def french(commands: list[Payload]) -> None:
    find(commands, "summary")["description_localizations"]["fr"] = "Autre chose."


def untranslated(commands: list[Payload]) -> None:
    find(commands, "summary")["name_localizations"] = None


def one_option_less(commands: list[Payload]) -> None:
    find(commands, "summary")["options"].pop()


def other_order(commands: list[Payload]) -> None:
    find(commands, "summary")["options"].reverse()


def choices_in_other_order(commands: list[Payload]) -> None:
    find(commands, "cite")["options"][1]["choices"].reverse()


def choice_renamed(commands: list[Payload]) -> None:
    find(commands, "cite")["options"][1]["choices"][0]["name_localizations"]["es-ES"] = "prosa"


def shorter(commands: list[Payload]) -> None:
    find(commands, "contact")["options"][0]["max_length"] = 10


def not_completed(commands: list[Payload]) -> None:
    del find(commands, "contact")["options"][0]["autocomplete"]


def for_some(commands: list[Payload]) -> None:
    find(commands, "help")["default_member_permissions"] = "32"


def for_nobody(commands: list[Payload]) -> None:
    find(commands, "help")["default_member_permissions"] = "0"


def in_servers_alone(commands: list[Payload]) -> None:
    find(commands, "help")["contexts"] = [0]


def of_old(commands: list[Payload]) -> None:
    find(commands, "help")["integration_types"] = None


def gone(commands: list[Payload]) -> None:
    commands.remove(find(commands, "help"))


def left_over(commands: list[Payload]) -> None:
    commands.append({"id": "5", "type": 1, "name": "old", "description": "Once."})


def of_another_kind(commands: list[Payload]) -> None:
    commands.append({"id": "5", "type": 3, "name": "find", "description": ""})


def doubled(commands: list[Payload]) -> None:
    commands.append({**find(commands, "help"), "id": "5"})


@pytest.mark.parametrize(
    ("happened", "lines"),
    [
        (french, ['~ /summary: description.fr: "Autre chose." → "Un résumé en mots simples,']),
        (untranslated, [f"~ /summary: name.{locale}: nothing → " for locale in ("en-GB", "en-US", "es-419")]),
        (one_option_less, ['~ /summary: options: ["topic"] → ["topic", "part"]']),
        (other_order, ['~ /summary: options: ["part", "topic"] → ["topic", "part"]']),
        (
            choices_in_other_order,
            ['~ /cite: options.format.choices: ["CSL-JSON", "RIS", "BibTeX", "text"] →'],
        ),
        (choice_renamed, ['~ /cite: options.format.choices.text.name.es-ES: "prosa" → "texto"']),
        (shorter, ["~ /contact: options.who.max_length: 10 → 300"]),
        (not_completed, ["~ /contact: options.who.autocomplete: nothing → true"]),
        (for_some, ['~ /help: default_member_permissions: "32" → nothing']),
        (for_nobody, ['~ /help: default_member_permissions: "0" → nothing']),
        (in_servers_alone, ["~ /help: contexts: [0] → [0, 1, 2]"]),
        (of_old, ["~ /help: integration_types: [0] → [0, 1]"]),
        (gone, ["+ /help"]),
        (left_over, ["- /old"]),
        (of_another_kind, ["- “find” in a menu"]),
        (doubled, ["- /help"]),
    ],
)
def test_a_difference_is_found_and_said(
    ours: list[Payload], theirs: list[Payload], happened: Callable[[list[Payload]], None], lines: list[str]
) -> None:
    """One command, and nothing but what differs in it."""
    happened(theirs)
    plan = compare(ours, theirs)
    (change,) = plan.changes
    assert plan.unchanged == len(ours) - (change.wanted is not None)
    said = str(change).splitlines()
    assert all(line.startswith(start) for line, start in zip(said, lines, strict=False)), said
    assert len(said) == len(lines) or happened is untranslated


def test_the_entry_point_of_an_activity_is_not_ours(ours: list[Payload], theirs: list[Payload]) -> None:
    theirs.append({"id": "5", "type": 4, "name": "launch", "description": ""})
    assert compare(ours, theirs).changes == ()


def test_what_goes_makes_room_for_what_comes(ours: list[Payload], theirs: list[Payload]) -> None:
    """Names have to be unique in every language at every moment."""
    left_over(theirs)
    gone(theirs)
    french(theirs)
    assert [str(change)[0] for change in compare(ours, theirs).changes] == ["-", "~", "+"]


WORDS = st.text("abé", min_size=1, max_size=4)
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "name": WORDS,
    "name_localizations": st.none() | st.dictionaries(st.sampled_from(["fr", "de"]), WORDS),
}
CHOICE: dict[str, st.SearchStrategy[Any]] = {**NAMED, "value": WORDS}
OPTION: dict[str, st.SearchStrategy[Any]] = {**NAMED, "type": st.just(3), "description": WORDS}
SUBCOMMAND: dict[str, st.SearchStrategy[Any]] = {**NAMED, "type": st.just(1), "description": WORDS}


def listed(each: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> Any:  # noqa: ANN401
    """Up to three things that have different names."""
    things = st.fixed_dictionaries(each, optional=optional)
    return st.lists(things, max_size=3, unique_by=lambda thing: str(thing["name"]))


OPTIONS = listed(OPTION, required=st.booleans(), max_length=st.integers(1, 9), choices=listed(CHOICE))
COMMAND = st.fixed_dictionaries(
    {
        **NAMED,
        "description": WORDS,
        "options": OPTIONS | listed(SUBCOMMAND, options=OPTIONS),
    },
    optional={
        "nsfw": st.booleans(),
        "contexts": st.none() | st.lists(st.sampled_from([0, 1, 2]), min_size=1, unique=True),
        "default_member_permissions": st.none() | st.integers(0, 9),
    },
)


@given(COMMAND, COMMAND)
def test_two_commands_are_alike_when_discord_keeps_them_alike(one: Payload, other: Payload) -> None:
    """What a command says is all that is compared, and all of it: whoever reads the facts can rebuild it."""
    kept = [Commands(1)._stored(each, None, 1) for each in (one, other)]
    assert [facts(each) for each in kept] == [facts(each) for each in (one, other)]
    for each in kept:
        del each["version"]
        each["contexts"] = sorted(each["contexts"] or [0, 1, 2])
    assert (facts(one) == facts(other)) is (without_empty(kept[0]) == without_empty(kept[1]))


def without_empty(thing: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON without what says nothing."""
    match thing:
        case dict():
            parts = {key: without_empty(value) for key, value in thing.items()}
            return {key: value for key, value in parts.items() if value not in (None, False, {}, [])}
        case list():
            return [without_empty(each) for each in thing]
        case _:
            return thing


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Standin]:
    """A Discord without commands."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with Standin() as standin:
        endpoints.use(standin.api_url, standin.gateway_url)
        yield standin


async def told(discord: Standin, **circumstances: Any) -> str:  # noqa: ANN401 - of `sync`
    """What is said while Discord is told, attempts following at once."""
    said: list[str] = []
    await sync(discord.token, said.append, **{"pauses": AT_ONCE, **circumstances})
    return "\n".join(said)


async def test_the_second_time_there_is_nothing_to_do(discord: Standin) -> None:
    said = await told(discord)
    lines = [*(f"+ /{name}" for name in first_words()), "= 0 unchanged", "Done."]
    assert [line for line in said.splitlines() if "menu" not in line] == lines
    assert {each["name"] for each in discord.commands.all()} >= {*first_words()}
    writes = discord.commands.writes
    assert writes == len(discord.commands.all())
    assert await told(discord) == f"= {writes} unchanged"
    assert discord.commands.writes == writes
    assert not [each for each in discord.requests if each.method == "PUT"]  # never all at once


async def test_only_what_differs_is_sent(discord: Standin) -> None:
    """Whole, so that nothing of what was there before shows through, the translations least of all."""
    await told(discord)
    discord.commands.put({"name": "old", "description": "Once.", "type": 1})
    (spoilt,) = (each for each in discord.commands.all() if each["name"] == "summary")
    spoilt["description_localizations"] = {"de": "Etwas"}
    spoilt["default_member_permissions"] = "32"
    spoilt["options"].pop()
    before, writes = len(discord.requests), discord.commands.writes
    said = await told(discord)
    assert said.splitlines()[0] == "- /old"
    assert {line.partition(":")[0] for line in said.splitlines()[1:-2]} == {"~ /summary"}
    sent = [each.method for each in discord.requests[before:] if each.method != "GET"]
    assert sent == ["DELETE", "PATCH"]
    assert discord.commands.writes == writes + 2
    assert (await told(discord)).startswith("= ")


async def test_a_dry_run_changes_nothing(discord: Standin) -> None:
    said = await told(discord, dry_run=True)
    assert "+ /find" in said
    assert said.endswith("Nothing was changed.")
    assert discord.commands.writes == 0


async def test_one_server_can_have_them_first(discord: Standin) -> None:
    """Of those, Discord keeps no word on where else they can be given, and none is sent."""
    guild = discord.add_guild("Room")
    await told(discord, guild_id=guild.id)
    there = discord.commands.all(guild.id)
    assert {each["name"] for each in there} >= {*first_words()}
    assert discord.commands.all() == []
    assert all("contexts" not in each.body for each in discord.requests if each.method == "POST")
    assert await told(discord, guild_id=guild.id) == f"= {len(there)} unchanged"


async def test_the_application_is_the_one_of_the_token(discord: Standin) -> None:
    """A token from one application and an id from another are a mistake, which would show much later."""
    assert await application_of(discord.token, AT_ONCE) == discord.application_id
    await told(discord, application_id=discord.application_id)
    writes = discord.commands.writes
    with pytest.raises(SettingsError, match="belongs to the application") as refused:
        await told(discord, application_id=5)
    assert discord.token not in str(refused.value)
    assert discord.commands.writes == writes


Spoil = Callable[[Standin], object]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda discord: discord.faults.error(503, times=3),
        lambda discord: discord.faults.error(503, "POST", COMMANDS, times=3, after=True),
        lambda discord: discord.faults.error(503, "GET", "/users/@me"),
        lambda discord: discord.faults.reset("GET", COMMANDS, times=2),
        lambda discord: discord.faults.reset("POST", COMMANDS, after=True),
        lambda discord: discord.faults.rate_limit("POST", COMMANDS, retry_after=0.01, times=2),
        lambda discord: discord.faults.garble("GET", COMMANDS, body="{", content_type="application/json"),
    ],
)
async def test_what_passes_is_waited_for(discord: Standin, spoil: Spoil) -> None:
    """Also where Discord did what it was asked to and its answer was lost."""
    spoil(discord)
    await told(discord)
    writes = discord.commands.writes
    assert {each["name"] for each in discord.commands.all()} >= {*first_words()}
    assert (await told(discord)).startswith("= ")
    assert discord.commands.writes == writes


async def test_a_command_that_was_deleted_already_is_gone(discord: Standin) -> None:
    """The receipt of a deletion may be lost, too; and somebody else may have been faster."""
    await told(discord)
    discord.commands.put({"name": "old", "description": "Once.", "type": 1})
    discord.faults.reset("DELETE", ONE_COMMAND, after=True)
    assert (await told(discord)).endswith("Done.")
    assert (await told(discord)).startswith("= ")


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda discord: discord.revoke_token(), SettingsError, "refuses the token"),
        (lambda discord: discord.down(), PlatformError, "cannot be reached"),
        (lambda discord: discord.faults.error(503, times=99), PlatformError, "out of order (HTTP 503)"),
        (lambda discord: discord.faults.reset(times=99), PlatformError, "cannot be reached"),
        (
            lambda discord: discord.faults.rate_limit(retry_after=120, via=False, times=99),
            PlatformError,
            "wait 120 seconds",
        ),
        (lambda discord: discord.faults.rate_limit(retry_after=120), PlatformError, "wait 120 seconds"),
        (lambda discord: discord.faults.garble(times=99), PlatformError, "not Discord"),
        (lambda discord: discord.faults.garble("GET", COMMANDS, times=99), PlatformError, "not Discord"),
        (
            lambda discord: discord.faults.error(418, "GET", COMMANDS),
            PlatformError,
            "refuses this (HTTP 418, code 0)",
        ),
    ],
)
async def test_what_does_not_pass_is_said(
    discord: Standin, spoil: Callable[[Standin], Any], error: type[InfoshopError], words: str
) -> None:
    """In one sentence, without the token."""
    if (done := spoil(discord)) is not None and hasattr(done, "__await__"):
        await done
    with pytest.raises(error) as raised:
        await told(discord)
    assert words in str(raised.value)
    assert discord.token not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert discord.commands.writes == 0


async def test_a_server_without_the_bot_is_named_as_such(discord: Standin) -> None:
    elsewhere = discord.add_guild("Elsewhere", installed=False)
    with pytest.raises(PlatformError, match="no access to that server"):
        await told(discord, guild_id=elsewhere.id)


@pytest.mark.parametrize("token", ["", "two words", "line\nend"])
async def test_a_token_that_cannot_be_one_is_not_sent(discord: Standin, token: str) -> None:
    with pytest.raises(SettingsError, match="refuses the token"):
        await application_of(token, AT_ONCE)
    assert discord.requests == []


async def test_what_was_done_before_it_went_wrong_stays(discord: Standin) -> None:
    """And is not done again: giving the command again is always right."""
    fault = discord.faults.error(503, "POST", COMMANDS, times=4)
    with pytest.raises(PlatformError, match=r"/find: Discord is out of order.* 0 of \d+ changes"):
        await told(discord)
    assert fault.hits == 4
    await told(discord)
    assert {each["name"] for each in discord.commands.all()} >= {*first_words()}
