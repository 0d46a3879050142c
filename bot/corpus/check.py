"""The way into a corpus: a directory of files, or one of them, read and checked as a whole."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot.corpus.build import build
from bot.corpus.consistency import inconsistencies
from bot.corpus.document import Document, read_document
from bot.corpus.explain import explain
from bot.corpus.schema import QuestionWordsFile, SeedFile, ThesaurusFile
from bot.errors import CorpusError, Problem
from bot.model import Corpus

# What these names hold; every other file is a seed file.
MODELS: dict[str, type[BaseModel]] = {
    "thesaurus.yaml": ThesaurusFile,
    "question-words.yaml": QuestionWordsFile,
}


def packaged_seeds() -> Path:
    """The corpus that comes with the program: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def read(path: Path) -> Corpus:
    """Read a directory of seed files with its thesaurus and question words, or a single one of its files.

    A single file is checked against the others in its directory; then only its own problems are reported,
    and the corpus holds only what it defines. Raises `CorpusError` with everything that is wrong.
    """
    whole = path.is_dir()
    documents = [read_document(file) for file in _files(path)]
    asked_for = [document for document in documents if whole or document.path == path]
    problems = list(_misnamed(path)) if whole else []
    models: list[BaseModel] = []
    for document in asked_for:
        try:
            models.append(_validate(document))
        except CorpusError as error:
            problems += error.problems
    taken = {(problem.path, problem.line, problem.column) for problem in problems}
    together = inconsistencies(
        _of(SeedFile, documents), _of(ThesaurusFile, documents), _of(QuestionWordsFile, documents)
    )
    paths = {document.path for document in asked_for}
    problems += [
        problem
        for problem in together
        if problem.path in paths and (problem.path, problem.line, problem.column) not in taken
    ]
    if whole and not problems and not any(isinstance(model, SeedFile) for model in models):
        problems.append(Problem(path, 1, 1, "has no seed files in it (*.yaml)"))
    if problems:
        raise CorpusError(problems)
    return build(
        [model for model in models if isinstance(model, SeedFile)],
        [model for model in models if isinstance(model, ThesaurusFile)],
        [model for model in models if isinstance(model, QuestionWordsFile)],
    )


def _files(path: Path) -> Sequence[Path]:
    """The files of a corpus in the order of their names; the one asked for keeps the path it was given."""
    whole = path.is_dir()
    try:
        found = [file for file in (path if whole else path.parent).iterdir() if _is_visible(file, ".yaml")]
    except OSError as error:
        raise CorpusError([Problem(path, 1, 1, f"cannot be read: {error.strerror}")]) from error
    if not whole:
        found = [file for file in found if file.name != path.name] + [path]
    return sorted(found, key=lambda file: file.name)


def _misnamed(path: Path) -> Iterator[Problem]:
    for file in path.iterdir():
        if _is_visible(file, ".yml"):
            yield Problem(file, 1, 1, "is not read: the name of a seed file ends in .yaml")


def _is_visible(file: Path, suffix: str) -> bool:
    return file.suffix == suffix and not file.name.startswith(".")


def _model(document: Document) -> type[BaseModel]:
    return MODELS.get(document.path.name, SeedFile)


def _of(model: type[BaseModel], documents: Sequence[Document]) -> Sequence[Document]:
    return [document for document in documents if _model(document) is model]


def _validate(document: Document) -> BaseModel:
    """What one file says by itself. Raises `CorpusError`.

    Where reading it has already found a problem, what follows from that is not reported as another.
    """
    if not document.broken:
        try:
            model = _model(document).model_validate(document.value)
        except ValidationError as error:
            taken = {(problem.line, problem.column) for problem in document.problems}
            found = explain(error, _model(document), document)
            document.problems += [one for one in found if (one.line, one.column) not in taken]
        else:
            if not document.problems:
                return model
    raise CorpusError(document.problems)
