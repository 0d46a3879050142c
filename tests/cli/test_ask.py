"""`infoshop ask`: the answer as text, as JSON, and line by line, whatever comes in."""

import json
import subprocess
from typing import Any

import pytest

from tests.cli.shop import SCRIPT, Shop

RESULT = {"id", "kind", "title", "text", "source", "score"}


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Every line that was written; each has to be JSON by itself."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_text_names_the_source_and_what_to_ask_next(filled: Shop) -> None:
    """A person reads the card with its place in the source and its licence."""
    done = filled.run("ask", "nigth raids")
    assert done.returncode == 0
    assert done.stdout.startswith("Raids at night\n")
    assert "Source: The article · A Lantern for the Night Shift · The night shift, ¶ 2–3" in done.stdout
    assert "CC BY 4.0" in done.stdout
    assert done.stderr == ""


def test_json_has_the_promised_shape(filled: Shop) -> None:
    """One line, best first; `text` is what a person would read on the card."""
    done = filled.run("ask", "night raids", "--json")
    (line,) = answers(done)
    assert list(line) == ["q", "kind", "results", "suggestions"]
    assert (line["q"], line["kind"]) == ("night raids", "any")
    assert line["results"][0]["id"] == "topic:night-raids"
    for result in line["results"]:
        assert set(result) == RESULT
        assert result["title"] in result["text"]
        assert all(source in result["text"] for source in result["source"])
    scores = [result["score"] for result in line["results"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert filled.run("ask", "night raids").stdout.startswith(line["results"][0]["text"])


def test_kind_and_locale(filled: Shop) -> None:
    """A shelf answers with what stands on it, in the language that was asked for."""
    done = filled.run("ask", "lantrn centre", "--kind", "contact", "--locale", "fr")
    assert done.returncode == 0
    assert "Téléphone" in done.stdout
    asked = [{"q": "lantern centre", "kind": kind} for kind in ("summary", "reading", "action", "contact")]
    done = filled.run("ask", "--jsonl", stdin="\n".join(map(json.dumps, asked)))
    for line in answers(done):
        assert {result["kind"] for result in line["results"]} <= {line["kind"]}
    assert answers(done)[3]["results"][0]["id"] == "contact:lantern-drop-in"


def test_nothing_found_is_said_and_left_with(filled: Shop) -> None:
    """No result, something to try, exit code 1; in a stream of questions that is an answer like any other."""
    done = filled.run("ask", "xyzzy plugh", "--json")
    assert done.returncode == 1
    (line,) = answers(done)
    assert line["results"] == []
    assert line["suggestions"]
    stream = filled.run("ask", "--jsonl", stdin='{"q": "xyzzy plugh"}\n')
    assert stream.returncode == 0
    assert answers(stream) == [line]


def test_lines_are_answered_in_order(filled: Shop) -> None:
    """One line for each that is not blank; extra keys and a byte order mark do no harm."""
    lines = [
        '\ufeff{"q": "night raids", "class": "abbrev", "relevant": []}',
        "",
        '{"q": "lantern", "kind": "contact", "locale": "es"}',
        '{"q": "夜间突袭", "kind": null, "locale": null}',
        '{"q": "half a pair: \\ud800"}',
    ]
    done = filled.run("ask", "--jsonl", stdin="\r\n".join(lines))
    assert done.returncode == 0, done.stderr
    asked = [json.loads(line.lstrip("\ufeff")) for line in lines if line]
    assert [line["q"] for line in answers(done)] == [line["q"] for line in asked]
    assert [line["kind"] for line in answers(done)] == ["any", "contact", "any", "any"]
    assert "Teléfono" in answers(done)[1]["results"][0]["text"]
    assert answers(done)[2]["results"][0]["id"] == "topic:night-raids"


BAD = [
    (b"what is a raid", "is not JSON"),
    (b'{"q": "raids"', "is not JSON"),
    (b'["raids"]', "needs an object"),
    (b'{"question": "raids"}', "needs an object"),
    (b'{"q": 5}', "needs an object"),
    (b'{"q": "raids", "kind": "rumour"}', '"kind" must be one of'),
    (b'{"q": "raids", "kind": ["action"]}', '"kind" must be one of'),
    (b'{"q": "raids", "locale": 7}', '"locale" must be text'),
    (b'{"q": "caf\xe9"}', "is not UTF-8"),
    (b"[" * 100_000, "cannot be read"),
    (b"9" * 5_000, "cannot be read"),
]


def test_bad_lines_cost_nobody_else_an_answer(filled: Shop) -> None:
    """Each is answered with an error that names its line, the others are answered, and it ends with 65."""
    good = b'{"q": "night raids"}'
    stream = b"\n".join(line for bad, _ in BAD for line in (good, bad)) + b"\n" + good
    done = filled.run("ask", "--jsonl", stdin=stream)
    assert done.returncode == 65
    lines = answers(done)
    assert len(lines) == 2 * len(BAD) + 1
    for line in lines[::2]:
        assert "error" not in line
        assert line["results"][0]["id"] == "topic:night-raids"
    for number, (line, (_, words)) in enumerate(zip(lines[1::2], BAD, strict=True), start=1):
        assert line["results"] == line["suggestions"] == []
        assert line["error"].startswith(f"line {2 * number}: ")
        assert words in line["error"]
    assert done.stderr.splitlines() == [line["error"] for line in lines[1::2]]
    assert "caf" not in done.stderr


def test_the_help_says_what_becomes_of_bad_lines(filled: Shop) -> None:
    """Who writes a script can read what to expect."""
    text = " ".join(filled.run("ask", "--help").stdout.split())
    assert '{"q", "kind", "results": [{"id", "kind", "title", "text", "source", "score"}' in text
    assert '"error"' in text
    assert "65" in text


def test_each_line_is_answered_before_the_next_is_read(filled: Shop) -> None:
    """Another program can hold a conversation."""
    with filled.start("ask", "--jsonl") as process:
        assert process.stdin
        assert process.stdout
        for question in ("night raids", "xyzzy", "lantern centre"):
            process.stdin.write(json.dumps({"q": question}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["q"] == question
        process.stdin.close()
        assert process.wait() == 0


@pytest.mark.parametrize("command", ["ask --jsonl", "corpus schema"])
def test_output_cut_off_by_a_pipe(filled: Shop, command: str) -> None:
    """`| head -1` leaves in silence."""
    questions = '{"q": "night raids"}\n' * 2000
    script = f"'{SCRIPT}' {command} | head -1"
    done = filled.run(program=("/bin/sh", "-c", script), stdin=questions)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


LATIN = {"LANG": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": ""},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        LATIN,
    ],
)
def test_whatever_the_locale_can_show(filled: Shop, env: dict[str, str]) -> None:
    """Where letters are missing, question marks stand in; JSON is UTF-8 everywhere."""
    with filled.start("ask", "redadas nocturnas", env=env) as process:
        stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert stderr == b""
    assert b"Raids at night" in stdout


def test_json_is_utf8_in_every_locale(filled: Shop) -> None:
    """In and out, also where the terminal speaks Latin-1."""
    done = filled.run("ask", "--jsonl", stdin='{"q": "夜间突袭 “raids”"}\n', env=LATIN)
    assert done.returncode == 0, done.stderr
    assert answers(done)[0]["q"] == "夜间突袭 “raids”"
    assert "“A Lantern for the Night Shift”" in done.stdout


def test_arguments_that_are_not_text(filled: Shop) -> None:
    """Bytes that no encoding explains are a question like any other, as text and as JSON."""
    done = filled.run("ask", b"night raids \xff\xfe", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = answers(done)
    assert line["results"][0]["id"] == "topic:night-raids"
    nothing = filled.run("ask", b"\xff\xfe\x80")
    assert nothing.returncode == 1
    assert nothing.stderr == ""


def test_input_that_is_closed(filled: Shop) -> None:
    """No standard input at all is said in a sentence."""
    done = filled.run(program=("/bin/sh", "-c", f"'{SCRIPT}' ask --jsonl <&-"))
    assert done.returncode == 74
    assert done.stderr.count("\n") == 1


def test_question_and_stream_exclude_each_other(filled: Shop) -> None:
    """Nobody has to guess which of the two was answered."""
    done = filled.run("ask", "raids", "--jsonl", stdin='{"q": "raids"}\n')
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--jsonl" in done.stderr
