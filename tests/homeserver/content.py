"""What is in a message that somebody types, as the client-server API lays it out."""

from collections.abc import Iterable

from tests.homeserver.wire import Json


def text(
    body: str,
    *,
    reply_to: str | None = None,
    thread: str | None = None,
    mentions: Iterable[str] = (),
    html: str | None = None,
    kind: str = "m.text",
) -> Json:
    """A message.

    Args:
        body: the plain text.
        reply_to: the event it answers.
        thread: the event that begins the thread it belongs to.
        mentions: who is addressed.
        html: the same text formatted.
        kind: `m.text`, `m.notice` or `m.emote`.
    """
    named = list(mentions)
    content: Json = {"msgtype": kind, "body": body, "m.mentions": {"user_ids": named} if named else {}}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    if thread is not None:
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": thread,
            "is_falling_back": reply_to is None,
            "m.in_reply_to": {"event_id": reply_to or thread},
        }
    elif reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    return content


def edit(event_id: str, body: str) -> Json:
    """A message that takes the place of another."""
    new = text(body)
    relation = {"rel_type": "m.replace", "event_id": event_id}
    return {**new, "body": f"* {body}", "m.new_content": new, "m.relates_to": relation}
