import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import red
from domain.geography import distance_m


@pytest.mark.parametrize(
    ("value", "split"),
    [
        ("革命旧址/纪念馆", ("革命旧址", "纪念馆")),
        ("船政·海防", ("船政", "海防")),
        ("纪念馆", ("纪念馆",)),
        ("a//a", ("a",)),
        ("", ()),
        (None, ()),
        (float("nan"), ()),
    ],
)
def test_composite_values_split(value, split):
    assert red.terms(value) == split


@pytest.mark.parametrize(
    ("value", "split"), [("抗战/解放", ("抗日战争", "解放战争")), ("近代/解放", ("近代", "解放战争")), ("综合", ("综合",)), (None, ())]
)
def test_eras_are_told_by_either_name(value, split):
    assert red.eras(value) == split


def test_eras_are_offered_in_the_order_of_history_and_others_after_them():
    assert red.offered(["综合", "抗战/解放", "大革命", None, "土地革命"], as_eras=True) == [
        "大革命",
        "土地革命",
        "抗日战争",
        "解放战争",
        "综合",
    ]


def test_other_terms_are_offered_by_how_often_they_occur():
    assert red.offered(["纪念馆", "革命旧址/纪念馆", "烈士墓"]) == ["纪念馆", "烈士墓", "革命旧址"]


@pytest.fixture
def sites():
    return pd.DataFrame(
        {
            "site_id": ["a", "b", "c"],
            "name": ["柳渡农会旧址", "江心塔", "Old <b>Mill</b>"],
            "type": ["革命旧址/纪念馆", "烈士陵园", None],
            "district_code": ["1", "2", "2"],
            "district_name": ["上游区", "江心区", None],
            "town": [None, "江心街道", None],
            "address": ["示例路1号", None, "%路"],
            "facts": [None, "1938年成立", None],
            "era": ["大革命", "抗战/解放", None],
            "theme": ["农民运动", None, "船政·海防"],
        }
    )


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"district": "2"}, ["b", "c"]),
        ({"kind": "纪念馆"}, ["a"]),
        ({"era": "解放战争"}, ["b"]),
        ({"theme": "海防"}, ["c"]),
        ({"words": "江心"}, ["b"]),
        ({"words": "1938 江心"}, ["b"]),
        ({"words": "1938 柳渡"}, []),
        ({"words": "mill"}, ["c"]),
        ({"words": "%"}, ["c"]),
        ({"words": ".*"}, []),
        ({"words": "  "}, ["a", "b", "c"]),
        ({"only": ("a", "c")}, ["a", "c"]),
        ({"district": "2", "era": "大革命"}, []),
    ],
)
def test_sites_meet_every_condition(sites, condition, found):
    assert red.matching(sites, **condition)["site_id"].tolist() == found


def test_sites_within_the_reach_are_one_cluster_and_no_others():
    points = pd.DataFrame({"lon": [119.300, 119.303, 119.320, 119.300], "lat": [26.0, 26.0, 26.0, 26.0]})
    assert red.clusters(points).tolist() == [0, 0, 2, 0]  # 300 m and 2 km apart
    assert red.clusters(points, 100).tolist() == [0, 1, 2, 0]


places = st.lists(st.tuples(st.floats(119.2, 119.4), st.floats(26.0, 26.1)), min_size=1, max_size=25)


@settings(deadline=None)
@given(places)
def test_every_point_has_a_cluster_and_stands_within_reach_of_its_first(places):
    points = pd.DataFrame(places, columns=["lon", "lat"])
    first = red.clusters(points)
    assert (first.iloc[first.to_numpy()].to_numpy() == first.to_numpy()).all()
    middle = points.iloc[first.to_numpy()].reset_index(drop=True)
    assert (distance_m(points["lon"], points["lat"], middle["lon"], middle["lat"]) <= red.CLOSE_M).all()


def test_legs_are_counted_from_the_stop_before():
    legs = red.legs(pd.DataFrame({"lon": [119.0, 119.0, 119.0], "lat": [26.0, 26.1, 26.1]}))
    assert pd.isna(legs.iloc[0])
    assert legs.iloc[1] == pytest.approx(11_119, abs=2)
    assert legs.iloc[2] == 0
