"""The link checker: what it finds, where it goes and where it never does, what it says of itself."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs
from yarl import URL

from bot.curation.model import Edit, LinkOutcome, LinkState, Own
from bot.linkcheck import (
    REDIRECTS,
    Pace,
    Rules,
    browser,
    check_links,
    check_some,
    is_public,
    look,
    state_after,
)
from bot.model import Community
from bot.store import SqlLedger
from tests.websites import HERE, PRIVATE, Names, Websites, certify, websites

Contexts = tuple[ssl.SSLContext, ssl.SSLContext]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SURE = "https://site.test/"

HIDDEN = """
0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.1.2.3 169.254.1.1 172.16.0.1 192.0.0.1 192.0.2.1 192.168.0.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
:: ::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1
2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 fc00::1 fd00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
"""
"""Private, this machine's, this link's, of groups, of examples, reserved; and those that hide one of them."""


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    return certify(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def sites(contexts: Contexts) -> AsyncIterator[Websites]:
    async with websites(contexts[0]) as running:
        yield running


@pytest.fixture
def rules(contexts: Contexts) -> Rules:
    """As usual, but that one address of this machine counts as public."""
    return Rules(
        timedelta(days=30),
        600.0,
        may=lambda address: address == HERE,
        tls=contexts[1],
        resolver=Names({"site.test": [HERE], "other.test": [HERE]}),
    )


async def found(rules: Rules, address: str) -> tuple[str, str]:
    """What a look finds."""
    async with browser(rules) as session:
        outcome, detail = await look(session, address, rules.patience)
    return outcome.value, detail


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, ("fine", "")),
        (204, ("fine", "")),
        (304, ("fine", "")),
        (416, ("fine", "")),
        (404, ("gone", "404")),
        (410, ("gone", "410")),
        (401, ("unsure", "401")),
        (403, ("unsure", "403")),
        (429, ("unsure", "429")),
        (500, ("unsure", "500")),
        (503, ("unsure", "503")),
    ],
)
async def test_what_a_site_says_is_understood(
    sites: Websites, rules: Rules, status: int, expected: tuple[str, str]
) -> None:
    """A site that keeps programs out, or is in trouble, says nothing about its page."""
    assert await found(rules, sites.at(f"/status/{status}")) == expected


async def test_it_says_nothing_of_who_asks(sites: Websites, rules: Rules) -> None:
    """No cookie comes back, not even within one look; no page learns which one led to it."""
    onward = sites.at("/to?u=") + quote(sites.at("/status/200", "other.test"), safe="")
    for _ in range(2):
        assert await found(rules, sites.at(f"/to?u={quote(onward, safe='')}")) == ("fine", "")
    assert len(sites.asked) == 6
    for _, headers in sites.asked:
        sent = {name.lower(): value for name, value in headers.items()}
        assert sent.pop("host") in {f"site.test:{sites.port}", f"other.test:{sites.port}"}
        assert sent == {
            "accept": "*/*",
            "accept-encoding": "identity",
            "connection": "close",
            "range": "bytes=0-65535",
            "user-agent": "Infoshop",
        }


async def test_redirects_are_followed_a_few_times(sites: Websites, rules: Rules) -> None:
    assert await found(rules, sites.at("/round/0")) == ("unsure", "too many redirects")
    assert sites.paths == [f"/round/{number}" for number in range(REDIRECTS + 1)]


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/status/200",
        "https://[::1]/status/200",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0/",
        "https://localhost/status/200",
    ],
)
async def test_nothing_but_the_public_internet_is_asked(sites: Websites, rules: Rules, address: str) -> None:
    """With the rules that hold as a rule, nothing reaches a server that listens right here."""
    usual = Rules(timedelta(days=30), 600.0, tls=rules.tls)
    place = address.replace("/status", f":{sites.port}/status")
    outcome, _ = await found(usual, place)
    assert (outcome, sites.asked) == ("unsure", [])


async def test_a_redirect_leads_nowhere_an_address_may_not(sites: Websites, rules: Rules) -> None:
    """To another host, by number or by name, and to what is not https."""
    rules = replace(rules, resolver=Names({"site.test": [HERE], "other.test": [PRIVATE]}))
    inside = (sites.at("/status/200", PRIVATE), sites.at("/status/200", "other.test"))
    for place in (
        *inside,
        f"http://site.test:{sites.port}/status/200",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ):
        outcome, _ = await found(rules, sites.at(f"/to?u={place}"))
        assert outcome == "unsure", place
    assert {path.partition("?")[0] for path in sites.paths} == {"/to"}


async def test_a_name_that_changes_its_mind_helps_nobody(sites: Websites, rules: Rules) -> None:
    """The address that is connected to is what counts, each time: a name may mean something else by then."""
    rules = replace(rules, resolver=Names({"site.test": [HERE, PRIVATE]}))
    assert await found(rules, sites.at(f"/to?u={sites.at('/status/200')}")) == ("unsure", "no answer")
    assert len(sites.asked) == 1


async def test_the_private_address_could_have_been_reached(sites: Websites, rules: Rules) -> None:
    """The tests above can fail: where it may, it gets there."""
    anywhere = replace(rules, may=lambda _: True, resolver=Names({"site.test": [HERE, PRIVATE]}))
    assert await found(anywhere, sites.at("/status/200", PRIVATE)) == ("fine", "")
    assert await found(anywhere, sites.at(f"/to?u={sites.at('/status/200')}")) == ("fine", "")


async def test_a_page_without_end_is_left(sites: Websites, rules: Rules) -> None:
    """What was under way by then is what fits into the buffers of two machines, and no more."""
    assert await found(rules, sites.at("/endless")) == ("fine", "")
    await sites.left.wait()
    assert sites.sent < 20_000_000


async def test_a_page_that_does_not_come_is_not_waited_for(sites: Websites, rules: Rules) -> None:
    assert await found(replace(rules, patience=0.3), sites.at("/slow")) == ("unsure", "timeout")


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("https://nowhere.test/", "no such host"),
        ("http://site.test/", "not https"),
        ("https://you:me@site.test/", "not https"),
        ("mailto:ana@site.test", "not https"),
        ("https://site.onion/", "opens in Tor alone"),
        ("https://site.test:99999999/", "no address"),
        ("https://[/", "no address"),
        ("", "not https"),
    ],
)
async def test_what_cannot_be_asked_is_said(rules: Rules, address: str, detail: str) -> None:
    assert await found(rules, address) == ("unsure", detail)


async def test_a_certificate_has_to_be_right(sites: Websites, rules: Rules) -> None:
    assert await found(replace(rules, tls=None), sites.at("/status/200")) == ("unsure", "certificate")
    assert sites.asked == []


async def test_a_closed_door_is_no_answer(sites: Websites, rules: Rules) -> None:
    address = sites.at("/status/200").replace(str(sites.port), "1")
    assert await found(rules, address) == ("unsure", "no answer")


@pytest.mark.parametrize("address", HIDDEN.split())
def test_an_address_that_is_not_on_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:4700::1", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_an_address_on_the_public_internet(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_as_public_as_it_is_itself(inner: object) -> None:
    number = int(ip_address(str(inner)))
    for outer in (0xFFFF << 32, 0x64FF9B << 96):
        assert is_public(str(ip_address(outer | number))) is is_public(str(inner))


def state(outcome: str, detail: str = "", failures: int = 0, days: int = 0) -> LinkState:
    """What was found so many days after the first."""
    return LinkState(SURE, LinkOutcome(outcome), NOON + timedelta(days=days), detail, failures)


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (None, ("fine", ""), ("fine", 0)),
        (None, ("gone", "404"), ("unsure", 1)),
        (None, ("unsure", "timeout"), ("unsure", 1)),
        (state("fine"), ("gone", "404"), ("unsure", 1)),
        (state("unsure", "404", 1), ("gone", "404"), ("gone", 2)),
        (state("unsure", "404", 1), ("gone", "410"), ("gone", 2)),
        (state("unsure", "404", 1, days=1), ("gone", "404"), ("unsure", 2)),  # the same day
        (state("unsure", "timeout", 1), ("gone", "404"), ("unsure", 2)),
        (state("gone", "404", 2), ("gone", "404"), ("gone", 3)),
        (state("gone", "404", 2, days=1), ("gone", "404"), ("gone", 3)),
        (state("gone", "404", 2), ("unsure", "503"), ("unsure", 3)),
        (state("gone", "404", 2), ("fine", ""), ("fine", 0)),
        (state("unsure", "503", 4), ("fine", ""), ("fine", 0)),
    ],
)
def test_gone_is_what_was_gone_twice_on_different_days(
    before: LinkState | None, now: tuple[str, str], after: tuple[str, int]
) -> None:
    at = NOON + timedelta(days=1)
    kept = state_after(SURE, before, (LinkOutcome(now[0]), now[1]), at)
    assert (kept.outcome.value, kept.failures) == after
    assert (kept.address, kept.at, kept.detail) == (SURE, at, now[1])


HERS = Community("discord", "1")
THEIRS = Community("matrix", "!2")


async def shelve(ledger: SqlLedger, community: Community, *addresses: str) -> None:
    """Put items with these addresses on a shelf."""
    items = [
        Own(f"contact:{number}", {"id": f"contact:{number}", "urls": [address]}, 1, NOON, NOON.date())
        for number, address in enumerate(addresses)
    ]
    assert await ledger.keep(community, [Edit(None, item) for item in items], [])


async def looked(ledger: SqlLedger, rules: Rules, days: int = 0) -> int:
    """How many addresses are looked at, so many days after the first."""
    async with browser(rules) as session:
        at = NOON + timedelta(days=days)
        return await check_some(ledger, replace(rules, clock=lambda: at), session, Pace(0.0, 0.0))


async def standing(ledger: SqlLedger, community: Community = HERS) -> dict[str, tuple[str, int]]:
    """What is known of the links of a community: by path, what was found and how often it failed."""
    states = await ledger.link_states(community)
    return {URL(each).path: (state.outcome.value, state.failures) for each, state in states.items()}


async def test_what_is_found_is_kept_and_looked_at_again(
    sites: Websites, rules: Rules, engine: AsyncEngine
) -> None:
    """What works, after its time; what failed, a day later, and then after its time. Each community's own."""
    ledger = SqlLedger(engine)
    fine, gone = sites.at("/status/200"), sites.at("/status/404")
    await shelve(ledger, HERS, fine, gone)
    await shelve(ledger, THEIRS, gone)
    assert await looked(ledger, rules) == 2
    assert await standing(ledger) == {"/status/200": ("fine", 0), "/status/404": ("unsure", 1)}
    assert await standing(ledger, THEIRS) == {"/status/404": ("unsure", 1)}
    assert await looked(ledger, rules) == 0
    assert await looked(ledger, rules, days=2) == 1
    assert await standing(ledger) == {"/status/200": ("fine", 0), "/status/404": ("gone", 2)}
    assert await looked(ledger, rules, days=4) == 0
    assert await looked(ledger, rules, days=31) == 1
    assert await looked(ledger, rules, days=33) == 1
    assert sites.paths.count("/status/404") == 3


