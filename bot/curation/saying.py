"""A sentence for a reader whose language is not known yet, and the error that is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import UsageError
from bot.i18n import Translator


@dataclass(frozen=True, slots=True)
class Saying:
    """A message of the catalogues (`bot.i18n.message`) with what fills its `{placeholders}`.

    What fills one may be a saying, too.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def spoken(self, tr: Translator) -> str:
        """The sentence in a reader's language."""
        filling = {
            name: value.spoken(tr) if isinstance(value, Saying) else value
            for name, value in self.values.items()
        }
        return tr(self.text, **filling)

    def __str__(self) -> str:
        return self.text.format(**self.values)


class UnfitError(UsageError):
    """What somebody typed cannot be taken as it is. `saying` says why, and what to do instead."""

    def __init__(self, text: str, **values: object) -> None:
        self.saying = Saying(text, values)
        super().__init__(str(self.saying))
