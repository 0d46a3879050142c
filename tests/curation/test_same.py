"""Whether something proposed is recognised, and other things are not taken for it.

The labelled titles are those of works and entries in our corpus and how people would write them, and pairs
that look alike and are different. One person made both, for this test.
"""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.check import packaged_seeds, read
from bot.curation.same import ALIKE, Marks, likeness, marks, title_likeness

MARGINS = "Sex at the Margins: Migration, Labor Markets and the Rescue Industry"
PROSTITUTES = "Revolting Prostitutes: The Fight for Sex Workers' Rights"
RESCUE = "Not Your Rescue Project: Migrant Sex Workers Fighting for Justice"
TOGETHER = "The Anti- Sex Trafficking Movement and the Sex Workers Rights Movement Need to Work Together"
MAKING = "The Making and the Undoing of 'Migration': Towards an Abolitionist Horizon"
CARE = "Casualties of Care: Immigration and the Politics of Humanitarianism in France"
RECONSIDERED = (
    "Trafficking And Prostitution Reconsidered: New Perspectives On Migration, Sex Work, And Human Rights"
)
ONE_TITLE = [
    (MARGINS, "Sex at the Margins"),
    (MARGINS, "SEX AT THE MARGINS"),
    (MARGINS, "Sex at the margins - migration, labour markets and the rescue industry"),
    (MARGINS, "Sex at the Margens: Migration, Labor Market and the Rescue Industrie"),
    (PROSTITUTES, "Revolting Prostitutes"),
    (PROSTITUTES, "Revolting Prostitutes. The fight for sex worker’s rights"),
    (PROSTITUTES, "Revolting Prostitues – the fight for sex workers rights"),
    (RESCUE, "Not your rescue project"),
    (RESCUE, "Not Your Rescue Project (Migrant Sex Workers Fighting for Justice)"),
    (RESCUE, "Not Your Resuce Project: Migrant Sexworkers Fighting for Justice"),
    (TOGETHER, "The Anti-Sex Trafficking Movement & the Sex Workers’ Rights Movement need to work together"),
    (TOGETHER, "Anti-sex trafficking movement and sex workers rights movement need to work together"),
    (MAKING, "The Making and Undoing of Migration"),
    (MAKING, "Making and the Undoing of “Migration” – Towards an Abolitionist Horizon"),
    (CARE, "Casualties of Care"),
    (CARE, "Casualties of care. Immigration & the politics of humanitarism in France"),
    (RECONSIDERED, "Trafficking and Prostitution Reconsidered"),
    (
        RECONSIDERED,
        "Traficking and Prostitution Reconsidered: new perspectives on migration, sex work & human rights",
    ),
    ("The Soft Side of Imperialism", "Soft Side of Imperialism"),
    ("The Soft Side of Imperialism", "Soft Side of Imperialism, The"),
    ("The Soft Side of Imperialism", "the soft side of imperalism"),
    ("Can Anti-Trafficking be Rescued?", "Can anti trafficking be rescued"),
    ("Can Anti-Trafficking be Rescued?", "Can Antitrafficking be Rescued?"),
    ("Can Anti-Trafficking be Rescued?", "Can Anti-Traficking Be Resuced?"),
    ("Happy Endings?", "Happy Endings"),
    ("Hit and Run (RATSW)", "Hit & Run"),
    ("The Naked Anthropologist- Dr Laura Agustín", "The Naked Anthropologist – Dr Laura Agustin"),
    ("Review of S. Kara's Sex Trafficking", "Review of S Kara’s “Sex Trafficking”"),
    ("Gender a výzkum / Gender and Research (journal)", "Gender a vyzkum / Gender and Research"),
    ("Defund the Police, Promote Mutual Aid", "Defund the police; promote mutual aid"),
    ("Nothing About Us Without Us", "Nothing about us, without us!"),
    ("Decriminalise sex work", "Decriminalize sex work"),
    ("Recognise that sex work is work", "Recognize that sexwork is work"),
    (
        "Harm done by anti-trafficking policies and campaigns",
        "Harms done by anti-trafficking policies and campaigns",
    ),
    ("La Prostitution et la loi", "Prostitution et loi"),
    ("El trabajo sexual es trabajo", "Trabajo sexual es trabajo"),
    ("性工作也是工作", "性工作也是工作"),
]
TWO_TITLES = [
    ("Sex Trafficking", "Sex Work"),
    ("Sex Trafficking", "Labour Trafficking"),
    ("Sex Trafficking", "Review of S. Kara's Sex Trafficking"),
    ("Sex work is work", "Sex work is not work"),
    ("Annual report 2019", "Annual report 2020"),
    ("What SB1322 means for us", "What SB1332 means for us"),
    ("Policy brief no. 3", "Policy brief no. 13"),
    ("Part 1: Migrant Sex Workers Realities", "Part 2: Migrant Sex Workers Realities"),
    ("Introduction: Sex work", "Introduction: Trafficking"),
    ("Introduction", "Introduction: Trafficking"),
    ("Know your rights: police", "Know your rights: landlords"),
    ("Migration: a history", "Migration: an anthology"),
    ("Migration", "Migration control"),
    ("Fund shelters", "Fund raids"),
    ("Stop funding raids", "Start funding raids"),
    ("Stop arresting sex workers", "Stop arresting drug users"),
    ("Support sex workers' rights", "Support migrant workers' rights"),
    ("Decriminalise sex work", "Criminalise sex work"),
    ("Decriminalise sex work", "Decriminalise drug use"),
    ("Support the decriminalisation of sex work", "Oppose the decriminalisation of sex work"),
    ("Rights of sex workers in France", "Rights of sex workers in Greece"),
    ("Sex workers in Thailand", "Sex workers in Finland"),
    ("Legal support for sex workers in Toronto", "Health support for sex workers in Toronto"),
    ("Sex Workers Unite", "Sex Workers Invite"),
    ("Red Light Labour", "Red Light Laws"),
    ("Hit and Run", "Hit and Miss"),
    ("The Red Umbrella", "The Red Thread"),
    ("Butterfly: email, phone and site", "Maggie's: email, phone and site"),
    (MARGINS, "Sex in the Margins of the State: Labour Markets and the Law"),
    (PROSTITUTES, "Playing the Whore: The Work of Sex Work"),
    ("Global Alliance Against Traffic in Women", "Coalition Against Trafficking in Women"),
    ("性工作也是工作", "性工作不是工作"),
    ("The", "A"),
    ("", ""),
    ("!", "?"),
]


