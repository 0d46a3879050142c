"""Files in rooms, as the content of the messages that show them (specification, “m.file”).

In an encrypted room a file is encrypted before it is uploaded, and what opens it again is in the message.
"""

import re
from collections.abc import Mapping
from typing import Any

from nio.crypto import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from bot.platforms.clean import one_line
from bot.platforms.matrix.server import FIRST_VERSION, MEDIA, Json, RefusedError, Server, section
from bot.reply import File

OPAQUE = "application/octet-stream"  # nothing is to be seen of what is encrypted, not even what it is
ADDRESS = re.compile(r"mxc://(?P<server>[^/?#\s]{1,255})/(?P<media>[A-Za-z0-9_-]{1,255})")


class TooLargeError(Exception):
    """A file is larger than it may be."""


class DamagedError(Exception):
    """A message does not say where its file is, or it is not the file that the message says it is."""


def is_file(content: Mapping[str, Any]) -> bool:
    """Whether the content of a message shows a file."""
    return content.get("msgtype") == "m.file" and (
        isinstance(content.get("url"), str) or isinstance(content.get("file"), dict)
    )


def caption(content: Mapping[str, Any]) -> str:
    """What a message with a file says beside it; empty where its body is only the name of the file.

    The body is a caption where there is a `filename` that differs from it (specification, “Media captions”).
    """
    body, name = content.get("body"), content.get("filename")
    return body if isinstance(body, str) and isinstance(name, str) and name != body else ""


def file_name(content: Mapping[str, Any]) -> str:
    """What the file of a message is called; empty where it has no name."""
    name = content.get("filename") or content.get("body")
    return one_line(name) if isinstance(name, str) else ""


async def put(server: Server, file: File, *, sealed: bool) -> Json:
    """Upload a file, `sealed` for an encrypted room; return the content of the message that shows it.

    Raises what `Server.upload` does.
    """
    shown = {
        "msgtype": "m.file",
        "body": file.name,
        "filename": file.name,
        "info": {"size": len(file.content), "mimetype": file.media_type},
        "m.mentions": {},
    }
    if not sealed:
        return {**shown, "url": await server.upload(file.content, file.media_type, file.name)}
    secret, keys = encrypt_attachment(file.content)
    return {**shown, "file": {**keys, "url": await server.upload(secret, OPAQUE)}}


async def get(server: Server, content: Mapping[str, Any], most: int) -> bytes:
    """The file that the content of a message shows, of at most so many bytes.

    Raises:
        TooLargeError: It says that it is larger, or is.
        DamagedError: It is not there, or another one.
        TransientError: As `Server.download`; and what else that raises.
    """
    sealed = section(content, "file")
    size = section(content, "info").get("size")
    if isinstance(size, int) and size > most:
        raise TooLargeError
    place = ADDRESS.fullmatch(str(sealed.get("url") or content.get("url")))
    if place is None:
        raise DamagedError
    try:
        found = await _download(server, place["server"], place["media"], most + 1)
    except RefusedError as error:
        raise DamagedError from error
    if len(found) > most:
        raise TooLargeError
    return _opened(found, sealed) if sealed else found


async def _download(server: Server, whose: str, media: str, most: int) -> bytes:
    """Since version 1.11 of the specification, whoever downloads says who they are; older servers differ."""
    try:
        return await server.download(FIRST_VERSION, "media", "download", whose, media, most=most)
    except RefusedError as error:
        if error.code != "M_UNRECOGNIZED":
            raise
    return await server.download(MEDIA, "download", whose, media, most=most)


def _opened(secret: bytes, sealed: Mapping[str, Any]) -> bytes:
    key, digest, start = (
        section(sealed, "key").get("k"),
        section(sealed, "hashes").get("sha256"),
        sealed.get("iv"),
    )
    try:
        return bytes(decrypt_attachment(secret, key, digest, start))
    except (EncryptionError, ValueError, TypeError, AttributeError) as error:  # strangers write what opens it
        raise DamagedError from error
