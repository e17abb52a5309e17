"""How things stood at the end of a past quarter: tasks from weeks and reports, warnings from the days on which lights turned."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, insert

from data_access.queries import tasks, warnings
from data_access.queries.tasks import Stage
from data_access.schema.organisations import exemption
from data_access.schema.ratings import light
from domain.light_counts import Chosen, totals
from domain.rules import DUES_ARREARS, ELECTION_TERM, duty_rule
from domain.vocabulary import Duty, Light, OrgKind
from tests.data_access.queries.reading import LEADER, ROOT, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE

SEPTEMBER = date(2026, 9, 30)
THEN = tasks.Chosen(SEPTEMBER, past=True)
ELECTIONS, READING = "LJ-2026-01", "LJ-2026-02"


def standing(engine: Engine, org: str, chosen: tasks.Chosen = THEN, scope=LEADER) -> pd.DataFrame:
    return ask(engine, tasks.standing, ORG[org], chosen, scope=scope)


def test_a_task_stands_as_reported_until_the_day(engine: Engine) -> None:
    assert set(standing(engine, "root")["task_code"]) == {ELECTIONS}, "the others had not begun"
    assert standing(engine, "due_soon")[["finished", "progress_points"]].to_numpy().tolist() == [[0, 40 * 2]]
    assert standing(engine, "exemplary")["finished"].tolist() == [1]


def test_a_node_stands_as_on_the_last_sunday_until_the_day(engine: Engine) -> None:
    (here,) = standing(engine, "coast").to_dict("records")
    assert here["progress_points"] == 40 * 2
    assert here["planned_points"] == pytest.approx(2 * 100 * 88 / 91), "2026-09-27, 88 days after 07-01"
    assert standing(engine, "coast", scope=UPSTREAM).empty


def test_what_was_owed_then_is_settled_now(engine: Engine) -> None:
    then = replace(THEN, today=date(2026, 10, 5), stage=Stage.OVERDUE)
    assert "990103" in set(standing(engine, "root", then)["district_code"])
    assert "990103" not in set(standing(engine, "root", tasks.Chosen(AS_OF, Stage.OVERDUE))["district_code"])


def test_units_rank_as_they_stood(engine: Engine) -> None:
    rows = ask(engine, tasks.units, ORG["willow_town"], THEN)
    assert rows["org_code"].iloc[0] == ORG_CODE["exemplary"]
    assert rows["lead"].is_monotonic_decreasing
    assert set(rows["org_code"]) == {ORG_CODE[org] for org in ("exemplary", "overdue", "never")}


@pytest.mark.parametrize(("org", "kind"), [("upstream", OrgKind.LOCAL_COMMITTEE), ("overdue", OrgKind.BRANCH)])
def test_a_burn_up_ends_on_the_day(engine: Engine, org: str, kind: OrgKind) -> None:
    weeks = ask(engine, tasks.burn_up, ORG[org], kind, ELECTIONS, date(2026, 8, 31))
    known = weeks[weeks["value"].notna()]
    assert known["week"].max() <= pd.Timestamp(2026, 8, 31)
    assert weeks["week"].max() == pd.Timestamp(2026, 9, 30)


@pytest.fixture
def lit(own_engine: Engine) -> Engine:
    """Lights of one branch around the end of September, and nothing else."""
    theme_day = duty_rule(Duty.THEME_DAY)
    rows = [
        ("still on", theme_day, date(2026, 8, 1), None),
        ("out since", theme_day, date(2026, 8, 2), date(2026, 10, 1)),
        ("out by then", theme_day, date(2026, 8, 3), SEPTEMBER),
        ("on the last day", ELECTION_TERM, SEPTEMBER, None),
        ("later", ELECTION_TERM, date(2026, 10, 1), None),
        ("no history", DUES_ARREARS, date(2026, 8, 1), None),
    ]
    with own_engine.begin() as connection:
        connection.execute(delete(light))
        connection.execute(
            insert(light),
            [
                {
                    "light_id": 900_000 + number,
                    "org_id": ORG["overdue"],
                    "rule_id": rule_id,
                    "subject": subject,
                    "light": Light.RED,
                    "since": since,
                    "closed_on": closed_on,
                    "evidence": '{"table": "", "rows": [], "text": ""}',
                }
                for number, (subject, rule_id, since, closed_on) in enumerate(rows)
            ],
        )
    return own_engine


def subjects(engine: Engine, query=warnings.listed, *page: int) -> set[str]:
    path = f"{ROOT}{ORG['upstream']}/{ORG['willow_town']}/{ORG['overdue']}/"
    chosen = Chosen(org_id=ORG["overdue"], on=SEPTEMBER)
    return set(ask(engine, query, path, SEPTEMBER, chosen, *page)["subject"])


def test_a_light_was_open_then_if_it_had_turned_and_was_not_out(lit: Engine) -> None:
    assert subjects(lit, warnings.listed, 1) == {"still on", "out since", "on the last day"}
    assert totals(ask(lit, warnings.cube, ROOT, SEPTEMBER, SEPTEMBER), Chosen(on=SEPTEMBER))["red"] == 3
    assert ask(lit, warnings.listed_count, ROOT, SEPTEMBER, Chosen(light="red", on=SEPTEMBER)) == 3


def test_what_had_gone_out_by_then_is_its_history(lit: Engine) -> None:
    gone = subjects(lit, warnings.closed)
    assert "out by then" in gone
    assert "out since" not in gone


def test_an_exemption_switched_off_what_it_covered_then(lit: Engine) -> None:
    covered = {"org_id": ORG["overdue"], "rule_id": ELECTION_TERM, "reason": "撤并", "approved_by": "上级党委"}
    with lit.begin() as connection:
        connection.execute(insert(exemption), {**covered, "exemption_id": 900, "from_on": date(2026, 9, 1), "to_on": SEPTEMBER})
    assert subjects(lit, warnings.exempted) == {"on the last day"}
    assert "on the last day" not in subjects(lit, warnings.listed, 1)
