"""Nobody's words and nobody's name stay behind: not in a table, not in a file, not in the log.

Every command is given with words that no text contains, by a reader whose name is such a word, too, and
everything that is left afterwards is searched for them.
"""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pexpect
import pytest

import bot.commands  # noqa: F401 - registers the commands
from bot.commands.describe import REGISTRY, Command, Document, Topic
from tests.cli.shop import SCRIPT, Shop, fingerprints, write_corpus

CANARY = "zqkanarie"
"""It stands in every word that must not stay, wherever the word comes from."""

# Reports, to a file outside of what is searched, whatever may leave something behind or tell somebody.
WATCH = """
import os, sys
report = os.open(os.environ["WATCH"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
others = {"sqlite3.connect", "socket.connect", "socket.sendto", "socket.getaddrinfo", "subprocess.Popen",
          "os.system", "os.rename", "os.link", "os.symlink", "os.mkdir", "syslog.syslog", "shutil.move"}
def watch(event, arguments):
    place = arguments[0] if arguments else ""
    if event == "open" and (isinstance(place, int) or not (arguments[2] or 0) & writing):
        return  # a number is what an earlier opening returned
    if event == "open" or event in others:
        place = os.fsdecode(place) if isinstance(place, (str, bytes, os.PathLike)) else str(arguments)
        os.write(report, f"{event} {place}\\n".encode("utf-8", "replace"))
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Watched:
    """A place to run `infoshop` in, with somebody who watches what it does."""

    shop: Shop
    home: Path
    report: Path

    def leaks(self, said: str) -> list[str]:
        """Everything that gives a reader away, in what was left and in what was logged."""
        return [*self._in_text(said), *self._in_files(), *self._in_tables(), *self._elsewhere()]

    def _in_text(self, said: str) -> Iterator[str]:
        yield from (f"log: {line}" for line in said.splitlines() if CANARY in line.casefold())

    def _in_files(self) -> Iterator[str]:
        forms = [CANARY.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
        for folder in (self.shop.data, self.home, self.shop.cwd, self.shop.temporary):
            for path in folder.rglob("*"):
                if CANARY in str(path.relative_to(folder)).casefold():
                    yield f"name: {path}"
                if path.is_file() and any(form in path.read_bytes().lower() for form in forms):
                    yield f"file: {path}"

    def _in_tables(self) -> Iterator[str]:
        with closing(sqlite3.connect(self.shop.database)) as connection:
            yield from (f"table: {row}" for row in connection.iterdump() if CANARY in row.casefold())

    def _elsewhere(self) -> Iterator[str]:
        """Files outside of the data folder, other databases, other processes, the network."""
        for line in sorted(set(self.report.read_text().splitlines())):
            event, _, place = line.partition(" ")
            ours = place.startswith(str(self.shop.data)) or place in {os.devnull, ":memory:"}
            # What Python keeps of modules, and what measures coverage, has nothing to do with readers.
            tools = "__pycache__" in place or ".coverage" in place
            if not tools and not (ours and event in {"open", "sqlite3.connect", "os.rename"}):
                yield f"elsewhere: {line}"


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A database with the small corpus in it, to copy."""
    base = tmp_path_factory.mktemp("loaded")
    shop = Shop(base, write_corpus(base / "seeds"))
    done = shop.run("corpus", "load")
    assert done.returncode == 0, done.stderr
    return shop


@pytest.fixture
def watched(loaded: Shop, tmp_path: Path) -> Watched:
    """A loaded corpus, and a reader whose name and home are canaries, with the log at its most talkative."""
    (hook := tmp_path / "hook").mkdir()
    (hook / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "watch").touch()
    reader = f"{CANARY}reader"
    (home := tmp_path / f"home-of-{reader}").mkdir()
    about_reader = {"HOME": str(home), "USER": reader, "LOGNAME": reader, "HOSTNAME": f"{CANARY}host"}
    settings = {"PYTHONPATH": str(hook), "WATCH": str(tmp_path / "watch"), "INFOSHOP_LOG_LEVEL": "debug"}
    shop = Shop(tmp_path / "shop", loaded.seeds, {**settings, **about_reader})
    shop.data.mkdir()
    shutil.copy(loaded.database, shop.database)
    return Watched(shop, home, tmp_path / "watch")


