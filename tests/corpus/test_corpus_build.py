"""From seed files to the model, and the digest by which a loader knows it again."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.corpus.check import read
from bot.corpus.fingerprint import fingerprint
from bot.model import (
    Action,
    Actor,
    Alias,
    Concept,
    Contact,
    Corpus,
    Kind,
    Name,
    Note,
    NoteType,
    Origin,
    Prompt,
    QuestionWords,
    Reading,
    Statement,
    WorkType,
)

ADDITION = """\
source:
  id: source:ash-2020
  work: {type: report, title: Ash}
  licence: {name: No licence stated, attribution: Ash}
  manifestations: [{title: Ash, note: A copy.}]
  summary:
    short: Short.
    long: Long.
    sections: [{id: all, title: All, text: All of it.}]
also:
  - entry: topic:night-raids
    text: The report counts them.
    from: {source: source:lantern-2019, section: what-to-do, paragraph: 1-2}
    by: the report
"""


def test_every_field_of_a_seed_file_reaches_the_model(corpus_dir: Path) -> None:
    """The documented example, field by field."""
    corpus = read(corpus_dir)
    [source] = corpus.sources
    note, reading, action, contact = corpus.entries
    assert source.id == "source:lantern-2019"
    assert source.work.type is WorkType.POST_WEBLOG
    assert source.work.authors == (Name("Okafor", "Ada"),)
    assert source.work.issued == "2019-03"
    assert source.licence.commercial is True
    assert source.licence.uri == "https://creativecommons.org/licenses/by/4.0/"
    assert [section.id for section in source.sections] == ["the-night-shift", "what-to-do"]
    assert source.manifestations[0].url == "https://lantern.example.org/night-shift"
    assert source.caveats == ("The names in the list of drop-in centres were lost in our copy.",)
    assert source.topics == ("topic:night-raids",)
    assert isinstance(note, Note)
    assert note.type is NoteType.TOPIC
    assert note.aliases[:3] == (
        Alias("night raids", "en"),
        Alias("police raids", "en"),
        Alias("descentes de nuit", "fr"),
    )
    assert isinstance(reading, Reading)
    assert reading.work.issued == "2015"
    assert reading.topics == ("topic:night-raids",)
    assert isinstance(action, Action)
    assert action.actors == (Actor.LAWMAKER,)
    assert action.audience == "The town council"
    assert isinstance(contact, Contact)
    assert contact.emails == ("hello@lantern.example.org",)
    assert contact.phones == ("+1 416-555-0100",)
    assert contact.languages == ("en", "fr")
    assert contact.checked_on == date(2024, 3, 9)
    assert contact.region == ""
    assert not contact.police
    assert source.sections[0].prompt == Prompt(
        "It shows a raid from the side of those who work in the street.",
        ("What would have to be different for help to be felt as help on such a night?",),
    )
    assert reading.prompt is not None
    assert reading.prompt.questions[0] == "What does a street lamp make safer, and for whom?"
    assert len(reading.prompt.questions) == 2
    assert note.prompt is not None
    assert action.prompt is not None
    assert contact.prompt is None
    assert corpus.thesaurus == (
        Concept(
            "raid",
            (
                *(Alias(word, "en") for word in ("raid", "bust", "police operation")),
                *(Alias(word, "fr") for word in ("descente", "rafle")),
                Alias("redada", "es"),
            ),
        ),
    )
    assert corpus.question_words[1] == QuestionWords(
        "fr", (), {Kind.SUMMARY: ("qu'est-ce que",), Kind.READING: (), Kind.ACTION: (), Kind.CONTACT: ()}
    )


def test_an_entry_can_do_without_a_prompt(corpus_dir: Path) -> None:
    """A community may curate none: what has none is found like everything else, and is never drawn."""
    (corpus_dir / "ash.yaml").write_text(ADDITION)
    [ash] = [source for source in read(corpus_dir).sources if source.id == "source:ash-2020"]
    assert [section.prompt for section in ash.sections] == [None]


def test_an_empty_line_parts_paragraphs_and_a_broken_line_does_not(corpus_dir: Path) -> None:
    """A long summary keeps its paragraphs, wherever its editor broke the lines."""
    first, second = read(corpus_dir).sources[0].long.split("\n\n")
    assert first.endswith("lost pay, lost papers, fear of asking for anything.")
    assert second.startswith("It ends with what the author asks")
    assert "\n" not in first + second


def test_what_several_files_say_comes_together_in_one_entry(corpus_dir: Path) -> None:
    """The entry's own statement comes first, also where its file comes last."""
    (corpus_dir / "ash.yaml").write_text(ADDITION)
    corpus = read(corpus_dir)
    statements = {entry.id: entry.statements for entry in corpus.entries}
    assert [statement.origin.source for statement in statements["action:end-night-raids"]] == [
        "source:lantern-2019",
        "source:lantern-2019",
    ]
    assert statements["topic:night-raids"][1] == Statement(
        "The report counts them.", Origin("source:lantern-2019", "what-to-do", "1-2"), "the report"
    )
    assert statements["topic:night-raids"][0].by == "the article"


