"""Replies whose texts, lists and choices are longer than a message, for platforms with limits."""

from hypothesis import strategies as st

from bot.reply import Ask, Block, Bullets, Card, Choice, Code, Facts, Link, Links, Paragraph, Reply
from tests.platforms.replies import texts


class Repeated(str):
    """A text many times over, whose representation in a failing test is short."""

    __slots__ = ("_of",)
    _of: tuple[str, int]

    @classmethod
    def of(cls, text: str, times: int) -> "Repeated":
        """That text so many times."""
        made = cls(text * times)
        made._of = (text, times)
        return made

    def __repr__(self) -> str:
        return "{!r} * {}".format(*self._of)


long_texts = st.one_of(
    st.builds(Repeated.of, texts, st.sampled_from([1, 5, 40])),
    st.builds(Repeated.of, st.text(max_size=6).map(lambda text: f"{text} "), st.just(300)),
    st.sampled_from(
        [
            Repeated.of("一句话。", 400),
            Repeated.of("👩‍👩‍👧‍👦 ", 150),
            Repeated.of("Z", 3500),
            Repeated.of("e\u0301", 900),
            Repeated.of("\u0301", 1700),
            Repeated.of("*_~|`<[\\", 250),
            Repeated.of("https://example.org/", 100),
            Repeated.of("https://example.org/ ", 100),
            Repeated.of("مرحبا بالعالم. ", 130),
            Repeated.of("# heading\n\n- item\n\n1. one\n\n> quote\n\n", 15),
            Repeated.of("Sentence one of many. ", 190),
            Repeated.of("```\ncode```\n", 30),
        ]
    ),
)
big_blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, long_texts, st.one_of(texts, long_texts)),
    st.builds(Bullets, st.lists(long_texts, max_size=3).map(tuple), long_texts, st.booleans()),
    st.builds(Facts, st.lists(st.tuples(long_texts, long_texts), max_size=2).map(tuple)),
    st.builds(Links, st.lists(st.builds(Link, texts, long_texts), max_size=3).map(tuple)),
    st.builds(Code, long_texts),
)
asks = st.builds(Ask, st.just("find"), st.dictionaries(st.just("words"), st.text(max_size=90), max_size=1))
many_choices = st.lists(st.builds(Choice, st.one_of(texts, st.text(max_size=120)), asks), max_size=70).map(
    tuple
)
big_cards = st.builds(
    Card,
    title=long_texts,
    label=texts,
    kind=st.sampled_from(["", "summary", "contact"]),
    warning=st.one_of(texts, long_texts),
    blocks=st.lists(big_blocks, max_size=2).map(tuple),
    footer=st.lists(long_texts, max_size=2).map(tuple),
    choices=many_choices,
)
big_replies = st.builds(
    Reply, long_texts, st.lists(big_cards, max_size=2).map(tuple), many_choices, page=st.integers(0, 5)
)
