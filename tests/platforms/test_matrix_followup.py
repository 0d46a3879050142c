"""What leads on from an answer travels with it, for nobody to read or to make but us."""

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import PlatformError
from bot.platforms.matrix.followup import FIELD, LONGEST, Seal, Step
from bot.reply import Ask

ROOM = "!room"
STEP = Step("@alice:x", "find raids", 3, (Ask("summary", {"topic": "topic:raids"}),), ("topic:raids",), "fr")
SEAL = Seal(bytes(32))

names = st.text(max_size=20).filter(lambda text: text.isprintable())
typed = st.text(st.characters(exclude_categories=()), max_size=20)  # as it came, halves of characters too
asks = st.builds(Ask, names, st.dictionaries(names, typed, max_size=3))
steps = st.builds(
    Step,
    names,
    st.one_of(typed, asks),
    st.one_of(st.none(), st.integers(0, 99)),
    st.lists(asks, max_size=9).map(tuple),
    st.lists(names, max_size=3).map(tuple),
    names,
)


@settings(deadline=None)
@given(steps)
def test_what_was_closed_is_opened_again(step: Step) -> None:
    """Whatever was asked, in any script."""
    assert SEAL.open({FIELD: SEAL.close(step, ROOM)}, ROOM) == step


def test_nobody_reads_it_who_has_not_the_key() -> None:
    """No word of it is in the event, and the same step looks different each time."""
    closed = SEAL.close(STEP, ROOM)
    assert b"raids" not in base64.b64decode(closed)
    assert closed != SEAL.close(STEP, ROOM)
    assert Seal(bytes([1] * 32)).open({FIELD: closed}, ROOM) is None


@pytest.mark.parametrize(
    "content", [{}, {FIELD: 5}, {FIELD: ""}, {FIELD: "%%"}, {FIELD: "AAAA"}, {FIELD: "ü"}]
)
def test_what_we_did_not_close_is_no_step(content: dict[str, object]) -> None:
    """Other events, and whatever somebody else puts in that field."""
    assert SEAL.open(content, ROOM) is None


@pytest.mark.parametrize(
    "fields", ["[]", "5", "{}", '{"person": "@alice:x"}', '{"person": 1, "question": 5}', "nonsense", "\xff"]
)
def test_what_another_version_closed_is_no_step(fields: str) -> None:
    """The answer is then one that nothing leads on from; nobody is left without one."""
    nonce = bytes(12)
    sealed = nonce + AESGCM(bytes(32)).encrypt(nonce, fields.encode("latin-1"), ROOM.encode())
    assert SEAL.open({FIELD: base64.b64encode(sealed).decode()}, ROOM) is None


def test_it_cannot_be_changed_nor_carried_to_another_room() -> None:
    """A step is for the room of its event."""
    closed = SEAL.close(STEP, ROOM)
    assert SEAL.open({FIELD: closed}, "!other") is None
    raw = bytearray(base64.b64decode(closed))
    raw[-1] ^= 1
    assert SEAL.open({FIELD: base64.b64encode(raw).decode()}, ROOM) is None


def test_one_too_long_for_an_event_does_not_travel() -> None:
    """The answer goes out without it; it then leads on until the next restart only."""
    long = Step("@alice:x", "word " * LONGEST)
    assert SEAL.close(long, ROOM) == ""
    assert SEAL.open({FIELD: ""}, ROOM) is None


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600; the same after a restart; and a file that is none is said to be."""
    path = tmp_path / "key"
    closed = Seal.kept_in(path).close(STEP, ROOM)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal.kept_in(path).open({FIELD: closed}, ROOM) == STEP
    for broken in ('{"key": "AAAA"}', json.dumps({"key": 5}), "{}", "nothing"):
        path.write_text(broken)
        with pytest.raises(PlatformError, match="key"):
            Seal.kept_in(path)
