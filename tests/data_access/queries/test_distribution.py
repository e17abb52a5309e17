"""Where organisations stand: counted by place inside the scope, on both databases, with what lies outside as decoys."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, select, update

from data_access.queries import distribution, places
from data_access.queries.distribution import Chosen
from data_access.queries.places import UNPLACED
from data_access.schema.organisations import organisation
from data_access.schema.places import place
from domain.period import Period
from domain.vocabulary import Light, OrgKind, PlaceLevel
from tests.data_access.queries.reading import LEADER, SECRETARY, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE, path_of

CITY = "990100"
UP, MIDDLE, SEA = "990101", "990102", "990103"
QUARTER = Period.parse("2026Q4")


def chosen(org: str = "root", **given) -> Chosen:
    return replace(Chosen(ORG[org], path_of(ORG[org]), QUARTER, AS_OF, CITY), **given)


ALL = chosen()


def of(rows: pd.DataFrame, code: str) -> pd.Series:
    return rows.set_index("code").loc[code]


def test_branches_count_where_they_stand_not_to_whom_they_answer(engine: Engine) -> None:
    """The education committee's school stands in the middle district."""
    schools = chosen("education")
    standing = ask(engine, distribution.by_place, schools, "branches")
    assert standing.set_index("code")["branches"].to_dict() == {UP: 0, MIDDLE: 1, SEA: 0}
    assert ask(engine, distribution.found, schools)["code"].tolist() == [MIDDLE]


def test_every_place_has_a_row_and_a_place_without_branches_has_no_value(engine: Engine) -> None:
    standing = ask(engine, distribution.by_place, chosen("upstream"), "fortress", scope=UPSTREAM)
    assert standing["code"].tolist() == [UP, MIDDLE, SEA]
    assert standing["value"].isna().tolist() == [False, True, True]
    assert standing["light"].tolist() == [of(standing, UP)["light"], Light.GREY, Light.GREY]
    assert standing["members"].tolist()[1:] == [0, 0]


def test_nothing_outside_the_scope_counts(engine: Engine) -> None:
    outside = ask(engine, distribution.by_place, ALL, "branches", scope=UPSTREAM)
    assert outside["branches"].sum() == 0  # the city's own rows are not the district's to read
    assert ask(engine, distribution.found, ALL, scope=UPSTREAM)["code"].tolist() == [UP]
    assert set(ask(engine, distribution.listed, ALL, scope=UPSTREAM)["org_code"]) <= {
        ORG_CODE[key] for key in ("exemplary", "overdue", "markup", "never", "exempted")
    }
    assert ask(engine, distribution.listed, ALL, scope=SECRETARY)["org_id"].tolist() == [ORG["overdue"]]


@pytest.mark.parametrize(
    "code", ["branches", "members", "red_share", "fortress", "dues_paid", "attendance", "study", "task_punctual", "pioneer"]
)
def test_every_offered_indicator_has_a_value_by_place(engine: Engine, code: str) -> None:
    summer = replace(ALL, period=Period.parse("2026Q3"), day=date(2026, 9, 30))
    standing = ask(engine, distribution.by_place, summer, code)
    assert standing["value"].notna().any()
    assert standing["branches"].tolist() == [5, 8, 7]
    assert standing["branches"].sum() == ask(engine, distribution.found, summer)["found"].sum()


def test_attainment_is_read_from_duties_and_counts_a_late_one_half(engine: Engine) -> None:
    standing = ask(engine, distribution.by_place, ALL, "attainment")
    assert 0 < of(standing, UP)["value"] < 100
    towns = ask(engine, distribution.by_place, ALL.at(UP), "attainment")
    assert of(towns, "990101100")["base"] + of(towns, UNPLACED)["base"] == of(standing, UP)["base"]


def test_towns_are_counted_from_their_branches_and_the_rest_is_said(engine: Engine) -> None:
    towns = ask(engine, distribution.by_place, ALL.at(SEA), "fortress")
    assert towns["code"].tolist() == ["990103200", UNPLACED]
    assert of(towns, "990103200")["branches"] == 6
    assert of(towns, UNPLACED)["branches"] == 1  # 水务局: known by district only
    district = of(ask(engine, distribution.by_place, ALL, "fortress"), SEA)
    assert of(towns, "990103200")["value"] == district["value"]  # the one without a town is not rated


def test_a_town_without_branches_has_a_row_without_a_value(engine: Engine) -> None:
    towns = ask(engine, distribution.by_place, ALL.at(UP), "fortress")
    assert pd.isna(of(towns, "990101101")["value"])
    assert of(towns, "990101101")["branches"] == 0


def test_a_sector_cuts_districts_towns_points_and_lists(engine: Engine) -> None:
    port = replace(ALL, sector="port")
    assert ask(engine, distribution.by_place, port, "branches").set_index("code")["branches"].to_dict() == {UP: 0, MIDDLE: 3, SEA: 0}
    assert of(ask(engine, distribution.by_place, port.at(MIDDLE), "branches"), "990102001")["branches"] == 3
    assert set(ask(engine, distribution.listed, port)["sector_name"]) == {"港航"}
    assert len(ask(engine, distribution.sheet, port, "fortress")["dots"]) == 3


