"""A reply as messages of a room says everything the reply says, twice: as plain text and as safe HTML."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bot.commands
from bot.commands.describe import REGISTRY, Services, Topic
from bot.commands.dispatch import answer, complete
from bot.commands.request import Request
from bot.corpus.check import packaged_seeds, read
from bot.i18n import translator
from bot.platforms.clean import clean
from bot.platforms.matrix.followup import LONGEST
from bot.platforms.matrix.layout import MOST, layout
from bot.platforms.matrix.render import CHOICES, LENGTH, Page, content, page
from bot.platforms.matrix.split import pieces, size
from bot.platforms.plain import reply_text
from bot.reply import Ask, Bullets, Card, Choice, Code, Facts, Link, Links, Paragraph, Reply
from bot.shelf import Shelf
from tests.platforms.replies import CONTACT, REPLY, TOPIC, replies, texts

assert bot.commands  # importing it registers the commands

EN = translator("en")
# The tags that clients should show, with their attributes (specification, “m.room.message msgtypes”).
SHOWN = {
    *(
        "del",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "p",
        "a",
        "ul",
        "ol",
        "sup",
        "sub",
        "li",
        "b",
        "i",
    ),
    *("u", "strong", "em", "s", "code", "hr", "br", "pre"),
}
ATTRIBUTES = {("a", "target"), ("a", "href"), ("ol", "start"), ("code", "class")}
VOID = {"br", "hr"}
BLOCKS = {"p", "ul", "ol", "li", "pre", "hr", "br", "h4"}
# An event's 65,536 bytes, without what the homeserver adds, after base64 has made of three bytes four.
ROOM = (65_536 - 2_000) * 3 // 4

anything = settings(deadline=None, max_examples=60)


class Reader(HTMLParser):
    """Reads HTML as a client does: what is shown, where links lead, and what is none of ours."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = ""
        self.links: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        if tag not in SHOWN:
            self.wrong.append(f"<{tag}>")
        self.wrong += [f"{tag} {name}" for name, _ in attrs if (tag, name) not in ATTRIBUTES]
        if tag in BLOCKS:
            self.shown += "\n"
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}>")
        if tag in BLOCKS:
            self.shown += "\n"

    def handle_data(self, data: str) -> None:
        """Text, which the client shows."""
        self.shown += data
        if "a" in self._open:
            href, text = self.links.pop()
            self.links.append((href, text + data))

    def handle_comment(self, data: str) -> None:
        """None of ours."""
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """None of ours."""
        self.wrong.append(f"<!{decl}>")


def pages(reply: Reply, prefix: str = "!") -> Iterator[Page]:
    """Every page of a reply, as far as `!more` leads."""
    start: int | None = 0
    while start is not None:
        shown = page(reply, start, EN, prefix)
        assert shown.next is None or shown.next > start, "the next page begins after this one"
        yield shown
        start = shown.next


def flat(text: str) -> str:
    """Text without spaces and without the marks of lists, which HTML leaves to the client."""
    return re.sub(r"(?m:^\d+\.(?: |$))|•|---|\s", "", text)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    """The real corpus."""
    shelf = Shelf.of(read(packaged_seeds()))
    yield Services(shelf, "1.2.3")
    shelf.close()