@pytest.fixture
def corpus(corpus_dir: Path) -> Corpus:
    """Two sources with what was drawn from them, a thesaurus and question words."""
    (corpus_dir / "ash.yaml").write_text(ADDITION)
    return read(corpus_dir)


def test_a_fingerprint_does_not_depend_on_the_order_of_files_and_keys(
    corpus: Corpus, corpus_dir: Path
) -> None:
    """Renaming a file, or moving a block within it, is no reason to load it again."""
    before = fingerprint(corpus)
    (corpus_dir / "ash.yaml").rename(corpus_dir / "zinc.yaml")
    file = corpus_dir / "lantern.yaml"
    top, notes, rest = file.read_text().partition("\nnotes:\n")
    english = "      en: [night raids, police raids]\n"
    french = "      fr: [descentes de nuit]\n"
    assert english + french in rest
    rest = rest.replace(english + french, french + english)
    file.write_text(f"{notes}{rest}\n{top}")
    assert read(corpus_dir) != corpus
    assert fingerprint(read(corpus_dir)) == before


def test_a_fingerprint_is_the_same_everywhere() -> None:
    """It is kept in databases: another machine, run or version of Python must find the same."""
    corpus = Corpus(thesaurus=(Concept("raid", (Alias("夜间突袭", "zh"), Alias("bust", "en"))),))
    assert fingerprint(corpus) == "f0099671e789a097aa67066479c05b5fa73c04ce416a3acbc76c6fb4e7f8307f"


def test_any_change_changes_the_fingerprint(corpus: Corpus) -> None:
    """Of a text, an order that an editor chose, a date, a language, a word."""
    note, reading, action, contact = corpus.entries
    source = corpus.sources[-1]
    assert isinstance(contact, Contact)
    section = replace(source.sections[0], prompt=Prompt("Why not.", ("What then?",)))
    variants = [
        corpus,
        replace(corpus, sources=corpus.sources[1:]),
        replace(corpus, sources=(corpus.sources[0], replace(source, sections=source.sections[::-1]))),
        replace(corpus, sources=(corpus.sources[0], replace(source, short="Shorter."))),
        replace(corpus, sources=(corpus.sources[0], replace(source, sections=(section,)))),
        replace(corpus, entries=(reading, note, action, contact)),
        replace(corpus, entries=(replace(note, title="Raids"), reading, action, contact)),
        replace(corpus, entries=(replace(note, prompt=None), reading, action, contact)),
        replace(corpus, entries=(replace(note, prompt=reading.prompt), reading, action, contact)),
        replace(corpus, entries=(replace(note, statements=note.statements[::-1]), reading, action, contact)),
        replace(corpus, entries=(replace(note, aliases=note.aliases[::-1]), reading, action, contact)),
        replace(corpus, entries=(note, reading, action, replace(contact, checked_on=date(2024, 3, 10)))),
        replace(corpus, entries=(note, reading, action, replace(contact, police=True))),
        replace(corpus, thesaurus=()),
        replace(corpus, question_words=corpus.question_words[:1]),
    ]
    assert len({fingerprint(variant) for variant in variants}) == len(variants)