@pytest.mark.parametrize(("one", "other"), ONE_TITLE)
def test_one_title_is_recognised_however_it_is_written(one: str, other: str) -> None:
    assert title_likeness(one, other) >= ALIKE
    same = likeness(marks(other), marks(one))
    assert same
    assert not same.certain
    assert one in str(same.reason)


@pytest.mark.parametrize(("one", "other"), TWO_TITLES)
def test_two_titles_are_not_taken_for_one(one: str, other: str) -> None:
    assert title_likeness(one, other) < ALIKE
    assert likeness(marks(other), marks(one)) is None


def test_the_cut_off_lies_in_the_middle_of_what_was_measured() -> None:
    lowest = min(title_likeness(*pair) for pair in ONE_TITLE)
    highest = max(title_likeness(*pair) for pair in TWO_TITLES)
    assert round((lowest + highest) / 2) == ALIKE


def test_no_two_entries_of_one_kind_in_our_corpus_are_taken_for_one() -> None:
    entries = read(packaged_seeds()).entries
    known = [(entry.kind, marks(entry.title)) for entry in entries]
    assert len(known) > 200
    alike = [
        (one.title.text, other.title.text)
        for (kind, one), (other_kind, other) in combinations(known, 2)
        if kind == other_kind and likeness(one, other)
    ]
    assert alike == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0-306-40615-2", "978-0-306-40615-7"),
        ("ISBN 0306406152", "ISBN: 9780306406157"),
        ("ISBN-10: 0-8044-2957-X", "978 0 8044 2957 3"),
        ("https://www.amazon.example/dp/080442957x", "https://openlibrary.org/isbn/9780804429573"),
        ("ISBN 979-10-90636-07-1 (paper)", "9791090636071."),
    ],
)
def test_a_book_is_recognised_by_its_isbn_of_ten_or_thirteen_digits(one: str, other: str) -> None:
    one = one if "ISBN" in one or "/" in one else f"ISBN {one}"
    same = likeness(marks("One", texts=[one]), marks("Another", texts=[other]))
    assert same
    assert same.certain
    assert "ISBN" in str(same.reason)


