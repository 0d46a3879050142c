"""What the files of a corpus say of each other, and what a directory or a single file is read as."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bot
from bot.corpus.check import packaged_seeds, read
from bot.errors import CorpusError

SECOND = """\
source:
  id: source:beacon-2021
  work: {type: report, title: Beacon}
  licence: {name: No licence stated, attribution: Beacon}
  manifestations: [{title: Beacon, note: A copy.}]
  summary:
    short: Short.
    long: Long.
    sections: [{id: all, title: All, text: All of it.}]
notes:
  - id: topic:beacons
    title: Beacons
    aliases: {en: [beacon], fr: [phare]}
    topics: [topic:night-raids]
    text: Beacons burn.
    from: {section: all}
    by: the report
also:
  - entry: reading:moreau-2015
    text: The report recommends it too.
    from: {section: all}
    by: the report
"""


@pytest.fixture
def two_files(corpus_dir: Path) -> Path:
    """The documented file, and a second one that refers to it."""
    (corpus_dir / "beacon.yaml").write_text(SECOND)
    return corpus_dir


def sentences(path: Path) -> list[str]:
    """The problems of a corpus, without the directory."""
    with pytest.raises(CorpusError) as raised:
        read(path)
    directory = path if path.is_dir() else path.parent
    return [str(problem).removeprefix(f"{directory}/") for problem in raised.value.problems]


def at(file: Path, marked: str) -> str:
    """Where in a file the text after the mark stands, as `name:line:column`."""
    text, before = file.read_text(), marked.partition("▸")[0]
    found = text.index(marked.replace("▸", "")) + len(before)
    return f"{file.name}:{text.count(chr(10), 0, found) + 1}:{found - text.rfind(chr(10), 0, found)}"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_packaged_corpus_holds_together() -> None:
    """What we ship loads: no reader meets a broken reference or an ambiguous name."""
    corpus = read(packaged_seeds())
    assert corpus.sources
    assert corpus.thesaurus
    assert corpus.question_words


def test_an_installed_package_carries_its_corpus(tmp_path: Path) -> None:
    """Without a checkout around it, the package reads the seeds inside itself."""
    package = tmp_path / "bot"
    shutil.copytree(Path(bot.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "seeds").mkdir()
    program = "from bot.corpus.check import packaged_seeds; print(packaged_seeds())"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()) == package.resolve() / "seeds"


def test_every_problem_of_every_file_is_reported(two_files: Path) -> None:
    """A bad value, a bad reference and a bad file do not hide one another."""
    lantern, beacon = two_files / "lantern.yaml", two_files / "beacon.yaml"
    change(lantern, "hello@lantern.example.org", "hello")
    change(lantern, "checked_on: 2024-03-09", "checked_on: yesterday")
    change(lantern, "actors: [lawmaker]", "actors: [lawmaker, council]")
    change(lantern, "    from: {section: what-to-do, paragraph: 1}\n", "    place: {section: what-to-do}\n")
    change(
        beacon, "section: all}\n    by: the report\nalso", "section: everything}\n    by: the report\nalso"
    )
    change(beacon, "title: Beacons", "titel: Beacons")
    change(beacon, "topic:night-raids", "topic:night-riads")
    (two_files / "ember.yaml").write_text("source: {id: source:ember\n")
    (two_files / "torch.yml").write_text("")
    thesaurus = two_files / "thesaurus.yaml"
    change(thesaurus, "police operation", "bust")
    where = [
        at(beacon, "▸id: topic:beacons"),
        at(beacon, "▸titel"),
        at(beacon, "▸topic:night-riads"),
        at(beacon, "▸everything"),
        "ember.yaml:1:9",
        at(lantern, "▸id: action:end-night-raids"),
        at(lantern, "▸council]"),
        at(lantern, "▸place: {"),
        at(lantern, "▸hello]"),
        at(lantern, "▸yesterday"),
        at(thesaurus, "bust, ▸bust"),
        "torch.yml:1:1",
    ]
    what = """\
