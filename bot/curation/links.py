"""Addresses that members and moderators give: which may be kept, in which form, and which are the same.

An address is read as a browser reads it (the WHATWG URL Standard, by the library ada), so that what is
checked here is what would be opened: `https://0x7f.1` is this machine, `ＥＸＡＭＰＬＥ.org` is example.org.
Whether there is anything behind it is not asked here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, unquote_to_bytes

import phonenumbers
import regex
from ada_url import URL, HostType, idna_to_unicode

from bot.curation.hosts import (
    BY_HOST,
    DOORS,
    SHORTENERS,
    TRACKERS,
    TRACKING_PREFIXES,
    UNREACHABLE,
    below,
)
from bot.curation.saying import Saying, UnfitError
from bot.curation.words import SHORTENED, email, hidden, phone
from bot.i18n import message

LONGEST = 500
"""Characters: as in a seed file."""
_TYPED = 4000  # characters of an address as typed, before what follows people around is taken off
_DOORS = 3  # addresses that contain another one, one within the other

_SCHEME = regex.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = regex.compile(r"(?i)https?://[^/?#]")
_BARE = regex.compile(r"[^\s/:?#@]+\.[^\s/:?#@]+(?::\d+)?(?:[/?#].*)?")
_ENCODED = regex.compile(r"[\p{Cc}\p{Bidi_Control}\u2028\u2029\U000e0000-\U000e007f]")
# A name of version 3, the only one since 2021: 56 characters of base32 (Tor's rend-spec-v3).
_ONION = regex.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion")
# Which scripts may stand in one label: one alone, or one of the ways in which Japanese, Chinese and Korean
# are written (“Highly Restrictive” in Unicode's UTS #39, section 5.2).
_TOGETHER = """
Latin+Han+Hiragana+Katakana Latin+Han+Bopomofo Latin+Han+Hangul Arabic Armenian Bengali Canadian_Aboriginal
Cherokee Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hebrew Kannada Khmer Lao Malayalam
Mongolian Myanmar Nko Oriya Sinhala Syriac Tamil Telugu Thaana Thai Tibetan Tifinagh Yi
"""
_SCRIPTS = tuple(
    regex.compile(
        "".join([r"[\p{Common}\p{Inherited}", *(rf"\p{{{script}}}" for script in scripts.split("+")), "]*"])
    )
    for scripts in _TOGETHER.split()
)
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = regex.compile(rf"(?:{_LABEL}\.)+(?=[a-z])[a-z0-9-]{{0,62}}[a-z0-9]")
_MIRROR = regex.compile(r"^(?:www\d?|mobile|m)\.(?=[^.]+\.)|(?<=^[a-z-]+\.)m\.(?=wikipedia\.org$)")
_VIDEO = regex.compile(
    r"youtu\.be/([\w-]+)\?.*|youtube(?:-nocookie)?\.com/(?:embed|shorts|live|v)/([\w-]+)\?.*"
    r"|youtube\.com/watch\?(?:.*&)?v=([\w-]+)(?:&.*)?"
)
_INDEX = regex.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")


@dataclass(frozen=True, slots=True)
class Checked:
    """An address that may be kept, in the form to keep it in, and what somebody should know about it."""

    address: str
    warnings: Sequence[Saying] = ()


def link(text: str, *, of_contact: bool = False) -> Checked:
    """The address in a text. That of a contact may be one to write to (`mailto:`) or to call (`tel:`).

    Checking what is checked changes nothing. Raises `UnfitError`.
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):  # so that Discord shows no preview; also RFC 3986, C
        text = text[1:-1].strip()
    if len(text) > _TYPED:
        raise _too_long()
    if hidden(text):
        raise _unseen()
    if regex.search(r"[\s\\]", text) and not text.lower().startswith("tel:"):
        raise UnfitError(message("An address has no spaces and no backslashes: give it alone."))
    if _WEB.match(text):
        checked = _web(text, _DOORS)
    elif _BARE.fullmatch(text):
        checked = _warned(
            _web(f"https://{text}", _DOORS),
            Saying(message("It was given without https:// before it: see whether it opens.")),
        )
    else:
        checked = _other(text, of_contact=of_contact)
    if len(checked.address) > LONGEST:
        raise _too_long()
    return checked


def _too_long() -> UnfitError:
    return UnfitError(message("The address is too long: at most {limit} characters fit."), limit=LONGEST)


def _unseen() -> UnfitError:
    return UnfitError(message("The address contains something that cannot be seen: type it anew."))


def _warned(checked: Checked, *warnings: Saying) -> Checked:
    return Checked(checked.address, (*warnings, *checked.warnings))