KNOWN = ("night raids", "moreau", "end raids at night", "lantern", "lantern 2019")
NEARLY = ("nigth raidz", "morau", "lantren", "en raids")
HOSTILE = (
    '"',
    "' OR 1=1 --",
    "title:* NEAR(",
    "<b>&amp;",
    "\\x00\\u202e",
    "%s {0} $(id)",
    "\t\x1b[31m",
    "夜间突袭",
)


# Whoever gives one of these wants what is typed to be kept, or a file to be written.
KEEPING = {
    name
    for name, command in REGISTRY.items()
    if name in {"suggest", "post", "privacy export"} or command.group in {"shelf", "review"}
}
# Ways to give them in which nothing comes of it.
IN_VAIN = (
    "/shelf list CANARY",
    *(f"/shelf {name} CANARY" for name in ("edit", "remove", "restore", "history", "checked", "hide")),
    "/shelf unhide CANARY",
    "/shelf import CANARY.yaml",
    "/shelf transfer CANARY",
    '/shelf add reading title:"CANARY night" link:CANARY',
    '/shelf add contact title:CANARY text:CANARY reach:"bit.ly/CANARY"',
    "/stop",
    "/shelf add note",
    "CANARY title",
    "CANARY text",
    "/stop",
    "/suggest reading title:CANARY text:CANARY",
    *(f"/review {name} CANARY" for name in ("approve", "edit", "decline")),
    "/post CANARY",
    "/post CANARY note:CANARY",
    "/post preview:CANARY",
)


def words(number: int) -> str:
    """A canary of its own for every question, so that none is answered from what another left behind."""
    return f"{CANARY}{number:04}"


def lines() -> Iterator[str]:
    """What a reader could type: every command with every option, known things, near misses, nonsense."""
    numbers = iter(range(10_000))
    yield f"{words(next(numbers))} night raids"
    for command in REGISTRY.values():
        if command.name in KEEPING:
            continue
        for line in _lines_for(command):
            yield line.replace("CANARY", words(next(numbers)))
        for language in ("fr", "es", "en"):
            yield f"/settings {language}"
            yield f"/{command.name} {words(next(numbers))}"
    for line in (
        "/CANARY",
        "/fnd CANARY",
        "/CANARYfind raids",
        "/find",
        "/ CANARY",
        "1",
        "more",
        "",
        "99 CANARY",
    ):
        yield line.replace("CANARY", words(next(numbers)))


def _lines_for(command: Command) -> Iterator[str]:
    name = f"/{command.name}"
    yield from (
        name,
        f"{name} CANARY",
        f"{name} {'CANARY ' * 60}",
        f"{name} --CANARY CANARY",
        f"{name} CANARY:CANARY",
    )
    if _looks(command):
        yield from (f"{name} {words}{more}" for words in (*KNOWN, *NEARLY) for more in ("", " CANARY"))
    yield from (f"{name} CANARY {text}" for text in HOSTILE)
    yield from ("1", "2 CANARY", "more")
    for option in command.options:
        yield from (f"{name} {option.name}:CANARY", f"{name} --{option.name} CANARY night raids")
        yield f'{name} {option.name}="night raids CANARY"'
        members: list[StrEnum] = list(option.choices or ())
        for member in members:
            yield f"{name} CANARY {option.name}:{member}"
            yield f"{name} lantern {option.name}:{member}"


def _looks(command: Command) -> bool:
    """Whether it looks on the shelf for the words that are typed after it."""
    return bool(command.options) and isinstance(command.options[0].marker, Topic | Document)


