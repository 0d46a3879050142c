"""Every command as members of a server give it: on the real corpus, to the bot in a process of its own."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.commands.describe import (
    REGISTRY,
    Attachment,
    Channel,
    Choose,
    Command,
    Document,
    Role,
    Topic,
    Typed,
    Written,
)
from bot.commands.request import Audience
from bot.curation.sorts import Part, Sort
from bot.i18n import translator
from tests.cli.shop import ROOT, Shop
from tests.platforms.given import FILLED, GIVEN
from tests.platforms.on_discord import run, sync
from tests.platforms.town import Town, fill_in, give, guild_of, home_of, seen_by_asker_alone, values_of
from tests.standin.files import Upload
from tests.standin.options import NotPossibleError
from tests.standin.server import Standin
from tests.standin.world import MEMBER, MODERATOR, Permissions

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOCALES = {"en": "en-GB", "fr": "fr", "es": "es-419"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A server whose bot has been registered, invited and started."""
    shop = Shop(tmp_path_factory.mktemp("town"), ROOT / "seeds")
    async with Standin() as discord:
        guild = discord.add_guild("Room")
        await sync(shop, discord)
        bot = await run(shop, discord)
        yield Town(discord, bot, shop, guild, guild.add_channel("general"))
        assert await bot.stop() == 0
        assert {line["level"] for line in bot.log} <= {"info"}


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("command", REGISTRY.values(), ids=lambda command: command.name)
async def test_every_command_in_every_language_and_place(town: Town, command: Command, language: str) -> None:
    """By its name in the reader's language: to the bot itself, among friends, in a server.

    What Discord would not offer there is answered all the same. In a server, who may give it finds something.
    """
    home, locale, tr = await home_of(town, command), LOCALES[language], translator(language)
    name = tr.name(command.name)
    given = {tr.name(option): value for option, value in home.given(command).items()}
    ana = asks = town.person(locale, guild=home.channel.guild)
    friends = town.discord.private_channel(ana, town.person())
    for place in (town.discord.direct_channel(ana), friends):
        assert seen_by_asker_alone(await give(ana, place, name, given, force=True))
    if command.audience is Audience.MODERATOR:
        refused = await ana.slash(home.channel, name, given, force=True)
        assert seen_by_asker_alone(refused)
        assert tr("Manage Server") in refused.message.text
        asks = town.moderator(home.channel, locale)
    since = datetime.now(UTC)
    exchange = await asks.slash(home.channel, name, given)
    if exchange.modal:
        since, exchange = datetime.now(UTC), await fill_in(asks, exchange)
    assert seen_by_asker_alone(exchange)
    if command.audience is Audience.MODERATOR:
        assert "Show to everyone" not in exchange.message.labels
    if command.group != "daily":  # of which there is nothing to find there
        assert await town.outcome(command.name, since) == "found", exchange.message.text


async def test_there_is_something_to_give_to_every_command() -> None:
    """Also to the next one."""
    assert {*GIVEN} == {*REGISTRY}


@pytest.mark.parametrize("command", REGISTRY.values(), ids=lambda command: command.name)
async def test_every_option_with_every_choice(town: Town, command: Command) -> None:
    """What is fixed is offered by name; everything else is completed, in each language, and each completion
    leads to an answer.
    """  # noqa: D205
    permissions = MEMBER if command.audience is Audience.EVERYONE else MODERATOR
    for option in command.options:
        if isinstance(option.marker, Written | Attachment):
            continue  # it stands in a form, or comes from somebody's disk
        home = await home_of(town, command)
        place, given = home.channel, home.given(command)
        if place is town.channel:
            given = {each.name: "butterfly" for each in command.options if each.required}
        given = {name: value for name, value in given.items() if name not in ("confirm", option.name)}
        if isinstance(option.marker, Channel | Role):
            chosen = place if isinstance(option.marker, Channel) else guild_of(place).add_role("Readers")
            mo = town.moderator(place)
            exchange = await mo.slash(place, command.name, given | {option.name: chosen})
            assert seen_by_asker_alone(exchange)
            continue
        if isinstance(option.marker, Choose):
            for member in option.choices or ():
                mo = town.moderator(place)
                exchange = await give(mo, place, command.name, given | {option.name: member.value})
                assert seen_by_asker_alone(exchange) or member == "room"
            continue
        for locale in LOCALES.values():
            ana = town.person(locale, permissions, guild=place.guild)
            offered = await ana.autocomplete(place, command.name, focused=option.name)
            if isinstance(option.marker, Typed) and not offered:
                continue  # not everything that is typed can be known beforehand
            assert offered
            exchange = await give(ana, place, command.name, given | {option.name: offered[0]["value"]})
            assert exchange.message.labels or "\n" in exchange.message.text
            begun = await ana.autocomplete(
                place, command.name, focused=option.name, **{option.name: offered[-1]["name"][:3]}
            )
            assert len(begun) <= 25


