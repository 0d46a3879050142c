"""What one Discord message takes, and how much of it a text or a control is."""

from dataclasses import dataclass

from bot.reply import Choice

# Discord, Component Reference: action rows of up to five buttons or one select, selects of up to 25 options,
# and the longest label of a button, label of an option, placeholder and custom id or value, in characters.
BUTTONS = 5
OPTIONS = 25
BUTTON_LABEL = 80
OPTION_LABEL = 100
PLACEHOLDER = 150
CUSTOM_ID = 100
WIDEST = 3  # bytes of UTF-8 that a UTF-16 code unit can take; the two of a pair take four together
OVERHEAD = 30  # bytes of a component beside its texts: 12 were measured for a text display (see `MESSAGE`)


@dataclass(frozen=True, slots=True)
class Size:
    """A part of a message: UTF-16 code units in text displays, bytes of UTF-8 in all, components."""

    units: int = 0
    octets: int = 0
    components: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.units + other.units, self.octets + other.octets, self.components + other.components)

    def within(self, room: "Size") -> bool:
        """Whether there is room for it."""
        return self.units <= room.units and self.octets <= room.octets and self.components <= room.components


# 4000 characters over all text displays and 40 components, nested ones included: Discord, Component
# Reference, and `LayoutView` of discord.py. What counts as one is not said; UTF-16 units are never fewer.
# The bytes are not documented: with more than 10170 bytes of UTF-8 in its components, labels included, a
# message is answered with status 500 or as an "unknown interaction" (discord/discord-api-docs, issues 7310
# and 8554). A text of 4000 Chinese characters has 12000.
MESSAGE = Size(4000, 9800, 40)
# What is broken only if it is longer: a paragraph, an item, a source. Two or three screens of a phone.
PIECE = Size(1500, 3000)
# The most that stays together; beside it a page has room for a title repeated above it and a row of buttons.
PART = Size(2500, 5000)


def size(text: str) -> Size:
    """How much of a message a text takes."""
    if text.isascii():
        return Size(len(text), len(text))
    return Size(len(text.encode("utf-16-le")) // 2, len(text.encode()))


def choice_size(choice: Choice) -> Size:
    """How much the button or the option of a choice takes; its custom id or value holds what it asks."""
    asked = [choice.ask.command, *choice.ask.options, *choice.ask.options.values()]
    custom_id = sum(len(text.encode(errors="replace")) + 1 for text in asked)
    return Size(octets=len(choice.label.encode()) + min(custom_id, CUSTOM_ID * WIDEST) + OVERHEAD)
