"""What Discord refuses in the body of a message or of an answer to an interaction."""

from enum import IntFlag

from tests.standin.components import check_files, check_message_components
from tests.standin.refusals import JSON, Form, Path, RefusedError, length


class Flags(IntFlag):
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    VOICE = 1 << 13
    COMPONENTS_V2 = 1 << 15


SENDABLE = Flags.SUPPRESS_EMBEDS | Flags.SUPPRESS_NOTIFICATIONS | Flags.VOICE | Flags.COMPONENTS_V2
ANSWERABLE = SENDABLE | Flags.EPHEMERAL
EDITABLE = Flags.SUPPRESS_EMBEDS | Flags.COMPONENTS_V2
EMBED_SIZES = {"title": 256, "description": 4096}
LEGACY_FIELDS = ("content", "embeds", "poll", "sticker_ids")


def check_message(body: JSON, allowed: Flags, *, path: Path = (), before: JSON | None = None) -> None:
    """Refuse a message that cannot be sent, or an edit of one that was `before`. Raises `RefusedError`."""
    form = Form()
    flags = body.get("flags") or 0
    kept = before["flags"] if before else 0
    if flags & ~(allowed | kept):
        form.wrong((*path, "flags"), "MESSAGE_FLAGS_INVALID", f"Flags not allowed here: {flags & ~allowed}")
    if body.get("flags") is not None and kept & Flags.COMPONENTS_V2 and not flags & Flags.COMPONENTS_V2:
        message = "MessageFlags.IS_COMPONENTS_V2 cannot be removed"
        form.wrong((*path, "flags"), "MESSAGE_FLAGS_COMPONENTS_V2_CANNOT_BE_REMOVED", message)
    whole = {**(before or {}), **body}
    v2 = bool((flags | kept) & Flags.COMPONENTS_V2)
    if v2:
        for key in LEGACY_FIELDS:
            if whole.get(key):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                form.wrong((*path, key), code, message)
    form.text(path, body, "content", 2000)
    form.text(path, body, "nonce", 25) if isinstance(body.get("nonce"), str) else None
    check_embeds(form, (*path, "embeds"), body.get("embeds") or [])
    check_message_components(form, (*path, "components"), body.get("components") or [], v2=v2)
    sent = {str(each["filename"]) for each in whole.get("attachments") or []}
    check_files(form, (*path, "components"), whole.get("components") or [], sent)
    form.close()
    visible = ("components", "attachments") if v2 else (*LEGACY_FIELDS, "attachments")
    if not any(str(whole.get(key) or "").strip() for key in visible):
        raise RefusedError(400, 50006, "Cannot send an empty message")


def check_embeds(form: Form, path: Path, embeds: list[JSON]) -> None:
    """At most 10 embeds, each part within its limit and 6000 characters over all of them."""
    form.items(path, embeds, 10)
    total = 0
    for index, embed in enumerate(embeds):
        at = (*path, index)
        for key, most in EMBED_SIZES.items():
            form.text(at, embed, key, most)
        form.text((*at, "footer"), embed.get("footer") or {}, "text", 2048)
        form.text((*at, "author"), embed.get("author") or {}, "name", 256)
        fields = embed.get("fields") or []
        form.items((*at, "fields"), fields, 25)
        for number, field in enumerate(fields):
            form.text((*at, "fields", number), field, "name", 256, least=1, required=True)
            form.text((*at, "fields", number), field, "value", 1024, least=1, required=True)
        total += sum(map(length, embed_texts(embed)))
    if total > 6000:
        form.wrong(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def embed_texts(embed: JSON) -> list[str]:
    """The texts of an embed that count towards the 6000."""
    fields = [str(field.get(key) or "") for field in embed.get("fields") or [] for key in ("name", "value")]
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    texts = [embed.get("title"), embed.get("description"), footer.get("text"), author.get("name")]
    return [str(text) for text in texts if text] + fields


def check_choices(choices: list[JSON], path: Path = ("data", "choices")) -> None:
    """At most 25 completions, their names and values at most 100 characters. Raises `RefusedError`."""
    form = Form()
    form.items(path, choices, 25)
    for index, choice in enumerate(choices):
        form.text((*path, index), choice, "name", 100, least=1, required=True)
        if isinstance(choice.get("value"), str | None):
            form.text((*path, index), choice, "value", 100, least=1, required=True)
    form.close()
