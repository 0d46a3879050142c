"""Looks now and then whether what communities' own shelves link to is still there, if an operator wants that.

It asks for nothing but the first bytes of a page, of machines on the public Internet alone, by https alone,
slowly, and tells nobody who wants to know. It runs beside everything else; no answer waits for it.
"""

import asyncio
import math
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.curation.ledger import Ledger
from bot.curation.model import LinkOutcome, LinkState
from bot.errors import StoreError

AGENT = "Infoshop"
"""What sites are told of who asks: the program, and no community."""
MOST = 65536  # bytes of a page that are asked for
PATIENCE = 10.0  # seconds for a page with all that leads to it, names looked up included
REDIRECTS = 5
APART = 10.0  # seconds between two looks at one host
BATCH = 50  # addresses taken from the ledger at once
REST = 3600.0  # seconds until there may be something to look at again
AGAIN = timedelta(days=1)
"""After which what failed once is looked at again: what is gone on two days in a row is gone."""
GONE = frozenset({"404", "410"})
"""The answers of a site that say that there is nothing (RFC 9110), as `LinkState.detail` has them."""
EMPTY = 416  # there are not as many bytes as were asked for, which says that there is a page
FAILURES: Mapping[type[Exception], str] = {
    TimeoutError: "timeout",
    aiohttp.ClientConnectorDNSError: "no such host",
    aiohttp.ClientSSLError: "certificate",
    aiohttp.ClientError: "no answer",
    OSError: "no answer",
    ValueError: "no address",
}
"""What `LinkState.detail` says of each failure; the first that fits."""

_UNICAST = IPv6Network("2000::/3")  # all that is given out for the public Internet (IANA)
_EXAMPLES = IPv6Network("3fff::/20")  # RFC 9637, which is younger than Python 3.11
_NAT64 = IPv6Network("64:ff9b::/96")  # stands for the IPv4 address in its last 32 bits (RFC 6052)

log = structlog.get_logger()


