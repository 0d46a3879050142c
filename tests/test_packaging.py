"""The wheel carries all that the program needs, and works away from the checkout."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

import bot
from tests.cli.shop import ROOT, Shop, fingerprints

PATIENCE = 300  # seconds: how long a busy machine may take to build or install


def call(*command: str | Path, cwd: Path) -> str:
    """Run a program that has to succeed."""
    done = subprocess.run(  # noqa: S603 - the project's own tools
        command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    """The wheel, open."""
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_has_what_the_checkout_has(wheel: zipfile.ZipFile) -> None:
    """Every module, migration and catalogue, the whole corpus, the mark of a typed package; no tests."""
    names = set(wheel.namelist())
    package = Path(bot.__file__).parent
    kept = {".py", ".po", ".typed"}
    expected = {f"bot/{file.relative_to(package)}" for file in package.rglob("*") if file.suffix in kept}
    expected |= {f"bot/seeds/{file.name}" for file in (ROOT / "seeds").iterdir() if file.is_file()}
    assert expected <= names
    for needed in (
        "bot/py.typed",
        "bot/store/migrations/env.py",
        "bot/store/migrations/versions/revision_0001.py",
        "bot/locales/fr/LC_MESSAGES/infoshop.po",
        "bot/locales/es/LC_MESSAGES/infoshop.po",
        "bot/seeds/thesaurus.yaml",
        "bot/seeds/question-words.yaml",
        "bot/seeds/LICENSES.md",
    ):
        assert needed in names
    assert {name.partition("/")[0] for name in names} == {"bot", f"infoshop-{bot.__version__}.dist-info"}
    assert not [name for name in names if name.endswith(".pyc")]


def test_every_file_of_the_corpus_travels_unchanged(wheel: zipfile.ZipFile) -> None:
    """Byte for byte."""
    for file in (ROOT / "seeds").glob("*.yaml"):
        assert wheel.read(f"bot/seeds/{file.name}") == file.read_bytes()


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    """Name, version, Python, licences, and the command."""
    info = f"infoshop-{bot.__version__}.dist-info"
    metadata = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("infoshop", bot.__version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE", "seeds/LICENSES.md"]
    assert "infoshop = bot.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()


def test_the_source_distribution_can_build_the_wheel(
    built: Path, wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    """What distributions package from holds all that the wheel is made of."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as opened:
        opened.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again", cwd=source)
    (again,) = (tmp_path / "again").iterdir()
    with zipfile.ZipFile(again) as second:
        assert sorted(second.namelist()) == sorted(wheel.namelist())


@pytest.fixture(scope="session")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script in an environment of its own, which borrows only the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (path,) = built.glob("*.whl")
    call(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", path, cwd=folder)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    theirs = Path(call(python, "-c", code, cwd=folder).strip())
    ours = call(sys.executable, "-c", code, cwd=folder).strip()
    # A path added like this is searched last, and the .pth file of our editable install is not followed.
    (theirs / "borrowed.pth").write_text(f"{ours}\n")
    return folder / "bin" / "infoshop"


def test_it_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    """Its corpus, catalogues and migrations come from the package, which nothing is written to."""
    shop = Shop(tmp_path, Path())
    program, env = (str(installed),), {"INFOSHOP_SEEDS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    package = next(installed.parents[1].glob("lib/python*/site-packages/bot"))
    where = call(installed.with_name("python"), "-c", "import bot; print(bot.__file__)", cwd=tmp_path)
    assert where.strip() == str(package / "__init__.py")
    before = fingerprints(package)
    loaded = shop.run("corpus", "load", program=program, env=env)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.startswith("Corpus loaded: ")
    answered = shop.run("ask", "modèle nordique", "--locale", "fr", program=program, env=env)
    assert answered.returncode == 0, answered.stderr
    assert "Résumé" in answered.stdout
    assert shop.run("db", "info", "--check", program=program, env=env).returncode == 0
    assert fingerprints(package) == before