@pytest.mark.parametrize("sort", Sort)
async def test_every_field_of_every_form(town: Town, sort: Sort) -> None:
    """Each form opens and takes all that it has fields for; then the others begin with what stands there."""
    channel = town.discord.add_guild("Home").add_channel("general")
    mo = town.moderator(channel)
    added = await give(mo, channel, "shelf add", {"kind": sort.value})
    assert FILLED["title"] in added.message.text
    for part in Part:
        opened = await mo.slash(channel, "shelf edit", entry=FILLED["title"], part=part.value)
        if part is Part.PROMPT and sort is Sort.CONTACT:
            assert "has no such part" in opened.message.text
            continue
        assert opened.modal
        stands = values_of(opened.modal)
        assert all(stands.values()) is (part is Part.MAIN), stands
        since = datetime.now(UTC)
        edited = await fill_in(mo, opened)
        assert await town.outcome("shelf edit", since) == "found", edited.message.text
        again = await mo.slash(channel, "shelf edit", entry=FILLED["title"], part=part.value)
        assert again.modal
        assert all(values_of(again.modal).values())


async def test_find_resources_looks_for_what_a_message_says(town: Town) -> None:
    """For the asker alone, whatever the community decided; the writer is not told, and nothing is quoted."""
    mo, ana, ben = town.person(permissions=MODERATOR), town.person("fr"), town.person()
    await mo.slash(town.channel, "settings", answers="room")
    message = ben.say(
        town.channel,
        "They raided the parlour on Dundas again last night :( <@123> https://example.org/zqlink"
        " Does anybody know where migrant sex workers get support?",
    )
    entry = translator("fr")("Find resources")
    exchange = await (await ana.menu(town.channel, entry, message)).settled()
    assert seen_by_asker_alone(exchange)
    assert "zqlink" not in exchange.message.text
    assert "raid" in exchange.message.text.casefold()
    more = await ana.click(exchange.message, exchange.message.labels[0])
    assert seen_by_asker_alone(more)
    small_talk = ben.say(town.channel, "ok lol see you at nine then")
    nothing = await ana.menu(town.channel, entry, small_talk)
    assert seen_by_asker_alone(nothing)
    assert not nothing.message.text.startswith("-#")
    silent = ben.say(town.channel, "")
    assert seen_by_asker_alone(await ana.menu(town.channel, entry, silent))
    await mo.slash(town.channel, "settings", answers="private")


async def test_a_question_too_long_for_a_button_goes_on_with_what_was_found(town: Town) -> None:
    """More of the answer to a whole message; the button holds nothing of it."""
    ana, ben = town.person(), town.person()
    words = (
        "The police raided the massage parlours again and the border agency deported migrant sex workers."
        " Everybody here talks about trafficking and ending demand as if that were sex work."
        " Are there any readings about decriminalisation, or something we can do about the raids?"
    )
    exchange = await (await ana.menu(town.channel, "Find resources", ben.say(town.channel, words))).settled()
    (more,) = [each for each in exchange.message.controls if "more" in each.get("label", "")]
    assert "parlours" not in json.dumps(exchange.message.components)
    following = await ana.click(exchange.message, more["custom_id"])
    assert seen_by_asker_alone(following)
    first = exchange.message.text.split("### ")[1].splitlines()[0]
    assert first not in following.message.text


