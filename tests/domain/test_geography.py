import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.geography import (
    Box,
    Move,
    area_km2,
    cells,
    distance_m,
    edge_distance,
    fit,
    inside,
    label_point,
    read_shape,
    shown,
    to_degrees,
    to_world,
    world_box,
)

DATA = Path(__file__).parents[2] / "seed" / "data"
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}
HOLED = {"type": "Polygon", "coordinates": [*SQUARE["coordinates"], [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]]}
HOOK = {
    "type": "Polygon",
    "coordinates": [[[0, 0], [5, 0], [5, 1], [1, 1], [1, 5], [0, 5]]],
}  # an L that does not hold its centroid, unclosed

longitudes = st.floats(-179, 179)
latitudes = st.floats(-80, 80)
points = st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=40).map(lambda rows: np.array(rows, dtype=float))


def boundaries(name):
    features = json.loads((DATA / name).read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["adcode"]: read_shape(feature["geometry"]) for feature in features}


@pytest.fixture(scope="module", params=["fuzhou_districts.geojson", "fujian_cities.geojson"])
def real(request):
    return boundaries(request.param)


def test_a_point_in_a_hole_is_outside():
    assert inside(read_shape(HOLED), np.array([(0.5, 0.5), (2.0, 2.0), (5.0, 2.0)])).tolist() == [True, False, False]


def test_both_parts_of_a_multipolygon_are_inside():
    shape = read_shape({"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[9, 9], [10, 9], [10, 10], [9, 9]]]]})
    assert inside(shape, np.array([(1.0, 1.0), (9.8, 9.3), (7.0, 7.0)])).tolist() == [True, True, False]


@given(points, st.sampled_from([SQUARE, HOLED, HOOK]))
def test_points_are_told_apart_together_as_each_alone(found, drawn):
    shape = read_shape(drawn)
    near = np.abs(found) % 6 - 0.5  # around the shape
    grid = np.array(np.meshgrid(near[:, 0], np.round(near[:, 1]))).reshape(2, -1).T  # many on one level, some on an edge or a corner
    for at in (near, grid):
        assert inside(shape, at).tolist() == [crossed(shape, x, y) % 2 == 1 for x, y in at.tolist()]


def crossed(shape, x, y):
    """How many edges lie east of a point, edge by edge."""
    edges = [(*ring[at], *ring[at + 1]) for ring in shape.rings for at in range(len(ring) - 1)]
    return sum((y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0) for x0, y0, x1, y1 in edges)


def test_an_unclosed_ring_is_closed():
    ring = read_shape(HOOK).polygons[0][0]
    assert ring[0].tolist() == ring[-1].tolist()


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon"}',
        "null",
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}',
        '{"type": "Polygon", "coordinates": [["a"]]}',
    ],
)
def test_what_is_no_polygon_is_refused(broken):
    with pytest.raises(ValueError):
        read_shape(broken)


def test_the_label_point_of_a_hook_lies_in_its_thick_corner():
    x, y = label_point(read_shape(HOOK))
    assert inside(read_shape(HOOK), np.array([(x, y)]))[0]
    assert x < 1 and y < 1


def test_the_label_point_of_a_square_is_its_middle():
    x, y = label_point(read_shape(SQUARE))
    assert (x, y) == (pytest.approx(2, abs=0.05), pytest.approx(2, abs=0.05))


def test_every_label_point_lies_in_its_own_boundary_and_in_no_other(real):
    for code, shape in real.items():
        at = np.array([label_point(shape)])
        assert [other for other in real if inside(real[other], at)[0]] == [code]


def test_the_city_is_as_large_as_its_published_area():
    whole = sum(area_km2(shape) for shape in boundaries("fuzhou_districts.geojson").values())
    assert whole == pytest.approx(11_968, rel=0.04)  # 福州市 11,968 km²; the bundled coast is generalised


def test_a_hole_takes_its_area_away():
    assert area_km2(read_shape(HOLED)) == pytest.approx(area_km2(read_shape(SQUARE)) * 12 / 16)


def test_distance_between_known_points():
    assert distance_m(0, 0, 0, 1) == pytest.approx(111_195, abs=1)
    assert distance_m(119.29104, 26.08847, 119.29313, 26.08551) == pytest.approx(390, abs=5)
    assert math.isnan(distance_m(119.3, 26.0, None, 26.1))


@settings(deadline=None)
@given(longitudes, latitudes, longitudes, latitudes)
def test_distance_is_the_same_both_ways_and_never_more_than_half_the_globe(lon, lat, to_lon, to_lat):
    there, back = distance_m(lon, lat, to_lon, to_lat), distance_m(to_lon, to_lat, lon, lat)
    assert there == pytest.approx(float(back), abs=1e-3)
    assert 0 <= there <= 20_015_200


