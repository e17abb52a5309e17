"""Chinese sentences with numbers of settings in them: a number stands as {key} (or {key:%}), so that it is written once."""

import re
from collections.abc import Mapping

from domain.settings import Number

_NUMBER = re.compile(r"\{(?P<key>[a-z0-9_.]+)(?P<percent>:%)?\}")


def worded(sentence: str, settings: Mapping[str, Number]) -> str:
    """Return the sentence with the numbers of an installation."""
    return _NUMBER.sub(lambda found: format(settings[found["key"]], ".0%" if found["percent"] else "g"), sentence)


def numbers_in(sentence: str) -> tuple[str, ...]:
    """Return the keys of the settings whose numbers stand in the sentence, in their order, each once."""
    return tuple(dict.fromkeys(found["key"] for found in _NUMBER.finditer(sentence)))
