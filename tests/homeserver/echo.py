"""The smallest useful bot on matrix-nio: joins where it is invited and repeats what it is told.

It is the other end for our people, to see that they speak as others do, and what our bot is measured against.
`running` runs it as a process of its own, which ends when its standard input does.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nio import (
    AsyncClient,
    AsyncClientConfig,
    InviteMemberEvent,
    LoginResponse,
    MatrixRoom,
    RoomMessageText,
    SyncResponse,
)

from tests.homeserver.serve import end_with_starter
from tests.homeserver.synapse import ROOT, Credentials

_PATIENCE = 60  # seconds: how long a busy machine may take to start or end it


@asynccontextmanager
async def running(url: str, credentials: Credentials, folder: Path) -> AsyncIterator[int]:
    """Have it run on an account, with its keys in a folder; gives the number of its process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.homeserver.echo", cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin
    assert process.stdout
    settings = {"url": url, "user_id": credentials.user_id, "folder": str(folder)}
    process.stdin.write(json.dumps({**settings, "password": credentials.password}).encode() + b"\n")
    try:
        async with asyncio.timeout(_PATIENCE):
            assert await process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        async with asyncio.timeout(_PATIENCE):
            await process.communicate(b"")


class Echo:
    """Repeats what is said in its rooms, as a reply."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._ready = False
        client.add_event_callback(self._join, InviteMemberEvent)
        client.add_event_callback(self._repeat, RoomMessageText)
        client.add_response_callback(self._synced, SyncResponse)

    async def _synced(self, _: SyncResponse) -> None:
        if not self._ready:
            self._ready = True
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    async def _join(self, room: MatrixRoom, event: InviteMemberEvent) -> None:
        if event.membership == "invite" and event.state_key == self._client.user_id:
            await self._client.join(room.room_id)

    async def _repeat(self, room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender == self._client.user_id:
            return
        relation = {"m.in_reply_to": {"event_id": event.event_id}}
        content = {"msgtype": "m.notice", "body": event.body, "m.relates_to": relation}
        await self._client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)


async def _main(settings: dict[str, str]) -> None:
    client = AsyncClient(
        settings["url"],
        settings["user_id"],
        store_path=settings["folder"],
        config=AsyncClientConfig(encryption_enabled=True),
    )
    Echo(client)
    try:
        answer = await client.login(settings["password"], device_name="echo")
        if not isinstance(answer, LoginResponse):
            sys.exit(f"The homeserver does not let us in: {answer}")
        await client.sync_forever(timeout=30_000)
    finally:
        await client.close()


if __name__ == "__main__":
    orders = json.loads(sys.stdin.readline())
    end_with_starter()
    Path(orders["folder"]).mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(orders))
