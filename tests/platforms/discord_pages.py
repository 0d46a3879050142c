"""The pages of a reply as Discord gets them: whether it would take them, and what its reader sees."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import discord
from discord import ui

from bot.i18n import Translator, translator
from bot.platforms.clean import one_line, paragraphs, verbatim
from bot.platforms.discord.render import Item, Page, page
from bot.platforms.discord.text import fitted
from bot.platforms.plain import labelled, source_line
from bot.reply import Block, Bullets, Choice, Code, Facts, Links, Paragraph, Reply
from tests.platforms.discord_markup import BULLET, visible

EN = translator("en")
ROW, BUTTON, SELECT, TEXT, CONTAINER = 1, 2, 3, 10, 17
Payload = Mapping[str, Any]


class Controls:
    """Buttons that name the choice they are made for."""

    def __init__(self) -> None:
        self._ids = map(str, count())

    def button(self, choice: Choice) -> Item:
        """A button for it."""
        return ui.Button(label=choice.label, custom_id=f"ask:{next(self._ids)}")

    def select(self, choices: Sequence[Choice], placeholder: str) -> Item:
        """A menu of them."""
        options = [discord.SelectOption(label=each.label, value=next(self._ids)) for each in choices]
        return ui.Select(custom_id=f"menu:{next(self._ids)}", placeholder=placeholder, options=options)

    def more(self, start: int, label: str) -> Item:
        """A button that names the part to go on with."""
        return ui.Button(label=label, custom_id=f"more:{start}")


def closing(number: int = 1) -> list[Item]:
    """Buttons that stand last."""
    return [ui.Button(label="Show to everyone", custom_id=f"last:{each}") for each in range(number)]


def pages(reply: Reply, tr: Translator = EN) -> Iterator[tuple[int, Page]]:
    """Every page with the part it begins with, each made from nothing as after a restart."""
    start: int | None = 0
    while start is not None:
        made = page(reply, start, Controls(), tr, closing())
        yield start, made
        assert made.next is None or made.next > start
        start = made.next


def payload(made: Page) -> list[Payload]:
    """What discord.py sends."""
    components: list[Payload] = made.view.to_components()  # type: ignore[no-untyped-call]  # of discord.py
    return components


def walk(components: Sequence[Payload]) -> Iterator[Payload]:
    """Every component, nested ones after the one they are in."""
    for component in components:
        yield component
        yield from walk(component.get("components", ()))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def texts_of(component: Payload) -> Iterator[str]:
    """Every text Discord stores of a component."""
    for key in ("content", "label", "custom_id", "placeholder", "value"):
        if component.get(key):
            yield component[key]
    for option in component.get("options", ()):
        yield from texts_of(option)


def within_limits(made: Page, cards: int) -> None:
    """What Discord publishes of messages, and what it was seen to refuse."""
    components = payload(made)
    every = list(walk(components))
    assert made.view.has_components_v2()
    assert components
    assert len(every) <= 40
    displays = [each["content"] for each in every if each["type"] == TEXT]
    assert all(display.strip() for display in displays)
    assert sum(map(units, displays)) <= 4000
    # Not published: discord/discord-api-docs, issue 8554.
    assert sum(len(text.encode()) for each in every for text in texts_of(each)) + 12 * len(every) <= 10170
    containers = [each for each in components if each["type"] == CONTAINER]
    assert len(containers) <= cards
    assert all(container["components"] for container in containers)
    ids = [each["custom_id"] for each in every if "custom_id" in each]
    assert len(set(ids)) == len(ids)
    for each in every:
        match each["type"]:
            case 1:
                inside = [item["type"] for item in each["components"]]
                assert inside == [SELECT] or (set(inside) == {BUTTON} and len(inside) <= 5)
            case 2:
                assert 1 <= units(each["label"]) <= 80
                assert 1 <= units(each["custom_id"]) <= 100
            case 3:
                assert 1 <= len(each["options"]) <= 25
                assert 1 <= units(each["placeholder"]) <= 150
                assert all(1 <= units(option["label"]) <= 100 for option in each["options"])
                assert all(1 <= units(option["value"]) <= 100 for option in each["options"])
            case kind:
                assert kind in (TEXT, CONTAINER)


def seen(reply: Reply, tr: Translator = EN) -> str:
    """What a reader sees on all pages, in order and without spaces; a title that is repeated is left out."""
    shown: list[str] = []
    for start, made in pages(reply, tr):
        within_limits(made, min(max(reply.page, 1), 3))
        said = _said(payload(made))
        repeated = {
            "".join(tr("{title}, continued", title=fitted(one_line(card.title), 100)).split())
            for card in reply.cards
        }
        if start and "".join(said[0].partition("\n")[0].split()) in repeated:
            said[0] = said[0].partition("\n")[2]
        shown += said
    return "".join("".join(shown).split())


def _said(components: Sequence[Payload]) -> list[str]:
    said = [""]
    for each in walk(components):
        if each["type"] == TEXT:
            said.append(visible(each["content"]))
        elif each["type"] == BUTTON and each["custom_id"].startswith("ask:"):
            said.append(f"[{each['label']}]")
        elif each["type"] == SELECT:
            said += [f"[{option['label']}]" for option in each["options"]]
    return said[1:] or [""]


def meant(reply: Reply, tr: Translator = EN) -> str:
    """What a reply says, in order and without spaces."""
    said = paragraphs(reply.text)
    for card in reply.cards:
        said += [one_line(card.label), one_line(card.title)]
        said += [f"⚠️{line}" for line in map(one_line, verbatim(card.warning)) if line.strip()]
        said += [text for block in card.blocks for text in _meant(block, tr)]
        said += [*map(one_line, card.footer), *_labels(card.choices)]
    if not said and not reply.choices:
        said = ["–"]
    whole = "".join("".join([*said, *_labels(reply.choices)]).split())
    return whole or "–"


def _meant(block: Block, tr: Translator) -> Iterator[str]:
    match block:
        case Paragraph(text, source):
            yield from paragraphs(text)
            yield one_line(source_line(source, tr))
        case Bullets(items, heading):
            yield one_line(heading)
            for number, item in enumerate(items, start=1):
                yield f"{number}.{BULLET}" if block.numbered else BULLET
                yield one_line(item).strip() or "–"
        case Facts(rows):
            yield from (_row(label, value, tr) for label, value in rows)
        case Links(links):
            yield from (_row(link.label, link.url, tr) for link in links)
        case Code(text):
            yield from verbatim(text)


def _row(label: str, value: str, tr: Translator) -> str:
    return labelled(label, value, tr) if one_line(label).strip() else one_line(value)


def _labels(choices: Sequence[Choice]) -> list[str]:
    longest = 80 if len(choices) <= 5 else 100
    return [f"[{fitted(one_line(choice.label), longest)}]" for choice in choices]


def markdown(reply: Reply) -> list[str]:
    """Every text display of every page."""
    every = (each for _, made in pages(reply) for each in walk(payload(made)))
    return [each["content"] for each in every if each["type"] == TEXT]
