"""Contrast of the palette, and the theme's colours that must be the palette's."""

import tomllib
from pathlib import Path

import pytest

from components import palette
from domain.vocabulary import Light

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
THEMES = {"dark": palette.DARK, "light": palette.LIGHT}


@pytest.fixture(params=THEMES)
def name(request):
    return request.param


def test_contrast_of_known_pairs():
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert palette.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_text_reaches_four_and_a_half_to_one_on_every_surface(name):
    look = THEMES[name]
    inks = [look.ink, look.quiet, look.accent, look.second, *look.light_inks.values(), *look.categories]
    for surface in (look.background, look.surface):
        for ink in inks:
            assert palette.contrast(ink, surface) >= 4.5, (ink, surface)


def test_fills_that_carry_a_figure_reach_three_to_one(name):
    look = THEMES[name]
    for surface in (look.background, look.surface):
        for fill in (*look.lights.values(), look.outline):
            assert palette.contrast(fill, surface) >= 3, (fill, surface)


def test_text_on_every_class_of_the_sequence_is_legible(name):
    look = THEMES[name]
    for fill in (*look.sequence, *look.rates, look.grid):
        assert palette.contrast(palette.ink_on(fill, look), fill) >= 4.5, fill


@pytest.mark.parametrize("ordered", ["sequence", "rates"])
def test_a_sequence_runs_one_way(name, ordered):
    steps = [palette.contrast(fill, THEMES[name].background) for fill in getattr(THEMES[name], ordered)]
    assert steps == sorted(steps)


def test_the_classes_of_rates_are_no_lights(name):
    """Blue stands above red in all of them; in 关注's amber and 预警's red it does not."""
    for fill in THEMES[name].rates:
        red, _, blue, _ = palette.rgba(fill)
        assert blue > red, fill


def test_the_accent_of_figures_is_no_light(name):
    look = THEMES[name]
    assert not {look.accent, look.second} & set(look.lights.values())


def test_the_theme_of_streamlit_has_the_palettes_colours(name):
    look, theme = THEMES[name], CONFIG[name]
    assert theme["backgroundColor"] == look.background
    assert theme["secondaryBackgroundColor"] == look.surface
    assert theme["textColor"] == look.ink
    lights = {"green": Light.GREEN, "yellow": Light.YELLOW, "orange": Light.YELLOW, "red": Light.RED}
    for colour, light in lights.items():
        assert theme[f"{colour}Color"] == look.lights[light]
        assert theme[f"{colour}TextColor"] == look.light_inks[light]
    assert theme["grayTextColor"] == look.quiet
    assert theme["blueColor"] == theme["blueTextColor"] == look.second


def test_what_is_filled_with_the_primary_colour_is_legible_and_no_alarm(name):
    """Streamlit fills the bars of tables with it, too."""
    look, primary = THEMES[name], CONFIG[name]["primaryColor"]
    assert primary in {look.accent, look.gold}
    assert palette.contrast(look.on_primary, primary) >= 4.5


def test_no_category_is_taken_for_an_alarm(name):
    """Red stands well above green and blue in an alarm, and in no category."""
    look = THEMES[name]
    assert _reddish(look.lights[Light.RED])
    assert not [colour for colour in look.categories if _reddish(colour)]


def _reddish(colour):
    red, green, blue, _ = palette.rgba(colour)
    return red > 1.6 * green and red > 1.6 * blue


def test_a_light_is_an_icon_and_a_word():
    marks = [palette.mark(light) for light in Light]
    assert marks == ["✓ 正常", "! 关注", "▲ 预警", "? 数据缺失"]


def test_rgba_takes_the_bytes_of_a_colour():
    assert palette.rgba("#FF8000") == [255, 128, 0, 255]
    assert palette.rgba("#FF8000", 40) == [255, 128, 0, 40]