def _other(text: str, *, of_contact: bool) -> Checked:
    found = _SCHEME.match(text)
    if not found:
        raise UnfitError(message("That is not an address: give one such as https://example.org/page."))
    scheme, rest = found[1].lower(), text[found.end() :]
    if scheme in {"http", "https"}:
        raise UnfitError(message("That is not an address: after {scheme}: come two slashes."), scheme=scheme)
    if scheme not in {"mailto", "tel"}:
        raise UnfitError(
            message("Addresses begin with https://; one with {scheme}: may not be kept."), scheme=scheme
        )
    if not of_contact:
        raise UnfitError(
            message("An email address or a phone number belongs to a contact: give a web address.")
        )
    if scheme == "tel":
        number = phonenumbers.parse(phone(unquote(rest)))
        return Checked(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966))
    mailbox, question, _ = rest.partition("?")
    # Kept is what may stand in a mail address (RFC 6068) and means nothing else in another.
    address = Checked(f"mailto:{quote(email(unquote(mailbox)), safe='@+')}")
    if question:
        return _warned(address, Saying(message("What followed the email address was left out.")))
    return address


def _web(text: str, doors: int) -> Checked:
    try:
        url = URL(text)
    except ValueError:
        raise UnfitError(message("That is not an address that a browser could open.")) from None
    if url.username or url.password:
        raise UnfitError(
            message(
                "Before the @ stands a name or password for the site: leave that part of the address out."
            )
        )
    host = url.hostname.removesuffix(".")
    warnings = [*_about(url, host)]
    if inner := _behind(url, host):
        if not doors:
            raise UnfitError(message("The address leads to another and on to another: give the last one."))
        through = message("It was taken out of an address at {host}, which records who follows it.")
        return _warned(_web(inner, doors - 1), Saying(through, {"host": host}))
    url.hostname = host
    url.search = _untracked(url.search.removeprefix("?"), host)
    url.hash = _untracked(url.hash.removeprefix("#"), host)
    if _ENCODED.search(unquote(url.href)):
        raise _unseen()
    return Checked(url.href, tuple(warnings))


def _about(url: URL, host: str) -> Iterator[Saying]:
    """What should be known about the host. Raises `UnfitError` where it may not be kept."""
    if url.host_type != HostType.DEFAULT:
        raise UnfitError(message("The address is a number instead of a name: give the name of the site."))
    if "." not in host or below(host, UNREACHABLE):
        raise UnfitError(message("{host} can only be reached from inside of a network."), host=host)
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise UnfitError(message("{host} is not a name that a site can have."), host=host)
    if below(host, SHORTENERS):
        raise UnfitError(SHORTENED, host=host)
    if below(host, {"onion"}):
        if not _ONION.fullmatch(host):
            raise UnfitError(message("{host} is not a name that the Tor network has."), host=host)
        yield Saying(message("It opens in Tor Browser alone."))
    elif url.protocol == "http:":
        yield Saying(message("It is not encrypted (http): others can see what is read. Try it with https."))
    if "xn--" in host:
        _refuse_mixed(host)
        # Shown in this form, it cannot be taken for another: раураl.com, in Cyrillic letters, for paypal.com.
        yield Saying(
            message("The name has letters other than a to z; it is kept as {host}, which shows that."),
            {"host": host},
        )


def _refuse_mixed(host: str) -> None:
    for label in host.split("."):
        shown = idna_to_unicode(label)
        if label.startswith("xn--") and shown == label:
            raise UnfitError(message("{host} is not a name that a site can have."), host=host)
        if not any(script.fullmatch(shown) for script in _SCRIPTS):
            raise UnfitError(
                message("The name {host} mixes letters of several scripts, as forged names do."),
                host=host,
            )


def _behind(url: URL, host: str) -> str | None:
    """The address that one of a page that only sends on contains."""
    page = f"{host}{url.pathname}"
    for door, names in DOORS:
        if door.fullmatch(page):
            given = parse_qs(url.search.removeprefix("?"))
            inner = next((given[name][0] for name in names if name in given), "")
            return inner if _WEB.match(inner) else None
    return None


def _untracked(query: str, host: str) -> str:
    """A query without what says who came, or on which way; the rest to the letter.

    A fragment is taken for a query as well: some sites put the same there, where no server sees it.
    """
    here = BY_HOST.get(below(host, BY_HOST) or "", frozenset())

    def tracks(pair: str) -> bool:
        name = unquote(pair.partition("=")[0]).casefold()
        return name.startswith(TRACKING_PREFIXES) or name in TRACKERS or name in here

    return "&".join(pair for pair in query.split("&") if "=" not in pair or not tracks(pair))


def same_link_key(address: str) -> str:
    """What two addresses of one page have in common, however they are spelt.

    Scheme, `www.` and `m.`, a slash at the end, the order of parameters and the place on the page do not
    count. A text that is no address is its own key.
    """
    try:
        url = URL(address)
    except ValueError:
        return address
    if url.protocol not in {"http:", "https:"}:
        return url.href.casefold()
    host = _MIRROR.sub("", url.host.casefold().removesuffix("."))
    query = [pair for pair in _untracked(url.search.removeprefix("?"), host).split("&") if pair]
    path = quote(unquote_to_bytes(url.pathname), safe="/")
    if video := _VIDEO.fullmatch(f"{host}{path}?{'&'.join(query)}"):
        return f"youtube.com/watch?v={video[1] or video[2] or video[3]}"
    page = url.hash if url.hash.startswith(("#!", "#/")) else ""
    path = _INDEX.sub("/", path).rstrip("/")
    return f"{host}{path}{'?' if query else ''}{'&'.join(sorted(query))}{page}"
