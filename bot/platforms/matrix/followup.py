"""What can be asked next about an answer, carried by the answer itself so that it outlives a restart.

Nobody keeps a list of who asked what. The step a reader may take next travels in a field of our own event,
sealed with a key that only we have: the room's other members and the homeserver, which see the answer,
learn nothing from it that they do not see anyway, not even after the question was deleted.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import PlatformError
from bot.platforms.matrix import files
from bot.reply import Ask

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
    """

    person: str
    question: Ask | str = ""
    next: int | None = None
    offered: tuple[Ask, ...] = ()
    entries: tuple[str, ...] = ()
    locale: str = ""


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
        """The step as text for an event of that room; empty where it is too long to travel."""
        fields = {
            "person": step.person,
            "question": _packed(step.question),
            "next": step.next,
            "offered": [_packed(ask) for ask in step.offered],
            "entries": step.entries,
            "locale": step.locale,
        }
        nonce = os.urandom(NONCE)
        plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, room_id.encode())).decode()
        return sealed if len(sealed) <= LONGEST else ""

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
            )
        except (KeyError, TypeError, ValueError):  # another version of ours closed it
            return None


def _packed(question: Ask | str) -> str | list[Any]:
    return [question.command, dict(question.options)] if isinstance(question, Ask) else question


def _unpacked(packed: str | list[Any]) -> Ask | str:
    return packed if isinstance(packed, str) else Ask(*packed)
