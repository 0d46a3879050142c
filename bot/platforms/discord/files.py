"""Files, in both directions: what came with an interaction is read, what an answer has is attached."""

import asyncio
import io
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
import structlog

from bot.errors import PlatformError, UsageError
from bot.i18n import Translator
from bot.platforms.uploads import size_of, too_large
from bot.reply import File

PATIENCE = 30.0  # seconds for a file of some megabytes; the token of an interaction holds for 15 minutes
NAME = 100  # characters of a file's name
# "Only ASCII alphanumeric characters with underscores, dashes, or dots" can be referred to from a message
# (Uploading Files, in Discord's documentation).
UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")

log = structlog.get_logger()


async def upload(interaction: discord.Interaction, tr: Translator, value: str, most: int) -> bytes:
    """The content of the file that came with this interaction under the id `value`, at most so many bytes.

    It is read from where Discord says that it is, and from nowhere else. Its declared size is looked at
    first; what is sent is counted all the same.

    Raises:
        UsageError: There is no such file, or it is larger.
        PlatformError: Discord does not hand it over.
    """
    sent = _sent(interaction).get(value)
    if sent is None:
        raise UsageError(tr("There is no file with this. Give the command again, with the file."))
    if int(sent.get("size") or 0) > most:
        raise too_large(most, tr)
    try:
        async with asyncio.timeout(PATIENCE):
            content = await _read(str(sent["url"]), most, interaction.client.http)
    except (aiohttp.ClientError, OSError, ValueError) as error:  # a timeout is an OSError
        log.warning("file not read", platform="discord", error=type(error).__name__)
        raise PlatformError(tr("Discord did not give me the file. Please try again in a minute.")) from None
    if len(content) > most:
        raise too_large(most, tr)
    return content


def _sent(interaction: discord.Interaction) -> Mapping[str, Mapping[str, Any]]:
    data: Mapping[str, Any] = interaction.data or {}
    files: Mapping[str, Mapping[str, Any]] = (data.get("resolved") or {}).get("attachments") or {}
    return files


async def _read(url: str, most: int, http: discord.http.HTTPClient) -> bytes:
    """At most one byte more than that."""
    async with (
        # One of its own: no cookie and no header of the bot's goes there, nor does anything unpack by itself.
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session,
        session.get(
            url,
            allow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            proxy=http.proxy,
            proxy_auth=http.proxy_auth,
        ) as response,
    ):
        if response.status != 200:
            raise aiohttp.ClientError
        content = bytearray()
        async for chunk in response.content.iter_chunked(65536):
            content += chunk
            if len(content) > most:
                break
        return bytes(content)


def names_of(files: tuple[File, ...]) -> list[str]:
    """What the files are called on Discord: each name once."""
    names: list[str] = []
    for number, file in enumerate(files, start=1):
        name = UNFIT.sub("_", file.name).lstrip(".")[-NAME:] or "file"
        names.append(f"{number}_{name}" if name in names else name)
    return names


def attached(files: tuple[File, ...]) -> list[discord.File]:
    """The files to send, made anew for each attempt: one that was sent is spent."""
    return [
        discord.File(io.BytesIO(file.content), filename=name)
        for file, name in zip(files, names_of(files), strict=True)
    ]


def why_not_attached(interaction: discord.Interaction, files: tuple[File, ...], tr: Translator) -> str:
    """Why the files of an answer cannot be attached; empty where they can."""
    if all(len(file.content) <= interaction.filesize_limit for file in files):
        return ""
    size = size_of(interaction.filesize_limit, tr)
    return tr("Discord takes files of at most {size} here, and this is larger. Nothing was sent.", size=size)
