"""The weakest branches and why they are weak: order, cuts, scope, losses, lights."""

from datetime import date

import pytest
from sqlalchemy import select

from data_access.queries import weakest
from data_access.queries.rolled import Cut
from data_access.schema.organisations import exemption
from data_access.schema.ratings import light, org_score, weights_version
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import ORG, ORG_CODE

UPSTREAM, ISLAND = ORG["upstream"], ORG["island"]
DISTRICT = Scope(UPSTREAM, f"/1/{UPSTREAM}/", Role.LEADER)
ALL = Cut()


@pytest.fixture
def scored(lay):
    """Three weak branches, a good one, an unrated one, and a weaker one outside the district of upstream."""
    shares = {"study": 0.9, "life": 0.5, "tasks": 0.9, "membership": 0.9, "service": 0.9}
    base = {
        "period": "2026Q4", "members": 10, "bonus": 0, "deduction": 0, "veto": False, "standing_weight": 100, "clip": 0,
        "provisional": True, "weights_version": None, "light": "red", **shares,
    }  # fmt: skip
    with lay.engine.connect() as connection:
        base["weights_version"] = connection.scalar(
            select(weights_version.c.version).order_by(weights_version.c.version.desc())
        )  # in force
    lay(org_score, [
        base | {"org_id": ORG["overdue"], "total": 61.0, "deduction": 5},
        base | {"org_id": ORG["exemplary"], "total": 95.0, "light": "green"},
        base | {"org_id": ORG["markup"], "total": 61.0, "life": 1.0, "study": None, "veto": True},
        base | {"org_id": ORG["never"], "total": None, "light": "grey"},
        base | {"org_id": ORG["markdown"], "total": 12.0},
        base | {"org_id": ORG["exempted"], "total": 99.0, "period": "2026Q3"},
    ])  # fmt: skip
    opened = {"subject": "x", "light": "red", "since": date(2026, 10, 1), "closed_on": None, "exemption_id": None, "evidence": "{}"}
    with lay.engine.connect() as connection:
        exempt = connection.scalar(select(exemption.c.exemption_id).order_by(exemption.c.exemption_id))
    lights = [
        {"org_id": ORG["overdue"], "rule_id": "election.term"},
        {"org_id": ORG["overdue"], "rule_id": "duty.theme_day"},
        {"org_id": ORG["overdue"], "rule_id": "duty.theme_day", "subject": "y"},
        {"org_id": ORG["overdue"], "rule_id": "duty.lecture", "light": "yellow"},
        {"org_id": ORG["overdue"], "rule_id": "duty.lecture", "closed_on": date(2026, 11, 1)},
        {"org_id": ORG["overdue"], "rule_id": "dues.arrears", "exemption_id": exempt},
        {"org_id": ORG["overdue"], "rule_id": "index.escalation"},
    ]
    lay(light, [opened | row | {"light_id": number} for number, row in enumerate(lights, 1)])
    return lay


def test_the_weakest_come_first_and_equal_scores_by_code(scored):
    found = scored.ask(weakest.weakest, "/1/", ALL, "2026Q4")
    assert found["org_code"].tolist() == [ORG_CODE[name] for name in ("markdown", "overdue", "markup", "exemplary")]
    assert scored.ask(weakest.weakest, "/1/", ALL, "2026Q4", 2)["score"].tolist() == [12.0, 61.0]


def test_the_weakest_stay_inside_scope_path_place_and_sector(scored):
    def codes(*values, **ask):
        return scored.ask(weakest.weakest, *values, **ask)["org_code"].tolist()

    inside = [ORG_CODE[name] for name in ("overdue", "markup", "exemplary")]
    assert codes("/1/", ALL, "2026Q4", scope=DISTRICT) == inside
    assert codes(DISTRICT.path, ALL, "2026Q4") == inside
    assert codes(f"/1/{ISLAND}/", ALL, "2026Q4", scope=DISTRICT) == []
    assert codes("/1/", Cut(place="990102"), "2026Q4") == [ORG_CODE["markdown"]]
    assert codes("/1/", Cut(sector="private_enterprise"), "2026Q4") == [ORG_CODE["markup"]]
    assert codes("/1/", ALL, "2026Q3") == [ORG_CODE["exempted"]]


def test_why_a_branch_is_weak(scored):
    found = scored.ask(weakest.weakest, "/1/", ALL, "2026Q4").set_index("org_code").loc[ORG_CODE["overdue"]]
    assert found["name"] == "渡口村党支部"
    assert found[["district", "sector_name"]].tolist() == ["上游区", "农村"]
    assert found["part"] == "组织生活"
    assert found["loss"] == pytest.approx(15.0)  # half of a weight of 30
    assert found["deduction"] == 5
    assert found["reds"] == 3  # open, red, not exempted, and no index light
    assert found["rules"] == ["主题党日", "按期换届"]


def test_a_part_that_was_left_out_loses_nothing(scored):
    found = scored.ask(weakest.weakest, "/1/", ALL, "2026Q4").set_index("org_code").loc[ORG_CODE["markup"]]
    assert found["part"] == "任务落实"  # a tenth of 25, scaled to the 80 that stand
    assert found["loss"] == pytest.approx(0.1 * 25 * 100 / 80)
    assert found["veto"]
    assert found["rules"] == []
