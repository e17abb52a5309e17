"""Pinyin of names, so that an organisation can be found by what one types."""

from functools import lru_cache

from pypinyin import Style, pinyin

_VARIANTS = str.maketrans({"𠮷": "吉"})  # rare ways of writing that the dictionary lacks


@lru_cache(maxsize=50_000)
def spelled(text: str) -> tuple[str, str]:
    """Return (full pinyin, initials) of `text`: lower case, no tones or spaces; what is not Chinese stays as it is."""
    told = pinyin(text.translate(_VARIANTS), style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # one entry a character; the stub knows strings only
    syllables = [found[0].lower() for found in told if found[0].strip()]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)
