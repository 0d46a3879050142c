"""`infoshop discord`: Discord is told which commands there are, and people how to add the bot."""

import asyncio
import subprocess
from collections.abc import AsyncIterator

import pytest

from bot.commands.describe import REGISTRY
from tests.cli.shop import Shop
from tests.standin.server import Standin

GEHEIM = "geheim.geheim.geheim"


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    """A Discord without commands."""
    async with Standin() as standin:
        yield standin


async def run(
    shop: Shop, discord: Standin, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `infoshop discord` with the settings that lead to the stand-in, and others."""
    given = {"token": discord.token, "api_base_url": discord.api_url, **settings}
    env = {f"INFOSHOP_DISCORD__{name.upper()}": value for name, value in given.items()}
    return await asyncio.to_thread(shop.run, "discord", *arguments, env=env)


async def test_sync_shows_what_differs_and_changes_that(empty: Shop, discord: Standin) -> None:
    """First in thought, then in one server, then everywhere; and then there is nothing left to do."""
    guild = discord.add_guild("Room")
    tried = await run(empty, discord, "sync", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    first_words = {name.partition(" ")[0] for name in REGISTRY}
    assert {f"+ /{name}" for name in first_words} <= {*tried.stdout.splitlines()}
    assert discord.commands.writes == 0
    there = await run(empty, discord, "sync", "--guild", str(guild.id))
    assert there.returncode == 0, there.stderr
    assert {each["name"] for each in discord.commands.all(guild.id)} >= first_words
    assert discord.commands.all() == []
    done = await run(empty, discord, "sync")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Done."
    writes = discord.commands.writes
    again = await run(empty, discord, "sync")
    assert again.stdout == f"= {len(discord.commands.all())} unchanged\n"
    assert discord.commands.writes == writes
    assert not empty.data.exists()  # the corpus has no part in it


async def test_the_secret_may_stand_in_a_file(empty: Shop, discord: Standin) -> None:
    file = empty.cwd / "token"
    file.write_text(f"{discord.token}\n")
    done = await run(empty, discord, "sync", "--dry-run", token="", token_file=str(file))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"token": ""}, 78, "INFOSHOP_DISCORD__TOKEN_FILE"),
        ({"token": GEHEIM}, 78, "refuses the token"),
        ({"application_id": "5"}, 78, "discord.application_id is 5"),
    ],
)
async def test_what_keeps_it_from_working_is_said(
    empty: Shop, discord: Standin, settings: dict[str, str], code: int, words: str
) -> None:
    """In one line, which does not hold the token."""
    done = await run(empty, discord, "sync", **settings)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "geheim" not in done.stderr
    assert discord.token not in done.stderr
    assert done.stdout == ""


async def test_a_server_without_the_bot_is_refused(empty: Shop, discord: Standin) -> None:
    elsewhere = discord.add_guild("Elsewhere", installed=False)
    done = await run(empty, discord, "sync", "--guild", str(elsewhere.id))
    assert done.returncode == 69
    assert "infoshop discord invite" in done.stderr


@pytest.mark.parametrize("settings", [{"application_id": "1234"}, {}])
async def test_invite_links_ask_for_no_more_than_is_needed(
    empty: Shop, discord: Standin, settings: dict[str, str]
) -> None:
    """Of the application that is set, or else of the one whose token it is."""
    application_id = settings.get("application_id", str(discord.application_id))
    done = await run(empty, discord, "invite", **settings)
    assert done.returncode == 0, done.stderr
    server, user = (line.strip() for line in done.stdout.splitlines()[1::2])
    base = f"https://discord.com/oauth2/authorize?client_id={application_id}&scope="
    assert server == f"{base}bot+applications.commands&permissions=3072&integration_type=0"
    assert user == f"{base}applications.commands&integration_type=1"
    assert bool(discord.requests) is not bool(settings)  # nobody is asked for what is known


def test_an_invitation_needs_an_application(empty: Shop) -> None:
    done = empty.run("discord", "invite")
    assert done.returncode == 78
    assert "INFOSHOP_DISCORD__TOKEN_FILE" in done.stderr
