"""Lines of the audit log in words: what was done, to what, by whom."""

from collections.abc import Mapping

from bot.commands import decisions
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.curation.entry import name_of
from bot.curation.model import OWN, Act, Deed
from bot.errors import UnknownEntryError
from bot.i18n import Translator, message

DEEDS = {
    Deed.ADDED: message("Added"),
    Deed.EDITED: message("Edited"),
    Deed.REMOVED: message("Removed"),
    Deed.RESTORED: message("Restored"),
    Deed.CHECKED: message("Checked"),
    Deed.IMPORTED: message("Imported"),
    Deed.HIDDEN: message("Hidden"),
    Deed.UNHIDDEN: message("Shown again"),
    Deed.OFFERED: message("Offered to another community"),
    Deed.GIVEN: message("Handed over to another community"),
    Deed.RECEIVED: message("Taken over from another community"),
    Deed.SECONDED: message("Suggestion approved by the first of two"),
    Deed.APPROVED: message("Suggestion approved"),
    Deed.DECLINED: message("Suggestion declined"),
    Deed.POSTED: message("Card posted"),
    Deed.UPDATED: message("Card updated"),
    Deed.WITHDRAWN: message("Card withdrawn"),
    Deed.DECIDED: message("Setting changed"),
}


def named_deed(deed: Deed, tr: Translator) -> str:
    """What a deed is called."""
    return tr(DEEDS[deed])


def subject_of(act: Act, names: Mapping[str, str], ask: Request, services: Services) -> str:
    """What an act was done to: the name of an item, or of what was suggested; of a decision, what it was.

    `names` are those of the items of the community's own shelf and of suggestions, by id.
    """
    if act.deed is Deed.DECIDED:
        return decisions.told(act, ask)
    if act.seed is not None or act.subject in names:
        title = name_of(act.seed) if act.seed is not None else names[act.subject]
        return ask.tr("“{title}”", title=title)
    if act.subject == OWN:
        return ""
    try:
        return ask.tr("“{title}”", title=services.shelves.shared.get(act.subject).title)
    except UnknownEntryError:
        return ""


def who(act: Act, ask: Request) -> str:
    """Who did it, for moderators alone: by the account where it is somebody else, which calls nobody."""
    tr = ask.tr
    if act.by and act.by == ask.by:
        return tr("you")
    if not act.by or ask.overheard:
        return tr("a moderator")
    return tr("another moderator ({account})", account=act.by)
