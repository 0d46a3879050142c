"""`/privacy`: what it says is so, everything stored is given out, and a person's id is nowhere afterwards."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.commands import privacy
from bot.commands.describe import Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.communities import Communities
from bot.curation.terms import Terms
from bot.model import Community, Place
from bot.reply import Reply
from bot.shelf import Shelf
from bot.store import SqlBook, SqlLedger, read_communities
from bot.store.holdings import HOLDINGS
from tests.commands.daily_desk import moderator, reader
from tests.commands.said import everything
from tests.store.shelves import ANA, BEA, HERE, THERE, all_rows, one_of_each, tables_with

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
MODERATOR = replace(moderator(HERE), by=BEA)


@pytest.fixture
async def kept(engine: AsyncEngine, shelf: Shelf) -> Services:
    """Two communities of which every table has something; Ana and Bea are on record in both."""
    for community in (HERE, THERE):
        await one_of_each(engine, community, f"zq{community.id}")
    return Services(
        shelf,
        "1",
        communities=Communities(await read_communities(engine)),
        book=SqlBook(engine),
        ledger=SqlLedger(engine),
        now=lambda: AT,
    )


def content(reply: Reply) -> str:
    """The one file of a reply."""
    (file,) = reply.files
    return file.content.decode()


async def test_the_export_has_every_row_of_this_community_and_none_of_another(
    kept: Services, engine: AsyncEngine
) -> None:
    """Looked for in every table there is."""
    reply = await answer("privacy export", MODERATOR, kept)
    assert reply.found
    assert reply.private
    given = json.loads(content(reply))
    (whole,) = given["stored"]
    assert (whole["platform"], whole["id"], given["at"]) == ("discord", "here", AT.isoformat())
    rows = await all_rows(engine)
    ours = {name: sum("'here'" in repr(row) for row in rows[name]) for name in rows}
    assert len(named := {name: count for name, count in ours.items() if count}) >= 9
    assert {name: len(lines) for name, lines in whole["tables"].items()} == {**named, "delivery": 1}
    assert "zqhere" in content(reply)
    assert "there" not in content(reply)


async def test_the_export_says_what_is_in_it(kept: Services) -> None:
    reply = await answer("privacy export", MODERATOR, kept)
    (file,) = reply.files
    assert (file.name, file.media_type) == ("infoshop-2026-03-02.json", "application/json")
    said = everything(reply)
    assert "all that is stored about this server or room" in said
    for table, lines in json.loads(file.content)["stored"][0]["tables"].items():
        assert f" ({table}): {len(lines)} row" in said
    assert "Own shelf (own_item): 1 row" in said
    assert privacy.TABLES.keys() == {holding.table.name for holding in HOLDINGS}


async def test_a_file_that_no_platform_would_take_is_packed(
    kept: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = content(await answer("privacy export", MODERATOR, kept))
    monkeypatch.setattr(privacy, "LARGEST", 100)
    (file,) = (await answer("privacy export", MODERATOR, kept)).files
    assert (file.name, file.media_type) == ("infoshop-2026-03-02.json.gz", "application/gzip")
    assert gzip.decompress(file.content).decode() == plain


async def test_of_a_community_without_anything_nothing_is_exported(kept: Services) -> None:
    reply = await answer("privacy export", moderator(Community("discord", "empty")), kept)
    assert (reply.text, reply.files) == ("Nothing is stored about this server or room.", ())


async def test_a_room_of_a_space_exports_what_the_space_keeps_too(kept: Services) -> None:
    """Each by itself; and once where they are the same."""
    reply = await answer("privacy export", replace(MODERATOR, keeper=THERE), kept)
    assert [each["id"] for each in json.loads(content(reply))["stored"]] == ["there", "here"]
    assert "Own shelf (own_item): 2 rows" in everything(reply)


@pytest.mark.parametrize("who", [Request(community=HERE), reader()])
async def test_the_export_is_for_moderators(kept: Services, who: Request) -> None:
    reply = await answer("privacy export", who, kept)
    assert not reply.found
    assert reply.files == ()


async def test_whoever_asks_to_be_forgotten_is_nowhere_afterwards(
    kept: Services, engine: AsyncEngine
) -> None:
    """In no table, and in no byte of the file; what they added, and who else did something, stays."""
    before = await tables_with(engine, ANA)
    assert before >= {"act", "suggestion"}
    reply = await answer("privacy forget-me", Request(community=HERE, by=ANA), kept)
    assert "taken out of 4 places" in reply.text
    assert "What was added to shelves stays." in reply.text
    assert "/daily forget" in reply.text
    assert ANA not in everything(reply)
    assert await tables_with(engine, ANA) == set()
    assert await tables_with(engine, BEA) == {"act"}
    assert {"own_item", "act", "suggestion"} <= await tables_with(engine, "zqhere")
    await engine.dispose()
    for content in files(engine.url):
        assert ANA.encode() not in content
    again = await answer("privacy forget-me", Request(community=HERE, by=ANA), kept)
    assert again.text.startswith("Your account's id is stored nowhere")


def files(url: URL) -> Sequence[bytes]:
    """The content of the files of an SQLite database; that of a server is not ours to read."""
    if url.get_backend_name() != "sqlite":
        return []
    database = Path(str(url.database))
    found = [path.read_bytes() for path in database.parent.glob(f"{database.name}*")]
    assert any(b"zqhere" in content for content in found)
    return found


async def test_others_who_read_along_do_not_learn_whether_there_was_anything(
    kept: Services, engine: AsyncEngine
) -> None:
    overheard = Request(community=HERE, by=ANA, overheard=True)
    first, again = [await answer("privacy forget-me", overheard, kept) for _ in range(2)]
    assert first == again
    assert await tables_with(engine, ANA) == set()


async def test_nobody_is_forgotten_on_another_platform(kept: Services, engine: AsyncEngine) -> None:
    """The same id may be somebody else's there."""
    before = await tables_with(engine, ANA)
    there = Request(community=Community("matrix", "!room"), by=ANA)
    assert (await answer("privacy forget-me", there, kept)).found
    assert await tables_with(engine, ANA) == before


