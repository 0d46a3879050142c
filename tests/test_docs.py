"""The documentation leads where it says, and names only what there is."""

import asyncio
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
from typer.testing import CliRunner

import bot.commands  # noqa: F401 - registers the commands
from bot.cli import cli
from bot.commands.describe import GROUPS, REGISTRY, Services
from bot.commands.dispatch import answer
from bot.commands.request import Request
from bot.corpus.check import packaged_seeds, read
from bot.i18n import LANGUAGES, translator
from bot.platforms.plain import reply_text
from bot.reply import Ask
from bot.settings import PREFIX, Settings, names
from bot.shelf import Shelf
from tests.cli.shop import ROOT

PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "seeds").glob("*.md")})
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?:^|\n)\n((?: {4}.*\n)+)")
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\]\(([^()\s]+)\)")
LEFT_OUT = "[…]"


class Code(NamedTuple):
    """A piece of code in a page: a block with its language, or a few words in a sentence with none."""

    page: Path
    language: str
    text: str


def code(page: Path) -> Iterator[Code]:
    """All code in a page."""
    text = page.read_text(encoding="utf-8")
    yield from (Code(page, language or "text", block) for language, block in FENCED.findall(text))
    prose = FENCED.sub("", text)
    yield from (Code(page, "indented", block) for block in INDENTED.findall(prose))
    yield from (Code(page, "", " ".join(span.split())) for span in SPAN.findall(prose))


def everything() -> list[Code]:
    return [piece for page in PAGES for piece in code(page)]


def command_lines(piece: Code, program: str) -> Iterator[list[str]]:
    """The words after a program's name wherever a line of code runs it, after variables or in a pipe, too."""
    run = re.compile(rf"(?:[A-Z][A-Z0-9_]*=\S+ )*(?:[^\s'\"]*/)?{re.escape(program)}(?: (.*))?")
    for line in piece.text.splitlines():
        for part in re.split(r" (?:\||&&) ", line.strip().removeprefix("$ ")):
            if match := run.fullmatch(part):
                words = shlex.split(match[1] or "", comments=True)
                end = next((at for at, word in enumerate(words) if re.match(r"[<>]", word)), len(words))
                yield words[:end]


def misused(words: list[str], *, whole: bool) -> str:
    """Why `infoshop` would refuse these words; empty where it would not. `whole` asks for all arguments."""
    command: Any = typer.main.get_command(cli)
    given = 0
    rest = iter(words)
    for word in rest:
        if word == "--help":
            return ""
        if word.startswith("-"):
            if why := wrong_option(command, word, rest):
                return why
        elif not hasattr(command, "commands"):
            given += 1
        elif word in command.commands:
            command = command.commands[word]
        else:
            return f"there is no command {word}"
    return wrong_number(command, given, whole=whole)


def wrong_option(command: Any, word: str, rest: Iterator[str]) -> str:  # noqa: ANN401 - typer has no such type
    """What is wrong with an option, whose value is taken from the rest."""
    known = {name: option for option in command.params for name in (*option.opts, *option.secondary_opts)}
    if word not in known:
        return f"there is no option {word}"
    return "" if known[word].is_flag or next(rest, "") else f"{word} needs a value"


def wrong_number(command: Any, given: int, *, whole: bool) -> str:  # noqa: ANN401 - likewise
    """Whether a command has too many arguments, or too few."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    if given > len(arguments):
        return "that is one argument too many"
    missing = hasattr(command, "commands") or given < sum(each.required for each in arguments)
    return "something is missing" if whole and missing else ""


@cache
def headings(page: Path) -> frozenset[str]:
    """The anchors of a page, as GitHub makes them from its headings."""
    lines = FENCED.sub("", page.read_text(encoding="utf-8")).splitlines()
    titles = [line.lstrip("#").strip() for line in lines if re.match(r"#{1,6} ", line)]
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that is there and, where it names a heading, to one."""
    prose = SPAN.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))
    for link in LINK.findall(prose):
        place, _, heading = link.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT), f"{page.name}: {link}"
        assert not heading or heading in headings(target), f"{page.name}: {link}"


