"""What Discord refuses in messages, answers, forms and completions: just past each limit, and not at it."""

from typing import Any

import pytest

from tests.standin.components import check_modal
from tests.standin.limits import ANSWERABLE, EDITABLE, SENDABLE, Flags, check_choices, check_message
from tests.standin.refusals import Form, RefusedError

JSON = dict[str, Any]
V2 = int(Flags.COMPONENTS_V2)


def text(content: str = "x") -> JSON:
    return {"type": 10, "content": content}


def button(number: int = 0, **fields: object) -> JSON:
    return {"type": 2, "style": 1, "label": "x", "custom_id": f"b{number}", **fields}


def link(**fields: object) -> JSON:
    return {"type": 2, "style": 5, "label": "x", "url": "https://example.org", **fields}


def row(*children: JSON) -> JSON:
    return {"type": 1, "components": list(children or [button()])}


def select(options: int = 1, **fields: object) -> JSON:
    given = [{"label": str(number), "value": str(number)} for number in range(options)]
    return {"type": 3, "custom_id": "s", "options": given, **fields}


def container(*children: JSON, **fields: object) -> JSON:
    return {"type": 17, "components": list(children or [text()]), **fields}


def section(*children: JSON, **fields: object) -> JSON:
    return {"type": 9, "components": list(children or [text()]), "accessory": link(), **fields}


def option(**fields: object) -> JSON:
    return select(options=1) | {"options": [{"label": "l", "value": "v", **fields}]}


def refusal(body: JSON, allowed: Flags = ANSWERABLE, before: JSON | None = None) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        check_message(body, allowed, before=before)
    return refused.value


GOOD_LAYOUTS = [
    [text("x" * 4000)],
    [text("x" * 1000)] * 4,
    [text()] * 40,
    [container(*[text()] * 39)],
    [row(*map(button, range(5)))],
    [row(select(25, max_values=25, placeholder="x" * 150))],
    [row(link(url="https://example.org/" + "x" * 492))],
    [row(button(label="x" * 80, custom_id="x" * 100))],
    [row(button(label=None, emoji={"name": "📚"}))],
    [section(text(), text(), text())],
    [row(option(label="x" * 100, value="x" * 100, description="x" * 100))],
    [{"type": 14, "spacing": 2}, text()],
]


@pytest.mark.parametrize("components", GOOD_LAYOUTS)
def test_layouts_at_the_limits_are_taken(components: list[JSON]) -> None:
    check_message({"flags": V2, "components": components}, SENDABLE)


BAD_LAYOUTS: list[tuple[list[JSON], str]] = [
    ([text("x" * 4001)], "components.0.content"),
    ([text("x" * 2000), text("x" * 2001)], "components"),
    ([text("😀" * 2001)], "components.0.content"),
    ([text()] * 41, "components"),
    ([container(*[text()] * 40)], "components"),
    ([text("")], "components.0.content"),
    ([text(" \n")], "components.0.content"),
    ([container(container())], "components.0.components.0.type"),
    ([container() | {"components": []}], "components.0.components"),
    ([container(accent_color=0x1000000)], "components.0.accent_color"),
    ([container(section(row()))], "components.0.components.0.components.0.type"),
    ([button()], "components.0.type"),
    ([row(*map(button, range(6)))], "components.0.components"),
    ([row() | {"components": []}], "components.0.components"),
    ([row(select(), button())], "components.0.components.1"),
    ([row(text())], "components.0.components.0.type"),
    ([row(button(1), button(1))], "components.0.components.1.custom_id"),
    ([row(), section(accessory=button())], "components.1.accessory.custom_id"),
    ([text() | {"id": 3}, text() | {"id": 3}], "components.1.id"),
    ([row(button(custom_id="x" * 101))], "components.0.components.0.custom_id"),
    ([row(button(custom_id=""))], "components.0.components.0.custom_id"),
    ([row(button(label="x" * 81))], "components.0.components.0.label"),
    ([row(button(label=None))], "components.0.components.0.label"),
    ([row(button(style=7))], "components.0.components.0.style"),
    ([row(button(url="https://example.org"))], "components.0.components.0.url"),
    ([row(link(custom_id="x"))], "components.0.components.0.custom_id"),
    ([row(link(url=None))], "components.0.components.0.url"),
    ([row(link(url="https://example.org/" + "x" * 493))], "components.0.components.0.url"),
    ([row(link(url="mailto:a@example.org"))], "components.0.components.0.url"),
    ([row(select(26))], "components.0.components.0.options"),
    ([row(select(0))], "components.0.components.0.options"),
    ([row(select(placeholder="x" * 151))], "components.0.components.0.placeholder"),
    ([row(select(2, min_values=2))], "components.0.components.0.min_values"),
    ([row(select(2, max_values=3))], "components.0.components.0.max_values"),
    ([row(option(label="x" * 101))], "components.0.components.0.options.0.label"),
    ([row(option(value="x" * 101))], "components.0.components.0.options.0.value"),
    ([row(option(value=""))], "components.0.components.0.options.0.value"),
    ([row(option(description="x" * 101))], "components.0.components.0.options.0.description"),
    (
        [row(select() | {"options": [{"label": "a", "value": "v"}, {"label": "b", "value": "v"}]})],
        "components.0.components.0.options.1",
    ),
    ([section(*[text()] * 4)], "components.0.components"),
    ([section(accessory=None)], "components.0.accessory"),
    ([section(accessory=select())], "components.0.accessory.type"),
    ([{"type": 14, "spacing": 3}, text()], "components.0.spacing"),
    ([{"type": 12, "items": []}], "components.0.items"),
]


