"""Text from the database in Markdown: every character shows as it is (the browser's half is in tests/browser/test_shell.py)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.text import plain

JOINER = "\u2060"


def shown(markdown: str) -> str:
    """What CommonMark makes of backslash escapes; the joiner is invisible."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace(JOINER, "")


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z"))))
def test_every_character_is_kept(value: str) -> None:
    assert shown(plain(value)) == value.replace(JOINER, "")


@given(st.text(alphabet=st.sampled_from(" *_`~$[]()<>#+-.!|\\:a1中")))
def test_no_punctuation_is_left_for_markdown(value: str) -> None:
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", plain(value)))


@pytest.mark.parametrize(
    "rewritten",
    [":smile:", ":material/home:", "http://a.b", "https://a.b", "www.a.b", "name@place.cn", "a -> b", "a -- b", "<- a", "a >= b"],
)
def test_what_streamlit_rewrites_after_parsing_is_broken_up(rewritten: str) -> None:
    assert JOINER in plain(rewritten)


def test_plain_names_are_left_alone() -> None:
    assert plain("柳渡村党支部") == "柳渡村党支部"
    assert JOINER not in plain("<script>alert(1)</script>**x** | $a$ :red[x] @@=1+")


def test_lines_become_one() -> None:
    assert plain("a\n\n  b\tc") == "a b c"


def test_nothing_is_a_dash() -> None:
    assert plain(None) == "—"