def test_no_page_is_lost() -> None:
    """The index leads to everything in the folder that people read."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in LINK.findall(index)}
    files = {*PAGES, *(ROOT / "docs").glob("*.json")} - {ROOT / "docs" / "README.md"}
    assert files <= linked


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        word
        for piece in everything()
        for words in command_lines(piece, "make")
        for word in words
        if "=" not in word
    }
    assert {"run", "test", "bench", "check"} <= named
    assert named <= targets


def test_every_line_for_infoshop_would_be_accepted() -> None:
    """In a block for a shell as it stands; in a sentence the arguments may be left out."""
    seen = 0
    for piece in everything():
        for words in command_lines(piece, "infoshop"):
            seen += 1
            why = misused(words, whole=piece.language in {"sh", "console"})
            assert not why, f"{piece.page.name}: infoshop {shlex.join(words)}: {why}"
    assert seen > 20


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("serve", "no command"),
        ("corpus load seeds", "too many"),
        ("corpus check", "missing"),
        ("db", "missing"),
        ("ask raids --colour", "no option"),
        ("ask raids --kind", "needs a value"),
        ("--config x db backup y --overwrite", ""),
        ("chat --no-color", ""),
        ("--help", ""),
    ],
)
def test_a_wrong_line_would_be_found(line: str, why: str) -> None:
    found = misused(line.split(), whole=True)
    assert why in found
    assert bool(why) == bool(found)


def commands() -> list[list[str]]:
    """Every command of `infoshop`; of a group, those in it."""
    front_door: Any = typer.main.get_command(cli)
    return [
        words
        for name, command in front_door.commands.items()
        for words in ([[name, each] for each in getattr(command, "commands", ())] or [[name]])
    ]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_is_documented_and_explains_itself(command: list[str]) -> None:
    """On the page for operators, and by `--help`."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert f"`infoshop {' '.join(command)}" in page
    assert CliRunner().invoke(cli, [*command, "--help"]).exit_code == 0


def test_every_command_of_the_chat_that_is_named_exists() -> None:
    """`/find raids` and the like, in sentences and in tables; after a group, one of its commands."""
    word = r"((?:[^\W\d_]|-)+)(?![\w/.])"
    pieces = [piece.text for piece in everything() if piece.language == ""]
    found = [match for text in pieces if (match := re.match(rf"/{word}(?: {word})?", text))]
    known = {translator(language).name(name) for language in LANGUAGES for name in (*REGISTRY, *GROUPS)}
    groups = {translator(language).name(name) for language in LANGUAGES for name in GROUPS}
    named = {f"{each[1]} {each[2]}" if each[1] in groups and each[2] else each[1] for each in found}
    assert set(REGISTRY) <= named
    assert named <= {*known, "quit"}


def test_every_setting_that_is_named_exists() -> None:
    """In any page; and the page for operators names all of them."""
    known = set(names())
    for page in PAGES:
        found = set(re.findall(rf"{PREFIX}[A-Z_]+", page.read_text(encoding="utf-8")))
        assert {name.removesuffix("_FILE") for name in found} <= known, page.name
    operating = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    groups = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields if f"{name}." in operating}
    assert {name for name in known - groups if f"`{name}`" not in operating} == set()


def test_every_settings_file_that_is_shown_can_be_read() -> None:
    """Their settings exist, down to those of the groups."""
    known = set(names())

    def variables(settings: Mapping[str, Any], before: str = PREFIX) -> Iterator[str]:
        for name, given in settings.items():
            yield before + name.upper()
            if isinstance(given, dict):
                yield from variables(given, f"{before}{name.upper()}__")

    for piece in everything():
        if piece.language == "toml":
            assert set(variables(tomllib.loads(piece.text))) <= known, piece.page.name


def test_every_module_that_is_run_exists() -> None:
    modules = {
        words[1]
        for piece in everything()
        for words in command_lines(piece, "python")
        if len(words) > 1 and words[0] == "-m"
    }
    assert {"bot.commands", "bot.locales"} <= modules
    assert all(importlib.util.find_spec(module) for module in modules)


def test_the_examples_of_the_readme_are_what_is_answered() -> None:
    """Word for word, whatever the width, from one `[…]` to the next; if not, ask again and copy."""
    shown = [piece.text for piece in code(ROOT / "README.md") if piece.language == "console"]
    assert len(shown) == 2
    shelf = Shelf.of(read(packaged_seeds()))
    try:
        for example in shown:
            asked, _, output = example.partition("\n")
            _, words = shlex.split(asked.removeprefix("$ infoshop "))
            reply = asyncio.run(answer(Ask("find", {"words": words}), Request(), Services(shelf, "")))
            answered = " ".join(reply_text(reply, Request().tr).split())
            pieces = [re.escape(" ".join(piece.split())) for piece in output.split(LEFT_OUT)]
            assert re.fullmatch(" ?.*? ?".join(pieces), answered), f"no longer answered:\n{example}"
    finally:
        shelf.close()
