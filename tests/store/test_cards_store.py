"""Cards that moderators posted, and shelves that they hand over."""

from dataclasses import replace

import pytest

from bot.curation.ledger import Ledger
from bot.curation.model import Act, CardState, Changes, Deed, Edit, Offer
from bot.errors import StoreError
from bot.model import Community
from tests.store.daily import HOUR, NOON
from tests.store.shelves import (
    ANA,
    BEA,
    DAY,
    HERE,
    THERE,
    a_card,
    a_suggestion,
    an_act,
    an_item,
    items,
    new,
    posted,
    to_look_at,
)

OFFERED = Act(Deed.OFFERED, "shelf", ANA, NOON)
OFFER = Offer("code", HERE, NOON + DAY)


async def test_a_card_is_kept_as_it_is(ledger: Ledger) -> None:
    """From draft to withdrawal, each change only by who knows it as it is, and told of."""
    now = replace(a_card(), note="Attention !", locale="fr")
    await ledger.add_card(now)
    assert await ledger.card(HERE, now.id) == now
    assert await ledger.card(THERE, now.id) is None
    steps = [posted(now), replace(posted(now), fingerprint="cd34"), replace(now, state=CardState.WITHDRAWN)]
    for number, after in enumerate(steps, start=2):
        act = an_act(now.id, f"{number}")
        strange = replace(after, id="other", community=THERE, version=0)
        assert await ledger.change_card(now, strange, act)
        assert not await ledger.change_card(now, after, an_act(now.id, "late"))
        now = replace(after, version=number)
        assert await ledger.card(HERE, now.id) == now
    assert await ledger.change_card(now, now)
    assert [act.by for act in await ledger.acts(HERE, limit=9)] == ["4", "3", "2"]
    assert not await ledger.change_card(a_card("nowhere"), posted(a_card("nowhere")), an_act())


async def test_cards_that_stand_posted(ledger: Ledger) -> None:
    """Oldest first, of one item or of all; neither drafts nor what was withdrawn, nor another's."""
    for name, hours, item in (("a", 2, "x"), ("b", 1, "x"), ("c", 0, "y")):
        await ledger.add_card(replace(posted(a_card(name, at=NOON + hours * HOUR)), item=item))
    await ledger.add_card(replace(a_card("draft"), item="x"))
    await ledger.add_card(replace(a_card("gone"), item="x", state=CardState.WITHDRAWN))
    await ledger.add_card(replace(posted(a_card("theirs", THERE)), item="x"))
    assert [each.id for each in await ledger.cards(HERE)] == ["c", "b", "a"]
    assert [each.id for each in await ledger.cards(HERE, "x")] == ["b", "a"]
    assert await ledger.cards(HERE, "z") == []


async def test_drafts_last_a_day(ledger: Ledger) -> None:
    """Those of the community that makes another one; what was posted stays."""
    await ledger.add_card(a_card("old"))
    await ledger.add_card(posted(a_card("posted")))
    await ledger.add_card(a_card("theirs", THERE))
    await ledger.add_card(a_card("young", at=NOON + HOUR))
    await ledger.add_card(a_card("next", at=NOON + DAY + HOUR))
    kept = [await ledger.card(HERE, name) for name in ("old", "posted", "young", "next")]
    assert [each.id if each else None for each in kept] == [None, "posted", "young", "next"]
    assert await ledger.card(THERE, "theirs")


async def test_an_offer_holds_until_it_ends(ledger: Ledger) -> None:
    """There is one of each community, and an act tells of it."""
    await ledger.offer(replace(OFFER, code="first"), OFFERED)
    await ledger.offer(OFFER, replace(OFFERED, by=BEA))
    assert await ledger.offered("first", NOON) is None
    assert await ledger.offered("code", NOON) == OFFER
    assert await ledger.offered("code", OFFER.ends_at - HOUR) == OFFER
    assert await ledger.offered("code", OFFER.ends_at) is None
    assert [act.by for act in await ledger.acts(HERE, limit=9)] == [BEA, ANA]
    with pytest.raises(StoreError):
        await ledger.offer(Offer("code", THERE, OFFER.ends_at), OFFERED)
    assert await ledger.acts(THERE, limit=9) == []


