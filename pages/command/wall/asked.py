"""What a wall's URL asks for: `scenes=`, `every=`, `org=`, `theme=`. What is not understood is named in a note, and the default goes on.

The theme itself is the browser's matter (components/browser/theme.js).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEFAULT_EVERY = 30  # seconds a scene
SHORTEST, LONGEST = 5, 3600
THEMES = ("dark", "light")


@dataclass(frozen=True)
class Asked:
    """The scenes in their order (codes), the seconds that each is shown, and what the URL said that could not be done."""

    scenes: tuple[str, ...]
    every: int
    notes: tuple[str, ...] = ()


def parse(params: Mapping[str, str], known: Sequence[str]) -> Asked:
    """Read a URL's parameters. `known` lists the codes of all scenes in their usual order; all of them are the default."""
    notes = []
    given = [code.strip() for code in params.get("scenes", "").split(",") if code.strip()]
    scenes = tuple(dict.fromkeys(code for code in given if code in known))
    strange = [code for code in given if code not in known]
    if strange:
        told = "、".join(code[:20] for code in strange[:3]) + (f" 等 {len(strange)} 个" if len(strange) > 3 else "")
        notes.append(f"没有这个画面：{told}，" + ("已略过" if scenes else "已显示全部画面"))
    every = DEFAULT_EVERY
    asked = params.get("every")
    if asked is not None:
        sound = asked.isascii() and asked.isdigit() and len(asked) < 6 and SHORTEST <= int(asked) <= LONGEST
        every = int(asked) if sound else DEFAULT_EVERY
        if not sound:
            notes.append(f"轮播间隔 every 应为 {SHORTEST}—{LONGEST} 秒，已按 {DEFAULT_EVERY} 秒")
    if params.get("theme", "dark") not in THEMES:
        notes.append("配色 theme 应为 dark 或 light，已略过")
    return Asked(scenes or tuple(known), every, tuple(notes))


def side_by_side(scenes: Sequence[str], scene: str | None, fronts: int) -> tuple[str, ...]:
    """Return the scenes that are shown together, the present one first: as many as there are fronts, and no scene twice."""
    if scene is not None and scene not in scenes:  # an alarm's, on a wall that does not turn to it otherwise
        return (scene, *scenes)[:fronts]
    start = scenes.index(scene) if scene is not None else 0
    return tuple(scenes[(start + step) % len(scenes)] for step in range(min(fronts, len(scenes))))
