"""What Discord refuses in the components of messages and modals.

The rules are those of "Component Reference" in Discord's documentation, with two that are only known from
its behaviour: the 4000 characters over all text displays, and the 500 past some 10 kB of text in UTF-8
(issue 8554 of discord/discord-api-docs).
"""

from collections.abc import Callable, Iterator
from enum import IntEnum

from tests.standin.refusals import JSON, Form, Path, RefusedError, length

MOST_COMPONENTS = 40
MOST_ROWS = 5  # of a message without IS_COMPONENTS_V2
MOST_TEXT = 4000
MOST_BYTES = 10_170  # of UTF-8 over all text displays, each counted with 12 more


class Kind(IntEnum):
    """Component types."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = {3, 5, 6, 7, 8}
IN_CONTAINER: set[int] = {Kind.ROW, Kind.SECTION, Kind.TEXT, Kind.GALLERY, Kind.FILE, Kind.SEPARATOR}
IN_MODAL: set[int] = {Kind.ROW, Kind.TEXT, Kind.LABEL}
INSIDE: dict[int, set[int]] = {
    Kind.ROW: {Kind.BUTTON, *SELECTS},
    Kind.SECTION: {Kind.TEXT},
    Kind.CONTAINER: IN_CONTAINER,
}
ACCESSORIES: set[int] = {Kind.BUTTON, Kind.THUMBNAIL}
IN_LABEL: set[int] = {Kind.TEXT_INPUT, *SELECTS, 19, 21, 22, 23}
LINK, PREMIUM = 5, 6  # button styles


def walk(components: list[JSON], path: Path = ()) -> Iterator[tuple[Path, JSON]]:
    """Every component with where it stands, parents before children."""
    for index, component in enumerate(components):
        yield (*path, index), component
        yield from walk(component.get("components") or [], (*path, index, "components"))
        for only in ("accessory", "component"):
            if child := component.get(only):
                yield (*path, index, only), child


def check_message_components(form: Form, path: Path, components: list[JSON], *, v2: bool) -> None:
    """Refuse what a message may not hold, by the old rules or (`v2`) by those of IS_COMPONENTS_V2."""
    form.items(path, components, MOST_COMPONENTS if v2 else MOST_ROWS)
    allowed: set[int] = {*IN_CONTAINER, Kind.CONTAINER} if v2 else {Kind.ROW}
    _check_nesting(form, path, components, allowed, INSIDE)
    found = list(walk(components, path))
    _check_ids(form, found)
    if len(found) > MOST_COMPONENTS:
        message = f"Total number of components must not exceed {MOST_COMPONENTS}."
        form.wrong(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    texts = [str(each.get("content") or "") for _, each in found if each.get("type") == Kind.TEXT]
    if sum(map(length, texts)) > MOST_TEXT:
        message = f"Total size of displayable text must not exceed {MOST_TEXT}."
        form.wrong(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    elif sum(len(text.encode()) + 12 for text in texts) > MOST_BYTES:
        raise RefusedError(500, 0, "500: Internal Server Error")


def check_files(form: Form, path: Path, components: list[JSON], names: set[str]) -> None:
    """Refuse a file to be shown that is not sent with the message."""
    for at, component in walk(components, path):
        url = str((component.get("file") or {}).get("url"))
        if component.get("type") == Kind.FILE and url not in {f"attachment://{name}" for name in names}:
            message = "The referenced attachment was not found"
            form.wrong((*at, "file", "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)


def check_modal(form: Form, path: Path, modal: JSON) -> None:
    """Refuse a modal that cannot be shown."""
    form.text(path, modal, "custom_id", 100, least=1, required=True)
    form.text(path, modal, "title", 45, least=1, required=True)
    components = modal.get("components") or []
    at: Path = (*path, "components")
    form.items(at, components, 5, least=1)
    _check_nesting(form, at, components, IN_MODAL, {Kind.ROW: {Kind.TEXT_INPUT}})
    for index, component in enumerate(components):
        if component.get("type") == Kind.LABEL:
            form.text((*at, index), component, "label", 45, least=1, required=True)
            form.text((*at, index), component, "description", 100)
        elif component.get("type") == Kind.ROW:
            for inner, field in enumerate(component.get("components") or []):
                form.text((*at, index, "components", inner), field, "label", 45, least=1, required=True)
    _check_ids(form, list(walk(components, at)))


def _check_nesting(
    form: Form, path: Path, components: list[JSON], allowed: set[int], inside: dict[int, set[int]]
) -> None:
    for index, component in enumerate(components):
        at = (*path, index)
        kind = component.get("type")
        form.one_of((*at, "type"), kind, allowed)
        if kind in CHECKS:
            CHECKS[kind](form, at, component)
        if kind in inside:
            children = component.get("components") or []
            _check_nesting(form, (*at, "components"), children, inside[kind], inside)
        for only, permitted in (("accessory", ACCESSORIES), ("component", IN_LABEL)):
            if child := component.get(only):
                form.one_of((*at, only, "type"), child.get("type"), permitted)
                CHECKS.get(child.get("type"), _anything)(form, (*at, only), child)


def _check_ids(form: Form, found: list[tuple[Path, JSON]]) -> None:
    seen: dict[str, set[object]] = {"custom_id": set(), "id": set()}
    codes = {
        "custom_id": ("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
        "id": ("COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"),
    }
    for path, component in found:
        for key, values in seen.items():
            value = component.get(key)
            if value and value in values:  # an id of 0 is as good as none
                form.wrong((*path, key), *codes[key])
            values.add(value)


def _anything(form: Form, path: Path, component: JSON) -> None:
    """A kind that has no rules here."""


def _row(form: Form, path: Path, row: JSON) -> None:
    children = row.get("components") or []
    form.items((*path, "components"), children, 5, least=1)
    if any(child.get("type") in SELECTS for child in children) and len(children) > 1:
        message = "The specified component exceeds the maximum width"
        form.wrong((*path, "components", 1), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _button(form: Form, path: Path, button: JSON) -> None:
    style = button.get("style")
    form.one_of((*path, "style"), style, {1, 2, 3, 4, 5, 6})
    form.text(path, button, "label", 80)
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(style or 0, "custom_id")
    form.text(path, button, needed, 512 if needed == "url" else 100, least=1, required=True)
    for other in {"url", "sku_id", "custom_id"} - {needed}:
        if button.get(other):
            message = f"A button of this style cannot have a {other}"
            form.wrong((*path, other), "BUTTON_COMPONENT_INVALID_FIELD", message)
    url = str(button.get("url") or "")
    if url and not url.startswith(("http://", "https://", "discord://")):
        message = "Scheme must be one of ('discord', 'http', 'https')."
        form.wrong((*path, "url"), "URL_TYPE_INVALID_SCHEME", message)
    if style != PREMIUM and not (button.get("label") or button.get("emoji")):
        message = "A button must have a label or an emoji"
        form.wrong((*path, "label"), "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message)


def _select(form: Form, path: Path, select: JSON) -> None:
    form.text(path, select, "custom_id", 100, least=1, required=True)
    form.text(path, select, "placeholder", 150)
    form.number(path, select, "min_values", 0, 25)
    form.number(path, select, "max_values", 1, 25)
    least, most = select.get("min_values"), select.get("max_values") or 1
    if (1 if least is None else least) > most:
        message = "min_values must not be greater than max_values"
        form.wrong((*path, "min_values"), "SELECT_COMPONENT_INVALID_RANGE", message)
    if select.get("type") == Kind.STRING_SELECT:
        _options(form, path, select, most)


def _options(form: Form, path: Path, select: JSON, most: int) -> None:
    options = select.get("options") or []
    at: Path = (*path, "options")
    form.items(at, options, 25, least=1)
    if most > len(options):
        message = "max_values must not be greater than the number of options"
        form.wrong((*path, "max_values"), "SELECT_COMPONENT_INVALID_RANGE", message)
    for index, option in enumerate(options):
        form.text((*at, index), option, "label", 100, least=1, required=True)
        form.text((*at, index), option, "value", 100, least=1, required=True)
        form.text((*at, index), option, "description", 100)
    values = [option.get("value") for option in options]
    message = "The specified option value is already used"
    form.distinct(at, values, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    if sum(bool(option.get("default")) for option in options) > most:
        form.wrong(at, "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "More defaults than can be selected")


def _section(form: Form, path: Path, section: JSON) -> None:
    form.items((*path, "components"), section.get("components") or [], 3, least=1)
    if not section.get("accessory"):
        form.wrong((*path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")


def _text(form: Form, path: Path, text: JSON) -> None:
    form.text(path, text, "content", MOST_TEXT, least=1, required=True)


def _container(form: Form, path: Path, container: JSON) -> None:
    form.items((*path, "components"), container.get("components") or [], MOST_COMPONENTS, least=1)
    form.number(path, container, "accent_color", 0, 0xFFFFFF)


def _gallery(form: Form, path: Path, gallery: JSON) -> None:
    form.items((*path, "items"), gallery.get("items") or [], 10, least=1)


def _separator(form: Form, path: Path, separator: JSON) -> None:
    form.number(path, separator, "spacing", 1, 2)


def _text_input(form: Form, path: Path, field: JSON) -> None:
    form.text(path, field, "custom_id", 100, least=1, required=True)
    form.one_of((*path, "style"), field.get("style"), {1, 2})
    form.text(path, field, "placeholder", 100)
    form.number(path, field, "min_length", 0, 4000)
    form.number(path, field, "max_length", 1, 4000)
    most = field.get("max_length") or 4000
    if (field.get("min_length") or 0) > most:
        form.wrong((*path, "min_length"), "NUMBER_TYPE_MAX", "min_length is greater than max_length")
    form.text(path, field, "value", most)


CHECKS: dict[int, Callable[[Form, Path, JSON], None]] = {
    Kind.ROW: _row,
    Kind.BUTTON: _button,
    **dict.fromkeys(SELECTS, _select),
    Kind.SECTION: _section,
    Kind.TEXT: _text,
    Kind.GALLERY: _gallery,
    Kind.SEPARATOR: _separator,
    Kind.CONTAINER: _container,
    Kind.TEXT_INPUT: _text_input,
}
