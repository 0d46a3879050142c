"""How well an item answers a question: how much of it the item covers, and in how prominent a place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.model import Kind
from bot.search.indexed import Indexed, Name
from bot.search.question import Part, Question
from bot.search.terms import Terms

_COVERAGE, _NAMING = 0.4, 0.6
_BEGUN = 0.75  # how nearly a question names what has a name that begins like it
_WHOLE = 0.99  # how nearly a question is a title that has all its words
_ALIKE = 0.15  # the share of what two items are filed under from which on they are alike
_ADDRESSED = 0.3  # how nearly a question names a contact that it is given
_SELF = 0.75  # the strength with which a proper name is that of the contact, and not only mentioned there
_CUED = 0.04  # what it adds to be of the kind that the words ask for
_WORDS = 12  # words of a question whose postings are read
_COMMON = 3  # common ones among them
_COMPARED = 50  # items whose names are compared with the question
_SUBJECTS = 3  # subjects of one question that are answered side by side, at most
_SUBJECT = 0.25  # the share of a question from which on its rest may be a subject of its own
_COVERED = 0.5  # the strength from which on a part of a question counts as answered
_NAMED = 0.7  # how nearly the rest of a question must name an item to be a subject


@dataclass(frozen=True, slots=True)
class Match:
    """An item beside a question. All measures lie between 0 and 1.

    `coverage` is how much of the question the item covers, `naming` how nearly the question is one of
    its names and `titled` whether it is the first of them. `covered` has the strength with which each
    part of the question was found.
    """

    item: Indexed
    coverage: float
    naming: float
    covered: tuple[float, ...]
    titled: bool
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What covers some of a question: the best item for each of its subjects, then the others, best first."""

    leading: tuple[Match, ...]
    others: tuple[Match, ...]


def joint_coverage(question: Question, together: Sequence[Match]) -> float:
    """How much of a question some items cover together."""
    strongest = [max(strengths) for strengths in zip(*(match.covered for match in together), strict=True)]
    return _share(question, strongest) if strongest else 0.0


def _candidates(index: Terms, question: Question, kinds: frozenset[Kind]) -> list[int]:
    """The items worth comparing: those that hold its rarest words, or several of its common ones.

    Only postings are read for this. Those come first that are known to hold most of the question.
    """
    parts = [part for part in question.parts if part.terms and part.importance]
    parts.sort(key=lambda part: sum(map(index.frequency, part.terms)))
    held: dict[int, int] = {}

    def note(numbers: Iterable[int], mask: int) -> None:
        for number in numbers:
            held[number] = held.get(number, 0) | mask

    common = [(1 << place, part) for place, part in enumerate(parts) if index.is_common(part.terms)][:_COMMON]
    for place, part in enumerate(parts[: _WORDS - len(common)]):
        if not index.is_common(part.terms):
            note(index.holding([part.terms], kinds), 1 << place)
    if common:
        note(index.holding([part.terms for _, part in common], kinds), sum(bit for bit, _ in common))
        for bit, part in common:
            note(index.holding([part.terms], kinds, "name"), bit)
        for (one, part), (two, other) in combinations(common, 2):
            note(index.holding([part.terms, other.terms], kinds), one | two)
    worth = {
        mask: sum(part.importance for place, part in enumerate(parts) if mask >> place & 1)
        for mask in set(held.values())
    }
    return sorted(held, key=lambda number: (-worth[held[number]], number))[: index.depth]


def _matches(index: Terms, question: Question, kinds: frozenset[Kind]) -> list[Match]:
    """What covers some of the question, best first."""
    begun = index.beginning(question.text)
    rough = []
    for item in index.items({*_candidates(index, question, kinds), *begun}):
        if item.kind in kinds:
            covered = tuple(_strength(part, item) for part in question.parts)
            coverage = _share(question, covered)
            if coverage or item.number in begun:
                rough.append((begun.get(item.number, 0.0), coverage, item, covered))
    # Comparing names is dear, and an item that covers little of a question cannot be named by it.
    rough.sort(key=lambda row: (row[0], row[1], row[2].weight), reverse=True)
    asked = Asked(question)
    found = [
        _match(asked, item, covered, coverage, share) for share, coverage, item, covered in rough[:_COMPARED]
    ]
    return sorted(
        (match for match in found if _may_be_given(question, match)),
        key=lambda match: (-match.score, not match.titled, match.item.number),
    )


