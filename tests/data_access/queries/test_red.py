"""Red resources, on both databases: searched, in order, and measured from the reader's own organisation only."""

import pandas as pd
import pytest
from sqlalchemy import Engine

from data_access.queries import red
from data_access.queries.red import Search
from tests.data_access.queries.reading import LEADER, SECRETARY, UPSTREAM, WALL, ask
from tests.small import ORG


@pytest.mark.parametrize("scope", [LEADER, SECRETARY, WALL])
def test_every_scope_sees_every_site(engine: Engine, scope) -> None:
    sites = ask(engine, red.sites, scope=scope)
    assert sites["site_id"].tolist() == ["LJ-01", "LJ-02", "LJ-03"]
    assert sites["schematic"].tolist() == [False, True, False]  # 500 m is still exact, 2,500 m is not
    assert sites["district_name"].tolist() == ["上游区", "江心区", "江心区"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(district="990102"), ["LJ-02", "LJ-03"]),
        (Search(kind="纪念馆"), ["LJ-01"]),
        (Search(era="抗日战争"), ["LJ-02"]),
        (Search(theme="农民运动", district="990101"), ["LJ-01"]),
        (Search(words="**江心**"), ["LJ-02"]),
        (Search(only=("LJ-03",)), ["LJ-03"]),
        (Search(district="nowhere"), []),
    ],
)
def test_a_search_finds(engine: Engine, search: Search, found: list[str]) -> None:
    assert ask(engine, red.sites, search)["site_id"].tolist() == found


def test_routes_are_told_with_their_stops_and_length(engine: Engine) -> None:
    routes = ask(engine, red.routes).set_index("route_id")
    assert routes["stops"].tolist() == [2, 2]
    assert routes.loc["R-2", "length_m"] == pytest.approx(529, abs=2)
    assert (routes.loc["R-1", "lon"], routes.loc["R-1", "lat"]) == (120.11, 30.12)  # the first stop
    assert bool(routes.loc["R-1", "official"]) and not bool(routes.loc["R-2", "official"])
    assert routes.loc["R-1", "extra_stops"] == "上滩交通站→石埠渡口"


def test_stops_come_in_order_with_the_way_from_the_one_before(engine: Engine) -> None:
    stops = ask(engine, red.stops, "R-1")
    assert stops["site_id"].tolist() == ["LJ-01", "LJ-02"]
    assert pd.isna(stops["leg_m"].iloc[0])
    assert stops["leg_m"].iloc[1] == pytest.approx(33_266, abs=5)
    assert ask(engine, red.stops, "no such route").empty


def test_a_site_knows_its_routes_and_its_neighbours(engine: Engine) -> None:
    assert list(ask(engine, red.routes_through, "LJ-02")) == ["R-1", "R-2"]
    near = ask(engine, red.nearby, "LJ-02")
    assert near[["site_id", "metres"]].to_numpy().tolist() == [["LJ-03", 530]]
    assert ask(engine, red.nearby, "LJ-01").empty


def test_distances_are_measured_from_organisations_of_the_scope_only(engine: Engine) -> None:
    own = ask(engine, red.standpoint, ORG["overdue"], scope=SECRETARY)
    assert own is not None and own.name == "渡口村党支部" and not own.schematic
    assert ask(engine, red.standpoint, ORG["school"], scope=UPSTREAM) is None  # outside
    assert ask(engine, red.standpoint, ORG["no_term"]) is None  # has no point
    assert ask(engine, red.standpoint, 99999) is None


def test_the_sheet_keeps_the_stops_and_the_chosen_site_that_the_search_leaves_out(engine: Engine) -> None:
    sheet = ask(engine, red.sheet, Search(district="990101"), "R-2", None, ORG["overdue"], scope=SECRETARY)
    found = sheet["sites"].set_index("site_id")["found"]
    assert found.to_dict() == {"LJ-01": True, "LJ-02": False, "LJ-03": False}
    assert sheet["stops"]["seq"].tolist() == [1, 2]
    assert sheet["own"]["name"].tolist() == ["渡口村党支部"]
    assert sheet["areas"]["code"].tolist() == ["990101", "990102", "990103"]
    alone = ask(engine, red.sheet, Search(district="990101"), None, "LJ-03", ORG["no_term"])
    assert alone["sites"]["chosen"].tolist() == [False, True]
    assert alone["own"].empty
