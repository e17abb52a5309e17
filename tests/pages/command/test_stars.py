"""The page of stars: filters change what is shown, breaches are listed with their reason, a branch sees its own years."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from tests.opening import OpenPage, sent
from tests.small import ORG, ORG_CODE


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.success, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def tiles(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.split()[0] for metric in page.metric}


def table(page: AppTest, column: str):
    return next((frame.value for frame in page.dataframe if column in frame.value), None)


@pytest.mark.parametrize("role", ["leader", "presenter", "steward"])
def test_the_latest_final_year_is_shown(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "stars")
    assert not page.exception
    assert tiles(page)["参评支部"] == str(len(table(page, "difference")))
    assert "2025年" in said(page)
    assert set(table(page, "star_word")["star_word"]) == {"★★★★", "★★★★★"}


@pytest.mark.parametrize(
    "filters",
    [{"place": "990101"}, {"sector": "community"}, {"stars": "5"}, {"org": ORG_CODE["willow_town"]}, {"year": "2026"}],
    ids=["place", "sector", "stars", "org", "year"],
)
def test_each_filter_changes_what_is_shown(open_page: OpenPage, filters: dict[str, str]) -> None:
    every, some = open_page("leader", "stars"), open_page("leader", "stars", **filters)
    assert not some.exception
    assert 0 < int(tiles(some)["参评支部"]) < int(tiles(every)["参评支部"])
    assert len(table(some, "difference")) == int(tiles(some)["参评支部"])


def test_a_cell_of_the_chart_lists_its_branches_alone(open_page: OpenPage) -> None:
    page = open_page("leader", "stars")
    every = table(page, "difference")
    widest = every.iloc[0]
    index_from, self_from = (int(widest[column] // 5 * 5) for column in ("index", "self_score"))
    box = page.selectbox(key="filter-cell")
    assert box.options[:2] == ["自评与指数：全部", f"自评 {self_from}—{self_from + 5}，指数 {index_from}—{index_from + 5}"]
    box.select(f"{index_from}-{self_from}").run()
    assert not page.exception and not page.warning
    assert page.query_params["cell"] == f"{index_from}-{self_from}"
    some = table(page, "difference")
    assert 0 < len(some) < len(every)
    assert some["index"].between(index_from, index_from + 5).all()
    assert "点选查看历年评定" in said(page)
    assert tiles(page) == tiles(open_page("leader", "stars")), "the cell narrows the list alone"
    whole = page.selectbox(key="filter-cell").select("").run()
    assert "cell" not in whole.query_params
    assert len(table(whole, "difference")) == len(every)


@pytest.mark.parametrize("cell", ["0-0", "x", "75", "75-90-1"])
def test_a_cell_without_branches_lists_all_and_says_so(open_page: OpenPage, cell: str) -> None:
    page = open_page("leader", "stars", cell=cell)
    assert not page.exception
    assert [note.value for note in page.warning] == ["按现在的筛选条件，所选的“自评与指数”一格内没有支部，已列出全部支部。"]
    assert len(table(page, "difference")) == len(table(open_page("leader", "stars"), "difference"))


def test_a_malformed_filter_is_noted(open_page: OpenPage) -> None:
    page = open_page("leader", "stars", year="1999", stars="7")
    assert not page.exception
    assert len(page.warning) == 2
    assert tiles(page) == tiles(open_page("leader", "stars"))


def test_breaches_are_listed_with_their_reason_and_rule(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE star_rating SET final_score = 85, stars = 4 WHERE year = 2025"))
        connection.execute(text(f"UPDATE star_rating SET stars = 5 WHERE year = 2025 AND org_id = {ORG['overdue']}"))
        connection.execute(text(f"UPDATE star_rating SET final_score = -3 WHERE year = 2025 AND org_id = {ORG['markdown']}"))
    page = open_page("leader", "stars", database=own_database)
    rows = table(page, "why")
    assert rows["problem"].tolist() == ["数据异常", "高于得分对应的星级"]
    assert rows["name"].tolist() == ["**x** | $a$ :red[x]", "渡口村党支部"]
    assert rows["why"].tolist() == ["记录有误：自评92、复核90、终评-3", "终评 85.0 分对应★★★★"]
    assert rows["source"].tolist() == ["数据异常", "按分定星"]
    assert tiles(page)["违反规则"] == "2"


def test_where_all_is_well_it_says_so(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE star_rating SET final_score = 85, stars = 4 WHERE year = 2025"))
    page = open_page("leader", "stars", database=own_database)
    assert "各支部星级与得分、名额和一票否决规则相符" in said(page)
    assert tiles(page)["违反规则"] == "0"


def test_before_the_final_nothing_is_judged(open_page: OpenPage) -> None:
    page = open_page("leader", "stars", year="2026")
    assert "2026年尚未终评" in said(page)
    assert (tiles(page)["违反规则"], tiles(page)["五星支部"], tiles(page)["终评平均"]) == ("—", "—", "—")


def test_a_secretary_sees_the_years_of_the_own_branch_and_the_rules(open_page: OpenPage) -> None:
    page = open_page("secretary", "stars")
    assert not page.exception
    (year,) = table(page, "problem").to_dict("records")
    assert (year["year"], year["star_word"], year["problem"]) == ("2025", "★★★★★", "相符")
    assert "五星支部不超过30" in said(page)
    assert ORG_CODE["exemplary"].encode() not in sent(page)


def test_without_ratings_it_says_what_brings_them(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("DELETE FROM star_rating"))
    page = open_page("leader", "stars", database=own_database)
    assert not page.exception
    assert "没有达标创星评定记录" in said(page)