def outcomes(said: str) -> set[tuple[str, str]]:
    """Which command went how, as the log has it. Every line of the log has to be JSON."""
    logged = [json.loads(line) for line in said.splitlines()]
    return {
        (line["command"], line.get("tier") or line["error"]) for line in logged if line["event"] == "command"
    }


def test_a_conversation_leaves_nothing(watched: Watched) -> None:
    """Every command in every way, through a pipe; the log shows that each was given, and how it went."""
    typed = [*lines(), "x" * 200_000 + CANARY]
    stream = "\n".join(typed).encode() + f"\n/find {CANARY} caf".encode() + b"\xe9\xff\n"
    before = fingerprints(watched.shop.data)
    done = watched.shop.run("chat", stdin=stream)
    assert done.returncode == 0
    assert CANARY in done.stdout.casefold()  # an answer may repeat the question to whoever asked it
    assert watched.leaks(done.stderr) == []
    after = fingerprints(watched.shop.data)
    after.pop(str(watched.shop.data / "vectors.npz"), None)  # what the optional model learns of the corpus
    assert after == before
    went = outcomes(done.stderr)
    assert {command for command, _ in went} == {*REGISTRY, "unknown"} - KEEPING
    assert ("unknown", "RefusedError") in went
    for command in (each for name, each in REGISTRY.items() if name not in KEEPING):
        how = {outcome for name, outcome in went if name == command.name}
        assert "found" in how, command.name
        if command.options and isinstance(command.options[0].marker, Topic):
            assert {"nothing", "close"} <= how, command.name


def test_what_comes_to_nothing_on_a_shelf_leaves_nothing(watched: Watched) -> None:
    """What is looked for, refused or given up halfway is not kept with what is."""
    stream = "\n".join(line.replace("CANARY", words(n)) for n, line in enumerate(IN_VAIN))
    before = fingerprints(watched.shop.data)
    done = watched.shop.run("chat", stdin=stream)
    assert done.returncode == 0
    assert watched.leaks(done.stderr) == []
    after = fingerprints(watched.shop.data)
    after.pop(str(watched.shop.data / "vectors.npz"), None)  # what the optional model learns of the corpus
    assert after == before
    assert {command for command, _ in outcomes(done.stderr)} <= KEEPING
    assert len(outcomes(done.stderr)) > len(KEEPING) / 2


