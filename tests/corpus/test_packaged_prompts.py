"""The prompts of our own corpus: whatever can be the reading of a day has one, and it is fit for a room."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.corpus.check import packaged_seeds, read
from bot.model import Action, Corpus, Note, NoteType, Prompt, Reading

# Sections that say what a document is and how it reached us, and not what it argues: titles, lines around the
# text, contact details, references. They are no reading for a day.
AROUND_THE_TEXT = {
    "source:butterfly-statement#contact",
    "source:can-anti-trafficking-be-rescued#front-matter",
    "source:can-anti-trafficking-be-rescued#footer",
    "source:need-to-work-together#front-matter",
    "source:need-to-work-together#responses",
    "source:not-your-rescue-review#front-matter",
    "source:not-your-rescue-review#references",
    "source:not-your-rescue-review#abstract-page",
}
# What yes or no would answer begins like this.
CLOSED = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)
# What asks somebody to tell about themselves or about somebody they know.
PERSONAL = re.compile(
    r"\byou\b(?! want to (?:know|ask)\b)|\byour(?:s|self)?\b|\b(?:who|anyone|anybody) here\b|\bthis room\b",
    re.IGNORECASE,
)
WORDING = re.compile(
    r"\b(?:prostitutes?|hookers?|illegals|powerful|must-read|heartbreaking|shocking)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read(packaged_seeds())


@pytest.fixture(scope="module")
def prompts(corpus: Corpus) -> dict[str, Prompt]:
    return {item_id: prompt for item_id, prompt in _readable(corpus) if prompt}


def _readable(corpus: Corpus) -> Iterator[tuple[str, Prompt | None]]:
    """Everything that is a reading, an action, a section, a topic, a law or an organisation."""
    for source in corpus.sources:
        yield from ((f"{source.id}#{section.id}", section.prompt) for section in source.sections)
    for entry in corpus.entries:
        match entry:
            case Note(type=NoteType.TOPIC | NoteType.LAW | NoteType.ORGANISATION) | Reading() | Action():
                yield entry.id, entry.prompt


def test_whatever_can_be_the_reading_of_a_day_has_a_prompt(corpus: Corpus) -> None:
    """But for the sections around a text, which are named above, and have none."""
    assert {item_id for item_id, prompt in _readable(corpus) if not prompt} == AROUND_THE_TEXT


def test_every_question_is_open(prompts: dict[str, Prompt]) -> None:
    closed = [each for prompt in prompts.values() for each in prompt.questions if CLOSED.match(each)]
    assert closed == []


def test_no_question_asks_anybody_to_disclose_anything(prompts: dict[str, Prompt]) -> None:
    """They are about ideas: nobody in the room is spoken to about themselves. A title may say “your”."""
    said = [text for prompt in prompts.values() for text in (prompt.why, *prompt.questions)]
    assert [text for text in said if PERSONAL.search(text.replace("Not Your Rescue Project", ""))] == []


def test_prompts_keep_to_the_words_of_the_house(prompts: dict[str, Prompt]) -> None:
    """No hostile word for people, and no praise in place of a reason."""
    said = [text for prompt in prompts.values() for text in (prompt.why, *prompt.questions)]
    assert [text for text in said if WORDING.search(text)] == []


def test_no_two_prompts_say_the_same(prompts: dict[str, Prompt]) -> None:
    said = Counter(text for prompt in prompts.values() for text in (prompt.why, *prompt.questions))
    assert [text for text, times in said.items() if times > 1] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Is rescue an industry?", CLOSED),
        ("Would a raid help?", CLOSED),
        ("What is your experience of raids?", PERSONAL),
        ("What would you do in a raid?", PERSONAL),
        ("Who here has been in one?", PERSONAL),
        ("What do prostitutes want?", WORDING),
    ],
)
def test_a_bad_question_would_be_found(text: str, rule: re.Pattern[str]) -> None:
    assert rule.search(text)