async def test_looks_leave_time_between_them() -> None:
    """No host hears from us twice within ten seconds, and nobody more often than the rate says."""
    now = 100.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(2.0, 10.0, lambda: now, sleep)
    waiting = [f"https://{host}/{number}" for host in ("a.test", "b.test") for number in range(3)]
    turns = []
    while waiting:
        waiting.remove(address := await pace.turn(waiting))
        turns.append((now, address.removeprefix("https://")))
    assert turns == [
        (100.0, "a.test/0"),
        (102.0, "b.test/0"),
        (110.0, "a.test/1"),
        (112.0, "b.test/1"),
        (120.0, "a.test/2"),
        (122.0, "b.test/2"),
    ]


class Attentive(SqlLedger):
    """A ledger that knows when everything was looked at."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.done = asyncio.Event()

    async def unchecked_links(
        self, before: datetime, again: datetime, limit: int
    ) -> Sequence[tuple[str, LinkState | None]]:
        """As the ledger has it."""
        found = await super().unchecked_links(before, again, limit)
        if not found:
            self.done.set()
        return found


async def test_it_goes_on_until_all_is_looked_at_and_logs_how_many_that_was(
    sites: Websites, rules: Rules, engine: AsyncEngine
) -> None:
    """And not which."""
    ledger = Attentive(engine)
    await shelve(ledger, HERS, sites.at("/status/404"), sites.at("/status/200", "other.test"))
    with capture_logs() as logged:
        checking = asyncio.create_task(check_links(ledger, rules))
        await ledger.done.wait()
        checking.cancel()
        await asyncio.wait([checking])
    assert await standing(ledger) == {"/status/200": ("fine", 0), "/status/404": ("unsure", 1)}
    assert logged == [{"event": "links looked at", "log_level": "info", "count": 2}]
