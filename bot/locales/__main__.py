"""`python -m bot.locales [LANGUAGE …]`: bring catalogues up to date; a language that is new is begun."""

import sys

from babel import UnknownLocaleError

from bot.i18n import LANGUAGES, SOURCE_LANGUAGE
from bot.locales.messages import update

for language in sys.argv[1:] or [each for each in LANGUAGES if each != SOURCE_LANGUAGE]:
    try:
        left = update(language)
    except (UnknownLocaleError, ValueError):
        sys.exit(f"{language}: not a language; write it like fr or pt_BR")
    sys.stdout.write(f"{language}: texts that need a translator: {left}\n")