def test_the_light_filter_keeps_only_branches_of_that_light(engine: Engine) -> None:
    lit = {light: ask(engine, distribution.listed, replace(ALL, light=light)) for light in Light}
    assert sum(map(len, lit.values())) == 21
    assert all(set(rows["light"]) <= {light.value} for light, rows in lit.items())
    assert lit[Light.GREY]["org_id"].tolist() == [ORG["unknown"]]
    counted = ask(engine, distribution.found, replace(ALL, light=Light.GREY))
    assert counted[["code", "found", "grey", "red"]].to_numpy().tolist() == [[SEA, 1, 1, 0]]


def test_counts_say_how_many_points_are_schematic_and_how_many_are_missing(engine: Engine) -> None:
    counted = ask(engine, distribution.found, ALL)
    assert counted["found"].sum() == 21
    assert of(counted, UP)["schematic"] == 1 and of(counted, SEA)["schematic"] == 1
    assert counted["pointless"].tolist() == [0, 1, 0]
    assert (counted[[light.value for light in Light]].sum(axis=1) == counted["found"]).all()


def test_the_kind_filter_shows_organisations_with_the_mean_of_their_branches(engine: Engine) -> None:
    committees = ask(engine, distribution.listed, replace(ALL, kind=OrgKind.COMMITTEE))
    assert set(committees["org_id"]) == {ORG["willow_town"], ORG["tide_town"], ORG["port"]}
    port = committees.set_index("org_id").loc[ORG["port"]]
    below = ask(engine, distribution.listed, chosen("port"))
    mean = (below["score"] * below["members"]).sum() / below["members"].sum()
    assert port["score"] == pytest.approx(mean, abs=0.051)
    assert port["members"] == below["members"].sum()


def test_the_weakest_come_first_and_the_unrated_last(engine: Engine) -> None:
    listed = ask(engine, distribution.listed, ALL)
    known = listed["score"].dropna()
    assert known.is_monotonic_increasing
    assert listed["org_id"].iloc[-1] == ORG["unknown"]
    notes = listed.set_index("org_id")["place_note"]
    assert notes[ORG["no_term"]] == "未登记"
    assert notes[ORG["exempted"]] == "位置示意"
    assert notes[ORG["rare"]] == "已登记"


def test_dissolved_branches_are_gone_and_new_ones_are_there(engine: Engine) -> None:
    now = ask(engine, distribution.listed, ALL)["org_id"].tolist()
    assert ORG["dissolved"] not in now and ORG["founded"] in now
    spring = ask(engine, distribution.listed, replace(ALL, period=Period.parse("2026Q1"), day=date(2026, 3, 31)))["org_id"].tolist()
    assert ORG["dissolved"] in spring and ORG["founded"] not in spring


def test_one_town_is_its_district_narrowed(engine: Engine) -> None:
    town = ALL.at(SEA, "990103200")
    assert ask(engine, distribution.found, town)["code"].tolist() == ["990103200"]
    assert len(ask(engine, distribution.listed, town)) == 6
    unplaced = ask(engine, distribution.listed, ALL.at(SEA, UNPLACED))
    assert unplaced["org_id"].tolist() == [ORG["unknown"]]


@pytest.mark.parametrize(
    ("org", "scope", "way"),
    [
        ("root", LEADER, [CITY]),
        ("upstream", UPSTREAM, [CITY, UP]),
        ("overdue", SECRETARY, [CITY, UP, "990101100"]),
        ("unknown", LEADER, [CITY, SEA]),
    ],
)
def test_home_is_the_smallest_place_that_holds_everything(engine: Engine, org: str, scope, way: list[str]) -> None:
    assert [place.code for place in ask(engine, distribution.home, chosen(org), scope=scope)] == way


def test_the_sheet_of_a_city_has_its_districts_and_every_point(engine: Engine) -> None:
    sheet = ask(engine, distribution.sheet, ALL, "fortress")
    assert sheet["areas"]["role"].tolist() == ["part"] * 3
    assert len(sheet["dots"]) == 20
    assert sheet["cells"].empty and sheet["spots"].empty


def test_the_sheet_of_a_district_has_its_neighbours_and_its_towns(engine: Engine) -> None:
    sheet = ask(engine, distribution.sheet, ALL.at(MIDDLE), "fortress")
    assert sheet["areas"].set_index("code")["role"].to_dict() == {UP: "beside", MIDDLE: "here", SEA: "beside"}
    assert sheet["spots"]["code"].tolist() == ["990102001"]
    assert set(sheet["dots"]["code"]) == {"990102001"}


def test_too_many_points_are_gathered_and_none_is_lost(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "MOST_DOTS", 5)
    sheet = ask(engine, distribution.sheet, ALL, "fortress")
    assert sheet["dots"].empty
    assert sheet["cells"]["count"].sum() == 20
    shown, pointless = sheet["cells"]["red"].sum(), ask(engine, distribution.found, replace(ALL, light=Light.RED))["pointless"].sum()
    assert shown and shown + pointless == ask(engine, distribution.found, ALL)["red"].sum()
    assert set(sheet["cells"]["code"]) == {UP, MIDDLE, SEA}


