"""A digest by which a loader knows whether a corpus says anything new."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from bot.model import Alias, AnyEntry, Concept, Corpus, QuestionWords, Source


def fingerprint(corpus: Corpus) -> str:
    """The SHA-256 of what a corpus says, in hexadecimal.

    What only files and keys put in order makes no difference: sources, concepts, languages. What an editor
    puts in order does: sections, entries of a source, statements, topics, the aliases of a language.
    """
    content = [
        [_plain(source) for source in sorted(corpus.sources, key=lambda source: source.id)],
        [
            _plain(entry)
            for entry in sorted(corpus.entries, key=lambda entry: entry.statements[0].origin.source)
        ],
        [_plain(concept) for concept in sorted(corpus.thesaurus, key=lambda concept: concept.id)],
        [_plain(words) for words in sorted(corpus.question_words, key=lambda words: words.language)],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(item: Source | AnyEntry | Concept | QuestionWords) -> dict[str, object]:
    plain = asdict(item)
    for key in ("aliases", "words"):
        if key in plain:
            plain[key] = _by_language(getattr(item, key))
    return {"is": type(item).__name__, **plain}


def _by_language(aliases: Sequence[Alias]) -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for alias in aliases:
        languages.setdefault(alias.language, []).append(alias.text)
    return languages
