import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.geography import Box, View, fit, inside, read_shape, shown, to_world, world_box
from domain.labelling import AIR, Sheet, inner_codes, label_spots, lay_out, spread, text_size

DATA = Path(__file__).parents[2] / "seed" / "data"
SHEETS = [Sheet(720, 560), Sheet(1100, 760), Sheet(360, 480, type_size=11), Sheet(2400, 1500, type_size=26)]


def boundaries(name):
    features = json.loads((DATA / name).read_text(encoding="utf-8"))["features"]
    shapes = {feature["properties"]["adcode"]: read_shape(feature["geometry"]) for feature in features}
    texts = {feature["properties"]["adcode"]: f"{feature['properties']['name']}\n88.8" for feature in features}
    return shapes, texts


def square(west, south, size):
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    return read_shape({"type": "Polygon", "coordinates": [corners]})


def pixel_boxes(labels, view, sheet):
    """The boxes of placed labels in pixels of the sheet."""
    world = shown(view, sheet.width, sheet.height)
    boxes = []
    for label in labels:
        (x, y), (width, height) = to_world(np.array([(label.lon, label.lat)]))[0], text_size(label.text, sheet.type_size)
        x, y = (x - world.west) / view.pixel, (y - world.south) / view.pixel
        boxes.append(Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return boxes


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", ["fuzhou_districts.geojson", "fujian_cities.geojson"])
def test_every_real_unit_has_a_label_and_no_two_collide(name, sheet):
    shapes, texts = boundaries(name)
    layout = lay_out(shapes, texts, sheet)
    assert sorted(label.code for label in layout.labels) == sorted(shapes)
    boxes = pixel_boxes(layout.labels, layout.view, sheet)
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].grown(AIR / 2).meets(pair[1])]
    assert all(Box(0, 0, sheet.width, sheet.height).grown(0.5).holds(box) for box in boxes)


def test_the_three_small_units_of_a_city_stand_in_the_inset():
    shapes, texts = boundaries("fuzhou_districts.geojson")
    layout = lay_out(shapes, texts, Sheet(760, 560))
    assert layout.inset is not None
    assert layout.inset.codes == ("350102", "350103", "350104")
    assert layout.inset.move.scale > 2
    frame = world_box(layout.inset.frame)
    for label in layout.labels:
        ((x, y),) = to_world(np.array([(label.lon, label.lat)]))
        assert frame.holds(Box(x, y, x, y)) == (label.code in layout.inset.codes)


def test_the_inset_covers_no_land_and_holds_the_moved_units():
    shapes, texts = boundaries("fuzhou_districts.geojson")
    layout = lay_out(shapes, texts, Sheet(760, 560))
    rng = np.random.default_rng(1)
    frame = layout.inset.frame
    probes = np.column_stack([rng.uniform(frame.west, frame.east, 800), rng.uniform(frame.south, frame.north, 800)])
    assert not any(inside(shape, probes).any() for shape in shapes.values())
    assert all(frame.grown(1e-9).holds(shapes[code].moved(layout.inset.move).box) for code in layout.inset.codes)


def test_a_map_without_a_crowd_has_no_inset():
    shapes, texts = boundaries("fujian_cities.geojson")
    assert inner_codes(shapes) == ()
    assert lay_out(shapes, texts, Sheet(760, 560)).inset is None


def test_the_crowd_is_told_by_size_and_nearness():
    wide = {"a": square(0, 0, 10), "b": square(10, 0, 10)}
    crowd = {"c": square(9.0, 10.1, 0.6), "d": square(9.7, 10.1, 0.6)}
    assert inner_codes(wide | crowd) == ("c", "d")
    assert inner_codes(wide | {"c": crowd["c"], "far": square(19, 12, 0.6)}) == ()  # alone each: a leader line does


def test_a_label_that_fits_stands_on_the_heart_without_a_leader():
    layout = lay_out({"a": square(0, 0, 10)}, {"a": "甲区"}, Sheet(400, 400))
    (label,) = layout.labels
    assert (label.lon, label.lat) == (pytest.approx(5, abs=0.2), pytest.approx(5, abs=0.2))
    assert label.leader is None


def test_a_unit_too_small_for_its_label_gets_a_leader_from_inside_it():
    shapes = {"large": square(0, 0, 10), "small": square(11, 4, 0.2)}
    layout = lay_out(shapes, {"large": "大县", "small": "小区"}, Sheet(500, 400))
    label = next(label for label in layout.labels if label.code == "small")
    assert label.leader is not None
    assert inside(shapes["small"], np.array([label.leader]))[0]


def test_only_units_with_a_text_are_labelled():
    layout = lay_out({"a": square(0, 0, 10), "b": square(10, 0, 10)}, {"b": "乙区"}, Sheet(400, 300))
    assert [label.code for label in layout.labels] == ["b"]


def test_no_shapes_are_refused():
    with pytest.raises(ValueError):
        lay_out({}, {}, Sheet(400, 300))


def test_the_same_map_is_laid_out_the_same_whatever_the_order():
    shapes, texts = boundaries("fuzhou_districts.geojson")
    backwards = dict(reversed(shapes.items()))
    one, other = lay_out(shapes, texts, Sheet(760, 560)), lay_out(backwards, texts, Sheet(760, 560))
    assert {label.code: label for label in one.labels} == {label.code: label for label in other.labels}


