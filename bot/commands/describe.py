"""A command described once: platforms register, parse and explain it from its signature and docstring.

    @command("contact")
    async def contact(ask: Request, services: Services, who: Annotated[str, Topic("…")]) -> Reply:
        \"\"\"How to reach an organisation.\"\"\"

The first two parameters are the circumstances and what the command works with; each one after them is an
option. An option with a default may be left out. Options that several commands share can be the keys of a
`TypedDict`, as `**fields: Unpack[Fields]`: of those, the command gets what was given.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Unpack, cast, get_args, get_origin, get_type_hints

from bot.commands.allowance import Allowance
from bot.commands.request import Audience, Request
from bot.communities import Communities
from bot.curation.ledger import Ledger
from bot.curation.terms import Terms
from bot.daily.book import Book
from bot.model import Community, Kind
from bot.posting import Posters
from bot.reply import Reply
from bot.shelf import Shelf
from bot.shelves import Shelves

ALL_KINDS = frozenset(Kind)
LIMIT = (
    300  # characters: the longest title a seed file may have is 250, and questions are shorter than titles
)


def _now() -> datetime:
    return datetime.now(UTC)


def _today() -> date:
    return _now().date()


@dataclass(frozen=True, slots=True)
class Services:
    """What commands work with. `today` gives the day in UTC, from which the age of a contact is counted.

    `now` gives the instant in UTC, from which it is counted when a prompt is due.
    `book` keeps schedules; None where nothing is kept. `posters` are the platforms to post on. `terms` say
    how long what communities keep is kept. `suggesting` is how much one person may suggest in a while.
    `ledger` is where it is kept, and None where nothing is.

    `shelf` is the one of the community that a command is given in (see `within`), `shelves.shared` the one
    that is the same everywhere.
    """

    shelf: Shelf
    version: str
    today: Callable[[], date] = _today
    communities: Communities = field(default_factory=Communities)
    book: Book | None = None
    posters: Posters = field(default_factory=Posters)
    now: Callable[[], datetime] = _now
    terms: Terms = field(default_factory=Terms)
    suggesting: Allowance = field(default_factory=Allowance)
    ledger: Ledger | None = None
    shelves: Shelves = field(default=cast("Shelves", None), repr=False)  # made of the others if not given

    def __post_init__(self) -> None:
        if self.shelves is None:
            object.__setattr__(self, "shelves", Shelves(self.shelf, self.ledger, self.communities))

    async def within(self, community: Community | None) -> "Services":
        """The same, with the shelf as that community sees it. Raises `StoreError`.

        `dispatch` does this for whoever answers. Before `dispatch.complete`, which cannot wait, a platform
        awaits it with the `Request.keeper`, so that what the community keeps is at hand.
        """
        return replace(self, shelf=await self.shelves.of(community))


@dataclass(frozen=True, slots=True)
class Topic:
    """Marks an option as words to look for on the shelf, completed from the given kinds.

    `limit` is how many characters they may have.
    """

    description: str
    kinds: frozenset[Kind] = ALL_KINDS
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Publication(Topic):
    """Marks words to look for that best name something published: completed from documents and readings."""


@dataclass(frozen=True, slots=True)
class OwnEntry(Topic):
    """Marks words to look for that best name something on the community's own shelf: completed from it."""


@dataclass(frozen=True, slots=True)
class Document:
    """Marks an option as one of the source documents, completed from them."""

    description: str


@dataclass(frozen=True, slots=True)
class Part:
    """Marks an option as a part of the document that another option of the same command names."""

    description: str


@dataclass(frozen=True, slots=True)
class CommandName:
    """Marks an option as the name of a command."""

    description: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Marks an option as one of a fixed few: the members of the annotated `StrEnum`.

    With another `audience`, the option is for them alone: others are neither offered nor allowed it.
    """

    description: str
    audience: Audience = Audience.EVERYONE


Offer = Callable[[str, Request], Sequence[tuple[str, str]]]
"""From what is typed so far to what it could be: what is shown, and the value it stands for."""


def _nothing(prefix: str, ask: Request) -> Sequence[tuple[str, str]]:  # noqa: ARG001 - it is an `Offer`
    return ()


@dataclass(frozen=True, slots=True)
class Typed:
    """Marks an option as free words, of which `offer` completes what is typed so far.

    `limit` is how many characters they may have. Help shows the `example`, or else the first that is offered.
    """

    description: str
    offer: Offer = _nothing
    limit: int = LIMIT
    example: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Marks an option that a form fills in, and that is typed where there are no forms.

    `limit` is how many characters it may have; a `long` one may have paragraphs. One that is `carried` comes
    with a choice or a form, and nobody has to know of it.
    """

    description: str
    limit: int = 250
    long: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """Marks an option as a file that comes with the command: see `Request.upload`."""

    description: str


@dataclass(frozen=True, slots=True)
class Channel:
    """Marks an option as a channel of the server, by its id; there is none where there are no channels."""

    description: str


