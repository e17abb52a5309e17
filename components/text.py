"""Text from the database, made safe for the places where Streamlit reads Markdown."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")

# Streamlit rewrites some text after Markdown is parsed, where no escape reaches: emoji and icon codes (":name:"), addresses,
# and arrows or dashes between spaces. An invisible word joiner after the first character keeps them as they were written.
_JOINER = "\u2060"
_REWRITTEN = re.compile(
    r""":(?=[\w+/-]+:)                          # :smile:, :material/home:
    |(?<=www)(?=\.)|(?<=http)(?=s?://)         # addresses
    |(?<=[\w.+-])(?=@\w)                       # name@place
    |(?:(?<=\s)|^)[-<>~=](?=[-<>~=]+(?:\s|$))  # -> -- <- >=
    """,
    re.ASCII | re.VERBOSE,
)


def plain(value: object) -> str:
    """Return `value` as Markdown that shows exactly its characters on one line; None is "—"."""
    if value is None:
        return "—"
    kept = _REWRITTEN.sub(lambda found: found[0] + _JOINER, " ".join(str(value).split()))
    return _PUNCTUATION.sub(r"\\\1", kept)