def test_cells_grow_until_they_are_few(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "MOST_DOTS", 5)
    monkeypatch.setattr(distribution, "MOST_CELLS", 6)
    assert len(ask(engine, distribution.sheet, ALL, "fortress")["cells"]) <= 6


def test_a_place_too_large_for_points_is_shown_by_its_parts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "MOST_DOTS", 5)
    monkeypatch.setattr(distribution, "MOST_POINTS", 10)
    sheet = ask(engine, distribution.sheet, ALL, "fortress")
    assert len(sheet["areas"]) == 3
    assert sheet["dots"].empty and sheet["cells"].empty


def test_without_boundaries_there_are_still_points_and_rows(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(place).values(boundary=None))
    sheet = ask(own_engine, distribution.sheet, ALL, "fortress")
    assert sheet["areas"].empty
    assert {"code", "name", "shape", "role"} <= set(sheet["areas"])
    assert len(sheet["dots"]) == 20
    assert len(ask(own_engine, distribution.by_place, ALL, "fortress")) == 3


def test_a_boundary_that_is_none_is_left_out_and_logged(own_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(place).where(place.c.code == UP).values(boundary='{"type": "Point", "coordinates": [1, 2]}'))
    assert ask(own_engine, distribution.sheet, ALL, "fortress")["areas"]["code"].tolist() == [MIDDLE, SEA]
    assert UP in caplog.text


def test_branches_without_any_known_place_count_for_the_root(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(organisation).where(organisation.c.org_id == ORG["school"]).values(district_code=None, town_code=None))
    assert of(ask(own_engine, distribution.found, ALL), UNPLACED)["found"] == 1
    assert ask(own_engine, distribution.found, ALL.at(MIDDLE))["found"].sum() == 8
    assert ORG["school"] not in ask(own_engine, distribution.listed, ALL.at(MIDDLE))["org_id"].tolist()


def test_a_province_counts_its_cities_from_their_districts(engine: Engine) -> None:
    province = ALL.at("990000")
    counted = ask(engine, distribution.found, province)
    assert counted[["code", "found"]].to_numpy().tolist() == [[CITY, 21]]
    standing = ask(engine, distribution.by_place, province, "fortress")
    assert standing[["code", "branches"]].to_numpy().tolist() == [[CITY, 21]]


def test_the_way_down_begins_at_the_installations_root(engine: Engine) -> None:
    way = ask(engine, places.chain, "990101100")
    assert [(step.code, step.level) for step in way] == [
        (CITY, PlaceLevel.CITY), (UP, PlaceLevel.DISTRICT), ("990101100", PlaceLevel.TOWN),
    ]  # fmt: skip
    assert ask(engine, places.chain, "990000") == []  # above the root
    assert ask(engine, places.chain, "nowhere") == []


def test_a_sheet_brings_its_ranking_and_its_counts(engine: Engine) -> None:
    sheet = ask(engine, distribution.sheet, ALL.at(SEA), "fortress")
    pd.testing.assert_frame_equal(sheet["standing"], ask(engine, distribution.by_place, ALL.at(SEA), "fortress"))
    pd.testing.assert_frame_equal(sheet["found"], ask(engine, distribution.found, ALL.at(SEA)))


def test_without_filters_everything_counts_again() -> None:
    narrowed = replace(ALL.at(SEA), sector="port", kind=OrgKind.COMMITTEE, light=Light.RED)
    assert narrowed.everything == ALL.at(SEA)


@pytest.mark.parametrize("org", ["overdue", "willow_town", "coast"])
def test_what_is_pointed_out_stands_at_its_own_point_whatever_its_kind(engine: Engine, org: str) -> None:
    found = ask(engine, distribution.marked, ALL, (ORG_CODE[org],))
    with engine.connect() as connection:
        stands = connection.execute(select(organisation).where(organisation.c.org_id == ORG[org])).one()
    assert found.to_numpy().tolist() == [[stands.district_code, stands.lon, stands.lat]]


def test_what_has_no_point_stands_at_its_towns_or_only_in_its_district(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(lon=None, lat=None))
    found = ask(own_engine, distribution.marked, ALL, (ORG_CODE["overdue"],))
    assert found.to_numpy().tolist() == [[UP, 120.1, 30.1]]
    nowhere = ask(own_engine, distribution.marked, ALL, (ORG_CODE["no_term"],))
    assert nowhere["code"].tolist() == [MIDDLE]
    assert nowhere[["lon", "lat"]].isna().all(axis=None)


def test_nothing_outside_the_scope_or_the_place_is_pointed_out(engine: Engine) -> None:
    codes = (ORG_CODE["overdue"], ORG_CODE["coast"])
    assert ask(engine, distribution.marked, ALL, codes, scope=UPSTREAM)["code"].tolist() == [UP]
    assert ask(engine, distribution.marked, ALL.at(SEA), codes)["code"].tolist() == [SEA]
