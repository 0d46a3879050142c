"""What can be chosen: the language of a conversation, and what moderators decide for their community."""

from dataclasses import replace
from typing import Annotated

from bot.commands import decisions
from bot.commands.decisions import Wish, queue_of
from bot.commands.describe import Channel, Choose, Services, command
from bot.commands.permission import may, seen_by
from bot.commands.request import Audience, Request
from bot.commands.words import Language, Whether, label
from bot.i18n import Translator, message
from bot.model import Community, Visibility
from bot.reply import Ask, Choice, Reply

# Sentences, so that nobody has to put one together from a label: what holds, what was decided, what could be.
HOLDS = {
    Visibility.PRIVATE: message("Answers here are shown to whoever asked, and to nobody else."),
    Visibility.ROOM: message("Answers here are shown to everyone, and with them who asked and what."),
}
DECIDED = {
    Visibility.PRIVATE: message("From now on, answers here are shown to whoever asked, and to nobody else."),
    Visibility.ROOM: message(
        "From now on, answers here are shown to everyone, and with them who asked and what. Help, settings"
        " and “nothing found” are still for whoever asked alone."
    ),
}
INSTEAD = {
    Visibility.PRIVATE: message("Show answers to the asker alone"),
    Visibility.ROOM: message("Show answers to everyone"),
}


@command("settings", private=True)
async def settings(
    ask: Request,
    services: Services,
    *,
    language: Annotated[Language | None, Choose(message("The language to answer in"))] = None,
    answers: Annotated[
        Visibility | None,
        Choose(message("Who sees the answers here; for moderators"), Audience.MODERATOR),
    ] = None,
    suggestions: Annotated[
        Whether | None,
        Choose(message("Whether members may suggest things; for moderators"), Audience.MODERATOR),
    ] = None,
    queue: Annotated[str, Channel(message("Where moderators see suggestions; for moderators"))] = "",
    here: Annotated[
        Whether | None,
        Choose(message("Show suggestions here, or nowhere; for moderators"), Audience.MODERATOR),
    ] = None,
    two: Annotated[
        Whether | None,
        Choose(message("Whether two have to approve a suggestion; for moderators"), Audience.MODERATOR),
    ] = None,
    police: Annotated[
        Whether | None,
        Choose(message("Whether contacts of police are found here; for moderators"), Audience.MODERATOR),
    ] = None,
) -> Reply:
    """The language of the answers, who sees them, and what holds for the shelf."""
    if language:
        ask = replace(ask, locale=language.value)
    wish = Wish(suggestions, queue_of(queue, here, ask), two, police)
    keeper = decisions.insist(wish, ask, services) if wish else None  # before anything else is decided
    if keeper and not (language or answers):
        return await _decided(wish, keeper, ask, services)
    reply = await _chosen(language, answers, ask, services)
    if keeper:
        decided = await _decided(wish, keeper, ask, services)
        return replace(reply, text=f"{reply.text}\n\n{decided.text}")
    if language or answers:
        return reply
    text = "\n\n".join(filter(None, (decisions.standing(ask, services), reply.text)))
    return replace(reply, text=text, choices=(*reply.choices, *decisions.onward(ask, services)))


async def _decided(wish: Wish, keeper: Community, ask: Request, services: Services) -> Reply:
    text = await decisions.decide(wish, keeper, ask, services)
    return Reply(text, choices=tuple(decisions.onward(ask, services)))


async def _chosen(
    language: Language | None, answers: Visibility | None, ask: Request, services: Services
) -> Reply:
    tr = ask.tr
    said: list[str] = []
    choices: list[Choice] = []
    if language or not answers:
        said.append(_language(language, ask, tr))
        if ask.remembers_language and not language:
            others = (each for each in Language if each != tr.language)
            choices += (Choice(label(each, tr), Ask("settings", {"language": each.value})) for each in others)
    if ask.community is not None and ask.usually is not None and (answers or not language):
        if answers:
            # What is usual here is no decision, and nothing to keep.
            decided = None if answers is ask.usually else answers
            await services.communities.amend(ask.community, lambda held: replace(held, answers=decided))
        holds = seen_by(ask, services)
        said.insert(0, tr(DECIDED[holds] if answers else HOLDS[holds]))
        if may(Audience.MODERATOR, ask):
            instead = next(each for each in Visibility if each is not holds)
            choices.append(Choice(tr(INSTEAD[instead]), Ask("settings", {"answers": instead.value})))
    kept = language.value if language and ask.remembers_language else ""
    return Reply("\n\n".join(said), choices=tuple(choices), locale=kept)


def _language(chosen: Language | None, ask: Request, tr: Translator) -> str:
    if not ask.remembers_language:
        return tr(
            "Answers follow the language that your app is set to; a choice made here is not kept. To change"
            " it, choose another language in the settings of the app."
        )
    if chosen:
        return tr("I answer in English from here on. The documents themselves are in English.")
    return tr(
        "I answer in {language}. You can choose another language:", language=tr.language_name(tr.language)
    )