def test_a_card_reads_from_title_to_attribution() -> None:
    """Plain text and HTML of a whole card, as a member gets it."""
    shown = page(Reply(cards=(TOPIC,)), 0, EN, "!")
    assert shown.body == (
        "Nordic model\n"
        "Summary · Law\n"
        "\n"
        "Content note: police violence\n"
        "\n"
        "Buying sex is a crime and selling it is not. The book calls it criminalisation by another name:"
        " clients are hurried, places to work are closed and sex workers are watched.\n"
        "Source: The book · Rights, Not Rescue · Introduction, ¶ 3\n"
        "\n"
        "Questions\n"
        "\n"
        "1. Ask who was consulted.\n"
        "2. Ask who pays.\n"
        "\n"
        "swop.example: https://swop.example/reports/2012/nordic-model\n"
        "\n"
        "A. Author, Rights, Not Rescue · CC BY 4.0\n"
        "\n"
        "!1 Readings on this (2)"
    )
    assert shown.html == (
        "<h4>Nordic model</h4><p><em>Summary · Law</em></p>"
        "<p><strong>Content note: police violence</strong></p>"
        "<p>Buying sex is a crime and selling it is not. The book calls it criminalisation by another name:"
        " clients are hurried, places to work are closed and sex workers are watched."
        "<br><em>Source: The book · Rights, Not Rescue · Introduction, ¶ 3</em></p>"
        "<p><strong>Questions</strong></p>"
        '<ol start="1"><li>Ask who was consulted.</li><li>Ask who pays.</li></ol>'
        '<p><strong>swop.example: </strong><a href="https://swop.example/reports/2012/nordic-model">'
        "https://swop.example/reports/2012/nordic-model</a></p>"
        "<p><em>A. Author, Rights, Not Rescue · CC BY 4.0</em></p>"
        "<p><code>!1</code> Readings on this (2)</p>"
    )
    assert shown.next is None
    assert shown.entries == ("law:nordic-model",)
    assert [choice.ask for choice in shown.offered] == [Ask("reading", {"topic": "law:nordic-model"})]


def test_cards_are_numbered_through_and_held_apart() -> None:
    """A rule between two cards and before what closes the reply, and one row of numbers for all of it."""
    shown = page(REPLY, 0, EN, "!")
    assert shown.body.count("\n\n---\n\n") == shown.html.count("<hr>") == 2
    assert [choice.label for choice in shown.offered] == ["Readings on this (2)", "All readings"]
    assert "!1 Readings on this (2)" in shown.body
    assert shown.body.endswith("!2 All readings")
    assert shown.entries == ("law:nordic-model", "contact:butterfly")


def test_addresses_in_facts_are_links_and_nothing_else_is() -> None:
    """Mail and web addresses; a phone number is left to the phone, which links it by itself."""
    shown = page(Reply(cards=(CONTACT,)), 0, EN, "!")
    assert Reader(shown.html).links == [("mailto:info@butterfly.example", "info@butterfly.example")]
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "matrix:u/a:b",
        "https://a b",
    ):
        assert (
            Reader(page(Reply(cards=(Card("T", (Links((Link("x", bad),)),)),)), 0, EN, "!").html).links == []
        )


def test_what_looks_like_markup_is_text() -> None:
    """Neither HTML nor Markdown of a text is obeyed, wherever it stands."""
    evil = (
        '<img src=x onerror="alert(1)"> & <b>bold</b> </p><script>1</script> &lt;i&gt; **x** [a](https://b)'
    )
    card = Card(
        evil,
        (
            Paragraph(evil, evil),
            Bullets((evil,), evil),
            Facts(((evil, evil),)),
            Links((Link(evil, evil),)),
            Code(evil),
        ),
        label=evil,
        warning=evil,
        footer=(evil,),
        choices=(Choice(evil, Ask("help")),),
    )
    for shown in pages(Reply(evil, (card,))):
        reader = Reader(shown.html)
        assert reader.wrong == []
        assert reader.links == []
        assert reader.shown.count(evil) == shown.body.count(evil)


def test_code_is_copied_to_the_letter() -> None:
    """BibTeX keeps its lines and spaces in both forms."""
    bibtex = "@book{a,\n  title = {X < Y},\n\n  year  = 2007\n}"
    shown = page(Reply(cards=(Card("Cite", (Code(bibtex),)),)), 0, EN, "!")
    assert bibtex in shown.body
    assert bibtex in Reader(shown.html).shown


