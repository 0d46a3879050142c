"""Choosing a time zone by the name of a city or a country."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.daily import clock
from bot.daily.gazetteer import FIXED, LANGUAGES, fold, gazetteer
from bot.daily.zones import offered, zone_of

some_language = st.sampled_from([*LANGUAGES, "de", "", "zz"])


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("America/Toronto", "America/Toronto"),
        ("america/new york", "America/New_York"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Cuba", "America/Havana"),
        ("CET", "Europe/Brussels"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("asia/calcutta", "Asia/Kolkata"),
        ("UTC", "UTC"),
        ("gmt", "UTC"),
        ("Toronto", "America/Toronto"),
        ("  MONTREAL ", "America/Toronto"),
        ("Montréal", "America/Toronto"),
        ("Bombay", "Asia/Kolkata"),
        ("San Francisco", "America/Los_Angeles"),
        ("Washington, D.C.", "America/New_York"),
        ("Pékin", "Asia/Shanghai"),
        ("Londres", "Europe/London"),
        ("Nueva York", "America/New_York"),
        ("Genève", "Europe/Zurich"),
        ("Kiev", "Europe/Kyiv"),
        ("Xi'an", "Asia/Shanghai"),
        ("London", "Europe/London"),
        ("London, Canada", "America/Toronto"),
        ("london uk", "Europe/London"),
        ("Valencia, España", "Europe/Madrid"),
        ("Singapore, Singapore", "Asia/Singapore"),
        ("France", "Europe/Paris"),
        ("Allemagne", "Europe/Berlin"),
        ("Japón", "Asia/Tokyo"),
        ("Londres, Royaume-Uni (Europe/London)", "Europe/London"),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(words: str, zone: str) -> None:
    assert zone_of(words) == zone


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Birmingham", id="a city in two countries"),
        pytest.param("Canada", id="a country with several zones"),
        pytest.param("EST", id="an abbreviation, of winter only, for several zones"),
        pytest.param("Eastern Time", id="the time of several zones"),
        pytest.param("GMT+2", id="an offset, which POSIX and people count the other way round"),
        pytest.param("Angeles", id="the end of a name"),
        pytest.param("Toront", id="half a name"),
        pytest.param("Torronto", id="a misspelling"),
        pytest.param("Atlantis", id="nowhere"),
        pytest.param("", id="nothing"),
        pytest.param("()", id="nothing but signs"),
        pytest.param("York, USA", id="the end of a name, and its country"),
        pytest.param("London, Peru", id="not in that country"),
    ],
)
def test_what_is_not_clear_is_not_guessed(words: str) -> None:
    assert zone_of(words) is None


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("tor", "en", "Toronto, Canada (America/Toronto)"),
        ("lond", "fr", "Londres, Royaume-Uni (Europe/London)"),
        ("londres", "es", "Londres, Reino Unido (Europe/London)"),
        ("montr", "fr", "Montréal, Canada (America/Toronto)"),
        ("new york, un", "en", "New York, United States (America/New_York)"),
        ("de janeiro", "en", "Rio de Janeiro, Brazil (America/Sao_Paulo)"),
        ("san fran", "en", "San Francisco, United States (America/Los_Angeles)"),
        ("birmingham, us", "en", "Birmingham, United States (America/Chicago)"),
        ("alemania", "es", "Berlín, Alemania (Europe/Berlin)"),
        ("eastern", "en", "New York, United States (America/New_York)"),
        ("america/arg", "en", "Buenos Aires, Argentina (America/Argentina/Buenos_Aires)"),
        ("us/pac", "en", "Los Angeles, United States (America/Los_Angeles)"),
        ("utc", "en", "UTC"),
        ("torronto", "en", "Toronto, Canada (America/Toronto)"),
        ("tor", "zz", "Toronto, Canada (America/Toronto)"),
    ],
)
def test_what_is_typed_is_completed(typed: str, language: str, first: str) -> None:
    shown, zone = offered(typed, language)[0]
    assert shown == first
    assert zone == "UTC" or zone in shown


def test_every_zone_of_a_country_is_offered_by_a_city() -> None:
    shown = dict(offered("canada", "en"))
    assert set(shown.values()) >= {
        "America/Vancouver",
        "America/Edmonton",
        "America/Regina",
        "America/Winnipeg",
        "America/Toronto",
        "America/Halifax",
        "America/St_Johns",
    }
    assert "Edmonton, Canada (America/Edmonton)" in shown, (
        "the city that gave the zone its name stands for it"
    )
    assert all("Canada" in words for words in list(shown)[:7])


def test_with_nothing_typed_the_largest_cities_where_the_language_is_spoken_are_offered() -> None:
    zones_offered = [zone for _, zone in offered("", "es")]
    assert {"America/Mexico_City", "America/Bogota", "Europe/Madrid"} <= set(zones_offered[:6])
    assert len(set(zones_offered)) == len(zones_offered)
    assert "Europe/Paris" in [zone for _, zone in offered("", "fr")]


def test_what_is_like_nothing_is_offered_nothing() -> None:
    assert offered("qqqqqqqqqq", "en") == []


@settings(deadline=None)
@given(st.text(max_size=30), some_language, st.integers(1, 25))
def test_whatever_is_typed_offers_fit_into_a_list_on_discord(typed: str, language: str, limit: int) -> None:
    """At most 25, no two the same, of at most 100 characters; and each of them would be understood."""
    found = offered(typed, language, limit)
    shown = [words for words, _ in found]
    assert len(found) <= limit
    assert len(set(shown)) == len(shown)
    for words, zone in found:
        assert 0 < len(words) <= 100
        assert clock.known(zone)
        assert zone_of(words) == zone


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_typed_a_zone_is_one_or_none(typed: str) -> None:
    zone = zone_of(typed)
    assert zone is None or clock.known(zone)


def test_every_city_can_be_offered_in_every_language() -> None:
    for city in gazetteer().cities:
        for language in LANGUAGES:
            shown = city.shown(language)
            assert len(shown) <= 100
            assert clock.known(city.zone)
            assert zone_of(shown) == city.zone


def test_every_zone_of_a_place_can_be_chosen_by_name() -> None:
    """All but fixed offsets, which no place goes by, are offered as soon as their name is typed."""
    for zone in clock.zones():
        if zone in FIXED or zone.startswith("Etc/"):
            continue
        assert offered(zone, "en"), zone


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_keeps_other_scripts() -> None:
    assert fold("Москва́ — 東京, São Paulo’s") == "москва 東京 sao paulos"


def test_no_city_of_the_table_is_in_another_country_than_its_zone() -> None:
    """A zone that is named after a city is that of cities of its country, but for a few across a border."""
    by_zone = {city.zone: city.country for city in gazetteer().cities if city.eponymous}
    astray = [city for city in gazetteer().cities if by_zone.get(city.zone, city.country) != city.country]
    assert len(astray) < 0.05 * len(gazetteer().cities), [city.names["en"] for city in astray]
