"""Posting, changing and deleting messages because a command asks for it, and saying why that did not work."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.commands.daily.words import problem
from bot.commands.describe import Services
from bot.errors import whereabouts
from bot.i18n import Translator
from bot.posting import NotTakenError, Poster, Problem, UnfitPlaceError

T = TypeVar("T")

PATIENCE = 30.0  # seconds: whoever gave the command is waiting for an answer
UNREACHABLE = "unreachable"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why nothing was posted or changed, as a clause.

    It is `gone` where the place is, or we are not in it any more, and `unsure` where nobody can tell whether
    it was posted. Where it is `unkept`, it was, and `why` says in a sentence that this is not kept.
    """

    why: str
    gone: bool = False
    unsure: bool = False
    unkept: bool = False


async def sent(
    platform: str, services: Services, tr: Translator, doing: Callable[[Poster], Awaitable[T]]
) -> T | Unsent:
    """What something that the poster of a platform is asked to do comes to."""
    poster = services.posters.of(platform)
    if poster is None:
        return Unsent(problem(UNREACHABLE, tr))
    try:
        async with asyncio.timeout(PATIENCE):
            return await doing(poster)
    except UnfitPlaceError as error:
        why = problem(f"{error.problem.value}:{error.detail}".removesuffix(":"), tr)
        return Unsent(why, gone=error.problem is Problem.GONE)
    except NotTakenError:
        return Unsent(problem(UNREACHABLE, tr))
    except Exception as error:  # noqa: BLE001 - a `Poster` may raise anything where it is in doubt
        log.warning("posting in doubt", error=type(error).__name__, path=whereabouts(error))
        return Unsent(tr("it is uncertain whether the platform took it"), unsure=True)
