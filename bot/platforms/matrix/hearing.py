"""What is said to us: a command, a question, the next step; or nothing, since it is not meant for us."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from rapidfuzz import fuzz, process

from bot.commands.describe import REGISTRY
from bot.commands.filling import KEEP, LEAVE, is_stop
from bot.commands.words import trimmed
from bot.i18n import LANGUAGES, translator
from bot.platforms.clean import one_line
from bot.platforms.matrix.homeserver import Room
from bot.platforms.matrix.manual import MORE, own_word
from bot.platforms.matrix.media import caption, is_file
from bot.platforms.matrix.message import Message
from bot.reply import Ask

# Of 100. In a shared room other bots have commands, too: one letter wrong in a short name is still ours
# ("fnd"), while "remind" or "list" is somebody else's.
NEARLY = 75
# MSC4391, “Command invocation”: by its name while the proposal is unstable, and by the one it is to have.
INVOKED = ("org.matrix.msc4391.command", "m.bot.command")
# Bounded, so that a formatted body full of tags without ends costs no more time than another.
PILL = re.compile(
    r'<a\s[^<>]{0,200}?href="(?P<to>[^"<>]{0,999})"[^<>]{0,200}>(?P<name>[^<>]{1,256})</a>', re.IGNORECASE
)
# Looked for at the beginning alone: a body of nothing but ">" would cost the square of its length.
QUOTED = re.compile(r"\A(?:>[^\n]*\n)+\n?")
PILLS = 10  # names by which one message may link to us; the body is searched for each
BLANKS = re.compile(r"[^\S\n\x1c-\x1f]+")  # a message may have several lines, which a form has room for
UNSEEN = re.compile("\\A[\u00ad\u200b\u2060\ufeff]+")  # it may stand before what was copied
NUMBER = re.compile(r"\[?([0-9]{1,2})\]?")

# Of a room, a person and an event: whether a reply of theirs to it may be an answer to a question of ours.
MayAnswer = Callable[[str, str, str], bool]


def _nothing_asked(room_id: str, person: str, event_id: str) -> bool:  # noqa: ARG001 - it is a `MayAnswer`
    return False


@dataclass(frozen=True, slots=True)
class Said:
    """Something that wants an answer.

    `words` is the line without what made it ours, or the command itself where the client sent it as data.
    `commanded` is True where the first word has to be a command: it stood behind the prefix. `alone` is
    True where nobody else is in the room; `encrypted`, where it was not sent in the clear. `replied_to` is
    the event that it was sent as a reply to, `thread` the root of the thread it was sent in; both are empty
    where there is none.

    `whole` is all that was said, with line ends and whatever made it ours. What `may_answer` is meant for us
    only if it answers a question of ours; else it is nothing that we hear. `file` is the content of a message
    with a file, beside which it was said.
    """

    room_id: str
    event_id: str
    sender: str
    words: Ask | str
    commanded: bool
    alone: bool
    encrypted: bool = False
    replied_to: str = ""
    thread: str = ""
    whole: str = ""
    may_answer: bool = False
    file: Mapping[str, Any] | None = None

    @property
    def line(self) -> str:
        """The words as a line; empty where they are a command already."""
        return self.words if isinstance(self.words, str) else ""


def heard(
    said: Message, room: Room, own_id: str, prefix: str, may_answer: MayAnswer = _nothing_asked
) -> Said | None:
    """What a message asks of us; None where it asks nothing.

    It does if it begins with the prefix and a word that is a command of ours, or nearly one (other bots may
    use the same prefix); if it mentions us; if nobody else is in the room; or if it is a reply to us that
    says which way to go on. Notices are what bots say, and corrections (`m.replace`) are of what was
    answered already. Beside a file, its caption counts.

    It may be the answer to a question of ours if it is a reply that mentions us, or that `may_answer` allows;
    or what stands for no answer, after the prefix.
    """
    content = said.content
    related = _section(content, "m.relates_to")
    file = content if is_file(content) else None
    body = caption(content) if file else content.get("body")
    if said.type != "m.room.message" or said.sender == own_id:
        return None
    if content.get("msgtype") != "m.text" and not (file and body):
        return None
    if related.get("rel_type") == "m.replace" or not isinstance(body, str):
        return None
    thread = related.get("event_id") if related.get("rel_type") == "m.thread" else None
    # In a thread, most clients name the event before it for the sake of those that know no threads.
    fallback = thread is not None and related.get("is_falling_back") is True
    replied_to = "" if fallback else _text(_section(related, "m.in_reply_to").get("event_id"))
    alone = room.member_count <= 2
    # As it was typed: what a command keeps it checks itself, and what is shown is cleaned there.
    line = trimmed(_without_quote(body, related))
    addressed = _addressed(content, _from_sight(line), room, own_id, prefix, alone=alone)
    mentioned = _mentions(content, own_id)
    answers_only = addressed is None and file is None and bool(line)
    if answers_only:
        replies = replied_to and (mentioned or may_answer(said.room_id, said.sender, replied_to))
        answers_only = bool(replies) or is_mark(line, prefix)
    if addressed is None and not answers_only:
        return None
    words, commanded = addressed or (line, False)
    return Said(
        said.room_id,
        said.event_id,
        said.sender,
        words,
        commanded,
        alone,
        said.encrypted,
        replied_to,
        _text(thread),
        line,
        answers_only,
        file,
    )


def answers(said: Said, question: str, prefix: str) -> bool:
    """Whether something answers our `question` (an event) to whoever said it.

    Where others talk, too, it does if it is a reply to it or stands for no answer; elsewhere, unless it is a
    command after the prefix. What came as data or beside a file never does.
    """
    if said.file is not None or not isinstance(said.words, str):
        return False
    if is_mark(said.whole, prefix):
        return True
    line = _from_sight(said.whole)
    if line.startswith(prefix):
        words = line.removeprefix(prefix).strip()
        if words and _ours(words):
            return False
    return said.alone or (bool(question) and said.replied_to == question)


def is_mark(line: str, prefix: str) -> bool:
    """Whether a line is, after the prefix, what stands for no answer: to leave out, to keep, or to end."""
    bare = line.removeprefix(prefix).strip()
    return line.startswith(prefix) and (bare in {LEAVE, KEEP} or is_stop(bare))


def step(words: str, *, commanded: bool) -> str | int | None:
    """The word of this platform or the number that a line is; None where it is something else.

    Behind the prefix the first word counts, elsewhere only one that stands alone: "more on raids" is a
    question.
    """
    first, *rest = words.split(maxsplit=1) or [""]
    if rest and not commanded:
        return None
    if (number := NUMBER.fullmatch(first)) and not rest:
        return int(number[1])
    return own_word(first)


def first_word(words: str) -> str:
    """The first of some words; all of them where they are of what only Python takes for spaces."""
    return (words.split(maxsplit=1) or [words])[0]


def _from_sight(line: str) -> str:
    """A line from the first character on that can be seen, which says whom it is for."""
    return trimmed(UNSEEN.sub("", line))


def _addressed(
    content: Mapping[str, Any], line: str, room: Room, own_id: str, prefix: str, *, alone: bool
) -> tuple[Ask | str, bool] | None:
    """What is left of a message that is meant for us, and whether it has to be a command; None otherwise."""
    mentioned = _mentions(content, own_id)
    invoked = _invoked(content) if mentioned or alone else None
    if invoked:
        return invoked, True
    if line.startswith(prefix):
        words = trimmed(line.removeprefix(prefix))
        return (words, True) if words and (alone or _ours(words)) else None
    rest = _called(line, room, own_id, _pills(content, own_id), mentioned=mentioned)
    if rest is not None:
        return trimmed(rest.removeprefix(prefix)) or "help", False
    # A reply to us may mention us without a word of it, and be about the answer rather than for us.
    way = step(line, commanded=False) if mentioned else None
    return (line, False) if line and (alone or way == MORE or isinstance(way, int)) else None


def _called(line: str, room: Room, own_id: str, pills: set[str], *, mentioned: bool) -> str | None:
    """The line without our name, by which it calls us; None where it does not.

    Some clients do not say whom a message mentions. From those, our name counts at the beginning before a
    colon or a comma, and what nobody types by chance (our id, a link to us) anywhere there.
    """
    name = room.name_of(own_id)
    ours = sorted({own_id, *pills, *([name, f"@{name}"] if name else [])}, key=len, reverse=True)
    for each in ours:
        follows = re.match(r"[\s:,]+|$", line[len(each) :])
        if line[: len(each)].casefold() == each.casefold() and follows:
            sure = mentioned or each == own_id or each in pills or follows[0].startswith((":", ","))
            return trimmed(line[len(each) + follows.end() :]) if sure else None
    if mentioned:
        for each in ours:
            rest, times = re.subn(rf"(?<!\w){re.escape(each)}(?!\w)", " ", line)
            if times:
                return trimmed(BLANKS.sub(" ", rest))
    return None


def _mentions(content: Mapping[str, Any], own_id: str) -> bool:
    return own_id in _strings(_section(content, "m.mentions").get("user_ids"))


def _invoked(content: Mapping[str, Any]) -> Ask | None:
    """The command that a client sent as data. Arguments that are no text are none of ours."""
    for field in INVOKED:
        invoked = _section(content, field)
        if isinstance(name := invoked.get("command"), str):
            arguments = _section(invoked, "arguments")
            return Ask(name, {key: value for key, value in arguments.items() if isinstance(value, str)})
    return None


def _ours(words: str) -> bool:
    """Whether they begin like a command of ours in any language, or nearly so, or lead on from an answer."""
    if step(words, commanded=True) is not None:
        return True
    first = first_word(words).casefold()
    return process.extractOne(first, _names(), scorer=fuzz.ratio, score_cutoff=NEARLY) is not None


def _names() -> set[str]:
    """The first words of all commands: of those in a group, what the group is called."""
    first = {command.partition(" ")[0] for command in REGISTRY}
    return {
        name for each in first for language in LANGUAGES for name in (each, translator(language).name(each))
    }


def _pills(content: Mapping[str, Any], own_id: str) -> set[str]:
    """The names by which the formatted body links to us, as they stand in the plain one."""
    formatted = content.get("formatted_body")
    to_us = {f"https://matrix.to/#/{own_id}", f"matrix:u/{own_id.removeprefix('@')}"}
    pills = PILL.finditer(formatted) if isinstance(formatted, str) else ()
    names = (
        trimmed(html.unescape(pill["name"]))
        for pill in pills
        if unquote(html.unescape(pill["to"])).partition("?")[0] in to_us
    )
    return set(islice(filter(one_line, names), PILLS))


def _without_quote(body: str, related: Mapping[str, Any]) -> str:
    """The body without the quotation that older clients begin a reply with (`> <@name:server> …`)."""
    if "m.in_reply_to" in related and body.startswith(("> <@", "> * <@")):
        return QUOTED.sub("", body, count=1)
    return body


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = content.get(name)
    return section if isinstance(section, dict) else {}


def _strings(values: object) -> list[str]:
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