@dataclass(frozen=True, slots=True)
class Role:
    """Marks an option as whom to mention: a role of the server by its id, or else one of the `mentionable`.

    There is no such option where nobody can be mentioned.
    """

    description: str


Marker = (
    Topic
    | Publication
    | OwnEntry
    | Document
    | Part
    | CommandName
    | Choose
    | Typed
    | Written
    | Attachment
    | Channel
    | Role
)
Handler = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command. `choices` is empty unless the option is one of a fixed few."""

    name: str
    marker: Marker
    required: bool
    choices: type[StrEnum] | None = None

    @property
    def description(self) -> str:
        """English; a key of the message catalogues."""
        return self.marker.description

    @property
    def audience(self) -> Audience:
        """Who may give it, among those who may give the command."""
        return self.marker.audience if isinstance(self.marker, Choose) else Audience.EVERYONE

    @property
    def limit(self) -> int:
        """How many characters its value may have."""
        return self.marker.limit if isinstance(self.marker, Topic | Typed | Written) else LIMIT


@dataclass(frozen=True, slots=True)
class Command:
    """What can be asked. `description` and `menu` are English and keys of the message catalogues.

    The `name` of one that belongs to a group has two words, the first of which names the group.

    Answers to a `private` command are for the asker alone, unless they show them to others. Who sees those to
    another one, the community decides (see `dispatch.is_private`). `menu` is what the command is called in a
    menu on somebody's message, whose text is then its first option; empty where it is in none. What it
    answers there is for the asker alone: whoever wrote the message did not ask.

    One that `acts` does something again each time it is given, and is not given again only to show or to page
    its answer.
    """

    name: str
    description: str
    options: tuple[Option, ...]
    handler: Handler
    audience: Audience = Audience.EVERYONE
    private: bool = False
    menu: str = ""
    acts: bool = False

    async def __call__(self, ask: Request, services: Services, values: Mapping[str, Any]) -> Reply:
        """Run it with converted values; `dispatch.answer` is the way in from outside."""
        return await self.handler(ask, services, **values)

    @property
    def group(self) -> str:
        """The group it belongs to; empty for one that stands alone."""
        return self.name.rpartition(" ")[0]


REGISTRY: dict[str, Command] = {}
GROUPS: dict[str, str] = {}
"""What the groups of commands are for: English, and keys of the message catalogues."""


ALONE: dict[str, str] = {}
"""The command that is given with nothing but the name of its group, for groups that have one."""


def group(name: str, description: str, *, alone: str = "") -> None:
    """Register a group, for the commands whose names begin with this one word.

    Typed by itself, its name is the command `alone`; without one, it asks which of its commands is meant.
    Raises `TypeError`: a command has that name.
    """
    if name in REGISTRY:
        raise TypeError(f"{name} is a command, and cannot be a group as well")
    GROUPS[name] = description
    if alone:
        ALONE[name] = alone


def command(
    name: str,
    *,
    audience: Audience = Audience.EVERYONE,
    private: bool = False,
    menu: str = "",
    acts: bool = False,
) -> Callable[[Handler], Handler]:
    """Register a function as the command `name`, or as one of a registered group: `group name`.

    Raises `TypeError`: there is no such group, it has the name of a group, nothing describes it, or an option
    is not described well.
    """
    first, *rest = name.split(" ")
    if len(rest) > 1 or (bool(rest) is not (first in GROUPS)):
        raise TypeError(f"the command {name} has the name of a group, or belongs to none that is registered")

    def register(handler: Handler) -> Handler:
        hints = get_type_hints(handler, include_extras=True)
        parameters = list(inspect.signature(handler).parameters.values())[2:]
        options = tuple(
            option for parameter in parameters for option in _options(parameter, hints[parameter.name])
        )
        description = inspect.getdoc(handler)
        if not description:
            raise TypeError(f"the command {name} has no docstring to describe it")
        first_line = description.splitlines()[0]
        REGISTRY[name] = Command(name, first_line, options, handler, audience, private, menu, acts)
        return handler

    return register


def _options(parameter: inspect.Parameter, hint: object) -> Iterator[Option]:
    if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
        yield _option(parameter.name, hint, required=parameter.default is inspect.Parameter.empty)
        return
    if get_origin(hint) is not Unpack:
        raise TypeError(f"the options {parameter.name} are not those of an unpacked TypedDict")
    (shared,) = get_args(hint)
    for name, each in get_type_hints(shared, include_extras=True).items():
        yield _option(name, each, required=False)


def _option(name: str, hint: object, *, required: bool) -> Option:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the option {name} is not Annotated with a marker")
    annotated, marker, *_ = get_args(hint)
    if required and isinstance(marker, Channel | Role):
        raise TypeError(f"the option {name} does not exist everywhere, and needs a default")
    members = [t for t in (annotated, *get_args(annotated)) if inspect.isclass(t) and issubclass(t, StrEnum)]
    return Option(name, marker, required, members[0] if members else None)