def test_nobody_is_pinged_and_the_plain_body_stands_alone() -> None:
    """A notice, with empty mentions, whatever the text says."""
    message = content(page(Reply("@room @alice:example.org hello"), 0, EN, "!"))
    assert message == {
        "msgtype": "m.notice",
        "body": "@room @alice:example.org hello",
        "format": "org.matrix.custom.html",
        "formatted_body": "<p>@room @alice:example.org hello</p>",
        "m.mentions": {},
    }


def test_a_long_card_goes_on_under_its_title() -> None:
    """The page ends between paragraphs, says what to type, and the next one says what it goes on with."""
    card = Card("A long book", tuple(Paragraph(f"{n} {'word ' * 150}end.", f"Part {n}") for n in range(6)))
    first, second, third = pages(Reply(cards=(card,)))
    assert first.body.endswith("Source: Part 1\n\nThis goes on: type !more")
    assert first.html.endswith("<p>This goes on: type <code>!more</code></p>")
    assert second.body.startswith("A long book, continued\n\n2 word")
    assert third.body.endswith("Source: Part 5")


def test_a_card_that_would_be_cut_waits_for_the_next_page() -> None:
    """A second card that does not fit is not begun, and the page says how many are still to come."""
    cards = tuple(Card(f"Card {n}", (Paragraph("word " * 200),)) for n in range(4))
    shown = list(pages(Reply(cards=cards)))
    assert [each.body.count("Card ") for each in shown] == [1, 1, 1, 1]
    assert shown[0].body.endswith("3 more cards: type !more")
    assert shown[2].body.endswith("1 more card: type !more")


def test_at_most_as_many_cards_as_the_reply_says() -> None:
    """Three short cards to a page, or fewer where the command wants fewer."""
    cards = tuple(Card(f"Card {n}", id=f"c{n}") for n in range(7))
    assert [each.entries for each in pages(Reply(cards=cards))] == [
        ("c0", "c1", "c2"),
        ("c3", "c4", "c5"),
        ("c6",),
    ]
    assert [len(each.entries) for each in pages(Reply(cards=cards, page=1))] == [1] * 7


def test_more_than_nine_choices_go_on_overleaf() -> None:
    """What is typed is one digit: the tenth choice is the first of the next page."""
    choices = tuple(Choice(f"Part {n}", Ask("summary", {"part": str(n)})) for n in range(12))
    first, second = pages(Reply("Which?", choices=choices))
    assert [choice.label for choice in first.offered] == [f"Part {n}" for n in range(9)]
    assert [choice.label for choice in second.offered] == ["Part 9", "Part 10", "Part 11"]
    assert "!1 Part 9" in second.body


def test_a_reply_that_became_shorter_says_that_it_is_over() -> None:
    """The corpus may have changed between two pages."""
    assert page(REPLY, 1000, EN, "!").body == "That was all."


@anything
@given(replies)
@example(Reply("x", (Card("T" * 5000, (Paragraph("p" * 9000, "s" * 5000),), label="l" * 5000),)))
def test_every_word_is_shown_once_and_in_order(reply: Reply) -> None:
    """Nothing of a reply is lost or doubled between its pages, whatever its shape."""
    parts = layout(reply, EN)
    shown = list(pages(reply))
    body = "".join(flat(each.body) for each in shown)
    place = 0
    for part in parts:
        place = body.find(flat(part.text), place)
        assert place >= 0, part.text
        place += len(flat(part.text))
    without = replace(reply, choices=(), cards=tuple(replace(card, choices=()) for card in reply.cards))
    assert flat("\n".join(part.text for part in layout(without, EN))) == flat(reply_text(without, EN))


@anything
@given(replies)
def test_html_says_what_the_plain_body_says(reply: Reply) -> None:
    """Both forms have the same words, and the HTML only what clients are to show, properly nested."""
    for shown in pages(reply):
        reader = Reader(shown.html)
        assert reader.wrong == []
        assert flat(reader.shown) == flat(shown.body)
        for href, text in reader.links:
            assert href in {text, f"mailto:{text}"}
            assert href.startswith(("https://", "http://", "mailto:"))


