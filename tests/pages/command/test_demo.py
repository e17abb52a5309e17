"""Presenter mode: the story's order, what every step shows on the small installation, what may happen, and who may open it."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from data_access.engine import connect, version
from data_access.schema import metadata
from data_access.schema.members import member
from pages.command.demo.story import STEPS, TITLES, asked
from tests.opening import OpenPage, sent

CODES = [step.code for step in STEPS]


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


def opened(open_page: OpenPage, code: str, role: str = "presenter", **params: str) -> AppTest:
    page = open_page(role, "demo", step=str(CODES.index(code) + 1), **params)
    assert not page.exception
    return page


def test_the_story_goes_from_good_morning_to_what_changed() -> None:
    story = ["morning", "district", "inside", "branch", "why", "rule", "task", "bill", "route", "closing"]
    assert story == CODES
    assert len(set(TITLES)) == len(STEPS)
    assert all(step.notes for step in STEPS)


@pytest.mark.parametrize(("given", "step"), [("1", 0), ("10", 9), ("0", None), ("11", None), ("x", None), ("²", None), (None, None)])
def test_a_url_asks_for_a_step_by_its_number(given: str | None, step: int | None) -> None:
    assert asked(given) == step


# What each step says and shows on the small installation
SHOWS = {
    "morning": ("早上好", "县区排名", "最新红色预警"),
    "district": ("海门县|上游区|江心区", "县区排名"),
    "inside": ("差在", "最薄弱的支部", "五项得分率"),
    "branch": ("背后是", "五星支部画像", "近八季"),
    "why": ("分怎么来的", "逐项得分"),
    "rule": ("没有按规定开：左边是记录", "规定", "下一步"),
    "task": ("按计划应到|应于", "进度与计划", "填报记录"),
    "bill": ("账单", "微账单"),
    "route": ("周六", "红色路线", "站点"),
    "closing": ("现场什么都还没有发生", "演示前与现在"),
}


@pytest.mark.parametrize("code", CODES)
def test_every_step_says_and_shows_what_it_is_about(open_page: OpenPage, code: str) -> None:
    page = opened(open_page, code)
    told = said(page)
    for words in SHOWS[code]:
        assert any(word in told for word in words.split("|")), (words, told)
    assert page.query_params["step"] == str(CODES.index(code) + 1)


def test_no_member_is_named_in_full(open_page: OpenPage, small_database: Path) -> None:
    with connect(f"sqlite:///{small_database}").connect() as connection:
        names = {name for name in connection.scalars(select(member.c.name)) if len(name) > 1}
    for code in CODES:
        shown = sent(opened(open_page, code))
        assert not [name for name in names if name.encode() in shown]


def test_an_event_changes_the_figures_on_stage_and_never_the_demo(open_page: OpenPage, own_database: Path) -> None:
    before = _counts(own_database)
    page = opened(open_page, "rule", database=own_database)
    score = _metric(page, "支部堡垒指数")
    page.button(key="stage-play").click().run()
    assert not page.exception
    assert float(_metric(page, "支部堡垒指数")) > float(score)
    assert "已于今天补开" in said(page)
    assert "现场副本" in said(page)
    page = open_page("presenter", "demo", window="notes", database=own_database)
    assert "已于今天补开" in "\n".join(element.value for element in page.info)
    page.button(key="notes-reset").click().run()
    assert "早上好" in said(page)
    page = opened(open_page, "rule", database=own_database)
    assert _metric(page, "支部堡垒指数") == score
    assert _counts(own_database) == before


def test_two_presenters_have_a_stage_each(open_page: OpenPage, own_database: Path) -> None:
    page = opened(open_page, "task", database=own_database)
    page.button(key="stage-play").click().run()
    assert "现场副本" in said(page)
    other = opened(open_page, "rule", role="leader", database=own_database)
    assert "现场副本" not in said(other)
    assert [button.key for button in other.button if button.key == "stage-play"]


def test_the_notes_follow_the_stage_and_turn_it(open_page: OpenPage, own_database: Path) -> None:
    opened(open_page, "bill", database=own_database)
    page = open_page("presenter", "demo", window="notes", database=own_database)
    assert STEPS[CODES.index("bill")].notes[0] in said(page)
    page.button(key="notes-next").click().run()
    stage = open_page("presenter", "demo", database=own_database)
    assert stage.query_params["step"] == str(CODES.index("route") + 1)


def test_a_step_that_there_is_not_is_named(open_page: OpenPage) -> None:
    assert "没有这一步" in said(open_page("presenter", "demo", step="99"))


@pytest.mark.parametrize("role", ["secretary", "steward", "wall"])
def test_other_roles_do_not_open_it(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "demo")
    assert "您的账号不能打开它" in page.error[0].value


def test_real_data_is_refused(open_page: OpenPage, own_database: Path) -> None:
    from data_access.schema.places import installation

    engine = connect(f"sqlite:///{own_database}")
    with engine.begin() as connection:
        connection.execute(installation.delete().where(installation.c.key == "demo"))
        connection.execute(metadata.tables["account"].update().values(demo=False))
    engine.dispose()
    page = open_page("presenter", "demo", database=own_database)
    assert "只在演示数据库上开放" in page.error[0].value
    assert not page.metric


def _metric(page: AppTest, label: str) -> str:
    return next(metric.value.split(" ")[0] for metric in page.metric if metric.label == label)


def _counts(database: Path) -> dict[str, int]:
    """The rows of every table but the audit's, and the data version."""
    with connect(f"sqlite:///{database}").connect() as connection:
        counts = {name: connection.scalar(select(func.count()).select_from(table)) for name, table in metadata.tables.items()}
        return {name: count for name, count in counts.items() if name != "audit_event"} | {"version": version(connection)}
