"""Warnings: every open light once, counted and listed alike; filters; persons; nothing from outside the scope."""

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select

from data_access.queries import agenda, warnings
from data_access.schema.organisations import organisation
from data_access.schema.ratings import light
from domain.ageing import Age
from domain.light_counts import COLOURS, Chosen, counted, totals
from domain.rules import DUES_ARREARS, ELECTION_TERM, INDEX_ESCALATION, duty_rule
from domain.scope import Scope
from domain.vocabulary import Duty, Light
from tests.data_access.queries.reading import LEADER, PRESENTER, ROOT, SECRETARY, STEWARD, UPSTREAM, WALL, ask, full_names, told
from tests.small import AS_OF, ORG, ORG_CODE, path_of

ALL = Chosen()


def cube(engine: Engine, scope=LEADER, path: str = ROOT) -> pd.DataFrame:
    return ask(engine, warnings.cube, path, AS_OF, scope=scope)


def everything(engine: Engine, scope=LEADER, path: str = ROOT, chosen: Chosen = ALL) -> pd.DataFrame:
    """Every page of the list."""
    count = ask(engine, warnings.listed_count, path, AS_OF, chosen, scope=scope)
    pages = [ask(engine, warnings.listed, path, AS_OF, chosen, page, scope=scope) for page in range(1, count // warnings.PAGE + 2)]
    return pd.concat(pages, ignore_index=True)


def stored(engine: Engine, below: str = ROOT) -> pd.DataFrame:
    """The open lights of the table itself, exempted ones included."""
    with engine.connect() as connection:
        rows = pd.read_sql_query(
            select(light, organisation.c.path, organisation.c.district_code, organisation.c.sector).join(
                organisation, organisation.c.org_id == light.c.org_id
            ),
            connection,
        )
    return rows[rows["closed_on"].isna() & rows["path"].str.startswith(below) & (rows["rule_id"] != INDEX_ESCALATION)]


@pytest.mark.parametrize("by", ["rule", "age", "district", "sector"])
def test_every_open_light_is_counted_once_whatever_it_is_counted_by(engine: Engine, by: str) -> None:
    rows = stored(engine)
    lit = rows[rows["exemption_id"].isna()]["light"].value_counts()
    sums = counted(cube(engine), by, ALL)[COLOURS].sum()
    assert sums.to_dict() == {colour: int(lit.get(colour, 0)) for colour in COLOURS}
    assert totals(cube(engine), ALL) == sums.to_dict()


def test_the_board_holds_every_way_of_counting(engine: Engine) -> None:
    chosen = Chosen(light="red")
    board = ask(engine, warnings.board, ROOT, AS_OF, chosen)
    for by in ("rule", "age", "district", "sector"):
        pd.testing.assert_frame_equal(board[by], counted(cube(engine), by, chosen))
    assert board["all"].to_dict("records") == [totals(cube(engine), chosen)]


@pytest.mark.parametrize("scope", [LEADER, STEWARD, SECRETARY, UPSTREAM, WALL])
def test_red_lights_counted_alone_are_those_of_the_board(engine: Engine, scope: Scope) -> None:
    board = ask(engine, warnings.board, scope.path, AS_OF, ALL, scope=scope)
    assert ask(engine, warnings.red_count, scope.path, scope=scope) == board["all"]["red"].iloc[0] >= 0


def test_the_pages_of_the_list_hold_what_is_counted(engine: Engine) -> None:
    rows = stored(engine)
    lit = rows[rows["exemption_id"].isna()]
    listed = everything(engine)
    assert sorted(listed["light_id"]) == sorted(lit["light_id"])
    assert listed["light_id"].is_unique


def test_red_comes_before_yellow_before_grey_and_the_newest_first(engine: Engine) -> None:
    listed = everything(engine)
    assert listed["light"].map({"red": 0, "yellow": 1, "grey": 2}).is_monotonic_increasing
    for _, rows in listed.groupby("light"):
        assert rows["since"].is_monotonic_decreasing


def test_a_light_says_its_rule_its_source_its_facts_and_the_next_step(engine: Engine) -> None:
    listed = everything(engine, chosen=Chosen(rule=ELECTION_TERM, light=Light.RED.value))
    (row,) = listed[listed["org_code"] == ORG_CODE["overdue"]].to_dict("records")
    assert row["title"] == "按期换届"
    assert "《中国共产党基层组织选举工作条例》" in row["source"]
    assert "2026-10-31" in row["text"]
    assert row["next_step"].startswith("向上级党组织报送换届请示")
    assert row["since"] == pd.Timestamp(2026, 11, 1)
    assert row["days"] == 19


@pytest.mark.parametrize(
    ("chosen", "column", "value"),
    [
        (Chosen(rule=duty_rule(Duty.THEME_DAY)), "rule_id", duty_rule(Duty.THEME_DAY)),
        (Chosen(light="yellow"), "light", "yellow"),
        (Chosen(district="990101"), "district_name", "上游区"),
        (Chosen(sector="agency"), "sector_name", "机关"),
    ],
)
def test_a_filter_leaves_only_what_it_names_and_drops_something(engine: Engine, chosen: Chosen, column: str, value: str) -> None:
    whole, narrowed = everything(engine), everything(engine, chosen=chosen)
    assert set(narrowed[column]) == {value}
    assert 0 < len(narrowed) < len(whole)
    assert len(narrowed) == (whole[column] == value).sum()
    assert sum(totals(cube(engine), chosen).values()) == len(narrowed)


@pytest.mark.parametrize("age", Age)
def test_the_ages_split_the_list(engine: Engine, age: Age) -> None:
    spans = {Age.WEEK: (-99, 7), Age.MONTH: (8, 30), Age.QUARTER: (31, 90), Age.OLDER: (91, 99_999)}
    listed = everything(engine, chosen=Chosen(age=age.value))
    whole = everything(engine)
    assert sorted(listed["light_id"]) == sorted(whole[whole["days"].between(*spans[age])]["light_id"])
    by_age = counted(cube(engine), "age", ALL).set_index("key")
    assert by_age.loc[age.value, COLOURS].sum() == len(listed)


def test_nothing_from_outside_the_scope_or_the_focus(engine: Engine) -> None:
    inside = stored(engine, UPSTREAM.path)
    for scope, path in ((UPSTREAM, ROOT), (LEADER, UPSTREAM.path)):
        listed = everything(engine, scope=scope, path=path)
        assert set(listed["light_id"]) == set(inside[inside["exemption_id"].isna()]["light_id"])
    assert everything(engine, scope=SECRETARY, path=path_of(ORG["exemplary"])).empty
    assert cube(engine, UPSTREAM, path_of(ORG["coast"])).empty
    assert cube(engine, UPSTREAM)["count"].sum() == len(inside[inside["exemption_id"].isna()])


def test_one_organisations_own_lights_are_those_without_the_ones_below(engine: Engine) -> None:
    own = everything(engine, chosen=Chosen(org_id=ORG["overdue"]))
    assert sorted(own["light_id"]) == sorted(everything(engine, path=path_of(ORG["overdue"]))["light_id"])
    assert set(everything(engine, chosen=Chosen(org_id=ORG["willow_town"]))["org_code"]) <= {ORG_CODE["willow_town"]}
    assert everything(engine, scope=SECRETARY, chosen=Chosen(org_id=ORG["exemplary"])).empty


def test_an_exempted_light_is_shown_apart_with_its_reason_and_end(own_engine: Engine) -> None:
    before = totals(cube(own_engine), ALL)
    with own_engine.begin() as connection:
        row = {"light_id": 10**6, "org_id": ORG["exempted"], "rule_id": duty_rule(Duty.THEME_DAY), "subject": "2026-10", "light": "red"}
        connection.execute(insert(light).values(**row, since=date(2026, 11, 1), exemption_id=1, evidence='{"text": "事实"}'))
    (apart,) = ask(own_engine, warnings.exempted, ROOT, AS_OF, ALL).to_dict("records")
    assert (apart["light_id"], apart["org_code"]) == (10**6, ORG_CODE["exempted"])
    assert (apart["reason"], apart["approved_by"]) == ("办公楼搬迁", "中共上游区委组织部")
    assert apart["exempt_to"] == pd.Timestamp(2026, 12, 31)
    assert totals(cube(own_engine), ALL) == before
    assert 10**6 not in set(everything(own_engine)["light_id"])
    assert ask(own_engine, warnings.exempted, ROOT, AS_OF, ALL, scope=SECRETARY).empty


def test_closed_lights_are_history(engine: Engine) -> None:
    history = ask(engine, warnings.closed, path_of(ORG["due_soon"]), AS_OF, Chosen(rule=duty_rule(Duty.COMMITTEE_MEETING)))
    (row,) = history.to_dict("records")
    assert (row["closed_on"], row["days"]) == (pd.Timestamp(2026, 10, 5), 4)
    assert row["light_id"] not in set(everything(engine)["light_id"])


def test_a_secretary_reads_names_a_leader_masked_ones_a_steward_no_person_at_all(engine: Engine) -> None:
    arrears = Chosen(rule=DUES_ARREARS)
    here = path_of(ORG["overdue"])
    full = everything(engine, scope=SECRETARY, path=here, chosen=arrears)["person"].tolist()
    masked = everything(engine, scope=LEADER, path=here, chosen=arrears)["person"].tolist()
    assert len(full) == 2
    assert masked == [name[0] + "*" * (len(name) - 1) for name in full]
    for scope in (STEWARD, WALL):
        assert everything(engine, scope=scope, path=here, chosen=arrears).empty
        assert sum(totals(cube(engine, scope, here), arrears).values()) == 2


@pytest.mark.parametrize("scope", [STEWARD, WALL], ids=lambda scope: scope.role.value)
def test_dues_that_a_branch_does_not_report_are_the_stewards_own_matter(engine: Engine, scope) -> None:
    rows = everything(engine, scope=scope, path=path_of(ORG["never"]), chosen=Chosen(rule=DUES_ARREARS))
    assert rows[["light", "subject", "person"]].astype(object).to_numpy().tolist() == [["grey", "dues", None]]
    assert not everything(engine, scope=scope)["subject"].str.startswith(("member:", "applicant:")).any()


def test_an_applicant_is_named_like_a_member(engine: Engine) -> None:
    talk = Chosen(rule="admission.first_talk", light="red")
    assert everything(engine, scope=SECRETARY, path=path_of(ORG["overdue"]), chosen=talk)["person"].tolist() == ["申请人1"]
    assert everything(engine, scope=LEADER, path=path_of(ORG["overdue"]), chosen=talk)["person"].tolist() == ["申***"]


@pytest.mark.parametrize("scope", [LEADER, PRESENTER, STEWARD, WALL], ids=lambda scope: scope.role.value)
def test_no_full_name_in_any_answer(engine: Engine, scope) -> None:
    answers = [everything(engine, scope=scope)]
    answers += [ask(engine, query, ROOT, AS_OF, ALL, scope=scope) for query in (warnings.exempted, warnings.closed)]
    text = "\n".join(told(answer) for answer in answers)
    with engine.connect() as connection:
        assert not [name for name in full_names(connection) if name in text]


def test_the_index_light_is_no_duty_light(own_engine: Engine) -> None:
    before = totals(cube(own_engine), ALL)
    with own_engine.begin() as connection:
        row = {"light_id": 10**6, "org_id": ORG["overdue"], "rule_id": INDEX_ESCALATION, "subject": "2026Q4", "light": "red"}
        connection.execute(insert(light).values(**row, since=date(2026, 11, 1), evidence='{"text": ""}'))
    assert totals(cube(own_engine), ALL) == before
    assert 10**6 not in set(everything(own_engine)["light_id"])


def test_a_page_holds_fifty_and_the_next_goes_on(own_engine: Engine) -> None:
    common = {"org_id": ORG["school"], "rule_id": duty_rule(Duty.TALK), "light": "red", "evidence": '{"text": "事实"}'}
    with own_engine.begin() as connection:
        rows = [
            common | {"light_id": 10**6 + n, "subject": str(n), "since": AS_OF - timedelta(days=n % 7)}
            for n in range(2 * warnings.PAGE + 1)
        ]
        connection.execute(insert(light), rows)
    chosen, here = Chosen(rule=duty_rule(Duty.TALK), light="red"), path_of(ORG["school"])
    pages = [ask(own_engine, warnings.listed, here, AS_OF, chosen, page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 1, 0]
    assert ask(own_engine, warnings.listed_count, here, AS_OF, chosen) == 101


def test_one_organisations_lights_are_all_there_without_a_page(own_engine: Engine) -> None:
    common = {"org_id": ORG["exempted"], "light": "red", "evidence": '{"text": "事实"}', "since": AS_OF}
    many = range(warnings.PAGE + 1)
    with own_engine.begin() as connection:
        rows = [common | {"light_id": 10**6 + n, "subject": str(n), "rule_id": duty_rule(Duty.TALK)} for n in many]
        off = [
            common | {"light_id": 2 * 10**6 + n, "subject": str(n), "rule_id": duty_rule(Duty.THEME_DAY), "exemption_id": 1} for n in many
        ]
        connection.execute(insert(light), [{"exemption_id": None} | row for row in rows + off])
    own, here = Chosen(org_id=ORG["exempted"]), path_of(ORG["exempted"])
    count = ask(own_engine, warnings.listed_count, here, AS_OF, own)
    assert count > warnings.PAGE
    assert len(ask(own_engine, warnings.listed, here, AS_OF, own)) == count
    items = ask(own_engine, agenda.agenda, ORG["exempted"], AS_OF)
    assert items["light_id"].notna().sum() == count, "the agenda counts them all"
    exempted = [ask(own_engine, warnings.exempted, here, AS_OF, own, page) for page in (1, 2, None)]
    assert [len(rows) for rows in exempted] == [50, 1, 51]
    assert ask(own_engine, warnings.exempted_count, here, AS_OF, own) == 51