async def test_buttons_lead_on(town: Town) -> None:
    """More cards; a section of a summary; the citation; each for whoever presses, in their own language."""
    ana, ben = town.person(), town.person("fr")
    found = await ana.slash(town.channel, "find", words="raids")
    (more,) = [label for label in found.message.labels if label.startswith("Show ") and "more" in label]
    second = await ana.click(found.message, more)
    assert second.message.text.split("\n")[1] != found.message.text.split("\n")[1]
    document = "source:can-anti-trafficking-be-rescued"
    summary = await ana.slash(town.channel, "summary", topic=document)
    (menu,) = [each for each in summary.message.controls if each.get("options")]
    options = [each["label"] for each in menu["options"]]
    part = await ana.select(summary.message, menu["placeholder"], [options[1]])
    assert options[1].removesuffix("…") in part.message.text
    count = len(town.channel.messages)
    await ana.click(summary.message, "Show to everyone")
    await town.discord.until(lambda: len(town.channel.messages) > count)
    public = town.channel.messages[-1]
    (menu,) = [each for each in public.controls if each.get("options")]
    french = await ben.select(public, menu["custom_id"], [menu["options"][0]["value"]])
    assert seen_by_asker_alone(french)
    assert "Résumé" in french.message.text
    reading = await ana.slash(town.channel, "reading", topic="agustin 2007")
    cited = await ana.click(reading.message, "Cite")
    assert "2007" in cited.message.text
    assert seen_by_asker_alone(cited)


async def test_show_to_everyone(town: Town) -> None:
    """Where one may write: once, without the asker's name, and without another button to do it again."""
    ana, ben = town.person(), town.person()
    private = await ana.slash(town.channel, "contact", who="butterfly")
    before = ben.sees(town.channel)
    await ana.click(private.message, "Show to everyone")
    await town.discord.until(lambda: "Show to everyone" not in private.message.labels)
    (public,) = [each for each in ben.sees(town.channel) if each not in before]
    assert public.text == private.message.text
    assert "Show to everyone" not in public.labels
    assert not public.pings
    assert not public.unfurls
    about = json.dumps(public.json())
    assert ana.name not in about
    assert str(ana.id) not in about


async def test_who_may_not_write_cannot_show(town: Town) -> None:
    """The button is not there, and one from before is refused with what is missing: looked at each time."""
    ana, muted = town.person(), town.person(permissions=MEMBER & ~Permissions.SEND_MESSAGES)
    assert "Show to everyone" not in (await muted.slash(town.channel, "find", words="raids")).message.labels
    direct = town.discord.direct_channel(ana)
    assert "Show to everyone" not in (await ana.slash(direct, "find", words="raids")).message.labels
    friends = town.discord.private_channel(ana, muted)
    assert "Show to everyone" in (await ana.slash(friends, "find", words="raids")).message.labels
    answered = await ana.slash(town.channel, "find", words="raids")
    town.guild.add_member(ana, MEMBER & ~Permissions.SEND_MESSAGES)
    count = len(town.channel.messages)
    refused = await ana.click(answered.message, "Show to everyone")
    assert seen_by_asker_alone(refused)
    assert "“Send Messages”" in refused.message.text
    assert not [each for each in town.channel.messages[count:] if not each.ephemeral]


async def test_what_the_bot_may_not_do_is_told_to_who_can_mend_it(town: Town) -> None:
    """A moderator of the channel reads what to change; somebody else, whom to ask."""
    quiet = town.discord.add_guild("Quiet", permissions=MEMBER & ~Permissions.SEND_MESSAGES)
    channel = quiet.add_channel("reading-only")
    manage_roles = 1 << 28
    ana, mo = town.discord.add_person("ana"), town.discord.add_person("mo")
    quiet.add_member(ana)
    quiet.add_member(mo, MODERATOR | manage_roles)
    said = []
    for person in (ana, mo):
        answered = await person.slash(channel, "find", words="raids")
        refused = await person.click(answered.message, "Show to everyone")
        assert seen_by_asker_alone(refused)
        assert "“Send Messages”" in refused.message.text
        said.append(refused.message.text)
    assert "Somebody with the permission" in said[0]
    assert "You can give it to me" in said[1]


async def test_moderators_decide_who_sees_answers(town: Town) -> None:
    """By option and by button; looked at again with each; others are told what is missing."""
    guild = town.discord.add_guild("Open")
    channel = guild.add_channel("general")
    ana, mo = town.discord.add_person("ana", locale="es-ES"), town.discord.add_person("mo")
    guild.add_member(ana)
    guild.add_member(mo, MODERATOR)
    refused = await ana.slash(channel, "settings", answers="room")
    assert seen_by_asker_alone(refused)
    assert translator("es")("Manage Server") in refused.message.text
    shown = await mo.slash(channel, "settings")
    assert seen_by_asker_alone(shown)
    assert seen_by_asker_alone(await mo.click(shown.message, "Show answers to everyone"))
    public = await ana.slash(channel, "summary", topic="end demand")
    assert not public.message.ephemeral
    assert "Show to everyone" not in public.message.labels
    assert seen_by_asker_alone(await ana.slash(channel, "find", words="xyzzy plugh"))
    assert seen_by_asker_alone(await ana.click(public.message, public.message.labels[0]))
    assert seen_by_asker_alone(await ana.slash(town.discord.direct_channel(ana), "find", words="raids"))
    again = await mo.slash(channel, "settings")
    guild.add_member(mo)  # a moderator no longer
    assert seen_by_asker_alone(await mo.click(again.message, "Show answers to the asker alone"))
    assert not (await ana.slash(channel, "summary", topic="raids")).message.ephemeral
    with closing(sqlite3.connect(town.shop.database)) as connection:
        decided = "SELECT platform, answers FROM community WHERE id = ?"
        assert connection.execute(decided, [str(guild.id)]).fetchall() == [("discord", "room")]


