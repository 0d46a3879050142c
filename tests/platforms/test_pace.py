"""One person's flood is slowed down, and nobody else's question."""

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.pace import REMEMBERED, Pace


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_a_burst_then_an_even_pace() -> None:
    """The wait that is named is the wait that is needed, to the second."""
    clock = Clock()
    pace = Pace(burst=3, interval=2.0, clock=clock)
    assert [pace.wait("ana") for _ in range(5)] == [0.0, 0.0, 0.0, 2.0, 2.0]
    clock.now += 1.5
    assert pace.wait("ana") == 0.5
    clock.now += 0.5
    assert pace.wait("ana") == 0.0
    assert pace.wait("ana") == 2.0


def test_others_do_not_notice() -> None:
    """A thousand questions of one person cost another none."""
    pace = Pace(burst=3, interval=2.0, clock=Clock())
    assert any(pace.wait("ana") for _ in range(1000))
    assert [pace.wait("ben") for _ in range(3)] == [0.0, 0.0, 0.0]


@given(st.lists(st.floats(0, 5), max_size=200))
def test_nobody_is_answered_faster_than_the_pace(pauses: list[float]) -> None:
    """Over any stretch of time: the burst, and one for each interval that has passed."""
    clock = Clock()
    pace = Pace(burst=4, interval=1.0, clock=clock)
    answered = []
    for pause in pauses:
        clock.now += pause
        if not pace.wait("ana"):
            answered.append(clock.now)
    for first, start in enumerate(answered):
        for last in range(first, len(answered)):
            assert last - first + 1 <= 4 + (answered[last] - start) + 1e-6


def test_who_has_not_asked_for_a_while_is_forgotten() -> None:
    """What is remembered does not grow with all who ever asked."""
    clock = Clock()
    pace = Pace(burst=1, interval=1.0, clock=clock)
    for person in range(3 * REMEMBERED):
        clock.now += 0.01
        assert pace.wait(person) == 0.0
    assert len(pace._paid_until) <= REMEMBERED
