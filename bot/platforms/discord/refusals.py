"""What it means for a place that Discord refuses a post there, and what can be done about it."""

import discord
import structlog

from bot.model import Place
from bot.platforms.discord.rights import CREATE_THREADS, SEND, SEND_IN_THREADS, VIEW
from bot.posting import NotTakenError, Problem, UnfitPlaceError

A_WHILE = 60.0  # seconds
LONG = 3600.0  # seconds: what Discord refuses for no fault of the place, it would refuse again

# Discord's error codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
GONE_MESSAGE = 10008
HAS_THREAD = 160004
NO_PERMISSION = 50013
FULL = frozenset({160006, 160007})  # a server has as many open threads as it may
PLACE = {
    10003: (Problem.GONE, ""),
    10004: (Problem.GONE, ""),  # the server
    50001: (Problem.FORBIDDEN, VIEW),
    50003: (Problem.FORBIDDEN, ""),  # not in direct messages
    50007: (Problem.FORBIDDEN, ""),  # somebody takes no direct messages from us
    50008: (Problem.FORBIDDEN, ""),  # a channel that is not for text
    50024: (Problem.FORBIDDEN, ""),  # not in this type of channel
    50083: (Problem.FORBIDDEN, ""),  # a thread that was put away
    50278: (Problem.FORBIDDEN, ""),  # somebody takes no direct messages from who shares no server with them
    40058: (Problem.FORBIDDEN, ""),  # a forum has no messages but those in its threads
    160005: (Problem.FORBIDDEN, ""),  # a thread that was locked
    200000: (Problem.FORBIDDEN, ""),  # the server's own filter of messages
    240000: (Problem.FORBIDDEN, ""),  # Discord's filter of links
}

log = structlog.get_logger()


def refusal(
    client: discord.Client, place: Place, error: Exception, wait: float, *, thread: bool
) -> UnfitPlaceError | NotTakenError:
    """What to say of something that Discord surely has not done.

    `wait` is for how many seconds it asked us to wait; `thread` whether it was to open one.
    """
    code = error.code if isinstance(error, discord.HTTPException) else 0
    if code == NO_PERMISSION:
        return UnfitPlaceError(Problem.FORBIDDEN, missing(client, place, thread=thread))
    if code in PLACE:
        return UnfitPlaceError(*PLACE[code])
    match error:
        case discord.RateLimited():
            reason, wait = "429", error.retry_after
        case discord.HTTPException(status=429):
            reason, wait = "429", wait or A_WHILE
        case discord.HTTPException(status=status) if status == 401 or code in FULL:
            # A token that is refused is refused by the gateway, too, and that is the end.
            reason, wait = f"{status} {code}", A_WHILE
        case discord.HTTPException(status=status):
            reason, wait = f"{status} {code}", LONG
            log.error("post refused", platform="discord", error=reason)
        case _:
            reason = type(error).__name__
    return NotTakenError(reason, wait)


def missing(client: discord.Client, place: Place, *, thread: bool) -> str:
    """The permission that we lack to post or to open a thread there; empty where that cannot be told."""
    channel = client.get_channel(int(place.id))
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return ""
    try:
        may = channel.permissions_for(channel.guild.me)
    except discord.ClientException:  # a thread of a channel that is hidden from us
        return VIEW
    if not may.view_channel:
        return VIEW
    if thread:
        return "" if may.create_public_threads else CREATE_THREADS
    if isinstance(channel, discord.Thread):
        return "" if may.send_messages_in_threads else SEND_IN_THREADS
    return "" if may.send_messages else SEND