def test_daily_prompts_leave_nothing(watched: Watched) -> None:
    """Of a schedule, what was decided is kept and not the words for it; of what is forgotten, nothing."""

    def rows() -> int:
        with closing(sqlite3.connect(watched.shop.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM schedule").fetchone()[0])

    said = ""
    for words, kept in (
        ((f"/daily me 9:00 {CANARY}", "/daily me 9:00 Toronto what:readings"), 1),
        (("/daily set 9 Toronto topic:raids", f"/daily set 9 Paris topic:{CANARY}"), 2),
        (("/daily now", f"/daily pause until:{CANARY}", f"/daily skip {CANARY}"), 2),
        (("/daily forget", "/daily remove confirm:yes"), 0),
    ):
        done = watched.shop.run("chat", stdin="\n".join(words))
        assert done.returncode == 0
        said += done.stderr
        assert rows() == kept
    assert watched.leaks(said) == []
    went = outcomes(said)
    assert {
        ("daily me", "found"),
        ("daily set", "found"),
        ("daily now", "found"),
        ("daily forget", "found"),
    } <= went


def test_single_questions_leave_nothing(watched: Watched) -> None:
    """As arguments: as text, as JSON, in a language that is none."""
    said = ""
    for arguments in (
        [f"{CANARY} night raids"],
        [f"{CANARY} xyzzy", "--json"],
        ["nigth radis", "--locale", f"{CANARY}_FR.UTF-8@{CANARY}"],
        [f"lantern {CANARY * 60}", "--kind", "contact"],
        [f"{CANARY}\udcff\udcfe"],
    ):
        done = watched.shop.run("ask", *map(os.fsencode, arguments))
        assert done.returncode in {0, 1}
        said += done.stderr
    assert watched.leaks(said) == []
    assert {"found", "nothing"} <= {outcome for _, outcome in outcomes(said)}


def test_a_stream_of_questions_leaves_nothing(watched: Watched) -> None:
    """Good lines and bad ones; what is said of a bad one does not repeat it."""
    asked: list[dict[str, object]] = [
        {"q": text, "kind": kind}
        for kind in ("any", "summary", "reading", "action", "contact")
        for text in (*KNOWN, *NEARLY)
    ]
    asked += [
        {"q": f"{each['q']} {CANARY}", "kind": each["kind"], "locale": f"{CANARY}-FR"} for each in asked
    ]
    asked += [
        {"q": CANARY, "kind": CANARY},
        {"q": CANARY, "locale": [CANARY]},
        {CANARY: CANARY},
        {"q": CANARY * 99},
    ]
    stream = "\n".join([*map(json.dumps, asked), CANARY, f'{{"q": "{CANARY}', f'"{CANARY}"'])
    done = watched.shop.run("ask", "--jsonl", stdin=stream)
    assert done.returncode == 65
    complaints = [line for line in done.stderr.splitlines() if line.startswith("line ")]
    assert len(complaints) == 6
    assert watched.leaks(done.stderr) == []
    log = "\n".join(line for line in done.stderr.splitlines() if line not in complaints)
    assert {"found", "close", "nothing"} <= {outcome for _, outcome in outcomes(log)}


def test_a_terminal_leaves_nothing(watched: Watched) -> None:
    """At a screen, with editing, completion and the history of what was typed, which ends with the chat."""
    log = watched.shop.base / "log"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"exec '{SCRIPT}' chat 2>'{log}'"],
        env={**watched.shop.environment, "TERM": "xterm-256color"},
        cwd=str(watched.shop.cwd),
        dimensions=(30, 80),
        timeout=60,
    )
    child.expect("/quit")
    for line in (f"{CANARY} night raids", f"/contact {CANARY}\t lantern", f"/reading --{CANARY}", "\x1b[A"):
        child.send(f"{line}\r")
        child.expect("> ")
    child.send("/quit\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    said = log.read_text()
    assert watched.leaks(said) == []
    assert len(outcomes(said)) >= 2


LEAKS = {
    "nothing": "pass",
    "log": "structlog.get_logger().info('asked ' + word)",
    "stderr": "sys.stderr.write(word)",
    "temporary file": "tempfile.NamedTemporaryFile(delete=False).write(word.encode())",
    "home": "pathlib.Path.home().joinpath('.history').write_text(word.upper())",
    "file name": "pathlib.Path(word).touch()",
    "wide text": "pathlib.Path('cache').write_bytes(word.encode('utf-16'))",
    "table": "db.executescript(f'CREATE TABLE seen (q); INSERT INTO seen VALUES (\"{word}\")')",
    "another folder": "pathlib.Path(os.environ['WATCH'] + '-elsewhere').write_text('who knows')",
    "another database": "sqlite3.connect(os.environ['WATCH'] + '.db').close()",
    "network": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
    "program": "subprocess.run(['true'])",
}


@pytest.mark.parametrize("way", LEAKS)
def test_a_leak_is_found(watched: Watched, way: str) -> None:
    """These tests can fail: whichever way a word gets out, it is seen. Where none does, nothing is."""
    script = (
        "import os, pathlib, socket, sqlite3, structlog, subprocess, sys, tempfile\n"
        "from bot import logs, settings\n"
        "logs.configure('debug')\n"
        f"word, db = '{CANARY}', sqlite3.connect(settings.load().data_dir / 'infoshop.sqlite3')\n"
        f"{LEAKS[way]}"
    )
    done = watched.shop.run("-c", script, program=(sys.executable,))
    assert done.returncode == 0, done.stderr
    assert bool(watched.leaks(done.stderr)) is (way != "nothing")
