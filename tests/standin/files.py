"""Files: what people send along, and where everybody downloads them from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.standin.refusals import JSON
from tests.standin.snowflakes import snowflake

if TYPE_CHECKING:
    from tests.standin.server import Standin

FILE_LIMIT = 10 * 1024 * 1024  # bytes of one file, where nobody has paid for more
CHUNK = 1 << 16


@dataclass(frozen=True)
class Upload:
    """A file on somebody's computer; `declared` is the size that Discord tells, where it is to be wrong."""

    name: str
    content: bytes
    declared: int | None = None


class Files:
    """Every file there is, by its id. `downloads` are the headers with which they were asked for."""

    def __init__(self, discord: Standin) -> None:
        self.discord = discord
        self.known: dict[str, JSON] = {}
        self.contents: dict[str, bytes] = {}
        self.downloads: list[Mapping[str, str]] = []

    def keep(self, name: str, content: bytes, declared: int | None = None) -> JSON:
        """Keep a file; the attachment object."""
        identifier = str(snowflake())
        url = f"{self.discord.cdn_url}/attachments/{identifier}/{name}"
        size = len(content) if declared is None else declared
        self.known[identifier] = {"id": identifier, "filename": name, "size": size, "url": url}
        self.known[identifier] |= {"proxy_url": url, "content_type": "application/octet-stream"}
        self.contents[identifier] = content
        return self.known[identifier]

    def application(self) -> web.Application:
        """The application that serves them, to anybody who knows the address."""
        application = web.Application()
        application.router.add_get("/attachments/{attachment_id}/{name}", self._serve)
        return application

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        """A file, as it comes; there may be none, and faults happen here as anywhere."""
        self.downloads.append(dict(request.headers))
        fault = self.discord.faults.take(request.method, request.path)
        if fault and fault.spoil:
            return fault.spoil(request)
        content = self.contents.get(request.match_info["attachment_id"])
        if content is None:
            return web.Response(status=404)
        response = web.StreamResponse()
        await response.prepare(request)
        for at in range(0, len(content), CHUNK):
            await response.write(content[at : at + CHUNK])
        return response
