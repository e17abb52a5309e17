"""The one palette: chrome, lights, and the sequences of charts and maps. No colour stands anywhere else in Python.

Chrome is crimson and gold. Alarms are a brighter red, and a light is never colour alone: `mark` gives it an icon and a word.
Text reaches 4.5:1 on its theme's surfaces, fills that carry a figure reach 3:1 (tests/components/test_palette.py).
"""

from dataclasses import dataclass

from domain.vocabulary import Light


@dataclass(frozen=True)
class Theme:
    """Colours that depend on the background; "ink" colours are for text, the others for areas and lines."""

    background: str  # of the page, as in .streamlit/config.toml
    surface: str  # of what lies on the page, as in .streamlit/config.toml
    ink: str
    quiet: str  # quiet text
    grid: str
    accent: str  # of figures that are no light: pale gold or wine, so that no bar is taken for a yellow or red one
    accent_wash: str  # the accent, laid thinly under a line
    second: str  # a second measure beside the accent
    outline: str
    bar: str  # of the menu bar: the brand's crimson
    bar_ink: str  # text on it
    gold: str  # the thin line under the bar, and what is chosen in it
    on_primary: str  # text on the theme's primary colour
    glow: str  # behind the sign-in form
    lights: dict[str, str]  # fills
    light_inks: dict[str, str]  # text
    sequence: tuple[str, ...]  # ordered classes, low to high
    rates: tuple[str, ...]  # ordered classes of a rate beside lights, low to high: far from every light
    categories: tuple[str, ...]  # unordered classes; no red, which alarms alone have


DARK = Theme(
    background="#120507",
    surface="#1E0A0D",
    ink="#F6EBDD",
    quiet="#C9B7A6",
    grid="#3A1A1E",
    accent="#DDB978",
    accent_wash="#4A2C22",
    second="#8FB8C9",
    outline="#8A6A3A",
    bar="#4E0D13",
    bar_ink="#F7E6C4",
    gold="#E0A83E",
    on_primary="#2A1206",
    glow="#3A0A10",
    lights={Light.GREEN: "#3FAE6B", Light.YELLOW: "#F2B134", Light.RED: "#FF5A4F", Light.GREY: "#8C8583"},
    light_inks={Light.GREEN: "#5CC486", Light.YELLOW: "#F2B134", Light.RED: "#FF7468", Light.GREY: "#A7A09D"},
    sequence=("#4A2A1A", "#6E4420", "#946027", "#BC8231", "#E0A83E", "#F7D58A"),
    rates=("#1F2C33", "#2B3E49", "#3A5564", "#4C7084", "#6E9CB3", "#9CC6D7"),
    categories=("#E0A83E", "#C58FC0", "#6C9BB5", "#7FA88C", "#A58FD0", "#D9C2A0", "#9A7B4F", "#A7A29E"),
)

LIGHT = Theme(
    background="#FFFBF6",
    surface="#F8EEE3",
    ink="#2A1210",
    quiet="#6B544C",
    grid="#E9DACB",
    accent="#7C2B3A",
    accent_wash="#EFDBD8",
    second="#33688A",
    outline="#9F8056",
    bar="#8E1B16",
    bar_ink="#FFF3DC",
    gold="#F0C46A",
    on_primary="#FFF3DC",
    glow="#F4E0D6",
    lights={Light.GREEN: "#1F8A4C", Light.YELLOW: "#B87400", Light.RED: "#D92D20", Light.GREY: "#77706D"},
    light_inks={Light.GREEN: "#197240", Light.YELLOW: "#8A5A00", Light.RED: "#C4271B", Light.GREY: "#6B6562"},
    sequence=("#F6E7CF", "#EBCB98", "#DCA95E", "#C4852F", "#9C6119", "#6B3F0C"),
    rates=("#E4EDF1", "#C4D9E3", "#9CC0D1", "#74A3BA", "#3C7291", "#245069"),
    categories=("#8C6310", "#8A3F78", "#33688A", "#37704E", "#5B4A94", "#7F5E33", "#5E4630", "#6B6562"),
)

ICONS = {Light.GREEN: "✓", Light.YELLOW: "!", Light.RED: "▲", Light.GREY: "?"}


def theme(name: str) -> Theme:
    """Return the theme of that name, "dark" or "light"; anything else is dark, the wall's."""
    return LIGHT if name == "light" else DARK


def mark(light: str) -> str:
    """Return a light as text: icon and word, e.g. "▲ 预警"."""
    found = Light(light)
    return f"{ICONS[found]} {found.label}"


def rgba(colour: str, alpha: int = 255) -> list[int]:
    """Return "#RRGGBB" as the four bytes that a map layer takes."""
    return [*(int(colour[start : start + 2], 16) for start in (1, 3, 5)), alpha]


def ink_on(fill: str, look: Theme) -> str:
    """Return the ink for text on `fill`: the theme's text or its background, whichever stands out more."""
    return max((look.ink, look.background), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#RRGGBB" colours, 1–21 (WCAG 2.2, 1.4.3)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [byte / 255 for byte in rgba(colour)[:3]]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
