"""Replies of every shape for the tests of the platforms: by hand, and any that hypothesis can think of."""

from hypothesis import strategies as st

from bot.reply import (
    Ask,
    Block,
    Bullets,
    Card,
    Choice,
    Code,
    Facts,
    Link,
    Links,
    Paragraph,
    Reply,
)

TOPIC = Card(
    title="Nordic model",
    label="Summary · Law",
    blocks=(
        Paragraph(
            "Buying sex is a crime and selling it is not. The book calls it criminalisation by another name:"
            " clients are hurried, places to work are closed and sex workers are watched.",
            "The book · Rights, Not Rescue · Introduction, ¶ 3",
        ),
        Bullets(("Ask who was consulted.", "Ask who pays."), heading="Questions", numbered=True),
        Links((Link("swop.example", "https://swop.example/reports/2012/nordic-model"),)),
    ),
    id="law:nordic-model",
    kind="summary",
    warning="Content note: police violence",
    footer=("A. Author, Rights, Not Rescue · CC BY 4.0",),
    choices=(Choice("Readings on this (2)", Ask("reading", {"topic": "law:nordic-model"})),),
)
CONTACT = Card(
    title="蝴蝶 Butterfly",
    label="Contact",
    blocks=(
        Facts((("Email", "info@butterfly.example"), ("Phone", "+1 416 555 0100"))),
        Paragraph("亚洲和移民性工作者支援网络，为移民性工作者提供支持。", "The article · Contacts"),
    ),
    id="contact:butterfly",
    kind="contact",
    footer=("CC BY-NC 4.0",),
)
REPLY = Reply("Two things stand on the shelf.", (TOPIC, CONTACT), (Choice("All readings", Ask("reading")),))

# Surrogates too: a reader's terminal can send them, and they cannot be encoded.
anything = st.text(max_size=20)
nasty = st.sampled_from(
    [
        "\x1b[2J\x1b]0;owned\x07",
        "\x9b31mred",
        "\u202egnp.exe\u202c",
        "a\u200bb\u2066c\u2069\ufeff",
        "[bold red]markup[/bold red] :smile: [link=file:///]x[/link]",
        "می‌خواهم",
        "क्षेत्र नि ",
        "👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈",
        "e\u0301\u0301\u0301 Z̸̢̛a̷",
        "«\u00a0pour\u00a0»\u202f!",
        "https://example.org/" + "path-" * 15 + "end",
        "(https://example.org/a,b).",
        "反对贩运政策的危害，包括警察突击检查。" * 3,
        "Donaudampfschifffahrtsgesellschaft" * 3,
        "two\r\nlines\x85and\u2028more\n\nparagraph",
        "\ud800 lone",
        "",
    ]
)
texts = st.lists(st.one_of(anything, nasty, st.just(" ")), max_size=3).map(" ".join)
choices = st.lists(st.builds(Choice, texts, st.just(Ask("help"))), max_size=2).map(tuple)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, texts, texts),
    st.builds(Bullets, st.lists(texts, max_size=2).map(tuple), texts, st.booleans()),
    st.builds(Facts, st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
    st.builds(Links, st.lists(st.builds(Link, texts, texts), max_size=2).map(tuple)),
)
codes = st.builds(Code, texts)
cards = st.builds(
    Card,
    title=texts,
    label=texts,
    warning=texts,
    blocks=st.lists(st.one_of(blocks, codes), max_size=3).map(tuple),
    footer=st.lists(texts, max_size=2).map(tuple),
    choices=choices,
)
replies = st.builds(
    Reply, texts, st.lists(cards, max_size=3).map(tuple), choices, page=st.integers(min_value=1, max_value=4)
)


def words(reply: Reply) -> list[str]:
    """Every text of a reply that its reader is to see, however it is drawn."""
    found = [reply.text, *(choice.label for choice in reply.choices)]
    for card in reply.cards:
        found += [card.title, card.label, card.warning, *card.footer, *(c.label for c in card.choices)]
        for block in card.blocks:
            match block:
                case Paragraph(text, source):
                    found += [text, source]
                case Bullets(items, heading):
                    found += [heading, *items]
                case Facts(rows):
                    found += [text for row in rows for text in row]
                case Links(links):
                    found += [text for link in links for text in (link.label, link.url)]
                case Code(text):
                    found.append(text)
    return found
