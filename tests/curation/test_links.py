"""Which addresses may be kept, and in which form."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.curation.hosts import BY_HOST, TRACKERS, TRACKING_PREFIXES
from bot.curation.links import LONGEST, link
from bot.curation.saying import UnfitError
from bot.curation.words import hidden
from tests.curation.addresses import TYPED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org", "https://example.org/"),
        ("  <https://Example.ORG:443/a/../B>\n", "https://example.org/B"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://bücher.example.org/ä?ö=ü", "https://xn--bcher-kva.example.org/%C3%A4?%C3%B6=%C3%BC"),
        ("https://ＥＸＡＭＰＬＥ.org/", "https://example.org/"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("https://日本語カナtest.jp/", "https://xn--test-ul4c4g3377a0ecl32k.jp/"),
    ],
)
def test_an_address_is_kept_as_a_browser_reads_it(typed: str, kept: str) -> None:
    assert link(typed).address == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "vbscript:x",
        "blob:https://example.org/x",
        "//example.org/x",
        "/x",
        "x",
        "",
        "https:example.org",
        "https:/x",
        "https://",
        "https:///x",
        "https://?",
        "https://ex ample.org",
        "https://example.org and more",
        "https://a..b/",
        "https://example.org\\@example.net",
        "a@example.org",
        "https://*.example.org",
        "https://example.org:99999/",
        "https://-.example.org",
        "https://example.org%00.example.net/",
        "view-source:https://example.org",
    ],
)
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError):
        link(typed)


@pytest.mark.parametrize(
    "typed", ["https://me:secret@example.org/", "https://example.org@example.net/", "https://:x@a.org"]
)
def test_a_name_or_a_password_in_an_address_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError, match="name or password"):
        link(typed)


def test_an_address_without_encryption_is_kept_with_a_warning() -> None:
    checked = link("http://example.org/")
    assert checked.address == "http://example.org/"
    assert ["not encrypted" in str(each) for each in checked.warnings] == [True]
    assert not link("https://example.org/").warnings


def test_an_address_that_is_given_without_its_scheme_is_taken_for_https_with_a_warning() -> None:
    checked = link("example.org/page")
    assert checked.address == "https://example.org/page"
    assert ["without https" in str(each) for each in checked.warnings] == [True]


@given(st.lists(st.sampled_from([*TRACKERS, *(f"{prefix}x" for prefix in TRACKING_PREFIXES)])), st.randoms())
def test_what_says_who_came_is_taken_off_and_nothing_else(names: list[str], chance: Random) -> None:
    pairs = [f"{name}=1" for name in names]
    pairs += ["id=%C3%A4+b", "source=x", "ref=1", "q", "UTM=1"]
    chance.shuffle(pairs)
    kept = [pair for pair in pairs if pair.partition("=")[0] not in names]
    address = link(f"https://example.org/a?{'&'.join(pairs)}").address
    assert address == f"https://example.org/a?{'&'.join(kept)}"


def test_what_says_who_came_is_taken_off_however_it_is_written_and_in_the_fragment() -> None:
    assert link("https://example.org/?UTM_Source=x&%75tm_medium=y").address == "https://example.org/"
    assert link("https://example.org/#utm_source=x").address == "https://example.org/"
    assert link("https://example.org/#section-2").address == "https://example.org/#section-2"


@pytest.mark.parametrize("site", BY_HOST)
def test_what_says_who_came_on_one_site_is_kept_on_others(site: str) -> None:
    name = min(BY_HOST[site])
    assert link(f"https://{site}/a?{name}=1").address == f"https://{site}/a"
    assert link(f"https://www.{site}/a?{name}=1").address == f"https://www.{site}/a"
    assert link(f"https://example.org/a?{name}=1").address == f"https://example.org/a?{name}=1"


@pytest.mark.parametrize(
    "around",
    [
        "https://www.google.com/url?sa=D&q={}&ust=1",
        "https://www.google.co.uk/url?url={}",
        "https://l.facebook.com/l.php?u={}&h=AT0",
        "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C01%7Cme%40example.net",
        "https://www.youtube.com/redirect?event=x&q={}",
        "https://duckduckgo.com/l/?uddg={}",
    ],
)
def test_an_address_is_taken_out_of_a_page_that_only_sends_on(around: str) -> None:
    checked = link(around.format("https%3A%2F%2Fexample.org%2Fa%3Fb%3D1%26fbclid%3D2"))
    assert checked.address == "https://example.org/a?b=1"
    assert ["records who follows it" in str(each) for each in checked.warnings] == [True]


def test_what_is_behind_a_page_that_only_sends_on_is_checked_like_any_other() -> None:
    for inner in ("https://bit.ly/x", "https://127.0.0.1/", "https://a:b@example.org/", "https://x.local/"):
        with pytest.raises(UnfitError):
            link(f"https://www.google.com/url?q={inner}")
    assert link("https://www.google.com/url?q=javascript:alert(1)").address.startswith(
        "https://www.google.com/"
    )
    with pytest.raises(UnfitError, match="leads to another"):
        link("https://www.google.com/url?q=" * 5 + "https://example.org")


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.org/\u202egpj",
        "https://exam\u200bple.org/",
        "https://example.org/\x00",
        "https://exa\u00admple.org",
        "https://example.org/%E2%80%AEx",
        "https://example.org/a%0D%0Ab",
        "https://example.org/\ud800",
        "https://e.org/\U000e0041",
    ],
)
def test_what_cannot_be_seen_is_refused_also_where_it_is_encoded(typed: str) -> None:
    with pytest.raises(UnfitError, match="cannot be seen"):
        link(typed)


def test_a_joiner_that_persian_needs_may_stand_encoded() -> None:
    assert link("https://fa.example.org/%D9%85%DB%8C%E2%80%8C%D8%AE").address.endswith("%E2%80%8C%D8%AE")


def test_the_length_counts_once_what_says_who_came_is_off() -> None:
    start = "https://example.org/"
    exact = start + "a" * (LONGEST - len(start))
    assert link(exact).address == exact
    assert link(f"{exact}?utm_campaign={'x' * 1000}").address == exact
    with pytest.raises(UnfitError, match="at most 500"):
        link(f"{exact}a")
    with pytest.raises(UnfitError, match="at most 500"):
        link(f"{start}?utm_campaign={'x' * 10_000}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mailto:Me@Example.org", "mailto:Me@example.org"),
        ("MAILTO:me+sw@example.org", "mailto:me+sw@example.org"),
        ("tel:+1 416 555 0100", "tel:+1-416-555-0100"),
        ("tel:+14165550100;ext=5", "tel:+1-416-555-0100;ext=5"),
        ("tel:+1%20416%20555%200100", "tel:+1-416-555-0100"),
    ],
)
def test_a_contact_alone_may_have_an_address_to_write_to_or_to_call(typed: str, kept: str) -> None:
    assert link(typed, of_contact=True).address == kept
    with pytest.raises(UnfitError, match="belongs to a contact"):
        link(typed)


def test_what_a_letter_is_to_say_and_who_else_gets_it_is_left_out() -> None:
    checked = link("mailto:me@example.org?bcc=spy@example.net&body=x", of_contact=True)
    assert checked.address == "mailto:me@example.org"
    assert ["left out" in str(each) for each in checked.warnings] == [True]


@pytest.mark.parametrize(
    "typed",
    [
        "mailto:",
        "mailto:a@b.org,c@d.org",
        "mailto:a%0Ab@example.org",
        "tel:",
        "tel:911",
        "tel:x",
        "sms:+14165550100",
    ],
)
def test_what_cannot_be_written_to_or_called_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError):
        link(typed, of_contact=True)


@given(typed=TYPED, of_contact=st.booleans())
@example(typed="https://example.org/?a=1&&b=2&utm_x=1", of_contact=False)
@example(typed="https://example.org/?#", of_contact=False)
@example(typed="https://example.org?a=1#utm_source=b", of_contact=False)
def test_what_was_checked_is_clean_and_stays_as_it_is(*, typed: str, of_contact: bool) -> None:
    try:
        checked = link(typed, of_contact=of_contact)
    except UnfitError:
        return
    again = link(checked.address, of_contact=of_contact)
    assert again.address == checked.address
    assert checked.address.isascii()
    assert not hidden(checked.address)
    assert len(checked.address) <= LONGEST
    assert checked.address.startswith(("https://", "http://", "mailto:", "tel:"))
    assert of_contact or checked.address.startswith("http")
