"""Forms as Discord's modals: opened as the first answer, and read when they are filled in.

Limits: “Modals”, “Label” and “Text Input” in Discord's Component Reference. A modal is no answer to one that
was filled in, nor to anything that was answered already; there, a button opens it. What a modal leads to
stands in its custom id, so that one opened before a restart can be sent after it.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.i18n import Translator
from bot.platforms.clean import by_line, one_line
from bot.platforms.discord.address import Address, Step, bare, write
from bot.platforms.discord.limits import CUSTOM_ID, size
from bot.platforms.discord.text import at_line_start, fitted, linked
from bot.reply import Field, Form, Reply

FIELDS = 5  # top-level components of a modal
TITLE = 45
LABEL = 45
HINT = 100
VALUE = 4000
TEXT = 4000
ONCE = 3  # bytes: tells apart the few forms that one person opens within a quarter of an hour


def why_not(form: Form, tr: Translator) -> str:
    """Why a form cannot be opened here; empty where it can."""
    for field in form.fields:
        if size(field.value).units > VALUE:
            return tr(
                "“{field}” is longer than the {limit} characters that a form on Discord has room for."
                " To change it, export the shelf, change it in the file and import that.",
                field=field.label,
                limit=VALUE,
            )
    return ""


def modal(form: Form, text: str, tr: Translator) -> ui.Modal:
    """The form to open, with what it is for above it if there is room. Each has a custom id of its own."""
    where = bare(Address(Step.FORM, form.ask, token=secrets.token_urlsafe(ONCE)))
    made = ui.Modal(title=fitted(one_line(form.title), TITLE), custom_id=write(where, 0))
    said = "\n\n".join("\n".join(at_line_start(linked(line)) for line in lines) for lines in by_line(text))
    if said and len(form.fields) < FIELDS and size(said).units <= TEXT:
        made.add_item(ui.TextDisplay(said))
    for field in form.fields:
        made.add_item(_labelled(field, tr))
    made.stop()  # so that discord.py does not keep it: its custom id leads on by itself
    return made


def _labelled(field: Field, tr: Translator) -> ui.Label[Any]:
    aside = tr("Not taken: {problem}", problem=field.problem) if field.problem else field.hint
    return ui.Label(
        text=fitted(one_line(field.label), LABEL),
        description=fitted(one_line(aside), HINT) if aside.strip() else None,
        component=ui.TextInput(
            custom_id=field.name[:CUSTOM_ID],
            style=discord.TextStyle.paragraph if field.long else discord.TextStyle.short,
            default=field.value or None,
            required=field.required,
            min_length=1 if field.required else None,
            # What stands there already has to fit, for a form that is longer than it may be cannot be opened.
            max_length=min(max(field.limit, size(field.value).units, 1), VALUE),
        ),
    )


def filled_in(interaction: discord.Interaction) -> dict[str, str]:
    """What was filled in, by the names of the fields; of one that was left empty, empty text."""
    data: Mapping[str, Any] = interaction.data or {}
    return {field["custom_id"]: str(field.get("value") or "") for field in _inputs(data.get("components"))}


def _inputs(components: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - JSON, as Discord sends it
    for component in components or ():
        if component.get("type") == discord.ComponentType.text_input.value:
            yield component
        yield from _inputs(component.get("components"))
        yield from _inputs([component["component"]] if component.get("component") else ())


def with_typed(form: Form, typed: Mapping[str, str]) -> Form:
    """The form with what somebody typed in place of what else stands in it."""
    fields = tuple(replace(each, value=typed.get(each.name, each.value)) for each in form.fields)
    return replace(form, fields=fields)


def with_problems(reply: Reply, tr: Translator) -> Reply:
    """The reply of a form that is not opened: its text says what is wrong with each field."""
    fields = reply.form.fields if reply.form else ()
    wrong = [
        tr("{field}: {problem}", field=each.label, problem=each.problem) for each in fields if each.problem
    ]
    return replace(reply, text="\n\n".join(filter(None, [reply.text, *wrong])))
