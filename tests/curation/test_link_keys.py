"""Which addresses are the same."""

import pytest
from hypothesis import assume, given

from bot.curation.links import link, same_link_key
from bot.curation.saying import UnfitError
from tests.curation.addresses import TYPED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "http://www.example.org/a/"),
        ("https://example.org/", "https://example.org/index.html"),
        ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1&utm_source=z#top"),
        ("https://example.org/%7Ea/%c3%a4", "https://EXAMPLE.org/~a/ä"),
        ("https://en.wikipedia.org/wiki/A", "https://en.m.wikipedia.org/wiki/A"),
        ("http://www.youtube.com/watch?v=YKmfiyqalH4", "https://youtu.be/YKmfiyqalH4?si=x&t=10"),
        ("http://www.youtube.com/watch?v=YKmfiyqalH4", "https://m.youtube.com/watch?list=x&v=YKmfiyqalH4"),
        ("mailto:Me@example.org", "mailto:me@example.org"),
    ],
)
def test_two_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert same_link_key(one) == same_link_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.net/a"),
        ("https://a.example.org/", "https://b.example.org/"),
        ("https://example.org:8443/", "https://example.org/"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://youtu.be/YKmfiyqalH4", "https://youtu.be/YKmfiyqalH5"),
        ("https://www.com/", "https://com.com/"),
    ],
)
def test_two_addresses_have_two_keys(one: str, other: str) -> None:
    assert same_link_key(one) != same_link_key(other)


@given(TYPED)
def test_any_text_has_a_key_and_an_address_has_that_of_what_is_kept_of_it(typed: str) -> None:
    key = same_link_key(typed)
    try:
        checked = link(typed)
    except UnfitError:
        return
    assume(typed.lower().startswith("http"))
    assume(not any("taken out" in str(each) for each in checked.warnings))
    assert same_link_key(checked.address) == key