@pytest.mark.parametrize(("components", "where"), BAD_LAYOUTS)
def test_layouts_past_the_limits_are_refused_at_the_right_place(components: list[JSON], where: str) -> None:
    refused = refusal({"flags": V2, "components": components})
    assert (refused.status, refused.code) == (400, 50035)
    node: Any = refused.errors
    for step in where.split("."):
        node = node[step]
    assert node["_errors"]


def test_text_past_some_ten_thousand_bytes_breaks_discord() -> None:
    """As long as allowed in Chinese is too long for it: issue 8554 of discord/discord-api-docs."""
    check_message({"flags": V2, "components": [text("本" * 3386)]}, SENDABLE)
    assert refusal({"flags": V2, "components": [text("本" * 3387)]}).status == 500


GOOD_MESSAGES: list[JSON] = [
    {"content": "x" * 2000},
    {"content": "x", "components": [row(button(number)) for number in range(5)]},
    {"embeds": [{"title": "x" * 256, "description": "x" * 4096, "footer": {"text": "x" * 1648}}]},
    {"embeds": [{"fields": [{"name": "x", "value": "x"}] * 25}]},
    {"embeds": [{"author": {"name": "x" * 256}, "fields": [{"name": "x" * 256, "value": "x" * 1024}]}]},
]


@pytest.mark.parametrize("body", GOOD_MESSAGES)
def test_messages_at_the_limits_are_taken(body: JSON) -> None:
    check_message(body, SENDABLE)


