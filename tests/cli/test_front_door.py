"""`infoshop` itself: what it lists, how it leaves, and what it says when it cannot go on."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bot
from bot.settings import DEFAULT_FILE
from tests.cli.shop import ROOT, Shop

COMMANDS = {
    "corpus": ["check", "load", "show", "stats", "schema"],
    "db": ["upgrade", "backup", "restore", "info"],
    "discord": ["sync", "invite"],
}


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Whoever runs it reads what is wrong, in one line, and nothing of our insides."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0]


def test_help_lists_everything(filled: Shop) -> None:
    """One look tells what there is, down to the commands of the groups and the exit codes."""
    shown = filled.run("--help")
    assert shown.returncode == 0
    text = " ".join(shown.stdout.split())
    for command in ("chat", "ask", "run", "--version", "--config"):
        assert f" {command} " in text
    for group, commands in COMMANDS.items():
        assert f" {group} " in text
        assert ", ".join(commands) in text
    for code in (0, 1, 2, 65, 66, 69, 74, 78, 130):
        assert f" {code} " in text
    assert str(DEFAULT_FILE) in text


@pytest.mark.parametrize("group", COMMANDS)
def test_help_of_a_group(filled: Shop, group: str) -> None:
    """A group by itself shows its commands, each with a sentence."""
    shown = filled.run(group)
    commands = (shown.stdout + shown.stderr).partition("Commands:")[2]
    listed = re.findall(r"^  (\w+) +(\S.*)$", commands, re.MULTILINE)
    assert [name for name, _ in listed] == COMMANDS[group]
    assert all(sentence.endswith(".") for _, sentence in listed)


def test_version_by_both_names(filled: Shop) -> None:
    """The console script and `python -m bot` are one program."""
    module = filled.run("--version", program=(sys.executable, "-m", "bot"), env={"PYTHONPATH": str(ROOT)})
    script = filled.run("--version")
    assert script.stdout == module.stdout == f"infoshop {bot.__version__}\n"
    assert script.returncode == module.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", "night raids"], 0),
        (["ask", "xyzzy"], 1),
        (["db", "info", "--check"], 0),
        (["ask"], 2),
        (["ask", "raids", "--jsonl"], 2),
        (["ask", "raids", "--kind", "rumour"], 2),
        (["no-such-command"], 2),
        (["corpus", "check", "broken.yaml"], 65),
        (["corpus", "check", "missing.yaml"], 66),
        (["corpus", "show", "topic:no-such-thing"], 66),
        (["db", "restore", "missing.sqlite3"], 74),
        (["--config", "missing.toml", "db", "info"], 78),
    ],
)
def test_exit_codes(filled: Shop, arguments: list[str], code: int) -> None:
    """What the help promises, a script can rely on."""
    (filled.cwd / "broken.yaml").write_text("source: []\n")
    assert filled.run(*arguments).returncode == code


def not_ours(shop: Shop) -> None:
    shop.data.mkdir()
    with sqlite3.connect(shop.database) as connection:
        connection.execute("CREATE TABLE recipes (soup TEXT)")
    connection.close()


def no_database(shop: Shop) -> None:
    shop.data.mkdir()
    shop.database.write_bytes(b"a shopping list, and not a database " * 100)


def data_is_a_file(shop: Shop) -> None:
    shop.data.write_text("in the way")


def data_is_closed(shop: Shop) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is closed to root")
    shop.data.mkdir(mode=0o000)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (not_ours, "not one of Infoshop's"),
        (no_database, "is not an SQLite database"),
        (data_is_a_file, "cannot be opened"),
        (data_is_closed, "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_used(empty: Shop, spoil: Callable[[Shop], None], words: str) -> None:
    """The file is left as it is, and the sentence says what it is."""
    spoil(empty)
    done = empty.run("ask", "raids")
    assert done.returncode == 74
    assert_one_sentence(done, words)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("env", "toml", "words"),
    [
        ({"INFOSHOP_LOG_LEVEL": "loud"}, "", ["INFOSHOP_LOG_LEVEL", "'debug'"]),
        ({"INFOSHOP_DATABSE_URL": "sqlite:///x"}, "", ["INFOSHOP_DATABSE_URL", "INFOSHOP_DATABASE_URL"]),
        ({"INFOSHOP_DISCORD": "{"}, "", ["discord", "JSON"]),
        ({}, "colour = 'blue'", ["infoshop.toml", "colour", "no such setting"]),
        ({}, "[discord]\ntokn = 'geheim'", ["infoshop.toml", "discord.tokn", "no such setting"]),
        ({}, "\nlocale = = 1", ["infoshop.toml", "line 2"]),
    ],
)
def test_settings_that_cannot_be_used(empty: Shop, env: dict[str, str], toml: str, words: list[str]) -> None:
    """Where it was given and what is wrong with it, and nothing is done."""
    file = empty.cwd / "infoshop.toml"
    file.write_text(toml)
    done = empty.run("--config", str(file), "corpus", "load", env=env)
    assert done.returncode == 78
    assert_one_sentence(done, *words)
    assert "geheim" not in done.stderr
    assert not empty.data.exists()


def test_a_database_url_that_cannot_be_used_keeps_its_password(empty: Shop) -> None:
    """The sentence says how to write it, and not what was written."""
    done = empty.run("db", "info", env={"INFOSHOP_DATABASE_URL": "mysql://reader:geheim@host/db"})
    assert done.returncode == 74
    assert_one_sentence(done, "postgresql+asyncpg://")
    assert "geheim" not in done.stderr


MISTAKEN = """
import sys, bot.cli
def fail(context):
    question = "zq" + "secret"
    raise LookupError(question)
bot.cli.talk.settings_of = fail
sys.argv = ["infoshop", "ask", "zq" + "secret"]
bot.cli.main()
"""


def test_a_mistake_of_ours_quotes_nothing(filled: Shop, tmp_path: Path) -> None:
    """What nobody foresaw shows where it happened, and not its message, which may be somebody's question."""
    script = tmp_path / "mistaken.py"
    script.write_text(MISTAKEN)
    done = filled.run(program=(sys.executable, str(script)))
    assert done.returncode == 70
    assert "LookupError" in done.stderr
    assert 'mistaken.py", line 5' in done.stderr
    assert "zqsecret" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", [["--version"], ["ask", "raids", "--json"]])
def test_output_that_cannot_be_written(filled: Shop, arguments: list[str]) -> None:
    """A full disk is one sentence, too."""
    with Path("/dev/full").open("wb") as full, filled.start(*arguments, stdout=full.fileno()) as process:
        _, stderr = process.communicate()
    assert process.returncode == 74
    assert stderr.decode().count("\n") == 1
    assert b"No space left" in stderr