async def test_offers_that_have_ended_go_when_another_is_made(ledger: Ledger) -> None:
    """Anybody's."""
    await ledger.offer(OFFER, OFFERED)
    await ledger.offer(Offer("other", THERE, NOON + 3 * DAY), replace(OFFERED, at=OFFER.ends_at))
    assert await ledger.offered("code", NOON) is None
    assert await ledger.offered("other", NOON)


async def test_a_shelf_is_handed_over(ledger: Ledger) -> None:
    """Removed here, added there, told of on both sides, once."""
    url = "https://example.org/"
    one, two = an_item(urls=[url]), an_item("contact:two")
    assert await ledger.keep(HERE, new(one, two), [])
    await ledger.offer(OFFER, OFFERED)
    gone = [Edit(each, replace(each, removed=True)) for each in (one, two)]
    given = Changes(tuple(gone), (Act(Deed.GIVEN, "shelf", ANA, NOON),))
    received = Changes(tuple(new(one, two)), (Act(Deed.RECEIVED, "shelf", BEA, NOON),))
    assert await ledger.hand_over(OFFER, given, THERE, received)
    assert [(each.id, each.removed) for each in (await items(ledger)).values()] == [
        ("contact:one", True),
        ("contact:two", True),
    ]
    assert await items(ledger, THERE) == {one.id: one, two.id: two}
    assert [act.deed for act in await ledger.acts(HERE, limit=9)] == [Deed.GIVEN, Deed.OFFERED]
    assert [act.deed for act in await ledger.acts(THERE, limit=9)] == [Deed.RECEIVED]
    assert await to_look_at(ledger) == [url]
    assert await ledger.offered("code", NOON) is None
    before = await ledger.shelf(HERE), await ledger.shelf(THERE)
    assert not await ledger.hand_over(OFFER, Changes(), Community("discord", "third"), received)
    assert (await ledger.shelf(HERE), await ledger.shelf(THERE)) == before


@pytest.mark.parametrize("late", ["given", "received", "offer", "other"])
async def test_what_changed_since_it_was_read_is_not_handed_over(ledger: Ledger, late: str) -> None:
    """Nothing of it then, on either side; and the offer still holds."""
    one = an_item()
    offer = OFFER
    assert await ledger.keep(HERE, new(one), [])
    await ledger.offer(OFFER, OFFERED)
    given = Changes((Edit(one, replace(one, removed=True)),), (OFFERED,))
    received = Changes(tuple(new(one)), (OFFERED,))
    match late:
        case "given":
            assert await ledger.keep(HERE, [Edit(one, one)], [])
        case "received":
            assert await ledger.keep(THERE, new(one), [])
        case "offer":
            offer = replace(OFFER, code="another")
        case "other":
            offer = replace(OFFER, community=Community("matrix", "here"))
    before = await ledger.shelf(HERE), await ledger.shelf(THERE), await ledger.acts(HERE, limit=9)
    assert not await ledger.hand_over(offer, given, THERE, received)
    assert (await ledger.shelf(HERE), await ledger.shelf(THERE), await ledger.acts(HERE, limit=9)) == before
    assert await ledger.acts(THERE, limit=9) == []
    assert await ledger.offered("code", NOON) == OFFER


async def test_suggestions_and_cards_stay_where_the_shelf_was(ledger: Ledger) -> None:
    """What members said to one community is not told to another."""
    await ledger.suggest(a_suggestion(), 9)
    await ledger.add_card(posted(a_card()))
    await ledger.offer(OFFER, OFFERED)
    assert await ledger.hand_over(OFFER, Changes(), THERE, Changes())
    assert len(await ledger.pending(HERE, 9)) == len(await ledger.cards(HERE)) == 1
    assert await ledger.pending(THERE, 9) == []
    assert await ledger.cards(THERE) == []
