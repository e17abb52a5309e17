"""Cards and headline tiles as a reader meets them."""

import math

import pytest
from streamlit.testing.v1 import AppTest


def tile(**given):
    def page(given):
        from components import cards

        cards.headline("堡垒指数", **given)

    return AppTest.from_function(page, kwargs={"given": given}).run().metric[0]


def test_a_headline_says_value_unit_and_change():
    metric = tile(value=84.64, pattern="{:,.1f}", unit="分", previous=83.4, versus="较上季", rising=True)
    assert metric.label == "堡垒指数"
    assert metric.value == "84.6 :small[分]"
    assert metric.delta == "+1.2"
    assert metric.proto.delta_description == "较上季"


@pytest.mark.parametrize(("rising", "colour"), [(True, "RED"), (False, "GREEN"), (None, "GRAY")])
def test_the_colour_of_a_fall_follows_what_is_good(rising, colour):
    metric = tile(value=80.0, previous=90.0, rising=rising)
    assert metric.delta == "-10"
    assert metric.proto.MetricColor.Name(metric.proto.color) == colour


def test_a_change_below_what_is_shown_is_level():
    metric = tile(value=80.04, pattern="{:,.1f}", previous=80.0, rising=True)
    assert metric.delta == "持平"
    assert metric.proto.MetricColor.Name(metric.proto.color) == "GRAY"


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_value_is_a_dash_and_never_zero(missing):
    metric = tile(value=missing, previous=80.0, absent="本期尚无到期")
    assert metric.value == "—"
    assert metric.proto.delta_description == "本期尚无到期"
    assert metric.delta == ""


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_comparison_is_no_change(missing):
    metric = tile(value=80.0, previous=missing, versus="较上季")
    assert metric.delta == ""
    assert metric.proto.delta_description == "暂无对比"


def test_gaps_of_the_trend_stay_gaps():
    line = list(tile(value=82, trend=[None, 79.0, math.nan, 82.0]).proto.chart_data)
    assert line[0] == 79.0
    assert math.isnan(line[1])
    assert line[2] == 82.0


def test_one_known_value_is_no_trend():
    assert not list(tile(value=82, trend=[None, None, 82.0]).proto.chart_data)


def test_a_card_is_headed_and_says_what_it_stands_on():
    def page():
        from components import cards

        with cards.card("县区指数", base="按属地", help="公式"):
            cards.nothing_yet("没有数据", "导入后生成")
        cards.missing("没有党费记录")

    shown = AppTest.from_function(page).run()
    assert shown.markdown[0].value == "**县区指数** :small[:gray[按属地]]"
    assert shown.markdown[0].proto.help == "公式"
    assert "没有数据" in shown.markdown[1].value
    assert shown.caption[0].value == "导入后生成"
    assert "没有党费记录" in shown.markdown[2].value


@pytest.mark.parametrize(
    ("percent", "filled", "figure"), [(91.2, 91, "91.2 %"), (None, 0, "—"), (math.nan, 0, "—"), (104.0, 100, "104.0 %")]
)
def test_a_track_is_filled_to_its_rate_and_says_what_it_stands_on(percent, filled, figure):
    def page(percent):
        from components import cards

        cards.track("非公企业", percent, "108 / 120")

    (track,) = AppTest.from_function(page, kwargs={"percent": percent}).run().get("progress")
    assert track.proto.value == filled
    assert track.proto.text == f"非公企业 **{figure}** :small[:gray[108 / 120]]"