missing `title`: the name under which a reader sees the entry
`titel` is not a known key; did you mean `title`?
no note has the id `topic:night-riads`; did you mean `topic:night-raids`?
`source:beacon-2021` has no section `everything`
this `{` is never closed with `}`
missing `from`: every entry needs the place it was drawn from
`council` is not one of `anyone`, `ally`, `service-provider`, `researcher`, `lawmaker`, `movement`
`place` is not a known key; known here are `text`, `from`, `by`, `title`, `aliases`, `topics`, \
`content_note`, `caveat`, `id`, `actors`, `audience`, `prompt`
`hello` is not an email address: An email address must have an @-sign.
`yesterday` is not a date such as 2012-01-25
`bust` stands in this list already, at thesaurus.yaml:5:18
is not read: the name of a seed file ends in .yaml
"""
    assert sentences(two_files) == [": ".join(pair) for pair in zip(where, what.splitlines(), strict=True)]


def test_an_id_is_given_once(two_files: Path) -> None:
    """Both places are named, since either may be the one to change."""
    lantern, beacon = two_files / "lantern.yaml", two_files / "beacon.yaml"
    change(beacon, "topic:beacons", "topic:night-raids")
    here, there = at(beacon, "id: ▸topic:night-raids"), at(lantern, "id: ▸topic:night-raids")
    assert sentences(two_files) == [
        f"{here}: `topic:night-raids` is the id at {there} too; give each its own",
        f"{there}: `topic:night-raids` is the id at {here} too; give each its own",
    ]


def test_a_source_and_its_sections_are_given_once(two_files: Path) -> None:
    """Otherwise a place would be in two documents, or in two parts of one."""
    change(two_files / "beacon.yaml", "source:beacon-2021", "source:lantern-2019")
    change(two_files / "lantern.yaml", "id: what-to-do", "id: the-night-shift")
    found = "\n".join(sentences(two_files))
    assert "beacon.yaml:2:7: `source:lantern-2019` is the id at lantern.yaml:3:7 too" in found
    assert (
        f"{at(two_files / 'lantern.yaml', 'id: ▸the-night-shift')}: `the-night-shift` is the id at" in found
    )


def test_one_name_cannot_mean_two_topics(two_files: Path) -> None:
    """Whatever the spelling of the two; a title is a name as well."""
    lantern, beacon = two_files / "lantern.yaml", two_files / "beacon.yaml"
    change(beacon, "en: [beacon]", "en: [RAIDS  at night]")
    here, there = at(beacon, "▸RAIDS"), at(lantern, "▸Raids at night")
    end = "too; nobody could tell which is meant"
    assert sentences(two_files) == [
        f"{here}: `RAIDS  at night` is a name of `topic:night-raids` ({there}) {end}",
        f"{there}: `Raids at night` is a name of `topic:beacons` ({here}) {end}",
    ]


@pytest.mark.parametrize("entry_id", ["law:beacons", "person:beacons"])
def test_one_name_can_mean_things_of_two_sorts(two_files: Path, entry_id: str) -> None:
    """A topic and a law of one name are both good answers, side by side."""
    change(two_files / "beacon.yaml", "en: [beacon]", "en: [night raids]")
    change(two_files / "beacon.yaml", "topic:beacons", entry_id)
    assert len(read(two_files).sources) == 2


def test_only_what_is_translated_needs_the_languages_of_the_corpus(two_files: Path) -> None:
    """A person has one name; a topic is asked for in French where questions are asked in French."""
    change(two_files / "beacon.yaml", ", fr: [phare]", "")
    assert sentences(two_files) == ["beacon.yaml:13:14: `topic:beacons` has no alias in fr"]
    change(two_files / "beacon.yaml", "topic:beacons", "person:beacons")
    read(two_files)
    change(two_files / "beacon.yaml", "person:beacons", "topic:beacons")
    (two_files / "question-words.yaml").unlink()
    read(two_files)


def test_a_variety_of_a_language_is_that_language(two_files: Path) -> None:
    change(two_files / "beacon.yaml", "fr: [phare]", "fr-CA: [phare]")
    read(two_files)


def test_a_file_that_cannot_be_read_does_not_break_the_others(two_files: Path) -> None:
    """What refers to a file with a syntax error is right, and is not reported."""
    lantern = two_files / "lantern.yaml"
    change(lantern, "fr: [descentes de nuit]", "fr: [descentes de nuit")
    assert sentences(two_files) == [f"{at(lantern, '▸[descentes')}: this `[` is never closed with `]`"]


def test_a_single_file_is_checked_against_its_neighbours(two_files: Path) -> None:
    """Its references are known, their mistakes are not its own, and it holds only what it defines."""
    lantern, beacon = two_files / "lantern.yaml", two_files / "beacon.yaml"
    change(lantern, "hello@lantern.example.org", "hello")
    corpus = read(beacon)
    assert [source.id for source in corpus.sources] == ["source:beacon-2021"]
    assert [entry.id for entry in corpus.entries] == ["topic:beacons"]
    change(beacon, "topic:beacons", "topic:night-raids")
    there = at(lantern, "id: ▸topic:night-raids")
    assert sentences(beacon) == [
        f"{at(beacon, 'id: ▸topic')}: `topic:night-raids` is the id at {there} too; give each its own"
    ]
    assert len(sentences(lantern)) == 2


def test_a_thesaurus_can_be_checked_alone(corpus_dir: Path) -> None:
    assert [concept.id for concept in read(corpus_dir / "thesaurus.yaml").thesaurus] == ["raid"]
    change(corpus_dir / "thesaurus.yaml", "fr: [descente, rafle]", "fr: []")
    assert sentences(corpus_dir / "thesaurus.yaml") == ["thesaurus.yaml:6:11: `fr` needs at least one item"]


def test_a_concept_is_given_once(corpus_dir: Path) -> None:
    with (corpus_dir / "thesaurus.yaml").open("a") as file:
        file.write("  - {concept: raid, words: {en: [round-up]}}\n")
    assert sentences(corpus_dir) == [
        "thesaurus.yaml:3:14: `raid` is the id at thesaurus.yaml:8:15 too; give each its own",
        "thesaurus.yaml:8:15: `raid` is the id at thesaurus.yaml:3:14 too; give each its own",
    ]


def test_question_words_are_checked(corpus_dir: Path) -> None:
    change(
        corpus_dir / "question-words.yaml",
        "    summary: [what is, explain]",
        "    sumary: [explain, explain]",
    )
    assert sentences(corpus_dir) == [
        "question-words.yaml:5:5: `sumary` is not a known key; did you mean `summary`?",
        "question-words.yaml:5:23: `explain` stands in this list already, at question-words.yaml:5:14",
    ]


def test_a_list_of_question_words_is_left_out_and_not_left_empty(corpus_dir: Path) -> None:
    change(corpus_dir / "question-words.yaml", "stop: [the, please]", "stop:")
    [sentence] = sentences(corpus_dir)
    assert sentence.endswith(": `stop` is empty; write something, or leave it out")


def test_a_directory_without_seed_files_is_no_corpus(corpus_dir: Path) -> None:
    """A thesaurus of nothing would load as an empty shelf."""
    (corpus_dir / "lantern.yaml").rename(corpus_dir / ".lantern.yaml")
    with pytest.raises(CorpusError) as raised:
        read(corpus_dir)
    assert str(raised.value) == f"{corpus_dir}:1:1: has no seed files in it (*.yaml)"


def test_a_path_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert sentences(tmp_path / "seeds.yaml") == ["seeds.yaml:1:1: cannot be read: No such file or directory"]
    with pytest.raises(CorpusError, match="cannot be read: No such file or directory"):
        read(tmp_path / "nowhere" / "seeds")