async def test_in_a_conversation_the_platform_is_that_of_the_conversation(
    kept: Services, engine: AsyncEngine
) -> None:
    for who in (replace(reader(), by=ANA), Request(place=Place("discord", "dm"), by=ANA)):
        assert (await answer("privacy forget-me", who, kept)).found
    assert await tables_with(engine, ANA) == set()


async def test_at_a_terminal_nobody_is_on_record(kept: Services) -> None:
    reply = await answer("privacy forget-me", Request(place=Place("terminal", "")), kept)
    assert reply.text.startswith("Here nobody's account is known")


async def test_where_nothing_is_kept_there_is_nothing_to_erase(shelf: Shelf) -> None:
    without = Services(shelf, "1")
    for line, who in (("privacy export", moderator()), ("privacy forget-me", replace(reader(), by=ANA))):
        reply = await answer(line, who, without)
        assert (reply.found, reply.text) == (
            False,
            "Nothing is kept here, and so there is nothing to erase.",
        )


@pytest.mark.parametrize("line", ["privacy", "privacy about", "PRIVACY"])
async def test_the_word_alone_says_what_is_kept_and_for_how_long(kept: Services, line: str) -> None:
    terms = Terms(timedelta(days=7), timedelta(days=90))
    said = everything(await answer(line, Request(community=HERE), replace(kept, terms=terms)))
    assert "its own shelf and what its moderators decided are kept" in said
    assert "kept without who you are, unless you choose to be told" in said
    assert "with their account's id, for 90 days. /privacy forget-me takes yours out everywhere." in said
    assert "is deleted 7 days later" in said
    assert "links" not in said


async def test_it_says_that_links_are_looked_at_where_they_are(kept: Services) -> None:
    looking = replace(kept, terms=Terms(links=True))
    assert "whether the links on communities' own shelves still work" in everything(
        await answer("privacy", reader(), looking)
    )