def _may_be_given(question: Question, match: Match) -> bool:
    """A contact is given to who names it, at least in part, and never to who names another one."""
    if match.item.kind is not Kind.CONTACT:
        return True
    parts = zip(question.parts, match.covered, strict=True)
    return match.naming >= _ADDRESSED and not any(
        part.proper and strength < _SELF for part, strength in parts
    )


def _match(asked: "Asked", item: Indexed, covered: tuple[float, ...], coverage: float, begun: float) -> Match:
    naming = asked.naming(item)
    if begun:  # the question is the name, or the beginning of one: then its last word may be unfinished
        finished = _BEGUN + (1 - _BEGUN) * begun
        naming, coverage = max(naming, finished), max(coverage, finished)
    score = _COVERAGE * coverage + _NAMING * naming
    if item.kind in asked.question.cues:
        score += _CUED
    titled = naming == 1 and asked.is_title(item)
    return Match(item, coverage, naming, covered, titled, min(1.0, score))


def compare(question: Question, item: Indexed) -> Match:
    """An item beside a question, however the item was found."""
    covered = tuple(_strength(part, item) for part in question.parts)
    return _match(Asked(question), item, covered, _share(question, covered), 0.0)


def _strength(part: Part, item: Indexed) -> float:
    best = 0.0
    for term, confidence in part.terms.items():
        if confidence > best:
            best = max(best, confidence * item.holds(term))
    return best


def _share(question: Question, covered: Iterable[float]) -> float:
    total = question.importance
    parts = zip(question.parts, covered, strict=True)
    return sum(part.importance * strength for part, strength in parts) / total if total else 0.0


class Asked:
    """A question laid out to be compared with many names."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._terms: dict[str, list[tuple[int, float]]] = {}
        for number, part in enumerate(question.parts):
            for term, confidence in part.terms.items():
                self._terms.setdefault(term, []).append((number, confidence))

    def naming(self, item: Indexed) -> float:
        """How nearly the question is one of the item's names."""
        return max(map(self._naming, item.names_with(self._terms)), default=0.0)

    def is_title(self, item: Indexed) -> bool:
        """Whether the question is the item's title: an author's name is that of works, too."""
        return self._naming(item.title) > _WHOLE

    def _naming(self, name: Name) -> float:
        """The harmonic mean of how much the question covers of a name, and the name of the question."""
        hit = [0.0] * len(self.question.parts)
        met: dict[int, float] = {}
        for term in name.places.keys() & self._terms.keys():
            for number, confidence in self._terms[term]:
                hit[number] = max(hit[number], confidence)
                for place in name.places[term]:
                    met[place] = max(met.get(place, 0.0), confidence)
        of_question = _share(self.question, hit)
        # In the order of the words, as their weight was added up: so a name that is met whole is met by 1.
        of_name = sum(name.weights[place] * met[place] for place in sorted(met)) / name.weight
        return 2 * of_question * of_name / (of_question + of_name) if of_question else 0.0


def rank(index: Terms, question: Question, kinds: frozenset[Kind]) -> Ranking:
    """What covers some of the question, best first; an item for each of its subjects if none has all."""
    ranked = _matches(index, question, kinds)
    leading = ranked[:1]
    while leading and len(leading) < _SUBJECTS:
        rest = Question(
            "",
            tuple(
                part
                for number, part in enumerate(question.parts)
                if part.terms
                and part.importance
                and max(match.covered[number] for match in leading) < _COVERED
            ),
            frozenset(),
        )
        if not rest.parts or rest.importance < _SUBJECT * question.importance:
            break
        asked = Asked(rest)
        others = [(asked.naming(match.item), match) for match in ranked if match not in leading]
        naming, best = max(others, key=lambda pair: (pair[0], pair[1].score), default=(0.0, None))
        if best is None or naming < _NAMED:
            break
        leading.append(best)
    return Ranking(tuple(leading), tuple(match for match in ranked if match not in leading))


def alike(index: Terms, question: Question, kinds: frozenset[Kind]) -> list[tuple[Indexed, float]]:
    """What is filed most like the thing that a question names after a word for likeness, best first."""
    named = index.beginning(question.like)
    for model in index.items(number for number, share in named.items() if share == 1):
        filed = frozenset(model.topics.split())
        others = [
            (item, frozenset(item.topics.split()))
            for item in index.items(index.holding([filed], kinds, "topic"))
        ]
        likeness = [(item, len(topics & filed) / len(topics | filed)) for item, topics in others]
        found = sorted(likeness, key=lambda pair: (-pair[1], pair[0].number))
        return [(item, share) for item, share in found if item is not model and share >= _ALIKE]
    return []