BAD_MESSAGES: list[tuple[JSON, int]] = [
    ({}, 50006),
    ({"content": " "}, 50006),
    ({"components": [row()]}, 50006),
    ({"flags": V2, "components": []}, 50006),
    ({"content": "x" * 2001}, 50035),
    ({"content": "😀" * 1001}, 50035),
    ({"content": "x", "components": [text()]}, 50035),
    ({"content": "x", "components": [row(button(number)) for number in range(6)]}, 50035),
    ({"flags": V2, "components": [text()], "content": "x"}, 50035),
    ({"flags": V2, "components": [text()], "embeds": [{"title": "x"}]}, 50035),
    ({"embeds": [{"title": "x"}] * 11}, 50035),
    ({"embeds": [{"title": "x" * 257}]}, 50035),
    ({"embeds": [{"description": "x" * 4097}]}, 50035),
    ({"embeds": [{"footer": {"text": "x" * 2049}}]}, 50035),
    ({"embeds": [{"author": {"name": "x" * 257}}]}, 50035),
    ({"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, 50035),
    ({"embeds": [{"fields": [{"name": "x" * 257, "value": "x"}]}]}, 50035),
    ({"embeds": [{"fields": [{"name": "x", "value": "x" * 1025}]}]}, 50035),
    ({"embeds": [{"fields": [{"name": "x", "value": ""}]}]}, 50035),
    ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, 50035),
    ({"content": "x", "nonce": "x" * 26}, 50035),
    ({"content": "x", "flags": 1 << 7}, 50035),
]


@pytest.mark.parametrize(("body", "code"), BAD_MESSAGES)
def test_messages_past_the_limits_are_refused(body: JSON, code: int) -> None:
    assert refusal(body).code == code


def test_only_answers_can_be_ephemeral() -> None:
    check_message({"content": "x", "flags": 64}, ANSWERABLE)
    assert refusal({"content": "x", "flags": 64}, SENDABLE).code == 50035


def test_a_layout_stays_one_and_has_no_content_to_edit() -> None:
    before = {"flags": V2, "components": [text()], "content": "", "embeds": [], "attachments": []}
    check_message({"components": [text("y")]}, EDITABLE, before=before)
    assert refusal({"flags": 0, "content": "y"}, EDITABLE, before).code == 50035
    assert refusal({"content": "y"}, EDITABLE, before).code == 50035


def test_a_message_with_text_becomes_a_layout_only_without_it() -> None:
    before = {"flags": 0, "components": [], "content": "x", "embeds": [], "attachments": []}
    assert refusal({"flags": V2, "components": [text()]}, EDITABLE, before).code == 50035
    check_message({"flags": V2, "components": [text()], "content": None}, EDITABLE, before=before)


def test_a_file_that_is_shown_is_sent_with_the_message() -> None:
    shown = {"flags": V2, "components": [{"type": 13, "file": {"url": "attachment://list.yaml"}}]}
    assert refusal(shown, SENDABLE).code == 50035
    sent = {**shown, "attachments": [{"id": "1", "filename": "list.yaml"}]}
    check_message(sent, SENDABLE)
    check_message(
        {"attachments": sent["attachments"]}, EDITABLE, before={**sent, "content": "", "embeds": []}
    )
    assert refusal({"attachments": []}, EDITABLE, {**sent, "content": "", "embeds": []}).code == 50035


def test_an_edit_keeps_the_flags_it_cannot_change() -> None:
    before = {"flags": 64, "components": [], "content": "x", "embeds": [], "attachments": []}
    check_message({"content": "y", "flags": 64 | 4}, EDITABLE, before=before)
    assert refusal({"content": "y", "flags": 64 | 4096}, EDITABLE, before).code == 50035


def field(**fields: object) -> JSON:
    return {"type": 4, "custom_id": "f", "style": 1, **fields}


def labelled(component: JSON, **fields: object) -> JSON:
    return {"type": 18, "label": "x", "component": component, **fields}


def modal(*components: JSON, **fields: object) -> JSON:
    return {"custom_id": "m", "title": "x", "components": list(components or [labelled(field())]), **fields}


def problems(given: JSON) -> JSON:
    form = Form()
    check_modal(form, (), given)
    return form.errors


@pytest.mark.parametrize(
    "given",
    [
        modal(title="x" * 45, custom_id="x" * 100),
        modal(*[labelled(field(custom_id=str(number))) for number in range(5)]),
        modal(row(field(label="x" * 45))),
        modal(text(), labelled(select(), description="x" * 100)),
        modal(labelled(field(max_length=5, min_length=5, value="x" * 5))),
    ],
)
def test_forms_at_the_limits_are_taken(given: JSON) -> None:
    assert problems(given) == {}


@pytest.mark.parametrize(
    "given",
    [
        modal(title="x" * 46),
        modal(title=""),
        modal(custom_id="x" * 101),
        modal(*[labelled(field(custom_id=str(number))) for number in range(6)]),
        modal() | {"components": []},
        modal(row(field())),
        modal(row(button())),
        modal(container()),
        modal(labelled(field(), label="x" * 46)),
        modal(labelled(field(), description="x" * 101)),
        modal(labelled(button())),
        modal(labelled(field(style=3))),
        modal(labelled(field(placeholder="x" * 101))),
        modal(labelled(field(max_length=4001))),
        modal(labelled(field(max_length=5, value="x" * 6))),
        modal(labelled(field(max_length=5, min_length=6))),
        modal(labelled(field(value="x" * 4001))),
        modal(labelled(field()), labelled(field())),
    ],
)
def test_forms_past_the_limits_are_refused(given: JSON) -> None:
    assert problems(given)


def test_completions() -> None:
    check_choices([{"name": "x" * 100, "value": "x" * 100}] * 25)
    for choices in (
        [{"name": "x", "value": "x"}] * 26,
        [{"name": "x" * 101, "value": "x"}],
        [{"name": "", "value": "x"}],
        [{"name": "x", "value": "x" * 101}],
        [{"name": "x", "value": None}],
    ):
        with pytest.raises(RefusedError):
            check_choices(choices)
