"""A form asked step by step, for platforms on which nothing opens one.

One field after the other is asked for, and each answer leads to the next question; after the last one, the
command of the form is given with all of them. Where the form says what is wrong with some fields, only those
are asked for again. Nothing is kept here: whoever asks keeps the `Filling`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.commands.request import Request
from bot.commands.words import in_one_line, named, shortened, trimmed
from bot.i18n import LANGUAGES, message, translator
from bot.reply import Ask, Block, Card, Facts, Field, Form, Paragraph, Reply

LEAVE = "-"
KEEP = "="
STOP = message("stop")
SHOWN = 300  # characters of what stands in a field that are shown: enough to know it again


class Trouble(StrEnum):
    """Why an answer was not taken."""

    MISSING = "missing"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that somebody is filling in: what they answered, by field, and which of the `steps` comes now.

    `trouble` says why their last answer was not taken; None where it was.
    """

    form: Form
    answers: Mapping[str, str] = field(default_factory=dict)
    at: int = 0
    trouble: Trouble | None = None

    @property
    def steps(self) -> tuple[Field, ...]:
        """The fields that are asked for: those with a problem, or else all."""
        return tuple(each for each in self.form.fields if each.problem) or self.form.fields

    @property
    def current(self) -> Field:
        """The field that is asked for now."""
        return self.steps[self.at]


def begun(reply: Reply) -> Filling | None:
    """The form of a reply, of which nothing was filled in so far; None where there is nothing to fill in."""
    return Filling(reply.form) if reply.form and reply.form.fields else None


def asked(filling: Filling, ask: Request, *, by_reply: bool = False) -> Reply:
    """The question for the field that comes now.

    `by_reply` is for a place where others talk, too: an answer is a reply to the question there, and what
    stands for no answer can be typed after the prefix.
    """
    tr, now = ask.tr, filling.current
    step = tr(
        "{form}: step {n} of {total}", form=filling.form.title, n=filling.at + 1, total=len(filling.steps)
    )
    title = now.label if now.required else tr("{field} (may be left out)", field=now.label)
    blocks: list[Block] = [Paragraph(now.hint)] if now.hint else []
    if now.value:
        blocks.append(Facts(((tr("What stands there now"), shortened(now.value, SHOWN)),)))
    warning = _trouble(filling, ask) or now.problem
    card = Card(
        title, tuple(blocks), label=step, warning=warning, footer=(_how(now, ask, by_reply=by_reply),)
    )
    return Reply(cards=(card,))


def opened(reply: Reply, ask: Request, *, by_reply: bool = False) -> Reply:
    """A reply with a form as it is shown here: what it says, and then the first question."""
    filling = begun(reply)
    if filling is None:
        return reply
    cards = (*reply.cards, *asked(filling, ask, by_reply=by_reply).cards)
    return replace(reply, cards=cards, page=max(reply.page, len(cards)))


def answered(filling: Filling, line: str, prefix: str) -> Filling | Ask | None:
    """What an answer leads to: the next question, the command of the form, or None where it ends the form.

    An answer that cannot be taken leads to the same question. One that is taken is kept as it was typed, with
    whatever cannot be seen in it: the command is to refuse that, and what is shown is cleaned where it is.
    """
    now = filling.current
    typed = trimmed(line)
    bare = typed.removeprefix(prefix).strip()
    if typed.startswith(prefix) and is_stop(bare):
        return None
    if bare == LEAVE:
        text = ""
    elif bare == KEEP:
        text = now.value
    else:
        text = typed if now.long else in_one_line(line)
    if len(text) > now.limit:
        return replace(filling, trouble=Trouble.LONG)
    if now.required and not text:
        return replace(filling, trouble=Trouble.MISSING)
    answers = {**filling.answers, now.name: text}
    if filling.at + 1 < len(filling.steps):
        return replace(filling, answers=answers, at=filling.at + 1, trouble=None)
    # What was not asked for again stays as it was filled in before.
    values = {each.name: answers.get(each.name, each.value) for each in filling.form.fields}
    return Ask(filling.form.ask.command, {**filling.form.ask.options, **values})


def unanswered(filling: Filling, ask: Request) -> str:
    """What is said to nothing at all, which is no answer: what can be typed instead."""
    now = filling.current
    missing = [ask.tr("This cannot be left out.")] if now.required else []
    return " ".join((*missing, _how(now, ask, by_reply=False)))


def is_stop(word: str) -> bool:
    """Whether that is the word that ends a form, in English or any language we speak."""
    return named(word, STOP, *(translator(language)(STOP) for language in LANGUAGES))


def _trouble(filling: Filling, ask: Request) -> str:
    tr = ask.tr
    match filling.trouble:
        case Trouble.MISSING:
            return tr("This cannot be left out.")
        case Trouble.LONG:
            return tr(
                "That is too long: at most {limit} characters fit here. Please say it in fewer.",
                limit=filling.current.limit,
            )
        case None:
            return ""


def _how(now: Field, ask: Request, *, by_reply: bool) -> str:
    tr = ask.tr
    mark = ask.prefix if by_reply else ""
    said = [tr("Answer by replying to this message.") if by_reply else tr("Type your answer.")]
    if now.value and now.required:
        said.append(tr("{keep} keeps what stands there.", keep=mark + KEEP))
    elif now.value:
        said.append(
            tr("{keep} keeps what stands there, {leave} empties it.", keep=mark + KEEP, leave=mark + LEAVE)
        )
    elif not now.required:
        said.append(tr("{leave} leaves it out.", leave=mark + LEAVE))
    said.append(tr("{stop} ends this, and nothing is kept.", stop=ask.prefix + tr(STOP)))
    return " ".join(said)
