"""What other weights would make of the score: sliders for leaders. Nothing is written, not even to the URL."""

import streamlit as st

from components import cards, palette, text
from data_access.cache import Reader
from data_access.queries import rated, weights
from data_access.queries.explain import Explained
from data_access.queries.settings import settings
from domain.index import group
from domain.index.explanation import reweighted, under
from domain.index.weights import EVERY_SECTOR, Subject
from domain.vocabulary import Light, Part
from pages.shared import definitions, parts
from pages.shared.view import View

_HELP = "各领域自己的权重模板按同一比例增减；未评定的仍不评定。只在本页试算，不保存，不改变任何分数。"


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw the sliders and what comes of them."""
    with cards.card("试算：换一套权重", base="只试算，不保存", help=_HELP, key="what-if"):
        _tried(reader, view, found)


@parts.alone()
def _tried(reader: Reader, view: View, found: Explained) -> None:
    general = _general(reader, found)
    chosen: dict[str, float] = {}
    for place, part in zip(st.columns(len(Part), gap="medium"), Part, strict=True):
        key = f"what-if-{part.value}-{view.org_id}-{view.period.code}"
        chosen[part.value] = place.slider(f"{part.label}（现 {general[part.value]:g}）", 0, 100, round(general[part.value]), 5, key=key)
    if not sum(chosen.values()):
        cards.nothing_yet("权重不能全为零")
        return
    if all(chosen[part.value] == round(general[part.value]) for part in Part):
        st.caption("拖动滑块，看看换一套权重后的分数。")  # nothing is read before somebody tries
        return
    scores = reader.read(rated.scores, view.path, view.period.code)
    numbers = reader.read(settings)
    after = under(scores.rows, reweighted(scores.weights, general, chosen), numbers)
    mean = group(after.assign(members=scores.rows["members"]), numbers).iloc[0]
    now, then, whole = st.columns([1, 1, 3], gap="small")
    told = definitions.hover(reader, "fortress")
    now.metric("现在", f"{found.total:.1f}", help=told, border=True, height="stretch")
    with then:
        cards.headline("试算", float(mean["score"]), pattern="{:.1f}", previous=found.total, versus="与现在比", rising=True, help=told)
    with whole:
        if found.is_branch:
            st.markdown(f"状态：{text.plain(palette.mark(str(after['light'].iloc[0])))}")
            return
        before = under(scores.rows, scores.weights, numbers)["light"].value_counts()
        counts = after["light"].value_counts()
        lit = [f"{palette.mark(light)} **{counts.get(light.value, 0):,}** 个（现 {before.get(light.value, 0):,}）" for light in Light]
        st.markdown("　".join(lit))


def _general(reader: Reader, found: Explained) -> dict[str, float]:
    """The parts' weights for every sector, of the version that the score was rated with."""
    rows = reader.read(weights.weights, found.versions[0].version)
    own = rows[(rows["subject"] == Subject.BRANCH.value) & (rows["sector"] == EVERY_SECTOR) & (rows["item"] == "")]
    known = dict(zip(own["part"], own["weight"], strict=True))
    return {part.value: float(known.get(part.value, 0.0)) for part in Part}