@anything
@given(replies)
def test_every_choice_has_one_number(reply: Reply) -> None:
    """All choices of a reply are offered once, in order, by at most nine numbers a page."""
    shown = list(pages(reply))
    offered = [choice for each in shown for choice in each.offered]
    assert offered == [*(choice for card in reply.cards for choice in card.choices), *reply.choices]
    assert all(len(each.offered) <= CHOICES for each in shown)


@anything
@given(replies, st.integers(min_value=1, max_value=60))
def test_a_message_fits_an_encrypted_event(reply: Reply, times: int) -> None:
    """With the next step in it, and whatever JSON and base64 make of it; and no longer than it is to be."""
    long = Reply(reply.text * times, tuple(reply.cards), reply.choices * times)
    for shown in pages(long):
        whole = json.dumps(content(shown)) + "x" * LONGEST
        assert len(whole) <= ROOM
        # One part may be longer than a page (an address, say), and a page has two lines of its own.
        assert size(shown.body) <= max(LENGTH, MOST) + LENGTH


@anything
@given(
    st.lists(st.one_of(texts, st.just("https://example.org/" + "a-" * 200 + "z")), min_size=1, max_size=30)
)
def test_pieces_make_the_line_again_and_cut_no_grapheme_and_no_address(parts: list[str]) -> None:
    """Whatever a line holds; a piece is too long only where an address is."""
    line = " ".join(clean(part).replace("\n", " ") for part in parts)
    made = list(pieces(line, 100, MOST))
    assert "".join(made) == line
    ends = {match.end() for match in regex.finditer(r"\X", line)}
    place = 0
    for piece in made[:-1]:
        place += len(piece)
        assert place in ends
    for match in re.finditer(r"https://example\.org/[a-z-]+", line):
        assert any(match[0] in piece for piece in made)
    assert all(
        size(piece) <= 100 or "://" in piece or "@" in piece or len(regex.findall(r"\X", piece)) == 1
        for piece in made
    )


def test_a_cut_falls_between_sentences_then_between_words_outside_of_citations() -> None:
    """The best place within reach: after a sentence, not after "p." and not inside brackets."""
    line = "One sentence stands here. Another one (Agustín 2007, p. 12) is longer than that. A third."
    assert list(pieces(line, 60, MOST)) == [
        "One sentence stands here. ",
        "Another one (Agustín 2007, p. 12) is longer than that. ",
        "A third.",
    ]
    assert list(pieces(line, 34, MOST))[1:3] == ["Another one ", "(Agustín 2007, p. 12) is longer "]
    assert list(pieces("反对贩运。政策的危害。包括警察。", 20, MOST)) == [
        "反对贩运。",
        "政策的危害。",
        "包括警察。",
    ]
    assert list(pieces("word " * 5, 11, MOST)) == ["word word ", "word word ", "word "]
    assert list(pieces("Donaudampf", 4, MOST)) == ["Dona", "udam", "pf"]


LANGUAGES = ("en", "fr", "es")


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_every_entry_of_the_corpus_reads_well(services: Services, locale: str) -> None:
    """All that the real commands answer about all entries: few pages, short ones, and safe HTML."""
    request = Request(locale, prefix="!")
    asked = [Ask(name) for name in REGISTRY if name != "settings"]
    for name, command in REGISTRY.items():
        if command.options and isinstance(command.options[0].marker, Topic):
            option = command.options[0].name
            asked += [
                Ask(name, {option: value}) for _, value in complete(name, option, "", request, services)
            ]
    for ask in asked:
        reply = await answer(ask, request, services)
        for shown in pages(reply):
            assert Reader(shown.html).wrong == []
            assert size(shown.body) <= 2 * LENGTH, ask
