"""The admission board as each role sees it: counts for all, masked names for some, one person's way for the own secretary."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select
from streamlit.testing.v1 import AppTest

from data_access.schema.access import audit_event
from data_access.schema.members import admission_step, applicant
from data_access.schema.places import data_version
from domain.admission import STEPS, Stage
from tests.opening import OpenPage, sent
from tests.small import APPLICANT, ORG_CODE


def nodes(page: AppTest) -> dict[str, str]:
    return {key.removeprefix("node-"): button.label for button in page.button if (key := button.key or "").startswith("node-")}


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in (page.markdown, page.caption, page.warning) for element in kind)


def listed(page: AppTest) -> list[str]:
    return next((frame.value["person"].tolist() for frame in page.dataframe if "person" in frame.value), [])


def tiles(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.split()[0] for metric in page.metric}


def timeline(page: AppTest):
    return next((frame.value for frame in page.dataframe if "gap" in frame.value), None)


def opened(database: Path) -> list[str]:
    with create_engine(f"sqlite:///{database}").connect() as connection:
        return list(connection.scalars(select(audit_event.c.subject).where(audit_event.c.action == "open_timeline")))


def version(database: Path) -> int:
    with create_engine(f"sqlite:///{database}").connect() as connection:
        return connection.scalar(select(data_version.c.version)) or 0


@pytest.mark.parametrize("role", ["leader", "presenter", "steward", "secretary"])
def test_the_board_has_the_26_steps_in_five_stages(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "admission")
    assert not page.exception
    assert list(nodes(page)) == list(STEPS)
    assert all(f"**{stage.label}**" in said(page) for stage in Stage)
    assert "公示" in nodes(page)["public_notice"]


def test_a_node_says_how_many_how_long_and_which_lights(open_page: OpenPage) -> None:
    page = open_page("leader", "admission")
    assert nodes(page)["candidate"] == "**2** 确定发展对象  \n:small[:gray[停留中位 111 天]] :red-badge[▲ 1]"
    assert "申请后谈话** :red-badge[▲ 超期 1]" in said(page)
    assert tiles(page)["在办申请人"] == "6"
    assert tiles(page)["▲ 预警"] == "5"


@pytest.mark.parametrize(
    ("filters", "count"),
    [({"light": "green"}, 1), ({"place": "990103"}, 3), ({"sector": "community"}, 1), ({"org": ORG_CODE["willow_town"]}, 2)],
    ids=["light", "place", "sector", "org"],
)
def test_each_filter_changes_what_is_shown(open_page: OpenPage, filters: dict[str, str], count: int) -> None:
    page = open_page("leader", "admission", **filters)
    assert tiles(page)["在办申请人"] == str(count)
    assert len(listed(page)) == count


def test_choosing_a_step_narrows_all_but_the_board(open_page: OpenPage) -> None:
    page = open_page("leader", "admission")
    next(button for button in page.button if button.key == "node-candidate").click().run()
    assert page.query_params["step"] == "candidate"
    assert len(listed(page)) == 2
    assert tiles(page)["在办申请人"] == "2"
    assert "**1**" in nodes(page)["training"]
    next(button for button in page.button if button.key == "node-candidate").click().run()
    assert "step" not in page.query_params


def test_a_malformed_filter_is_noted(open_page: OpenPage) -> None:
    page = open_page("leader", "admission", step="<script>", light="purple")
    assert not page.exception
    assert len(page.warning) == 2
    assert tiles(page)["在办申请人"] == "6"


@pytest.mark.parametrize("role", ["leader", "presenter"])
def test_names_are_masked(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "admission", applicant=str(APPLICANT["no_talk"]))
    assert set(listed(page)) == {"申***"}
    assert "申请人1".encode() not in sent(page)
    assert timeline(page) is None


def test_a_steward_sees_counts_and_no_person(open_page: OpenPage) -> None:
    page = open_page("steward", "admission", applicant=str(APPLICANT["no_talk"]))
    assert listed(page) == [] and timeline(page) is None
    assert "您的角色只看汇总" in said(page)
    assert "申***".encode() not in sent(page)
    assert tiles(page)["在办申请人"] == "6"


def test_a_secretary_opens_a_person_and_it_is_audited_once(open_page: OpenPage, own_database: Path) -> None:
    before = version(own_database)
    page = open_page("secretary", "admission", database=own_database, applicant=str(APPLICANT["no_talk"]))
    assert "#### 申请人1" in said(page)
    assert timeline(page)["name"].tolist() == [step.name for step in STEPS.values()]
    page.run()
    assert opened(own_database) == [f"applicant:{APPLICANT['no_talk']}"]
    assert version(own_database) == before


def test_opening_nobody_is_not_audited(open_page: OpenPage, own_database: Path) -> None:
    page = open_page("secretary", "admission", database=own_database)
    assert "在左侧名单中点选一名申请人" in said(page)
    outside = open_page("secretary", "admission", database=own_database, applicant=str(APPLICANT["on_time"]))
    unknown = open_page("secretary", "admission", database=own_database, applicant="no-number")
    assert "没有找到这名申请人" in said(outside)
    assert said(outside) == said(unknown)
    assert opened(own_database) == []


def test_steps_out_of_order_are_shown_as_odd_with_the_row(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        odd = {"applicant_id": APPLICANT["no_talk"], "step": "first_talk", "done_on": date(2026, 8, 1)}
        connection.execute(insert(admission_step).values(odd))
    page = open_page("secretary", "admission", database=own_database, applicant=str(APPLICANT["no_talk"]))
    rows = timeline(page).set_index("name")
    assert rows.loc["党组织派人谈话", "oddity"] == "日期早于前面的步骤"
    assert rows.loc["党组织派人谈话", "state"] == "!"


def test_hostile_names_show_as_text(open_page: OpenPage, own_database: Path) -> None:
    name = "**x** | $a$ :red[x]"
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(applicant.update().where(applicant.c.applicant_id == APPLICANT["no_talk"]).values(name=name))
    page = open_page("secretary", "admission", database=own_database, applicant=str(APPLICANT["no_talk"]))
    assert listed(page) == [name]
    assert r"#### \*\*x\*\* \| \$a\$ \:red\[x\]" in said(page)


def test_where_nobody_is_on_the_way_it_says_so(open_page: OpenPage) -> None:
    page = open_page("leader", "admission", org=ORG_CODE["school"])
    assert not page.exception
    assert "没有符合条件的在办申请人" in said(page)
