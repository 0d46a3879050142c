"""One person's flood is slowed down, and nobody else's question."""

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.pace import Pace


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes when told to."""

    now = 1000.0

    def time(self) -> float:
        """Seconds."""
        return self.now

    async def passes(self, seconds: float) -> None:
        """Let time pass, and whatever was to happen by then."""
        self.now += seconds
        for _ in range(3):
            await asyncio.sleep(0)


def with_time(test: Callable[[Loop], Awaitable[None]]) -> None:
    """Run a test that tells the time."""
    loop = Loop()
    try:
        loop.run_until_complete(test(loop))
    finally:
        loop.close()


def test_a_burst_then_an_even_pace() -> None:
    """The wait that is named is the wait that is needed, to the second."""

    async def test(loop: Loop) -> None:
        pace = Pace(burst=3, interval=2.0)
        assert [pace.wait("ana") for _ in range(5)] == [0.0, 0.0, 0.0, 2.0, 2.0]
        await loop.passes(1.5)
        assert pace.wait("ana") == 0.5
        await loop.passes(0.5)
        assert pace.wait("ana") == 0.0
        assert pace.wait("ana") == 2.0

    with_time(test)


def test_others_do_not_notice() -> None:
    """A thousand questions of one person cost another none."""

    async def test(_: Loop) -> None:
        pace = Pace(burst=3, interval=2.0)
        assert any(pace.wait("ana") for _ in range(1000))
        assert [pace.wait("ben") for _ in range(3)] == [0.0, 0.0, 0.0]

    with_time(test)


@given(st.lists(st.floats(0, 5), max_size=100))
def test_nobody_is_answered_faster_than_the_pace(pauses: list[float]) -> None:
    """Over any stretch of time: the burst, and one for each interval that has passed."""
    answered: list[float] = []

    async def test(loop: Loop) -> None:
        pace = Pace(burst=4, interval=1.0)
        for pause in pauses:
            await loop.passes(pause)
            if not pace.wait("ana"):
                answered.append(loop.now)

    with_time(test)
    for first, start in enumerate(answered):
        for last in range(first, len(answered)):
            assert last - first + 1 <= 4 + (answered[last] - start) + 1e-6


def test_who_does_not_ask_again_is_forgotten() -> None:
    """As soon as they could ask as if they never had; without anybody else asking."""

    async def test(loop: Loop) -> None:
        pace = Pace(burst=3, interval=2.0)
        for person in range(100):
            pace.wait(person)
        pace.wait(0)
        await loop.passes(2.1)
        assert pace._paid_until.keys() == {0}
        await loop.passes(2.0)
        assert not pace._paid_until

    with_time(test)
