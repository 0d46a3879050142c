"""What is typed on Matrix beside the commands that every platform has, and how help speaks of it."""

from dataclasses import replace

from bot.commands.request import Request
from bot.commands.words import named, spoken
from bot.i18n import LANGUAGES, message, translator
from bot.reply import Bullets, Card, Facts, Reply

MORE = message("more")
PRIVATE = message("private")
PUBLIC = message("public")


def own_word(typed: str) -> str | None:
    """Which of the words of this platform is typed, in English or any language we speak; None for another."""
    return next(
        (
            word
            for word in (MORE, PRIVATE, PUBLIC)
            if named(typed, word, *(translator(language)(word) for language in LANGUAGES))
        ),
        None,
    )


def typed(word: str, request: Request) -> str:
    """A word of this platform as this reader types it."""
    return f"{request.prefix}{request.tr(word)}"


def with_own_words(help_: Reply, request: Request) -> Reply:
    """The reply to a plain `help`, with what is only typed here."""
    tr = request.tr
    numbers = tr("{first} to {last}", first=f"{request.prefix}1", last=f"{request.prefix}9")
    rows = (
        (typed(MORE, request), tr("The rest of my last answer to you.")),
        (numbers, tr("What has that number in my last answer to you.")),
        (spoken("cite", request), tr("How to cite what I last showed you.")),
        (
            typed(PRIVATE, request),
            tr("I answer you in a direct room from then on; before a command, this once."),
        ),
        (typed(PUBLIC, request), tr("I answer you where you ask again; before a command, this once.")),
    )
    return replace(help_, cards=(*help_.cards, Card(tr("Here you can also type"), (Facts(rows),))))


def with_own_promises(privacy: Reply, request: Request) -> Reply:
    """The reply to `privacy about`, with what is kept on Matrix and nowhere else."""
    tr = request.tr
    promises = (
        tr(
            "Each answer carries with it, closed so that only I can open it, what it answered: that is how"
            " {more} and the numbers work later on. I keep no copy.",
            more=typed(MORE, request),
        ),
        tr(
            "My account on the homeserver holds our direct room, if we have one, and whether you want all"
            " answers there ({private}, {public}).",
            private=typed(PRIVATE, request),
            public=typed(PUBLIC, request),
        ),
    )
    return replace(privacy, cards=(*privacy.cards, Card(tr("On Matrix"), (Bullets(promises),))))
