"""`infoshop` as a shell would run it: real processes with folders and an environment of their own."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = Path(sys.executable).with_name("infoshop")
PATIENCE = 120  # seconds: how long a busy machine may take before a process counts as hung
NOTHING: Mapping[str, str] = {}


def examples() -> dict[str, str]:
    """The files of the documented example corpus, by name."""
    text = (ROOT / "docs" / "seed-files.md").read_text(encoding="utf-8")
    found = re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return dict(zip(("lantern.yaml", "thesaurus.yaml", "question-words.yaml"), found, strict=True))


def write_corpus(folder: Path, *, variant: str = "") -> Path:
    """A small corpus in a folder; in a variant, the text of every entry differs."""
    folder.mkdir(parents=True)
    for name, text in examples().items():
        changed = re.sub(r"(?m)(^    text: (?:>-\n      )?)", rf"\1{variant} ", text) if variant else text
        (folder / name).write_text(changed, encoding="utf-8")
    return folder


def fingerprints(*folders: Path) -> dict[str, str]:
    """Every file below the folders, with the checksum of what is in it."""
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@dataclass(frozen=True)
class Shop:
    """A place to run `infoshop` in: its home, working and temporary folders, its data and its corpus."""

    base: Path
    seeds: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in (self.home, self.cwd, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        """The home folder of whoever runs it."""
        return self.base / "home"

    @property
    def cwd(self) -> Path:
        """Where it is run."""
        return self.base / "cwd"

    @property
    def temporary(self) -> Path:
        """Where temporary files go."""
        return self.base / "tmp"

    @property
    def data(self) -> Path:
        """Where the database lives."""
        return self.base / "data"

    @property
    def database(self) -> Path:
        """The database."""
        return self.data / "infoshop.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the machine's own environment but what finds programs and measures coverage."""
        inherited = {name: value for name, value in os.environ.items() if name.startswith("COV")}
        return {
            **inherited,
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "LANG": "C.UTF-8",
            "INFOSHOP_DATA_DIR": str(self.data),
            "INFOSHOP_SEEDS": str(self.seeds),
            **self.settings,
        }

    def start(
        self,
        *arguments: str | bytes,
        env: Mapping[str, str] = NOTHING,
        stdin: int | None = subprocess.PIPE,
        stdout: int | None = subprocess.PIPE,
        program: tuple[str, ...] = (str(SCRIPT),),
    ) -> subprocess.Popen[bytes]:
        """Start `infoshop`. A variable set to nothing is left out of the environment."""
        variables = {name: value for name, value in {**self.environment, **env}.items() if value}
        return subprocess.Popen(  # noqa: S603 - it is our own program
            [*program, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=self.cwd,
            env=variables,
        )

    def run(
        self,
        *arguments: str | bytes,
        stdin: str | bytes = b"",
        env: Mapping[str, str] = NOTHING,
        program: tuple[str, ...] = (str(SCRIPT),),
    ) -> subprocess.CompletedProcess[str]:
        """Run `infoshop` to its end. What it writes has to be UTF-8."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        with self.start(*arguments, env=env, program=program) as process:
            try:
                stdout, stderr = process.communicate(given, timeout=PATIENCE)
            finally:
                process.kill()
        return subprocess.CompletedProcess(arguments, process.returncode, stdout.decode(), stderr.decode())
