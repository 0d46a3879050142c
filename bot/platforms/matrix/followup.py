"""What can be asked next about an answer, carried by the answer itself so that it outlives a restart.

Nobody keeps a list of who asked what. The step a reader may take next travels in a field of our own event,
sealed with a key that only we have: the room's other members and the homeserver, which see the answer,
learn nothing from it that they do not see anyway, not even after the question was deleted.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.commands.filling import Filling, Trouble
from bot.errors import PlatformError
from bot.platforms.matrix import files
from bot.reply import Ask, Field, Form

FIELD = "org.infoshop.next"
NONCE = 12  # bytes: what AES-GCM is made for (NIST SP 800-38D, section 8.2)
# Characters: with a page of text (`layout.MOST`) it still fits an encrypted event. Ours have about 500.
LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Step:
    """Where a conversation with one person in one room stands.

    `question` is what was last answered, as it was given, `next` the part its answer goes on with (None
    where that was all), `offered` what the numbers from 1 lead to, `entries` the ids of the cards last
    shown. `locale` is the language the conversation is in, empty where nobody chose one.

    `filling` is the form whose next question was asked; `lost` is True where there was one which did not fit
    into the event. `room` is the room that the conversation is about, where it goes on in another one (a
    direct room). `file` is the event with the file that came with the question, `after` the one that was
    answered. `event_id` is the event that the step travels in, empty as long as that is not known.
    """

    person: str
    question: Ask | str = ""
    next: int | None = None
    offered: tuple[Ask, ...] = ()
    entries: tuple[str, ...] = ()
    locale: str = ""
    filling: Filling | None = None
    lost: bool = False
    room: str = ""
    file: str = ""
    after: str = ""
    event_id: str = ""


class Seal:
    """Closes steps and opens them again. Only whoever has the key (32 bytes) can do either."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """With the key in that file, which is made if it is not there.

        Raises `PlatformError` where it cannot be read or made.
        """
        kept = files.read(path)
        if kept is None:
            kept = {"key": base64.b64encode(AESGCM.generate_key(256)).decode()}
            files.write(path, kept)
        try:
            return cls(base64.b64decode(str(kept.get("key")), validate=True))
        except ValueError:
            raise PlatformError(
                f"{path}: is not what Infoshop wrote. Remove it, and a new one is made."
            ) from None

    def close(self, step: Step, room_id: str) -> str:
        """The step as text for an event of that room; empty where it is too long to travel.

        A form that is too long stays behind, and that there was one is said.
        """
        fields = {
            "person": step.person,
            "question": _packed(step.question),
            "next": step.next,
            "offered": [_packed(ask) for ask in step.offered],
            "entries": step.entries,
            "locale": step.locale,
            "filling": _packed_form(step.filling) if step.filling else None,
            "lost": step.lost,
            "room": step.room,
            "file": step.file,
            "after": step.after,
        }
        nonce = os.urandom(NONCE)
        # Half a character, which a client may send, has no UTF-8 of its own.
        packed = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        plain = packed.encode(errors="surrogatepass")
        sealed = base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, room_id.encode())).decode()
        if len(sealed) <= LONGEST:
            return sealed
        return self.close(replace(step, filling=None, lost=True, offered=()), room_id) if step.filling else ""

    def open(self, content: Mapping[str, Any], room_id: str) -> Step | None:
        """The step in the content of an event of that room; None where none that we know was closed."""
        sealed = content.get(FIELD)
        try:
            data = base64.b64decode(sealed, validate=True) if isinstance(sealed, str) else b""
            plain = self._cipher.decrypt(data[:NONCE], data[NONCE:], room_id.encode())
        except (ValueError, InvalidTag):
            return None
        try:
            fields = json.loads(plain)
            return Step(
                fields["person"],
                _unpacked(fields["question"]),
                fields["next"],
                tuple(Ask(command, options) for command, options in fields["offered"]),
                tuple(fields["entries"]),
                fields["locale"],
                _unpacked_form(fields["filling"]) if fields.get("filling") else None,
                fields.get("lost", False),
                fields.get("room", ""),
                fields.get("file", ""),
                fields.get("after", ""),
            )
        except (KeyError, TypeError, ValueError):  # another version of ours closed it
            return None


def _packed(question: Ask | str) -> str | list[Any]:
    return [question.command, dict(question.options)] if isinstance(question, Ask) else question


def _unpacked(packed: str | list[Any]) -> Ask | str:
    return packed if isinstance(packed, str) else Ask(*packed)


def _packed_form(filling: Filling) -> list[Any]:
    form = filling.form
    fields = [astuple(each) for each in form.fields]
    return [form.title, fields, _packed(form.ask), dict(filling.answers), filling.at, filling.trouble]


def _unpacked_form(packed: list[Any]) -> Filling:
    title, fields, (command, options), answers, at, trouble = packed
    form = Form(title, tuple(Field(*each) for each in fields), Ask(command, options))
    return Filling(form, answers, at, Trouble(trouble) if trouble else None)
