"""A platform that fails is started again, one that cannot go on is left, and the others do not notice."""

import asyncio
from collections.abc import Iterator, MutableMapping

import pytest
from structlog.testing import capture_logs

import bot.supervision
from bot.errors import InfoshopError, PlatformError, SettingsError
from bot.supervision import keep, keep_all


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[MutableMapping[str, object]]]:
    """What is logged. Attempts follow each other at once."""
    monkeypatch.setattr(bot.supervision, "FIRST", 0.001)
    with capture_logs() as lines:
        yield lines


async def test_what_fails_is_started_again_until_told_to_stop() -> None:
    """Whether it raised something or just ended."""
    stop = asyncio.Event()
    starts = 0

    async def start() -> None:
        nonlocal starts
        starts += 1
        if starts == 5:
            stop.set()
        elif starts % 2:
            raise ConnectionRefusedError

    assert await keep("discord", start, stop) is None
    assert starts == 5


async def test_the_pause_grows_and_ends_when_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the end of a pause in order to stop."""
    monkeypatch.setattr(bot.supervision, "FIRST", 1000.0)
    stop = asyncio.Event()
    failed = asyncio.Event()

    async def start() -> None:
        failed.set()
        raise OSError

    kept = asyncio.create_task(keep("discord", start, stop))
    await failed.wait()
    stop.set()
    async with asyncio.timeout(10):
        assert await kept is None


async def test_one_platform_that_cannot_go_on_does_not_stop_the_other(
    said: list[MutableMapping[str, object]],
) -> None:
    """The operator reads why; the other one runs until told to stop, and then all is well."""
    stop = asyncio.Event()
    running = asyncio.Event()

    async def refused() -> None:
        raise SettingsError("The token was refused.")

    async def fine() -> None:
        running.set()
        await stop.wait()

    kept = asyncio.create_task(keep_all({"discord": refused, "matrix": fine}, stop))
    await running.wait()
    done, _ = await asyncio.wait({kept}, timeout=0.05)
    assert not done
    stop.set()
    await kept
    (line,) = said
    assert (line["problem"], line["platform"]) == ("The token was refused.", "discord")


async def test_when_none_is_left_the_first_reason_is_given() -> None:
    """So that the process ends with an exit code that says what to mend."""

    def failing(error: InfoshopError) -> "bot.supervision.Start":
        async def start() -> None:
            raise error

        return start

    platforms = {"discord": failing(SettingsError("one")), "matrix": failing(PlatformError("two"))}
    with pytest.raises(SettingsError, match="one"):
        await keep_all(platforms, asyncio.Event())
