"""In what order prompts are shown."""

import string
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily.model import Memory, Order
from bot.daily.order import KEPT, draw, mark, put_back, shuffled, upcoming

POOL = tuple(f"reading:{number}" for number in range(12))
some_pool = st.lists(st.sampled_from([f"action:{number}" for number in range(40)]), unique=True)
some_seed = st.text(string.ascii_lowercase, max_size=8)


def drawn(pool: tuple[str, ...], memory: Memory, seed: str, order: Order, n: int) -> tuple[list[str], Memory]:
    """The next `n` items, and the memory after them."""
    items = []
    for _ in range(n):
        found = draw(pool, memory, seed, order)
        assert found is not None
        item, memory = found
        items.append(item)
    return items, memory


def test_a_mark_is_short_and_safe_anywhere() -> None:
    marks = {mark(f"source:some-document#section-{number}") for number in range(20_000)}
    assert len(marks) == 20_000
    assert all(
        len(each) == 6 and set(each) <= {*string.ascii_letters, *string.digits, *"-_"} for each in marks
    )


def test_marks_and_orders_stay_as_they_are() -> None:
    """They are kept in databases: another hash or another order would show everything again."""
    assert mark("reading:agustin-2007") == "-nrKio"
    assert shuffled(POOL[:5], "seed", 0) == ["reading:2", "reading:3", "reading:1", "reading:0", "reading:4"]


@given(some_pool.filter(bool), some_seed, st.integers(2, 4))
def test_everything_is_shown_once_in_every_round(pool: list[str], seed: str, rounds: int) -> None:
    items, memory = drawn(tuple(pool), Memory(), seed, Order.SHUFFLED, rounds * len(pool))
    for number in range(rounds):
        assert sorted(items[number * len(pool) : (number + 1) * len(pool)]) == sorted(pool)
    assert memory.round == rounds - 1
    if len(pool) > 1:
        assert all(earlier != later for earlier, later in pairwise(items))


@given(st.lists(some_pool, min_size=1, max_size=60), some_seed)
def test_nothing_repeats_within_a_round_and_nothing_waits_for_more_than_one(
    pools: list[list[str]], seed: str
) -> None:
    """While items join and leave at any moment, a new round begins only when nothing is left of the last."""
    memory = Memory()
    shown: set[str] = set()
    for pool in pools:
        found = draw(pool, memory, seed, Order.SHUFFLED)
        if found is None:
            assert not pool
            continue
        item, after = found
        assert item in pool
        if after.round == memory.round:
            assert item not in shown
        else:
            assert after.round == memory.round + 1
            assert shown >= set(pool)
            shown.clear()
        shown.add(item)
        memory = after


@given(some_pool.filter(lambda pool: len(pool) > 1), some_seed, st.data())
def test_items_that_join_or_leave_do_not_move_the_others(
    pool: list[str], seed: str, data: st.DataObject
) -> None:
    part = data.draw(st.lists(st.sampled_from(pool), unique=True))
    assert [item for item in shuffled(pool, seed, 3) if item in part] == shuffled(part, seed, 3)


@given(some_pool, some_seed)
def test_it_does_not_matter_how_a_shuffled_pool_is_ordered(pool: list[str], seed: str) -> None:
    other = sorted(pool)
    assert draw(pool, Memory(), seed, Order.SHUFFLED) == draw(other, Memory(), seed, Order.SHUFFLED)


def test_schedules_and_rounds_have_orders_of_their_own() -> None:
    orders = {tuple(shuffled(POOL, seed, number)) for seed in ("one", "two", "one 1") for number in range(3)}
    assert len(orders) == 9


def test_every_item_comes_at_every_place_about_as_often() -> None:
    """Chi-square over places and items: of fair shuffles, one in a thousand would exceed the bound."""
    rounds = 4000
    places = Counter(
        (place, item) for number in range(rounds) for place, item in enumerate(shuffled(POOL, "fair", number))
    )
    expected = rounds / len(POOL)
    chi_square = sum((places[place, item] - expected) ** 2 / expected for place in range(12) for item in POOL)
    assert chi_square < 176.0  # 11 × 11 = 121 degrees of freedom


@given(some_pool, st.integers(0, 50))
def test_a_series_is_shown_in_its_order_and_ends(pool: list[str], number: int) -> None:
    assert upcoming(pool, Memory(), "any", Order.SERIES, number) == pool[:number]
    _, memory = drawn(tuple(pool), Memory(), "any", Order.SERIES, len(pool))
    assert draw(pool, memory, "any", Order.SERIES) is None
    assert draw([*pool, "source:new#part"], memory, "any", Order.SERIES) is not None


def test_a_part_that_joins_a_series_is_shown_next_even_if_later_ones_were_shown() -> None:
    _, memory = drawn(("a", "c", "d"), Memory(), "any", Order.SERIES, 2)
    assert upcoming(("a", "b", "c", "d"), memory, "any", Order.SERIES, 9) == ["b", "d"]


@given(some_pool.filter(bool), some_seed, st.integers(0, 60), st.integers(0, 20))
def test_what_is_announced_is_what_comes(pool: list[str], seed: str, before: int, number: int) -> None:
    _, memory = drawn(tuple(pool), Memory(), seed, Order.SHUFFLED, before)
    assert (
        upcoming(pool, memory, seed, Order.SHUFFLED, number)
        == drawn(tuple(pool), memory, seed, Order.SHUFFLED, number)[0]
    )


def test_nothing_can_be_announced_where_there_is_nothing() -> None:
    assert upcoming((), Memory(), "any", Order.SHUFFLED, 7) == []


@pytest.mark.parametrize("order", Order)
@given(before=st.integers(0, 11), later=st.integers(0, 3))
def test_what_was_put_back_is_the_next(order: Order, before: int, later: int) -> None:
    _, memory = drawn(POOL, Memory(), "any", order, before)
    items, memory = drawn(POOL, memory, "any", order, min(1 + later, 12 - before))
    back = put_back(memory, items[0])
    again = draw(POOL, back, "any", order)
    assert again is not None
    assert again[0] == items[0]
    assert set(again[1].shown) == set(memory.shown)


def test_putting_back_what_was_not_shown_changes_nothing() -> None:
    _, memory = drawn(POOL, Memory(), "any", Order.SHUFFLED, 3)
    assert put_back(memory, "contact:nobody") == memory


def test_what_left_and_comes_back_is_not_shown_again_in_the_round() -> None:
    items, memory = drawn(POOL, Memory(), "any", Order.SHUFFLED, 6)
    narrowed = tuple(item for item in POOL if item not in items)
    _, memory = drawn(narrowed, memory, "any", Order.SHUFFLED, 3)
    rest, _ = drawn(POOL, memory, "any", Order.SHUFFLED, 3)
    assert not set(rest) & set(items)


def test_memory_does_not_grow_without_end_where_items_come_and_go() -> None:
    memory = Memory()
    for day in range(2000):
        pool = tuple(f"reading:{number}" for number in range(day, day + 10))
        found = draw(pool, memory, "any", Order.SHUFFLED)
        assert found is not None
        memory = found[1]
        assert len(memory.shown) <= KEPT + len(pool) + 1
    assert memory.round == 0
    assert len(memory.shown) >= KEPT
    assert set(memory.shown[-5:]) <= {mark(f"reading:{number}") for number in range(1980, 2010)}
