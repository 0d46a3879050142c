"""A reply as plain text: no markup, no width, nothing but words, spaces and line ends.

It is what a pipe, a log of answers, a screen reader or a client without formatting gets, and it says the same
as every other rendering.
"""

import re
from dataclasses import replace

from bot.commands.parse import QUOTES, parse
from bot.commands.request import Request
from bot.commands.words import spoken
from bot.errors import UsageError
from bot.i18n import Translator
from bot.platforms.clean import by_line, one_line, paragraphs, verbatim
from bot.reply import Ask, Block, Bullets, Card, Choice, Code, Facts, Links, Paragraph, Reply

BETWEEN_CARDS = "\n\n---\n\n"
WRITTEN_OUT = 3  # a post is there to be read and thought about; what it leads to is an addition


def card_text(card: Card, tr: Translator) -> str:
    """The card from its title to its attribution, as a person would read it; what to do next is left out.

    Parts stand a blank line apart. Where a paragraph was said stands on a line of its own after it.
    """
    head = "\n".join(filter(None, (one_line(card.title), one_line(card.label))))
    warning = "\n".join(filter(None, map(one_line, verbatim(card.warning))))
    footer = "\n".join(map(one_line, card.footer))
    return "\n\n".join(filter(None, (head, warning, *(_block(block, tr) for block in card.blocks), footer)))


def reply_text(reply: Reply, tr: Translator) -> str:
    """The whole reply: its opening, every card, and the labels of what can be asked next."""
    cards = BETWEEN_CARDS.join(
        "\n\n".join(filter(None, (card_text(card, tr), _choices(card.choices)))) for card in reply.cards
    )
    opening = "\n\n".join(map("\n".join, by_line(reply.text)))
    return "\n\n".join(filter(None, (opening, cards, _choices(reply.choices))))


def written_out(reply: Reply, prefix: str) -> Reply:
    """The reply as a post: what it offers stands at its end, as commands to type after the `prefix`.

    Nobody asked for a post, so that no conversation stands at it in which a number could choose. Of what it
    offers, the first three are kept.
    """
    offered = [*(choice for card in reply.cards for choice in card.choices), *reply.choices]
    rows = tuple((choice.label, to_type(choice.ask, prefix)) for choice in offered[:WRITTEN_OUT])
    cards = tuple(replace(card, choices=()) for card in reply.cards)
    return replace(reply, cards=(*cards, Card("", (Facts(rows),))) if rows else cards, choices=())


def to_type(asked: Ask, prefix: str) -> str:
    """The line by which a command is given, in English names, which are understood in every language."""
    request = Request(prefix=prefix)
    command = spoken(asked.command, request)
    if len(asked.options) == 1:
        (value,) = asked.options.values()
        try:
            if parse(f"{asked.command} {value}", request) == asked:
                return f"{command} {value}"
        except UsageError:  # it is for moderators, or what it says is a name of something else
            pass
    return " ".join((command, *(_option(name, value) for name, value in asked.options.items())))


def source_line(source: str, tr: Translator) -> str:
    """Where something was said, as the line after it; empty where the source is."""
    return labelled(tr("Source"), source, tr) if source else ""


def labelled(label: str, value: str, tr: Translator) -> str:
    """A label and its value on one line, with the colon as the reader's language sets it."""
    return tr("{label}: {value}", label=one_line(label), value=one_line(value))


def bullet(block: Bullets, number: int) -> str:
    """What stands before the item with that number, counting from 1."""
    return f"{number}. " if block.numbered else "• "


def _option(name: str, value: str) -> str:
    """An option by its name; a quotation mark, which would end its value, is left out."""
    plain = QUOTES.sub("", value)
    return f'{name}:"{plain}"' if re.search(r"\s", plain) else f"{name}:{plain}"


def _block(block: Block, tr: Translator) -> str:
    match block:
        case Paragraph(text, source):
            return "\n".join(filter(None, ("\n\n".join(paragraphs(text)), source_line(source, tr))))
        case Bullets(items, heading):
            lines = [bullet(block, number) + one_line(item) for number, item in enumerate(items, start=1)]
            return "\n".join(filter(None, (one_line(heading), *lines)))
        case Facts(rows):
            return "\n".join(labelled(label, value, tr) for label, value in rows)
        case Links(links):
            return "\n".join(labelled(link.label, link.url, tr) for link in links)
        case Code(text):
            return "\n".join(verbatim(text))


def _choices(choices: tuple[Choice, ...]) -> str:
    return "\n".join(f"→ {one_line(choice.label)}" for choice in choices)
