"""Which hosts an address may have, and what is said of them."""

import pytest

from bot.curation.hosts import SHORTENERS
from bot.curation.links import link
from bot.curation.saying import UnfitError

ONION = f"{'b' * 55}d.onion"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.1",
        "8.8.8.8",
        "[::1]",
        "[2001:db8::1]",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
    ],
)
def test_a_host_that_is_a_number_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(UnfitError, match="a number instead of a name"):
        link(f"https://{host}/")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "intranet",
        "a.localhost",
        "printer.local",
        "wiki.internal",
        "nas.lan",
        "router.home.arpa",
        "x.test",
        "x.invalid",
        "db.corp",
        "site.i2p",
    ],
)
def test_a_name_that_only_a_network_of_somebodys_own_knows_is_refused(host: str) -> None:
    with pytest.raises(UnfitError, match="from inside of a network"):
        link(f"https://{host}/")


def test_an_address_in_the_tor_network_is_kept_with_a_warning_and_a_misspelt_one_is_not() -> None:
    checked = link(f"http://www.{ONION}/x")
    assert checked.address == f"http://www.{ONION}/x"
    assert ["Tor Browser" in str(each) for each in checked.warnings] == [True]
    for wrong in (ONION[1:], f"0{ONION[1:]}", "expyuzz4wqqyqhjn.onion"):
        with pytest.raises(UnfitError, match="Tor network"):
            link(f"http://{wrong}/")


@pytest.mark.parametrize(
    "typed",
    ["https://paypаl.com/", "https://xn--paypl-7ve.com/", "https://www.gооgle.com", "https://αpple.com"],
)
def test_a_name_in_letters_of_several_scripts_is_refused(typed: str) -> None:
    with pytest.raises(UnfitError, match="mixes letters"):
        link(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "https://аррӏе.com/",
        "https://ελλάδα.gr/",
        "https://موقع.com/",
        "https://bücher.de/",
        "https://例え.jp",
    ],
)
def test_a_name_in_other_letters_is_kept_in_a_form_that_cannot_be_taken_for_another(typed: str) -> None:
    checked = link(typed)
    assert checked.address.isascii()
    assert "xn--" in checked.address
    assert ["other than a to z" in str(each) for each in checked.warnings] == [True]


@pytest.mark.parametrize("host", ["xn--zzzzzzz-.com", "xn--a.com", "www.xn--a.com"])
def test_punycode_that_means_nothing_is_refused(host: str) -> None:
    with pytest.raises(UnfitError, match="not a name"):
        link(f"https://{host}/")


@pytest.mark.parametrize("host", sorted(SHORTENERS))
def test_a_shortened_address_is_refused_with_the_reason_and_what_to_do(host: str) -> None:
    for typed in (f"https://{host}/abc", f"http://www.{host.upper()}/abc", f"{host}/abc"):
        with pytest.raises(UnfitError, match=r"hides where it leads.*give the address it leads to"):
            link(typed)


@pytest.mark.parametrize(
    "host", ["youtu.be", "t.me", "forms.gle", "doi.org", "notbit.ly", "bit.ly.example.org"]
)
def test_an_address_that_only_looks_shortened_is_kept(host: str) -> None:
    assert link(f"https://{host}/abc").address == f"https://{host}/abc"
