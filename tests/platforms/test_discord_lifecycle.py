"""The life of the bot on Discord: crowds, signals, sudden death, another corpus, a token that is no good."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.pace import BURST
from tests.cli.shop import Shop, fingerprints, write_corpus
from tests.platforms.on_discord import Bot, Room, busy, copy, decide, infoshop, register, running
from tests.standin.interactions import Exchange
from tests.standin.people import Person
from tests.standin.server import Standin

CALLBACK, POST = "/interactions/*/callback", "/channels/*/messages"
QUESTION, ANSWER = "night raids", "Raids at night"
SHOW, ACTIONS = "Show to everyone", "Actions on this (1)"
SLOW_DOWN, ASK_AGAIN = "That was a lot at once", "I am being restarted"
GONE = "no longer on the shelf"
LONGEST_END = 10  # seconds that a process has after SIGTERM
CONFIGURATION = 78


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    """A Discord that knows the commands."""
    async with Standin() as standin:
        await register(standin)
        yield standin


@pytest.fixture
def room(discord: Standin) -> Room:
    """A server on it."""
    return Room.of(discord)


@pytest.fixture
def shop(filled: Shop, tmp_path: Path) -> Shop:
    """A place for the bot."""
    return copy(filled, tmp_path / "shop")


async def ask(room: Room) -> Exchange:
    """Somebody new asks."""
    return await room.person().slash(room.channel, "find", words=QUESTION)


async def test_crowds(shop: Shop) -> None:
    """Who floods is told to wait, and nobody else has to. Nothing about them is written down.

    Two hundred questions at once, of a hundred people, are answered in the 3 s that Discord waits. This one
    does without the check of what it is sent; and a machine that is busy with other things has three tries.
    """
    async with Standin(validate=False) as discord:
        await register(discord)
        room = Room.of(discord)
        async with running(shop, discord) as bot:
            before = fingerprints(shop.base)
            flooder = await flood(room)
            outcomes = [await rush(room) for _ in range(3)]
            assert any(outcomes)
            assert not bot.failures
            assert fingerprints(shop.base) == before
        assert str(flooder.id) not in "".join(bot.lines)


async def flood(room: Room) -> Person:
    """One person asks fifty times at once, and then somebody else once."""
    ana = room.person()
    flood = [asyncio.create_task(ana.slash(room.channel, "find", words=QUESTION)) for _ in range(50)]
    assert ANSWER in (await ask(room)).message.text
    answers = [exchange.message for exchange in await asyncio.gather(*flood)]
    told = [answer for answer in answers if SLOW_DOWN in answer.text]
    assert all(answer.ephemeral for answer in told)
    assert all(ANSWER in answer.text for answer in answers if answer not in told)
    assert BURST <= len(answers) - len(told) < 2 * BURST
    return ana


async def rush(room: Room) -> bool:
    """A hundred people ask twice each; whether all of them had an answer in time."""
    people = [room.person() for _ in range(100)]
    asked = (person.slash(room.channel, "find", words=QUESTION) for person in people * 2)
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    answered = [exchange for exchange in outcomes if isinstance(exchange, Exchange)]
    for exchange in answered:
        await exchange.settled()
        assert [ANSWER in message.text for message in exchange.messages] == [True]
    return len(answered) == len(outcomes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_finishes(
    number: signal.Signals, discord: Standin, room: Room, shop: Shop
) -> None:
    """What was asked before is answered, who asks now is told to ask again, and Discord is said goodbye."""
    async with running(shop, discord) as bot:
        with busy(shop):
            announced = await decide(room)
            slow = discord.faults.slow(0.5, "POST", CALLBACK, times=5)
            taken = [asyncio.create_task(ask(room)) for _ in range(5)]
            await discord.until(lambda: slow.hits == 5)
            bot.process.send_signal(number)
            while ASK_AGAIN not in (late := await ask(room)).message.text:
                assert ANSWER in late.message.text  # asked before the signal arrived
            assert late.message.ephemeral
            assert all(ANSWER in exchange.message.text for exchange in await asyncio.gather(*taken))
            assert announced.waiting
        await announced.settled()
        assert "shown to everyone" in announced.message.text
        assert await bot.ended() == os.EX_OK
        assert discord.gateway.sessions == {}  # closed with 1000, so that Discord shows the bot offline
        assert not bot.failures


async def test_nothing_keeps_it_longer_than_ten_seconds(discord: Standin, room: Room, shop: Shop) -> None:
    """Not even an answer that would be sent again for a minute."""
    ana = room.person()
    async with running(shop, discord) as bot:
        asked = await ana.slash(room.channel, "find", words=QUESTION)
        outage = discord.faults.reset("POST", POST, times=1000)
        await ana.click(asked.message, SHOW)
        await discord.until(lambda: outage.hits)
        bot.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(LONGEST_END):
            assert await bot.ended() == os.EX_OK
        assert discord.gateway.sessions == {}


async def test_told_to_stop_while_discord_is_out_of_reach(shop: Shop) -> None:
    """It ends in the middle of waiting for the next attempt, whatever of Discord is not there."""

    async def play(event: str, *, rest: bool) -> None:
        async with Standin() as discord:
            await discord.down(rest=rest)
            bot = await infoshop(shop, discord, "run")
            await bot.logged(event)
            bot.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(LONGEST_END):
                assert await bot.ended() == os.EX_OK

    await asyncio.gather(play("starting again", rest=True), play("library message", rest=False))


async def test_buttons_outlive_the_process_and_the_corpus(discord: Standin, room: Room, shop: Shop) -> None:
    """The new process was told nothing by the one that was killed: all that a button needs is in it.

    What was edited is shown as it is now; of what was removed, it is said that it is gone.
    """
    ana = room.person()
    async with running(shop, discord) as bot:
        asked = await ana.slash(room.channel, "find", words=QUESTION)
        readings = await ana.slash(room.channel, "reading")
        (title,) = (label for label in readings.message.labels if label.startswith("Streetlight"))
        await bot.stop(signal.SIGKILL)
    seeds = write_corpus(shop.base / "edited", variant="As edited,")
    lantern = seeds / "lantern.yaml"
    kept, removed = re.subn(r"(?ms)^readings:\n.*?(?=^actions:)", "", lantern.read_text())
    assert removed == 1
    lantern.write_text(kept)
    loader = await infoshop(shop, discord, "corpus", "load", env={"INFOSHOP_SEEDS": str(seeds)})
    assert await loader.ended() == os.EX_OK, loader.lines
    async with running(shop, discord) as bot:
        assert GONE in (await ana.click(readings.message, title)).message.text
        assert "End raids at night" in (await ana.click(asked.message, ACTIONS)).message.text
        await ana.click(asked.message, SHOW)
        await discord.until(lambda: room.channel.messages)
        (public,) = room.channel.messages
        assert "As edited," in public.text
        assert not bot.failures


async def test_token_that_is_refused_at_the_start(discord: Standin, shop: Shop) -> None:
    """The operator reads what to do, and service managers what kind of failure it is."""
    await discord.revoke_token()
    bot = await infoshop(shop, discord, "run")
    assert await bot.ended() == CONFIGURATION
    refused(bot, discord)


async def test_refusal_that_would_come_again(shop: Shop) -> None:
    """What only an operator can mend ends the process, with a sentence that says what to mend."""

    async def play(code: int, sentence: str) -> None:
        async with Standin() as discord, running(shop, discord) as bot:
            await bot.logged("connected")  # before that, discord.py takes any end for a bad start
            await discord.gateway.drop(resumable=False, code=code)
            assert await bot.ended() == CONFIGURATION
            refused(bot, discord, sentence)

    await asyncio.gather(play(4011, "raise shard_count"), play(4014, "refuses the intents"))


def refused(bot: Bot, discord: Standin, sentence: str = "refuses the token") -> None:
    """It said why once in the log and once as its last words, without the token, and left it at that."""
    log = list(map(json.loads, bot.lines[:-1]))
    assert bot.lines[-1].startswith("Discord")
    assert sentence in bot.lines[-1]
    assert [sentence in line["problem"] for line in log if line["event"] == "platform left"] == [True]
    assert "starting again" not in [line["event"] for line in log]
    assert discord.token not in "".join(bot.lines)


async def test_token_is_nowhere_to_be_read(discord: Standin, room: Room, shop: Shop) -> None:
    """Neither where the machine lists processes and what they were started with, nor in the fullest log.

    Nor is it when it is reset while the bot runs, which then ends as it would not have begun.
    """
    token = shop.home / "token"
    token.write_text(discord.token)
    given = {
        "INFOSHOP_LOG_LEVEL": "debug",
        "INFOSHOP_DISCORD__TOKEN": "",
        "INFOSHOP_DISCORD__TOKEN_FILE": str(token),
    }
    async with running(shop, discord, env=given) as bot:
        process = Path("/proc", str(bot.process.pid))
        assert discord.token.encode() not in (process / "cmdline").read_bytes()
        assert discord.token.encode() not in (process / "environ").read_bytes()
        discord.faults.error(500, "POST", CALLBACK)
        await ask(room)
        await discord.gateway.drop()
        assert ANSWER in (await ask(room)).message.text
        await discord.revoke_token()
        assert await bot.ended() == CONFIGURATION
    refused(bot, discord)
    token.unlink()
    everything = b"".join(file.read_bytes() for file in shop.base.rglob("*") if file.is_file())
    assert discord.token.encode() not in everything
