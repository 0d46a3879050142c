"""From what is said about a schedule of daily prompts to a plan, or to what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from bot.commands.cards import OUR_SHELF, called, title
from bot.commands.daily.stock import stock
from bot.commands.daily.typed import EVERYTHING, days_of, kinds_of, time_of
from bot.commands.daily.words import said_draw
from bot.commands.describe import Services
from bot.commands.parse import RefusedError
from bot.commands.request import Request
from bot.commands.words import BUTTON, Clear, Language, Whether, echo, named, shortened
from bot.curation.model import OWN
from bot.daily import zones
from bot.daily.model import Draw, Order, Plan
from bot.errors import UnknownEntryError
from bot.model import Kind, Note, Source
from bot.reply import Ask, Choice
from bot.shelf import Close, Found, Item

THEMES = 100  # topics looked through for some that have anything to draw
WHEN = "09:00 Toronto"  # an example of what may be typed for a time, with its zone after it
OFFERED = 5  # what may have been meant; more is a list to read


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of a command about a schedule, as they were typed; what is empty was not mentioned."""

    time: str = ""
    zone: str = ""
    days: str = ""
    what: str = ""
    topic: str = ""
    source: str = ""
    order: Order | None = None
    thread: Whether | None = None
    language: Language | None = None
    mention: str = ""
    tell: str = ""
    clear: Clear | None = None