@pytest.mark.parametrize(
    "text",
    ["978-0-306-40615-8", "ISBN 0-306-40615-3", "0306406152", "+1 416 555 0100", "19780306406157", "ISBN"],
)
def test_a_number_that_is_no_isbn_is_not_taken_for_one(text: str) -> None:
    assert not marks("One", texts=[text]).isbns


@given(st.integers(min_value=0, max_value=999_999_999))
def test_every_isbn_of_ten_digits_is_one_of_thirteen(number: int) -> None:
    digits = f"{number:09}"
    ten = next(
        digits + last
        for last in "0123456789X"
        if sum(
            (10 if digit == "X" else int(digit)) * (10 - place) for place, digit in enumerate(digits + last)
        )
        % 11
        == 0
    )
    (thirteen,) = marks("One", texts=[f"isbn {ten}"]).isbns
    assert thirteen[:12] == f"978{digits}"
    assert marks("One", texts=[thirteen]).isbns == {thirteen}


@pytest.mark.parametrize(
    "text",
    [
        "10.1016/S0140-6736(14)60931-4",
        "doi:10.1016/s0140-6736(14)60931-4.",
        "(DOI 10.1016/S0140-6736(14)60931-4)",
        "https://doi.org/10.1016/S0140-6736(14)60931-4",
        "http://dx.doi.org/10.1016%2FS0140-6736%2814%2960931-4",
        "<https://doi.org/10.1016/S0140-6736(14)60931-4>,",
        "https://journal.example/doi/full/10.1016/S0140-6736(14)60931-4/pdf?download=true#page=2",
    ],
)
def test_a_doi_is_recognised_in_any_spelling(text: str) -> None:
    assert marks("One", texts=[text]).dois == {"10.1016/s0140-6736(14)60931-4"}
    same = likeness(marks("One", [text]), marks("Another", texts=["doi:10.1016/S0140-6736(14)60931-4"]))
    assert same
    assert same.certain
    assert "DOI" in str(same.reason)


@pytest.mark.parametrize(
    "text", ["10.5/x", "110.1016/x", "10.1016", "10.1016/", "10.1016/.", "version 10.2000 / 3"]
)
def test_what_is_no_doi_is_not_taken_for_one(text: str) -> None:
    assert not marks("One", texts=[text]).dois


def test_an_entry_is_recognised_by_an_address_that_is_spelt_otherwise() -> None:
    existing = marks("Butterfly", ["https://butterflysw.org"])
    same = likeness(marks("A new name", ["http://www.butterflysw.org/?utm_source=x"]), existing)
    assert same
    assert same.certain
    assert "Butterfly" in str(same.reason)
    assert likeness(marks("A new name", ["https://butterflysw.org/donate"]), existing) is None


TITLES = st.one_of(
    st.text(),
    st.lists(st.sampled_from(["sex", "work", "the", "2019", ":", " - ", "trafficking"])).map(" ".join),
)


@given(TITLES, TITLES)
def test_any_two_texts_can_be_compared_and_in_any_order(one: str, other: str) -> None:
    both: tuple[Marks, Marks] = marks(one, [one], [other]), marks(other, [other])
    assert likeness(*both) is None or likeness(*reversed(both)) is not None
    assert 0 <= title_likeness(one, other) <= 100
    assert (likeness(marks(one), marks(other)) is not None) == (title_likeness(one, other) >= ALIKE)


@given(TITLES)
def test_what_is_there_is_recognised_as_itself(title: str) -> None:
    assert title_likeness(title, title) in {0, 100}  # 0 where there is no word in it
    assert title_likeness(f"{title} migration", f"{title} migration") == 100
    assert likeness(marks(f"{title} migration"), marks(f"{title} migration"))
