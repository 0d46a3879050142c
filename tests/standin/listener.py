"""A server on the loopback interface that can go away and come back."""

from aiohttp import web

HOST = "127.0.0.1"


class Listener:
    """A server on a port of its own, chosen by the system, which it keeps when it goes away for a while."""

    def __init__(self, application: web.Application) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None
        self.port = 0

    async def up(self) -> None:
        """Listen."""
        if self._runner.server is None:
            await self._runner.setup()
        if self._site is None:
            self._site = web.TCPSite(self._runner, HOST, self.port, reuse_address=True)
            await self._site.start()
            self.port = self._site.port

    async def down(self) -> None:
        """Refuse connections, and end those there are."""
        if self._site:
            await self._site.stop()
            self._site = None
        if self._runner.server:
            for connection in self._runner.server.connections:
                connection.force_close()

    async def close(self) -> None:
        """Go away for good."""
        await self.down()
        await self._runner.cleanup()