def offered_zones(prefix: str, ask: Request) -> list[tuple[str, str]]:
    """Time zones to go on with what is typed."""
    return zones.offered(prefix, ask.language)


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans of wishes; what will not do is offered anew, with the `command` and the options `given`."""

    command: str
    given: Mapping[str, str]
    ask: Request = field(repr=False)
    services: Services = field(repr=False)

    async def planned(self, wish: Wish, before: Plan | None) -> Plan:
        """The plan from now on: what is not mentioned stays as it was, or is as usual.

        Raises:
            RefusedError: Something was not understood, is missing, or leaves nothing to draw from.
        """
        at, zone = self._when(wish, before)
        was = before or Plan(at, zone, language=self.ask.tr.language)
        plan = Plan(
            at,
            zone,
            days=self._days(wish.days) if wish.days else was.days,
            draw=await self._draw(wish, was.draw),
            order=wish.order or was.order,
            thread=wish.thread is Whether.YES if wish.thread else was.thread,
            language=wish.language.value if wish.language else was.language,
            mention=self._mention(wish.mention) or ("" if wish.clear is Clear.MENTION else was.mention),
            tell=wish.tell or ("" if wish.clear is Clear.TELL else was.tell),
        )
        if plan.order is Order.SERIES and not plan.draw.source:
            raise self._refused(
                self.ask.tr("A series goes through one document. Which one?"), "source", self._series()
            )
        if not self._has(plan.draw, plan.order):
            raise self._nothing(plan)
        return plan

    def _refused(self, sentence: str, option: str, values: Mapping[str, str]) -> RefusedError:
        """That something will not do; offers values for an option, by what they are called."""
        return RefusedError(
            sentence,
            [
                Choice(shortened(shown, BUTTON), Ask(self.command, {**self.given, option: value}))
                for value, shown in list(values.items())[:OFFERED]
            ],
        )

    def _when(self, wish: Wish, before: Plan | None) -> tuple[time, str]:
        tr = self.ask.tr
        at, place = self._time(wish) if wish.time else (before.at if before else None, "")
        if at is None:
            raise self._refused(
                tr("At what time of day? Say it like 09:00, 9 pm or 21h30."),
                "time",
                {each: each for each in ("08:00", "09:00", "12:00", "18:00")},
            )
        words = wish.zone or place
        if not words and before:
            return at, before.zone
        timed = replace(self, given={**self.given, "time": f"{at:%H:%M}"})
        language = self.ask.language
        if not words:
            offered = zones.offered("", language, OFFERED)
            sentence = tr("In which time zone? Name a city, such as zone:Toronto, or a zone.")
            raise timed._refused(sentence, "zone", {zone: shown for shown, zone in offered})  # noqa: SLF001
        zone = zones.zone_of(words)
        if zone is None:
            offered = zones.offered(words, language, OFFERED)
            sentence = (
                tr("Which time zone do you mean by “{words}”?", words=echo(words))
                if offered
                else tr("I know no time zone for “{words}”. Name a large city near you.", words=echo(words))
            )
            raise timed._refused(sentence, "zone", {zone: shown for shown, zone in offered})  # noqa: SLF001
        return at, zone

    def _time(self, wish: Wish) -> tuple[time, str]:
        """The time, and the zone if it was typed after it: `9:00 Toronto`."""
        words = wish.time.split()
        for count in range(len(words), 0, -1):
            rest = " ".join(words[count:])
            if rest and wish.zone:
                break
            if (at := time_of(" ".join(words[:count]))) is not None:
                return at, rest
        raise RefusedError(
            self.ask.tr("That is no time of day that I understand. Say it like 09:00, 9 pm or 21h30.")
        )

    def _days(self, words: str) -> frozenset[int]:
        if (days := days_of(words)) is not None:
            return days
        tr = self.ask.tr
        said = [tr("every day"), tr("weekdays"), tr.all_of(map(tr.weekday, (0, 2, 4)))]
        sentence = tr("I do not know which days “{words}” are. You could say:", words=echo(words))
        raise self._refused(sentence, "days", dict(zip(said, said, strict=True)))

    def _mention(self, role: str) -> str:
        community = self.ask.community
        # The role of everybody has the id of its server: Discord, Permissions, “Role Object”.
        if role and self.ask.has_channels and community and role == community.id:
            raise RefusedError(
                self.ask.tr("I mention a role that people chose for themselves, and never everybody.")
            )
        return role

    async def _draw(self, wish: Wish, was: Draw) -> Draw:
        kinds = was.kinds
        if wish.what:
            understood = kinds_of(wish.what)
            if understood is None:
                tr = self.ask.tr
                said = [tr("readings"), tr("sections"), tr("actions"), tr("terms"), tr(EVERYTHING)]
                sentence = tr("I do not know what “{words}” are. There are:", words=echo(wish.what))
                raise self._refused(sentence, "what", dict(zip(said, said, strict=True)))
            kinds = understood
        topics, source = was.topics, was.source
        if wish.clear is Clear.TOPIC:
            topics = ()
        if wish.clear is Clear.SOURCE:
            source = ""
        return Draw(
            kinds,
            (await self._topic(wish.topic),) if wish.topic else topics,
            await self._source(wish.source) if wish.source else source,
        )

    async def _topic(self, words: str) -> str:
        certain, found = await self._found(words)
        notes = [item for item in found if isinstance(item, Note)]
        if certain and notes:
            return notes[0].id
        tr = self.ask.tr
        sentence = tr("I have no topic “{words}”. There are, for example:", words=echo(words))
        themes = self.services.shelf.themes(limit=THEMES)
        offered = notes or [each for each in themes if self._has(Draw(topics=(each.id,)))]
        raise self._refused(sentence, "topic", {each.id: called(each, self.ask) for each in offered})

    async def _source(self, words: str) -> str:
        tr, shelf = self.ask.tr, self.services.shelf
        if shelf.own and named(words, OUR_SHELF, tr(OUR_SHELF)):
            return OWN
        certain, found = await self._found(words)
        documents = [item for item in found if isinstance(item, Source)]
        if certain and documents:
            return documents[0].id
        sentence = tr("None of the documents is called “{words}”. There are:", words=echo(words))
        offered = {each.id: title(each, self.ask) for each in documents or shelf.sources}
        ours = {OWN: tr(OUR_SHELF)} if shelf.own else {}
        raise self._refused(sentence, "source", {**ours, **offered})

    async def _found(self, words: str) -> tuple[bool, list[Item]]:
        """What is called like that, and whether it surely is."""
        try:
            return True, [self.services.shelf.get(words)]
        except UnknownEntryError:
            answer = await self.services.shelf.find(
                words, kinds=frozenset({Kind.SUMMARY}), locale=self.ask.language
            )
        match answer:
            case Found(hits) | Close(hits):
                return isinstance(answer, Found), [hit.item for hit in hits]
            case _:
                return False, []

    def _series(self) -> dict[str, str]:
        """The documents that a series can go through."""
        return {
            source.id: title(source, self.ask)
            for source in self.services.shelf.sources
            if self._has(Draw(source=source.id), Order.SERIES)
        }

    def _has(self, draw: Draw, order: Order = Order.SHUFFLED) -> bool:
        """Whether there is anything to draw from."""
        return bool(stock(self.services.shelf).ids(draw, order))

    def _nothing(self, plan: Plan) -> RefusedError:
        """That there is nothing to draw from, and what there would be."""
        tr, ask = self.ask.tr, self.ask
        if plan.order is Order.SERIES:
            sentence = tr("None of the parts of this document has a question yet. Others have:")
            return self._refused(sentence, "source", self._series())
        sentence = tr("There is nothing to draw from: {what}.", what=said_draw(plan.draw, ask, self.services))
        choices = [
            Choice(
                shortened(said_draw(draw, ask, self.services), BUTTON),
                Ask(self.command, given),
            )
            for draw, given in self._wider(plan.draw)
            if self._has(draw)
        ]
        if choices:
            sentence = f"{sentence} {tr('There would be something in:')}"
        return RefusedError(sentence, choices)

    def _wider(self, draw: Draw) -> Iterator[tuple[Draw, dict[str, str]]]:
        """What is narrowed in one way less, and the options for it."""
        if draw.kinds:
            yield replace(draw, kinds=frozenset()), {**self.given, "what": EVERYTHING}
        for narrowed, cleared in ((draw.topics, Clear.TOPIC), (draw.source, Clear.SOURCE)):
            if narrowed:
                rest = {name: value for name, value in self.given.items() if name != cleared.value}
                wider = replace(draw, topics=()) if cleared is Clear.TOPIC else replace(draw, source="")
                yield wider, {**rest, "clear": cleared.value}