def is_public(address: str) -> bool:
    """Whether an IP address is one on the public Internet: of no private network, this machine or a group."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip not in _UNICAST or ip in _EXAMPLES or ip.sixtofour is not None:
            return False  # the last one carries another address within, which nobody has a use for today
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """How often to look, and where one may.

    Everything is looked at again after `every`, and at most `per_minute` addresses a minute. A page gets
    `patience` seconds. `may` says of an IP address whether it may be connected to. `tls` and `resolver` are
    usually those of the machine; `clock` gives the instant in UTC.
    """

    every: timedelta
    per_minute: float
    patience: float = PATIENCE
    may: Callable[[str], bool] = is_public
    tls: ssl.SSLContext | None = None
    resolver: AbstractResolver | None = None
    clock: Callable[[], datetime] = _now


class _StrayError(Exception):
    """It goes on where we do not follow; the text says why, as `LinkState.detail` has it."""


@asynccontextmanager
async def browser(rules: Rules) -> AsyncIterator[aiohttp.ClientSession]:
    """What asks for pages. It keeps no cookies and no connections, and uses no proxy."""

    def guarded(info: aiohttp.AddrInfoType) -> socket.socket:
        # It is asked with the address that is connected to next, whatever a name meant a moment ago.
        family, kind, protocol, _, place = info
        if not rules.may(str(place[0])):
            raise OSError("not on the public Internet")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        ssl=rules.tls or True,
        resolver=rules.resolver,
        use_dns_cache=False,
        force_close=True,
        socket_factory=guarded,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        # Packed pages could be huge once they are unpacked.
        headers={"User-Agent": AGENT, "Accept-Encoding": "identity", "Range": f"bytes=0-{MOST - 1}"},
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),  # one for all redirects together is set where we look
        read_bufsize=MOST // 4,
    ) as session:
        yield session


async def look(session: aiohttp.ClientSession, address: str, patience: float) -> tuple[LinkOutcome, str]:
    """What is behind an address this time, and the status or a word that says why; it never fails."""
    try:
        async with asyncio.timeout(patience):
            status = await _status(session, address)
    except _StrayError as error:
        return LinkOutcome.UNSURE, str(error)
    except tuple(FAILURES) as error:
        return LinkOutcome.UNSURE, next(why for kind, why in FAILURES.items() if isinstance(error, kind))
    if status < 400 or status == EMPTY:
        return LinkOutcome.FINE, ""
    return (LinkOutcome.GONE if str(status) in GONE else LinkOutcome.UNSURE), str(status)


async def _status(session: aiohttp.ClientSession, address: str) -> int:
    """The status at the end of all redirects, each of which is looked at as the address itself was."""
    place = URL(address)
    for _ in range(REDIRECTS + 1):
        if place.scheme != "https" or not place.host or place.user or place.password:
            raise _StrayError("not https")
        if place.host.rstrip(".").endswith(".onion"):  # nobody else is asked for it (RFC 7686)
            raise _StrayError("opens in Tor alone")
        # What a page says is not read: its first line is enough.
        async with session.get(place, allow_redirects=False) as answer:
            onward = answer.headers.get("Location")
            if not 300 <= answer.status < 400 or not onward:
                return answer.status
        place = place.join(URL(onward)).with_fragment(None)
    raise _StrayError("too many redirects")


def state_after(
    address: str, before: LinkState | None, found: tuple[LinkOutcome, str], now: datetime
) -> LinkState:
    """What to keep of a look, given what the look before found: gone is what was gone twice, on two days."""
    outcome, detail = found
    if outcome is LinkOutcome.FINE:
        return LinkState(address, outcome, now)
    if outcome is LinkOutcome.GONE and not _was_gone(before, now):
        outcome = LinkOutcome.UNSURE
    return LinkState(address, outcome, now, detail, (before.failures if before else 0) + 1)


def _was_gone(before: LinkState | None, now: datetime) -> bool:
    """Whether it is known to be gone, or was not there when it was looked at last, on another day (UTC)."""
    if before is None or before.detail not in GONE:
        return False
    return before.outcome is LinkOutcome.GONE or before.at.date() != now.date()


class Pace:
    """Makes looks wait: all of them for each other, and those at one host for longer; both in seconds.

    `clock` gives seconds, and `sleep` waits for some.
    """

    def __init__(
        self,
        between: float,
        apart: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._between = between
        self._apart = apart
        self._clock = clock
        self._sleep = sleep
        self._next = -math.inf
        self._free: dict[str, float] = {}

    async def turn(self, addresses: Iterable[str]) -> str:
        """Wait until one of the addresses may be looked at, and count it as looked at."""
        address = min(addresses, key=self._free_at)
        if (wait := max(self._next, self._free_at(address)) - self._clock()) > 0:
            await self._sleep(wait)
        now = self._clock()
        self._next = now + self._between
        self._free = {host: until for host, until in self._free.items() if until > now}
        self._free[_host(address)] = now + self._apart
        return address

    def _free_at(self, address: str) -> float:
        return self._free.get(_host(address), -math.inf)


def _host(address: str) -> str:
    try:
        return URL(address).host or ""
    except ValueError:
        return ""


async def check_some(ledger: Ledger, rules: Rules, session: aiohttp.ClientSession, pace: Pace) -> int:
    """Look at some addresses whose time has come, and keep what was found; return how many there were.

    Raises:
        StoreError: What was found before that is kept.
    """
    now = rules.clock()
    waiting = dict(await ledger.unchecked_links(now - rules.every, now - AGAIN, BATCH))
    count = len(waiting)
    while waiting:
        address = await pace.turn(waiting)
        found = await look(session, address, rules.patience)
        await ledger.found_link(state_after(address, waiting.pop(address), found, rules.clock()))
    return count


async def check_links(ledger: Ledger, rules: Rules) -> None:
    """Look at one address after another, until it is cancelled. A database in trouble is waited for."""
    pace = Pace(60 / rules.per_minute, APART)
    while True:
        looked_at = 0
        try:
            async with browser(rules) as session:
                looked_at = await check_some(ledger, rules, session, pace)
        except StoreError as error:
            log.exception("link check waits", error=type(error).__name__, problem=str(error), seconds=REST)
        if looked_at:
            log.info("links looked at", count=looked_at)
        else:
            await asyncio.sleep(REST)
