"""What operators copy: it can be read, and names only what there is."""

import configparser
import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from pydantic import BaseModel

from bot.cli import cli
from bot.settings import Settings, load, names
from tests.cli.shop import ROOT

EXAMPLE = ROOT / "config" / "infoshop.example.toml"
COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("INFOSHOP_"):
            monkeypatch.delenv(name)


def uncommented() -> dict[str, Any]:
    """The example with every setting switched on."""
    return tomllib.loads(COMMENTED.sub("", EXAMPLE.read_text(encoding="utf-8")))


def named(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """Every setting there is."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from named(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def flat(settings: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every setting of a settings file."""
    for name, given in settings.items():
        if isinstance(given, dict):
            yield from flat(given, f"{prefix}{name}.")
        else:
            yield prefix + name


def test_the_example_has_every_setting_and_no_other() -> None:
    """Nobody has to read the program to find out what can be set."""
    assert sorted(flat(uncommented())) == sorted(named())


def test_every_setting_of_the_example_is_explained() -> None:
    """A comment stands before each."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if COMMENTED.match(line):
            explained = lines[number - 1]
            assert explained.startswith("# ")
            assert not COMMENTED.match(explained)


def test_the_example_loads_as_it_is_and_switched_on(tmp_path: Path) -> None:
    """As it is, it changes nothing: what is commented out is the default, or empty, or an example."""
    assert load(EXAMPLE) == Settings()
    file = tmp_path / "infoshop.toml"
    file.write_text(COMMENTED.sub("", EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    on, default = load(file), Settings()
    for name in ("data_dir", "database_url", "locale", "log_level"):
        assert getattr(on, name) == getattr(default, name), name


def command_line(words: list[str]) -> None:
    """Check that `infoshop` has the commands and options of a command line, without running it."""
    group: Any = typer.main.get_command(cli)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("-"):
            options = {name: each for each in group.params for name in each.opts}
            assert word in options, word
            if not options[word].is_flag:
                rest.pop(0)
        else:
            assert word in group.commands, word
            group = group.commands[word]


def test_command_line_can_fail() -> None:
    """The check that the others rest on finds what there is not."""
    command_line(["--config", "x", "db", "info", "--check"])
    for wrong in (["serve"], ["--colour", "run"], ["db", "info", "--chek"]):
        with pytest.raises(AssertionError):
            command_line(wrong)


def test_the_systemd_unit() -> None:
    """Its command exists, its variables are settings, and its folders fit together."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    unit.read(ROOT / "config" / "infoshop.service", encoding="utf-8")
    service = unit["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert Path(program).name == "infoshop"
    command_line(words)
    variables = dict(pair.split("=", 1) for pair in shlex.split(service["Environment"]))
    assert {name.removesuffix("_FILE") for name in variables} <= set(names())
    secret, _, _ = service["LoadCredential"].partition(":")
    assert variables["INFOSHOP_DISCORD__TOKEN_FILE"] == f"%d/{secret}"
    assert variables["INFOSHOP_DATA_DIR"] == f"/var/lib/{service['StateDirectory']}"
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def instructions() -> list[tuple[str, str]]:
    """The lines of the Dockerfile as pairs of an instruction and what it is given."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_dockerfile_copies_what_there_is() -> None:
    """Every path exists and is not kept out of the build; what the wheel is made of comes along."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [
        path
        for instruction, given in instructions()
        if instruction == "COPY" and not given.startswith("--from")
        for path in given.split()[:-1]
    ]
    for path in copied:
        assert (ROOT / path).exists(), path
        assert path not in ignored
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {
        project["project"]["readme"],
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
    }
    needed |= {path.partition("/")[0] for path in project["project"]["license-files"]}
    needed |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"])
    assert needed <= set(copied)


def test_the_image_runs_what_there_is() -> None:
    """Entry point, command and health check are commands of ours, its variables settings; it is not root."""
    given = dict(instructions())
    entry = json.loads(given["ENTRYPOINT"])
    assert entry == ["infoshop"]
    command_line(json.loads(given["CMD"]))
    health = json.loads(given["HEALTHCHECK"].partition("CMD ")[2])
    assert health[0] == "infoshop"
    command_line(health[1:])
    variables = dict(pair.split("=", 1) for pair in shlex.split(given["ENV"]))
    assert {name for name in variables if name.startswith("INFOSHOP_")} <= set(names())
    assert variables["INFOSHOP_DATA_DIR"] == given["VOLUME"]
    assert given["USER"] == "infoshop"


def test_the_compose_file() -> None:
    """It builds this checkout, keeps the data where the image has it, and sets only settings."""
    file = ROOT / "config" / "compose.yaml"
    compose = yaml.safe_load(file.read_text(encoding="utf-8"))
    service = compose["services"]["infoshop"]
    assert (file.parent / service["build"] / "Dockerfile").is_file()
    assert set(service["environment"]) <= set(names())
    volume, _, place = service["volumes"][0].partition(":")
    assert volume in compose["volumes"]
    assert place == dict(instructions())["VOLUME"]


@pytest.mark.parametrize(
    "target", ["help", "run", "test", "lint", "types", "coverage", "check", "bench", "clean"]
)
def test_make_knows_its_targets(target: str) -> None:
    """`make` can say what it would do, and its list names every target."""
    make = ["make", "--no-print-directory", "-C", str(ROOT)]
    done = subprocess.run(  # noqa: S603 - the project's own Makefile
        [*make, "-n", target], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    listed = subprocess.run(make, capture_output=True, text=True, check=True)  # noqa: S603 - likewise
    assert f"make {target} " in listed.stdout


def test_the_project_checks_itself_through_make() -> None:
    """What `.ci/run` calls exists."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", text, re.MULTILINE)
    assert {"lint", "types", "test"} <= set(targets)
    # What the tests reach takes longer to measure, and is checked with everything else before a release.
    assert re.search(r"^check: .*\bcoverage\b", makefile, re.MULTILINE)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    for line in re.findall(r"^\S*infoshop (.+)$", text, re.MULTILINE):
        group, command, path = line.split()
        command_line([group, command])
        assert (ROOT / path).exists()


def test_the_pre_commit_hooks() -> None:
    """They can be read, and call tools that `make` installs."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = {re.split(r"[\[>=<]", each)[0] for each in project["dependency-groups"]["dev"]} | {"infoshop"}
    entries = [hook["entry"].split() for repository in hooks["repos"] for hook in repository["hooks"]]
    assert entries
    for program, *words in entries:
        assert Path(program).parent == Path(".venv/bin")
        assert Path(program).name in tools
        if Path(program).name == "infoshop":
            command_line(words[:2])