@pytest.mark.parametrize(("text", "size"), [("", (0, 13)), ("鼓楼", (20, 13)), ("鼓楼\n88.8", (24, 26)), ("𠮷", (10, 13))])
def test_text_size_counts_full_width_characters_as_squares(text, size):
    assert text_size(text, 10) == (pytest.approx(size[0]), pytest.approx(size[1]))


spots = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(spots)
def test_labels_beside_points_never_collide(places):
    sheet, view = Sheet(500, 400), fit(Box(-0.5, -0.5, 3.5, 2.5), 500, 400)
    at = {f"{index:02d}": place for index, place in enumerate(places)}
    labels = label_spots(at, dict.fromkeys(at, "某某街道"), view, sheet)
    boxes = pixel_boxes(labels, view, sheet)
    assert labels
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]


def test_a_point_outside_the_view_has_no_label():
    assert label_spots({"a": (90.0, 0.0)}, {"a": "远"}, View(0, 0, 8), Sheet(300, 300)) == ()


def test_points_on_top_of_each_other_stand_on_a_ring_and_others_stay():
    view = fit(Box(0, 0, 1, 1), 500, 500)
    points = np.array([(0.5, 0.5), (0.5, 0.5), (0.5, 0.5), (0.9, 0.9)])
    moved = to_world(spread(points, view, 20)) / view.pixel
    apart = [np.hypot(*(one - other)) for one, other in itertools.combinations(moved, 2)]
    assert min(apart) >= 20 - 1e-6
    np.testing.assert_allclose(moved[3], to_world(points)[3] / view.pixel)
    np.testing.assert_allclose(moved[:3].mean(axis=0), to_world(points)[0] / view.pixel)


@settings(deadline=None)
@given(spots)
def test_spreading_keeps_the_middle_of_all_points(places):
    view = fit(Box(-0.5, -0.5, 3.5, 2.5), 500, 400)
    before = np.array(places)
    np.testing.assert_allclose(to_world(spread(before, view, 12)).mean(axis=0), to_world(before).mean(axis=0), atol=1e-9)


def test_a_label_stays_with_its_shape_even_where_dots_fill_it():
    dots = np.array([(x, y) for x in np.arange(0, 10, 0.2) for y in np.arange(0, 10, 0.2)])
    (label,) = lay_out({"a": square(0, 0, 10)}, {"a": "甲区"}, Sheet(400, 400), dots=dots).labels
    assert label.leader is None


def test_a_label_that_must_not_cover_a_dot_moves_out_on_a_leader_line_or_is_left_out():
    near = np.array([(x, y) for x in np.arange(4, 6, 0.2) for y in np.arange(4, 6, 0.2)])
    shapes, texts = {"a": square(4, 4, 2), "b": square(0, 0, 10)}, {"a": "甲区"}
    (label,) = lay_out(shapes, texts, Sheet(400, 400), dots=near, covering=False).labels
    assert label.leader is not None
    full = np.array([(x, y) for x in np.arange(-3, 13, 0.3) for y in np.arange(-3, 13, 0.3)])
    assert lay_out(shapes, texts, Sheet(400, 400), dots=full, covering=False).labels == ()


def test_no_label_covers_a_dot_that_it_can_avoid():
    shapes, texts = boundaries("fuzhou_districts.geojson")
    sheet = Sheet(760, 560)
    dots = np.array([(119.07, 26.15), (118.72, 26.13), (119.4, 26.5)])
    layout = lay_out(shapes, texts, sheet, dots=dots, radius=8)
    world = shown(layout.view, sheet.width, sheet.height)
    at = (to_world(dots) - np.array([world.west, world.south])) / layout.view.pixel
    for box in pixel_boxes(layout.labels, layout.view, sheet):
        assert not any(box.meets(Box(x - 8, y - 8, x + 8, y + 8)) for x, y in at)


def test_the_margin_grows_where_an_inset_finds_no_room_otherwise():
    shapes = {"a": square(0, 0, 10), "b": square(4, 4, 0.3), "c": square(4.3, 4, 0.3)}
    texts, tight = {code: code for code in shapes}, Sheet(400, 400, margin=2)
    plain, made = lay_out(shapes, texts, tight), lay_out(shapes, texts, tight, shrinking=90)
    assert plain.inset is None
    assert made.inset is not None
    assert made.view.zoom < plain.view.zoom
    assert lay_out(shapes, texts, tight, shrinking=12).view == plain.view, "what makes no room does not shrink the map either"


def test_the_margin_stays_where_there_is_nothing_to_make_room_for():
    shapes, texts = {"a": square(0, 0, 10)}, {"a": "甲区"}
    assert lay_out(shapes, texts, Sheet(400, 400), shrinking=80).view == lay_out(shapes, texts, Sheet(400, 400)).view


def test_labels_of_spots_keep_to_their_room_and_off_what_is_taken():
    view, sheet = fit(Box(0, 0, 1, 1), 400, 400), Sheet(400, 400)
    spots, texts = {"a": (0.5, 0.5)}, {"a": "某处"}
    assert label_spots(spots, texts, view, sheet)
    assert label_spots(spots, texts, view, sheet, room=Box(0.49, 0.49, 0.51, 0.51)) == ()
    assert label_spots(spots, texts, view, sheet, taken=[Box(0, 0, 1, 1)]) == ()
