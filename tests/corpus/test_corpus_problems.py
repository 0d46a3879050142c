"""One broken file for each kind of mistake: the checker names its exact place and says what to do."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from bot.corpus import document
from bot.corpus.check import read
from bot.errors import CorpusError

# In a case, these stand right before the place of the problem, and before a place that the sentence mentions.
HERE, THERE = "▸", "▹"


class Case(NamedTuple):
    """An edit of the documented seed file, the sentence it earns, and a second edit if it takes two."""

    old: str
    new: str
    sentence: str
    second: tuple[str, str] = ("", "")


LONG = "word " * 97
CASES = {
    "missing locator": Case(
        "notes:\n  - id: topic:night-raids\n",
        "notes:\n  - ▸id: topic:nowhere\n    title: Nowhere\n    aliases: {fr: [nulle part]}\n"
        "    text: Nothing.\n    by: nobody\n  - id: topic:night-raids\n",
        "missing `from`: every entry needs the place it was drawn from",
    ),
    "unknown source": Case(
        "from: {section: what-to-do, paragraph: 2}",
        "from: {source: ▸source:lantern-2018, section: what-to-do, paragraph: 2}",
        "no source has the id `source:lantern-2018`; did you mean `source:lantern-2019`?",
    ),
    "unknown section": Case(
        "{section: what-to-do, paragraph: 2}",
        "{section: ▸what-to-doo, paragraph: 2}",
        "`source:lantern-2019` has no section `what-to-doo`; did you mean `what-to-do`?",
    ),
    "unknown topic": Case(
        "  topics: [topic:night-raids]\n  summary",
        "  topics: [topic:night-raids, ▸topic:night-raid]\n  summary",
        "no note has the id `topic:night-raid`; did you mean `topic:night-raids`?",
    ),
    "unknown entry": Case(
        "  - entry: action:end-night-raids",
        "  - entry: ▸action:xyz",
        "no entry has the id `action:xyz`",
    ),
    "addition to a document": Case(
        "  - entry: action:end-night-raids",
        "  - entry: ▸source:lantern-2019",
        "`source:lantern-2019` is not the id of an entry: its kind, a colon and a name in small letters, "
        "digits and single hyphens",
    ),
    "id of the wrong kind": Case(
        "- id: reading:moreau-2015",
        "- id: ▸book:moreau-2015",
        "`book:moreau-2015` is not the id of a reading: `reading:` and a name in small letters, digits and "
        "single hyphens",
    ),
    "month 13": Case(
        "issued: 2019-03",
        "issued: ▸2019-13",
        "`2019-13` is not a date in the calendar: month must be in 1..12",
    ),
    "words for a date": Case(
        "issued: 2019-03",
        "issued: ▸last spring",
        "`last spring` is not a date such as 2007, 2012-01 or 2012-01-25",
    ),
    "30 February": Case(
        "checked_on: 2024-03-09",
        "checked_on: ▸2024-02-30",
        "`2024-02-30` is not a date in the calendar: day is out of range for month",
    ),
    "a year is not a day": Case(
        "checked_on: 2024-03-09", "checked_on: ▸2024", "`2024` is not a date such as 2012-01-25"
    ),
    "checked in the future": Case(
        "checked_on: 2024-03-09", "checked_on: ▸2999-03-09", "`2999-03-09` lies in the future"
    ),
    "script for an address": Case(
        "urls: [https://lantern.example.org]",
        'urls: [▸"javascript:alert(1)"]',
        "`javascript:alert(1)` is not a web address: it must begin with `https://` or `http://` and have no "
        "spaces",
    ),
    "address without a host": Case(
        "urls: [https://lantern.example.org]",
        'urls: [▸"https://:80"]',
        "`https://:80` is not a web address: Input should be a valid URL, empty host",
    ),
    "list never closed": Case(
        "topics: [topic:night-raids]\n  summary:",
        "topics: ▸[topic:night-raids\n  summary:",
        "this `[` is never closed with `]`",
    ),
    "block never closed": Case(
        "from: {section: what-to-do, paragraph: 4}",
        "from: ▸{section: what-to-do, paragraph: 4",
        "this `{` is never closed with `}`",
    ),
    "quotation never closed": Case(
        "from: {section: what-to-do, paragraph: 4}\n    by: the article",
        "from: {section: what-to-do, paragraph: 4}\n    by: ▸'the article",
        "this quotation mark is never closed",
    ),
    "quotation closed too early": Case(
        "    audience: The town council",
        "    audience: 'The town'▸s council'",
        document.OUT_OF_LINE,
    ),
    "colon in a text": Case(
        "    title: Raids at night",
        "    title: Raids▸: at night",
        "a colon and a space begin a value, and none can stand here; put the text in quotes or check the "
        "indentation",
    ),
    "wrong indentation": Case(
        "    by: the article\n    emails", "   ▸by: the article\n    emails", document.OUT_OF_LINE
    ),
    "text for a list": Case(
        "    topics: [topic:night-raids]\n    actors",
        "    topics: ▸topic:night-raids\n    actors",
        "`topics` must be a list of `- ` items, not text",
    ),
    "number for a text": Case(
        "    title: Raids at night",
        "    title: ▸1984",
        "`title` must be text, not a number; put it in quotes",
    ),
    "block for a text": Case(
        "    text: A place to rest, and to ask about rights at work.",
        "    text:\n      ▸a place: to rest",
        "`text` must be text, not a block of keys; a text with a colon in it goes in quotes",
    ),
    "text for an entry": Case(
        "actions:\n",
        "actions:\n  - ▸end raids\n",
        "item 1 of `actions` must be a block of `key: value` lines, not text",
    ),
    "yes for true": Case(
        "commercial: true",
        "commercial: ▸yes",
        "`commercial` must be `true` or `false`, not text; write it without quotes, and not `yes` or `no`",
    ),
    "too many words": Case(
        "    text: A place to rest, and to ask about rights at work.",
        f"    text: ▸{LONG}",
        "`text` has 97 words; at most 90 fit",
    ),
    "too many characters": Case(
        "    audience: The town council",
        f"    audience: ▸{'x' * 251}",
        "`audience` has 251 characters; at most 250 fit",
    ),
    "several lines": Case(
        "    audience: The town council",
        "    audience: ▸|\n      The town\n      council",
        "`audience` runs over several lines; write it on one",
    ),
    "too much said of a note": Case(
        "also:\n",
        f"also:\n  - entry: topic:night-raids\n    text: ▸{'word ' * 80}\n"
        "    from: {section: what-to-do}\n    by: the article\n",
        "`topic:night-raids` has 101 words with lantern.yaml:{line}:{column}; at most 90 fit",
        ("    text: >-\n      The author holds", "    text: ▹>-\n      The author holds"),
    ),
    "not an email address": Case(
        "emails: [hello@lantern.example.org]",
        "emails: [▸hello at lantern]",
        "`hello at lantern` is not an email address: An email address must have an @-sign.",
    ),
    "national phone number": Case(
        '"+1 416 555 0100"',
        '▸"416 555 0100"',
        "`416 555 0100` is not a phone number in international form, such as +1 416 555 0100",
    ),
    "phone number too short": Case(
        '"+1 416 555 0100"',
        '▸"+1 416"',
        "`+1 416` is not a possible phone number: too long or too short for its country",
    ),
    "no way to reach it": Case(
        "contacts:\n",
        "contacts:\n  - ▸id: contact:nobody\n    title: Nobody\n    aliases: {fr: [personne]}\n"
        "    text: Gone.\n    from: {section: what-to-do}\n    by: nobody\n    checked_on: 2024-03-09\n"
        "    checked_in: nowhere\n",
        "`contact:nobody` has no `emails`, `phones` or `urls`: there is no way to reach it",
    ),
    "misspelt key": Case(
        "    audience: The town council",
        "    audience: The town council\n    ▸caveats: none",
        "`caveats` is not a known key; did you mean `caveat`?",
    ),
    "unheard-of key": Case(
        "section: what-to-do, paragraph: 4}",
        "section: what-to-do, ▸colour: red}",
        "`colour` is not a known key; known here are `source`, `section`, `paragraph`",
    ),
    "key given twice": Case(
        "    audience: The town council",
        "    ▹audience: The town council\n    ▸audience: {no: one}",
        "`audience` is given twice; the first stands on line {line}",
    ),
    "none of a few": Case(
        "actors: [lawmaker]",
        "actors: [▸lawmakers]",
        "`lawmakers` is not one of `anyone`, `ally`, `service-provider`, `researcher`, `lawmaker`, "
        "`movement`; did you mean `lawmaker`?",
    ),
    "no author's name": Case(
        "        given: Ada\n",
        "        given: Ada\n      - ▸given: Eve\n",
        "item 2 of `authors` needs either `family` (and `given`), or `literal` for a group",
    ),
    "nothing after a key": Case("    title: Raids at night", "    title:▸", "`title` is empty"),
    "nothing after a key that can be left out": Case(
        "    languages: [en, fr]", "    languages:▸", "`languages` is empty; write something, or leave it out"
    ),
    "empty text": Case("    title: Raids at night", '    title: ▸""', "`title` is empty"),
    "empty list": Case("actors: [lawmaker]", "actors: ▸[]", "`actors` needs at least one item"),
    "paragraph zero": Case(
        "paragraph: 4}",
        "paragraph: ▸0}",
        "`0` is not the number of a paragraph such as 3, nor a range such as 3-4",
    ),
    "range upside down": Case(
        "paragraph: 2-3}", "paragraph: ▸3-2}", "`3-2` is not a range from a lower to a higher number"
    ),
    "language by its name": Case(
        "fr: [descentes de nuit]",
        "▸French: [descentes de nuit]\n      fr: [descentes de nuit]",
        "`French` is not a language tag such as `en`, `fr` or `zh-Hans`",
    ),
    "language left out": Case(
        "    aliases:\n      en: [night raids, police raids]\n      fr: [descentes de nuit]\n",
        "    aliases:\n      ▸en: [night raids, police raids]\n",
        "`topic:night-raids` has no alias in fr",
    ),
    "alias given twice": Case(
        "en: [night raids, police raids]",
        "en: [▹night raids, ▸Night  raids]",
        "`Night  raids` stands in this list already, at lantern.yaml:{line}:{column}",
    ),
    "an alias": Case(
        "    audience: The town council",
        "    audience: ▸*council",
        "`*` before a text makes an alias of it, which is not used here; put the text in quotes",
    ),
    "an anchor": Case(
        "    audience: The town council",
        "    audience: ▸&council the council",
        "`&` before a text makes an anchor, which is not used here; put the text in quotes",
    ),
    "a tag": Case(
        "    audience: The town council",
        "    audience: ▸!!python/name:os.system council",
        "`!` before a text makes a tag of it, which is not used here; put the text in quotes",
    ),
    "an emphasis": Case(
        "    audience: The town council",
        "    audience: *the▸* council",
        "no text can begin with `*` or `&`; put the text in quotes",
    ),
    "an at-sign": Case(
        "    audience: The town council",
        "    audience: ▸@council",
        "no text can begin with this character (nor a line with a tab); put the text in quotes",
    ),
    "an invisible character": Case(
        "The town council",
        "The▸\u2028town council",
        "an invisible character (U+2028) stands here; delete it",
    ),
    "an escaped invisible character": Case(
        "The town council", '▸"The \\e town"', "this text holds an invisible character (U+001B); leave it out"
    ),
    "a mapping for a key": Case(
        "    audience: The town council",
        "    ▸{audience}: The town council",
        "a key must be plain words; if this is a text, put the text in quotes",
    ),
    "nothing to ask": Case(
        'questions: ["Which of the demands would cost the council least, and which would change most?"]',
        "questions: ▸[]",
        "`questions` needs at least one item",
    ),
    "a reason without a question": Case(
        '\n          questions: ["Which of the demands would cost the council least, and which would change '
        'most?"]\n',
        "\n",
        "missing `questions`: one to three open questions of at most 45 words each",
        ("          why: It turns", "          ▸why: It turns"),
    ),
    "too much to ask": Case(
        'questions: ["Who is asked, and who is not, when a town decides whether a raid did any good?"]',
        'questions: ▸["Who?", "What?", "Where?", "Why?"]',
        "`questions` has 4 items; at most 3 fit",
    ),
    "no question": Case(
        "- What does a street lamp make safer, and for whom?",
        "- ▸Think about street lamps.",
        "`Think about street lamps.` is not a question: it must end with a question mark",
    ),
    "a long question": Case(
        "- What does a street lamp make safer, and for whom?",
        f"- ▸{'what ' * 46}?",
        "item 1 of `questions` has 47 words; at most 45 fit",
    ),
    "a long reason": Case(
        "why: It turns a description into demands that a council can vote on.",
        f"why: ▸{'so ' * 31}",
        "`why` has 31 words; at most 30 fit",
    ),
    "a reason of several paragraphs": Case(
        "why: It turns a description into demands that a council can vote on.",
        "why: ▸>-\n            One.\n\n            Two.",
        "`why` runs over several lines; write it on one",
    ),
    "a question asked twice": Case(
        "        - What does a street lamp make safer, and for whom?\n",
        "        - ▹What does a street lamp make safer, and for whom?\n"
        "        - ▸what does a street lamp make safer, and for whom?\n",
        "`what does a street lamp make safer, and for whom?` stands in this list already, at"
        " lantern.yaml:{line}:{column}",
    ),
    "a question asked twice of a section": Case(
        "            - What would have to be different for help to be felt as help on such a night?\n",
        "            - ▹What for?\n            - ▸What for?\n",
        "`What for?` stands in this list already, at lantern.yaml:{line}:{column}",
    ),
    "a prompt for a contact": Case(
        "    emails: [hello@lantern.example.org]",
        '    ▸prompt: {why: To call., questions: ["Why?"]}\n    emails: [hello@lantern.example.org]',
        "`prompt` is not a known key; known here are `text`, `from`, `by`, `title`, `aliases`, `topics`, "
        "`content_note`, `caveat`, `id`, `emails`, `phones`, `urls`, `region`, `languages`, `checked_on`, "
        "`checked_in`, `police`",
    ),
    "a prompt for a person": Case(
        "notes:\n  - id: topic:night-raids\n",
        "notes:\n  - id: person:okafor\n    title: Ada Okafor\n    text: The author.\n    by: nobody\n"
        '    from: {section: what-to-do}\n    ▸prompt: {why: To know., questions: ["Who?"]}\n'
        "  - id: topic:night-raids\n",
        "`person:okafor` is never the reading of a day: of notes, only topics, laws and organisations have a "
        "prompt",
    ),
    "a second document": Case(
        "    from: {section: what-to-do, paragraph: 4}\n    by: the article\n",
        "    from: {section: what-to-do, paragraph: 4}\n    by: the article\n▸---\n",
        "a second document begins here; a file holds one",
    ),
    "nested too deep": Case(
        "    audience: The town council",
        f"    audience: {'[' * 30}▸{'[' * 5000}",
        "this is nested more than 32 levels deep",
    ),
}


def place(marked: str, mark: str) -> tuple[int, int]:
    """Line and column of a mark, as if no mark were there."""
    before = marked[: marked.index(mark)].replace(HERE, "").replace(THERE, "")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.fixture(params=sorted({yaml.SafeLoader.__name__, document.LOADER.__name__}))
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML: the one in C and the one for where that was not built."""
    monkeypatch.setattr(document, "LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_mistake_is_reported_where_it_stands(case: Case, corpus_dir: Path) -> None:
    file = corpus_dir / "lantern.yaml"
    marked = file.read_text()
    for old, new in ((case.old, case.new), case.second):
        assert not old or marked.count(old) == 1
        marked = marked.replace(old, new) if old else marked
    file.write_text(marked.replace(HERE, "").replace(THERE, ""))
    line, column = place(marked, THERE) if THERE in marked else (0, 0)
    sentence = case.sentence.replace("{line}", str(line)).replace("{column}", str(column))
    with pytest.raises(CorpusError) as raised:
        read(corpus_dir)
    line, column = place(marked, HERE)
    assert str(raised.value) == f"{file}:{line}:{column}: {sentence}"