@settings(deadline=None)
@given(points)
def test_world_and_degrees_are_inverse(degrees):
    np.testing.assert_allclose(to_degrees(to_world(degrees)), degrees, atol=1e-9)


@settings(deadline=None)
@given(points, st.integers(200, 2000), st.integers(200, 2000))
def test_the_fitted_view_shows_the_whole_box(degrees, width, height):
    box = Box.around(degrees)
    room = shown(fit(box, width, height), width, height).grown(1e-9)
    assert room.holds(world_box(box))


def test_a_fitted_view_is_as_close_as_it_can_be():
    box = Box(118.4, 25.3, 120.5, 26.6)
    view = fit(box, 760, 560, margin=0)
    room = shown(view, 760, 560)
    assert min(room.width / world_box(box).width, room.height / world_box(box).height) == pytest.approx(1)


def test_a_view_of_one_point_does_not_zoom_in_for_ever():
    assert fit(Box(119.3, 26.0, 119.3, 26.0), 760, 560).zoom == 15


def test_edge_distance_counts_to_the_nearest_edge():
    assert edge_distance(read_shape(SQUARE), np.array([(2.0, 1.0), (6.0, 2.0)])).tolist() == [1.0, 2.0]


def test_a_move_brings_the_source_into_the_target():
    source, target = Box(10, 10, 12, 11), Box(100, 100, 110, 110)
    move = Move.onto(source, target)
    moved = to_world(move(to_degrees(source.corners())))
    assert move.scale == 5
    np.testing.assert_allclose(Box.around(moved).centre, target.centre)
    assert target.grown(1e-9).holds(Box.around(moved))


def test_a_rounded_geometry_stays_the_same_to_ten_metres(real):
    for shape in real.values():
        again = read_shape(shape.geometry())
        assert area_km2(again) == pytest.approx(area_km2(shape), rel=1e-3)


def frame(degrees, red):
    return pd.DataFrame(
        {"lon": degrees[:, 0], "lat": degrees[:, 1], "unit": ["a" if lon < 0 else "b" for lon in degrees[:, 0]]}
    ), pd.Series(red)


@settings(deadline=None)
@given(points, st.floats(0.01, 40), st.data())
def test_cells_lose_no_point_and_no_red_one(degrees, size, data):
    red = data.draw(st.lists(st.booleans(), min_size=len(degrees), max_size=len(degrees)))
    rows, reds = frame(degrees, red)
    gathered = cells(rows, size, ["unit"], reds)
    assert gathered["count"].sum() == len(degrees)
    assert gathered["red"].sum() == sum(red)
    assert (gathered["red"] <= gathered["count"]).all()


def test_near_points_share_a_cell_and_far_ones_do_not():
    rows, reds = frame(np.array([(10.0, 10.0), (10.001, 10.0), (12.0, 10.0)]), [True, False, False])
    gathered = cells(rows, 0.5, ["unit"], reds)
    assert gathered[["count", "red"]].to_numpy().tolist() == [[2, 1], [1, 0]]


def test_points_of_two_units_never_share_a_cell():
    rows, reds = frame(np.array([(-0.001, 10.0), (0.001, 10.0)]), [False, False])
    assert cells(rows, 100, ["unit"], reds)["unit"].tolist() == ["a", "b"]


def test_a_cell_reaches_no_farther_than_its_corner():
    rng = np.random.default_rng(7)
    world = rng.uniform(200, 230, (500, 2))
    degrees = to_degrees(world)
    for _, member in pd.DataFrame(degrees, columns=["lon", "lat"]).groupby(_cell_of(degrees, 3.0)):
        span = Box.around(to_world(member.to_numpy()))
        assert max(span.width, span.height) <= 2 * 3.0 / math.sqrt(3) + 1e-9


def _cell_of(degrees, size):
    """Which cell each point falls into, told by gathering it together with every other point."""
    rows = pd.DataFrame({"lon": degrees[:, 0], "lat": degrees[:, 1], "unit": "a"})
    gathered = cells(rows, size, ["unit"], pd.Series([False] * len(rows)))
    middles = to_world(gathered[["lon", "lat"]].to_numpy())
    assert len(middles) < len(degrees)
    return np.hypot(*(to_world(degrees)[:, None, :] - middles).transpose(2, 0, 1)).argmin(axis=1)


def test_a_view_knows_its_metres_a_pixel():
    view = fit(Box(119.0, 25.9, 119.6, 26.1), 600, 400, margin=0)
    assert view.metres * 600 == pytest.approx(float(distance_m(119.0, 26.0, 119.6, 26.0)), rel=1e-3)
