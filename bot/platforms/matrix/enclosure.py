"""The file that comes with a command: in the message that gives it, or in the one that it replies to."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.errors import PlatformError, UsageError
from bot.i18n import Translator
from bot.platforms.matrix.hearing import Said
from bot.platforms.matrix.homeserver import Homeserver
from bot.platforms.matrix.media import DamagedError, TooLargeError, is_file
from bot.platforms.matrix.send import insist
from bot.platforms.matrix.server import RefusedError, TransientError
from bot.platforms.uploads import too_large

PATIENCE = 30.0  # seconds: the file is waited for, and so is the answer


class Enclosure:
    """The file with what was `said`, or with what that leads on from: the event `before`, in `room_id`.

    `event_id` is the event that shows it, as soon as it was read. It has to be one of whoever said it.
    """

    def __init__(self, server: Homeserver, said: Said, room_id: str, before: str, tr: Translator) -> None:
        self._server = server
        self._said = said
        self._room_id = room_id
        self._before = before
        self._tr = tr
        self.event_id = ""

    async def read(self, _value: str, most: int) -> bytes:
        """As `Request.upload`."""
        tr = self._tr
        try:
            content = await self._content()
            if content is None:
                raise UsageError(
                    tr(
                        "There is no file of yours with this. Send the file, and reply to it with the"
                        " command; or write the command as the caption of the file."
                    )
                )
            return await insist(self._server.trouble, partial(self._server.get, content, most), PATIENCE)
        except TooLargeError:
            raise too_large(most, tr) from None
        except DamagedError:
            raise UsageError(
                tr("That file is not there any more, or is damaged. Please send it again.")
            ) from None
        except (TransientError, RefusedError):
            raise PlatformError(
                tr("The homeserver did not give me the file. Please try again in a minute.")
            ) from None

    async def _content(self) -> Mapping[str, Any] | None:
        """The content of the message that shows the file; None where there is none."""
        said = self._said
        if said.file is not None:
            self.event_id = said.event_id
            return said.file
        places = ((said.room_id, said.replied_to), (self._room_id, self._before))
        for room_id, event_id in places:
            if not event_id:
                continue
            event = await insist(
                self._server.trouble, partial(self._server.message, room_id, event_id), PATIENCE
            )
            is_theirs = event is not None and event.sender == said.sender and event.type == "m.room.message"
            if event is not None and is_theirs and is_file(event.content):
                self.event_id = event_id
                return event.content
        return None