async def test_settings_elsewhere_say_that_there_is_no_server(town: Town) -> None:
    """Nobody moderates a conversation, nor a server that did not add the bot."""
    mo = town.person(permissions=MODERATOR)
    elsewhere = town.discord.add_guild("Elsewhere", installed=False)
    elsewhere.add_member(mo, MODERATOR)
    for place in (town.discord.direct_channel(mo), elsewhere.add_channel("general")):
        refused = await mo.slash(place, "settings", answers="room")
        assert seen_by_asker_alone(refused)
        assert "moderators" in refused.message.text


async def test_a_language_for_one_answer(town: Town) -> None:
    """Discord says which language a reader uses; nothing is kept of another choice."""
    ana = town.person("fr")
    spanish = await ana.slash(town.channel, "settings", language="es")
    assert "idioma" in spanish.message.text
    assert "raids" in (await ana.slash(town.channel, "find", words="raids")).message.text
    assert "Résumé" in (await ana.slash(town.channel, "find", words="raids")).message.text


async def test_what_somebody_types_is_text(town: Town) -> None:
    """No mention, no markup and no link of theirs comes back alive; nothing that is too long gets through."""
    ana = town.person()
    for words in (
        "@everyone <@1> <@&2>",
        "[click](https://example.org)",
        "`" * 300,
        "\u202egnp.exe",
        "||x||",
    ):
        exchange = await ana.slash(town.channel, "find", words=words)
        assert seen_by_asker_alone(exchange)
        assert "example.org" not in exchange.message.text
    with pytest.raises(NotPossibleError):
        await ana.slash(town.channel, "summary", topic="x" * 301)


async def test_nobody_is_remembered(town: Town) -> None:
    """Neither what was asked nor who asked is in the database, another file or the log.

    The same is true of what was not taken, and of who suggested something that was.
    """
    canary = "zqkanarie"
    home = await home_of(town, REGISTRY["suggest"])
    ana = town.discord.add_person(canary)
    for guild in (town.guild, guild_of(home.channel)):
        guild.add_member(ana)
    answered = await ana.slash(town.channel, "find", words=f"{canary} raids")
    refused = {name: f"javascript:{canary}" if name in ("link", "reach") else canary for name in FILLED}
    for command in REGISTRY.values():
        asked = {each.name for each in command.options if isinstance(each.marker, Topic | Document | Typed)}
        given = {
            name: f"{value} {canary}" if name in asked else value
            for name, value in home.given(command).items()
            if name != "note"  # which is posted
        }
        if command.name == "shelf import":
            given["file"] = Upload(f"{canary}.yaml", f"{canary}: [".encode())
        person = town.moderator(home.channel)
        exchange = await person.slash(home.channel, command.name, given)
        if exchange.modal:
            not_taken = await fill_in(person, exchange, refused)
            assert "Correct it" in not_taken.message.labels
    suggested = await give(ana, home.channel, "suggest", {"kind": "reading"})
    assert "It waits for the moderators" in suggested.message.text
    await ana.autocomplete(town.channel, "find", focused="words", words=canary)
    await ana.menu(town.channel, "Find resources", ana.say(town.channel, f"{canary} raids"))
    await ana.click(answered.message, answered.message.labels[0])
    secrets = (canary, str(ana.id), str(answered.id), answered.token, str(suggested.id), suggested.token)
    with closing(sqlite3.connect(town.shop.database)) as connection:
        tables = "\n".join(connection.iterdump())
    assert FILLED["title"] in tables
    files = [path for path in town.shop.base.rglob("*") if path.is_file() and path.name != "token"]
    for secret in secrets:
        assert secret not in tables
        assert secret not in "".join(town.bot.lines)
        assert not [path for path in files if secret.encode() in path.read_bytes()]
