"""Names of authors as people type them, and as a seed file has them: nothing is guessed.

A person's name is taken apart where that is certain, since citations begin with the family name. What may
as well be a group's, or has parts of which nobody could say where they belong, is kept as it is typed.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from bot.curation.words import LINE, cleaned

Author = Mapping[str, object]
"""`family` and `given`, or `literal`."""

_GROUP = re.compile(
    r"(?i)^(?:the|le|la|les|el|las|los|der|die|das)\s|\b(?:advoca\w+|agency|alliance|amnesty|asociaci[oó]n|asoc\w+|associat\w+|brigade|campaign|cent(?:er|re|ro)"
    r"|clinic|coalici[oó]n|coalition|coll[ae]ct\w+|colectiv\w+|comit\w+|commission|committee|confederaci\w+"
    r"|council|crew|department|editors?|federaci[oó]n|f[ée]d[ée]ration|foundation|fund|group\w*|grupo|health"
    r"|initiative|institut\w*|international|justice|legal|ministry|movement|mouvement|movimiento|network|nations"
    r"|organi[sz]\w+|parliament|press|project\w*|red|r[ée]seau|research|rights|sex|sindicato|society|solidarity"
    r"|sociedad|support|syndicat|team|trust|unidas|union|united|university|watch|women|workers?|working|world)\b"
)
_INITIAL = r"[^\W\d_]\.(?:-?[^\W\d_]\.)*"
_WORD = r"[^\W\d_][\w'’.-]*"
# Given name, initials, family name: of three or more words nobody knows where the family name begins.
_PERSON = re.compile(rf"({_WORD}(?:\s{_INITIAL})*|{_INITIAL}(?:\s{_INITIAL})*)\s({_WORD})")
_AND = re.compile(r"\s+(?:and|&|et|y|und)\s+|,\s+(?:and|&)\s+")
_BETWEEN = re.compile(r"[;\n]")


def authors_of(text: str, known: Iterable[Author] = ()) -> list[Author]:
    """The authors in a text, parted by semicolons, line ends or `and`. Raises `UnfitError`.

    Those that are `known`, and stand in the text as `written` has them, stay what they are.
    """
    before = {_inverted(author): author for author in known}
    return [before.get(name) or _author(name) for name in _names(text, before)]


def _names(text: str, before: Container[str]) -> Iterator[str]:
    for piece in _BETWEEN.split(text):
        if not (name := cleaned(piece, LINE).strip(" ,")):
            continue
        people = _AND.split(name)
        # “Asian and Migrant Sex Workers Support Network” is one.
        parted = name not in before and all("family" in _author(person) for person in people)
        yield from people if parted else [name]


def _author(name: str) -> Author:
    if name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
        if family and given:
            return {"family": family, "given": given}
    person = _PERSON.fullmatch(name)
    if person and person[2][0].isupper() and person[1][0].isupper() and not _GROUP.search(name):
        return {"family": person[2], "given": person[1]}
    return {"literal": name}


def written(authors: Iterable[Author]) -> str:
    """The authors in a text from which they can be read again."""
    return "; ".join(map(_inverted, authors))


def _inverted(author: Author) -> str:
    parts = (author.get("family"), author.get("given"))
    return str(author.get("literal") or ", ".join(str(part) for part in parts if part))


def spoken(authors: Sequence[Author]) -> str:
    """The authors as a line of attribution names them."""
    return ", ".join(
        str(author.get("literal") or f"{author.get('given', '')} {author['family']}".strip())
        for author in authors
    )
