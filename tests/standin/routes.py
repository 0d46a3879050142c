"""What each route of the REST API does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.standin.calls import Call
from tests.standin.commands import without_localizations
from tests.standin.interactions import Exchange
from tests.standin.limits import EDITABLE, SENDABLE, Flags, check_message
from tests.standin.messages import Message
from tests.standin.refusals import JSON, Form, RefusedError, unknown
from tests.standin.world import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    PUBLIC_THREAD,
    THREADED,
    Channel,
    Permissions,
)

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
MESSAGES = "/channels/{channel_id}/messages"
WITHOUT_TOKEN = {CALLBACK, WEBHOOK, f"{WEBHOOK}/messages/@original", f"{WEBHOOK}/messages/{{message_id}}"}


def _gateway(call: Call) -> JSON:
    return {"url": call.discord.gateway_url}


def _gateway_bot(call: Call) -> JSON:
    discord = call.discord
    limit = discord.session_start_limit
    return {"url": discord.gateway_url, "shards": discord.shards, "session_start_limit": limit}


def _me(call: Call) -> JSON:
    return call.discord.app.json()


def _application(call: Call) -> JSON:
    app = call.discord.app
    return {
        "id": str(call.discord.application_id),
        "name": app.name,
        "description": "",
        "icon": None,
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": call.discord.owner.json(),
        "team": None,
        "integration_types_config": {"0": {}, "1": {}},
    }


def _commands(call: Call) -> list[JSON]:
    whole = call.request.query.get("with_localizations", "").lower() in ("true", "1")
    commands = call.discord.commands.all(call.guild)
    return commands if whole else [without_localizations(command) for command in commands]


def _put_command(call: Call) -> JSON:
    call.discord.commands.writes += 1
    return call.discord.commands.put(call.body, call.guild)


def _overwrite_commands(call: Call) -> list[JSON]:
    call.discord.commands.writes += 1
    return call.discord.commands.overwrite(call.body, call.guild)


def _command(call: Call) -> JSON:
    return call.discord.commands.get(call.number("command_id"), call.guild)


def _edit_command(call: Call) -> JSON:
    call.discord.commands.writes += 1
    return call.discord.commands.edit(call.number("command_id"), call.body, call.guild)


def _delete_command(call: Call) -> None:
    call.discord.commands.writes += 1
    call.discord.commands.delete(call.number("command_id"), call.guild)


def _callback(call: Call) -> JSON | None:
    exchange = call.discord.exchanges.get(call.request.match_info["interaction_token"])
    if exchange is None or exchange.id != call.number("interaction_id"):
        raise unknown("Interaction")
    call.exchange = exchange
    exchange.respond({**call.body, "data": call.message_body})
    if call.request.query.get("with_response", "").lower() not in ("true", "1"):
        return None
    outcome: JSON = {"id": str(exchange.id), "type": exchange.type}
    resource: JSON = {"type": exchange.answer}
    if exchange.original:
        outcome["response_message_id"] = str(exchange.original.id)
        outcome["response_message_loading"] = exchange.original.loading
        outcome["response_message_ephemeral"] = exchange.original.ephemeral
        if exchange.answer in (4, 5, 7):
            resource["message"] = exchange.original.json()
    return {"interaction": outcome, "resource": resource}


def _exchange(call: Call) -> Exchange:
    if call.number("webhook_id") != call.discord.application_id:
        raise unknown("Webhook")
    call.exchange = call.discord.exchanges.get(call.request.match_info["webhook_token"])
    if call.exchange is None:
        raise RefusedError(401, 50027, "Invalid Webhook Token")
    return call.exchange


def _follow_up(call: Call) -> JSON:
    return _exchange(call).follow_up(call.message_body).json()


def _answered(call: Call) -> JSON:
    return _exchange(call).find(call.request.match_info.get("message_id", "@original")).json()


def _edit_answer(call: Call) -> JSON:
    return (
        _exchange(call).edit(call.request.match_info.get("message_id", "@original"), call.message_body).json()
    )


def _delete_answer(call: Call) -> None:
    _exchange(call).delete(call.request.match_info.get("message_id", "@original"))


def _history(call: Call) -> list[JSON]:
    channel = call.may(Permissions.READ_MESSAGE_HISTORY)
    found = [message.json() for message in reversed(channel.messages)]
    return found[: int(call.request.query.get("limit") or 50)]


def _send(call: Call) -> JSON:
    channel, body = call.may(), call.message_body
    if channel.type == FORUM:
        raise RefusedError(400, 50008, "Cannot send messages in a non-text channel")
    needed = Permissions.SEND_MESSAGES_IN_THREADS if channel.parent else Permissions.SEND_MESSAGES
    needed |= Permissions.EMBED_LINKS if body.get("embeds") else needed
    needed |= Permissions.ATTACH_FILES if body.get("attachments") else needed
    call.may(needed)
    if channel.type == 1 and any(person.closed for person in channel.recipients):
        raise RefusedError(403, 50007, "Cannot send messages to this user")
    check_message(body, SENDABLE)
    nonce, now = body.get("nonce"), asyncio.get_running_loop().time()
    if body.get("enforce_nonce") and nonce is not None:
        known, at = call.discord.nonces.get(str(nonce), (None, 0.0))
        if known and now - at < call.discord.nonce_memory:
            if known.deleted:  # it is not made again (discord/discord-api-docs, pull request 6647)
                raise unknown("Message")
            return known.json()
    message = Message(channel, call.discord.app, flags=Flags(body.get("flags") or 0), nonce=nonce)
    message.reference = body.get("message_reference")
    message.update(body)
    channel.stored.append(message)
    if nonce is not None:
        call.discord.nonces[str(nonce)] = (message, now)
    call.discord.created(message)
    return message.json()


def _message(call: Call) -> JSON:
    return call.message(call.may(Permissions.READ_MESSAGE_HISTORY)).json()


def _edit_message(call: Call) -> JSON:
    message = call.own_message()
    check_message(call.message_body, EDITABLE, before=message.as_body())
    message.update(call.message_body)
    call.discord.edited(message)
    return message.json()


def _delete_message(call: Call) -> None:
    message = call.message(call.may())
    if message.author is not call.discord.app:
        call.may(Permissions.MANAGE_MESSAGES)
    call.discord.deleted(message)


def _direct(call: Call) -> JSON:
    for person in call.discord.persons:
        if str(person.id) == str(call.body.get("recipient_id")):
            return call.discord.direct_channel(person).json()
    raise unknown("User")


def _channel(call: Call) -> JSON:
    return call.may().json()


def _guild(call: Call) -> JSON:
    guild = next(guild for guild in call.discord.guilds if guild.id == call.guild)
    return guild.json()


def _thread(call: Call) -> JSON:
    parent = call.may()
    if parent.type not in THREADED or parent.guild is None:
        raise RefusedError(400, 50024, "Cannot execute action on this channel type")
    call.may(Permissions.CREATE_PUBLIC_THREADS)
    form = Form()
    form.text((), call.body, "name", 100, least=1, required=True)
    if (hidden_after := call.body.get("auto_archive_duration")) is not None:
        form.one_of(("auto_archive_duration",), hidden_after, {60, 1440, 4320, 10080})
    form.close()
    kind = ANNOUNCEMENT_THREAD if parent.type == ANNOUNCEMENT else PUBLIC_THREAD
    thread = Channel(call.discord, kind, call.body["name"], parent.guild, parent=parent)
    if "message_id" in call.request.match_info:
        thread.id = call.message(parent).id
        if thread.id in call.discord.channels:
            raise RefusedError(400, 160004, "A thread has already been created for this message")
    parent.guild.channels.append(call.discord.keep(thread))
    parent.guild.announce("THREAD_CREATE", thread.json())
    return thread.json()


def _typing(call: Call) -> None:
    call.may(Permissions.SEND_MESSAGES)


Route = Callable[[Call], object]
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "/gateway", _gateway),
    ("GET", "/gateway/bot", _gateway_bot),
    ("GET", "/users/@me", _me),
    ("GET", "/oauth2/applications/@me", _application),
    ("GET", "/applications/@me", _application),
    ("POST", CALLBACK, _callback),
    ("POST", WEBHOOK, _follow_up),
    ("POST", "/users/@me/channels", _direct),
    ("GET", "/channels/{channel_id}", _channel),
    ("GET", "/guilds/{guild_id}", _guild),
    ("GET", MESSAGES, _history),
    ("POST", MESSAGES, _send),
    ("GET", f"{MESSAGES}/{{message_id}}", _message),
    ("PATCH", f"{MESSAGES}/{{message_id}}", _edit_message),
    ("DELETE", f"{MESSAGES}/{{message_id}}", _delete_message),
    ("POST", f"{MESSAGES}/{{message_id}}/threads", _thread),
    ("POST", "/channels/{channel_id}/threads", _thread),
    ("POST", "/channels/{channel_id}/typing", _typing),
]
for place in ("@original", "{message_id}"):
    ROUTES += [
        ("GET", f"{WEBHOOK}/messages/{place}", _answered),
        ("PATCH", f"{WEBHOOK}/messages/{place}", _edit_answer),
        ("DELETE", f"{WEBHOOK}/messages/{place}", _delete_answer),
    ]
for scope in (COMMANDS, GUILD_COMMANDS):
    ROUTES += [
        ("GET", scope, _commands),
        ("POST", scope, _put_command),
        ("PUT", scope, _overwrite_commands),
        ("GET", f"{scope}/{{command_id}}", _command),
        ("PATCH", f"{scope}/{{command_id}}", _edit_command),
        ("DELETE", f"{scope}/{{command_id}}", _delete_command),
    ]
