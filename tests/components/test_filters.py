"""Filters live in the URL: what it says is what shows, and a choice is written back without touching the rest."""

import ast

import pytest
from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from components import filters

    codes = {"a": "甲", "b": "乙"}
    kind = filters.choice("kind", "类型", codes)
    mode = filters.choice("mode", "方式", codes, "b", segments=True)
    many = filters.choices("many", "多选", codes)
    words = filters.text("q", "检索")
    st.text(repr((kind, mode, many, words)))
    st.button("write", on_click=filters.write, kwargs={"kind": "b", "q": None, "many": ["a", "b"]})
    st.button("same", on_click=filters.write, kwargs={"other": st.query_params.get("other")})


def _open(**params: str | list[str]) -> AppTest:
    page = AppTest.from_function(_page)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


def _chosen(page: AppTest) -> tuple:
    return ast.literal_eval(page.text[0].value)


def test_without_parameters_everything_is_shown() -> None:
    assert _chosen(_open()) == (None, "b", (), "")


def test_the_url_decides() -> None:
    assert _chosen(_open(kind="a", mode="a", many=["b", "a"], q=" x y ")) == ("a", "a", ("a", "b"), "x y")


def test_a_malformed_value_gives_the_default_and_one_note() -> None:
    page = _open(kind="zz", mode="<script>", many=["a", "zz"])
    assert _chosen(page) == (None, "b", ("a",), "")
    assert [note.value for note in page.warning] == [
        "链接中的“类型”无法识别，已按“全部”显示。",
        "链接中的“方式”无法识别，已按“乙”显示。",
        "链接中的“多选”有无法识别的值，已忽略。",
    ]


def test_a_good_value_gives_no_note() -> None:
    assert not _open(kind="a", many=["a"], mode="a", q="x").warning


def test_a_choice_is_written_and_the_rest_is_kept() -> None:
    page = _open(other="kept", many=["a"])
    page.selectbox(key="filter-kind").select("b").run()
    assert page.query_params == {"other": "kept", "many": "a", "kind": "b"}
    assert _chosen(page)[0] == "b"


def test_choosing_all_again_clears_the_parameter() -> None:
    page = _open(kind="a", other="kept")
    page.selectbox(key="filter-kind").select("").run()
    assert page.query_params == {"other": "kept"}


def test_choosing_the_default_clears_the_parameter() -> None:
    page = _open(mode="a")
    page.segmented_control(key="filter-mode").select("b").run()
    assert page.query_params == {}
    assert _chosen(page)[1] == "b"


def test_several_are_written_as_repeated_parameters() -> None:
    page = _open()
    page.multiselect(key="filter-many").set_value(["b", "a"]).run()
    assert page.query_params == {"many": ["b", "a"]}


def test_text_is_written_without_the_spaces_around_it() -> None:
    page = _open()
    page.text_input(key="filter-q").input("  柳渡  ").run()
    assert page.query_params == {"q": "柳渡"}
    page.text_input(key="filter-q").input("   ").run()
    assert page.query_params == {}


def test_write_sets_and_clears_several_and_keeps_the_others() -> None:
    page = _open(q="x", other="kept")
    page.button[0].click().run()
    assert page.query_params == {"other": "kept", "kind": "b", "many": ["a", "b"]}
    assert _chosen(page) == ("b", "b", ("a", "b"), "")


def test_the_widget_follows_the_url_back() -> None:
    page = _open()
    page.selectbox(key="filter-kind").select("b").run()
    page.query_params.pop("kind")  # as the browser's back button does
    page.run()
    assert _chosen(page)[0] is None
    assert page.selectbox(key="filter-kind").value == ""


def _list() -> None:
    import streamlit as st

    from components import filters

    kind = filters.choice("kind", "类型", {"a": "甲"})
    st.text(repr((kind, filters.page(120, 50))))


def _open_list(**params: str) -> AppTest:
    page = AppTest.from_function(_list)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(("given", "shown"), [({}, 1), ({"page": "2"}, 2), ({"page": "99"}, 3), ({"page": "0"}, 1)])
def test_the_page_of_a_list_is_the_urls_within_bounds(given: dict[str, str], shown: int) -> None:
    page = _open_list(**given)
    assert _chosen(page) == (None, shown)
    assert not page.warning


@pytest.mark.parametrize("given", ["x", "-1", "1e3", "²", ""])
def test_what_is_no_page_number_gives_the_first_and_a_note(given: str) -> None:
    page = _open_list(page=given)
    assert _chosen(page) == (None, 1)
    assert [note.value for note in page.warning] == ["链接中的“页码”无法识别，已显示第 1 页。"]


def test_the_list_says_what_part_of_it_is_shown() -> None:
    assert "共 120 条，第 101—120 条" in [caption.value for caption in _open_list(page="3").caption]


def test_a_new_choice_begins_at_the_first_page() -> None:
    page = _open_list(page="3")
    page.selectbox(key="filter-kind").select("a").run()
    assert page.query_params == {"kind": "a"}
    assert _chosen(page) == ("a", 1)
