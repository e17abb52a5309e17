"""Stars: how many branches have which, by year and by district, and the self-score against the index."""

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, tooltip
from components.charts.finishing import choosing
from domain.vocabulary import Light

WORDS = {5: "★★★★★", 4: "★★★★", 3: "★★★", 2: "★★", 0: "不定星", -1: "未终评"}
_CLASSES = {5: 5, 4: 4, 3: 3, 2: 2, 0: 0}  # places in the palette's sequence
_ROW = 30  # pixels a row of bars takes


def stacks(rows: pd.DataFrame, *, theme: str, upright: bool = False) -> Chart:
    """Stack the shares of the stars, a bar a key, as columns where `upright`; the share of five stars stands at the end.

    Expects columns, the bars in their order: key (unique a bar), name, stars (a key of `WORDS`), count. A click chooses by `key`.
    """
    look = palette.theme(theme)
    order = rows["key"].drop_duplicates().tolist()
    whole = rows.groupby("key", sort=False)["count"].transform("sum")
    shown = rows.assign(
        share=rows["count"] / whole,
        word=rows["stars"].map(WORDS),
        told=rows["count"].map("{:,.0f} 个".format) + " · " + _percent(rows["count"] / whole),
        rank=-rows["stars"],
    )
    used = [stars for stars in WORDS if stars in set(rows["stars"])]
    fills = [look.sequence[_CLASSES[stars]] if stars in _CLASSES else look.lights[Light.GREY] for stars in used]
    colour = alt.Color(
        "stars:N",
        scale=alt.Scale(domain=used, range=fills),
        legend=alt.Legend(title=None, columns=3, labelExpr=labels({str(stars): word for stars, word in WORDS.items()})),
    )
    axis = alt.Axis(title=None, labelExpr=labels(dict(zip(rows["key"], rows["name"], strict=True))), labelColor=look.ink, grid=False)
    band = alt.Scale(domain=order, paddingInner=0.4, paddingOuter=0.15)
    span = alt.Scale(domain=[0, 1.12 if upright else 1.16], nice=False)
    along = alt.Y if upright else alt.X
    across = alt.X("key:N", sort=order, axis=axis, scale=band) if upright else alt.Y("key:N", sort=order, axis=axis, scale=band)
    bars = (
        alt.Chart(shown)
        .mark_bar(cursor="pointer")
        .encode(
            across,
            along("share:Q", axis=None, scale=span, stack="zero"),
            colour,
            alt.Order("rank:Q"),
            tooltip=tooltip(name="类别", word="星级", told="支部"),
        )
        .add_params(choosing("key"))
    )
    five = _five(shown)
    place = {"dy": -8} if upright else {"dx": 6, "align": "left"}
    ends = (
        alt.Chart(five)
        .mark_text(color=look.ink, fontWeight="bold", **place)
        .encode(across, along("end:Q", axis=None, scale=span), alt.Text("text:N"))
    )
    drawn = layered(bars, ends)
    return drawn if upright else drawn.properties(height=max(len(order), 1) * _ROW + 26)


def _five(shown: pd.DataFrame) -> pd.DataFrame:
    """The share of five stars a bar, nought where nobody has them; none of a bar on which nothing is decided."""
    decided = shown.loc[shown["stars"] >= 0, "key"].drop_duplicates()
    best = shown[shown["stars"] == 5].set_index("key")["share"].reindex(decided, fill_value=0.0)
    return pd.DataFrame({"key": decided.to_numpy(), "text": _percent(best).to_numpy(), "end": 1.0})


def _percent(shares: pd.Series) -> pd.Series:
    return shares.map(lambda share: f"{100 * share:.1f} %")


def disagreement(cells: pd.DataFrame, *, theme: str, bin: int) -> Chart:
    """Draw how many branches have which index and which self-score, in cells of `bin` points; on the diagonal both agree.

    Expects columns: index_from, self_from (lower ends of the cells), count. A click chooses a cell by `index_from` and `self_from`.
    """
    look = palette.theme(theme)
    top = cells["count"].max()
    steps = [min(int(len(look.sequence) * count**0.5 / top**0.5), len(look.sequence) - 1) for count in cells["count"]]
    fills = [look.sequence[step] for step in steps]
    shown = cells.assign(
        right=cells["index_from"] + bin,
        upper=cells["self_from"] + bin,
        fill=fills,
        ink=[palette.ink_on(fill, look) for fill in fills],
        text=cells["count"].map("{:,.0f}".format),
        index_span=[f"{low}—{low + bin}" for low in cells["index_from"]],
        self_span=[f"{low}—{low + bin}" for low in cells["self_from"]],
    )
    low = int(min(cells["index_from"].min(), cells["self_from"].min()))
    scale = alt.Scale(domain=[low, 100], nice=False)
    across = alt.X("index_from:Q", scale=scale, axis=alt.Axis(title="堡垒指数年均", grid=False, tickCount=6))
    up = alt.Y("self_from:Q", scale=scale, axis=alt.Axis(title="自评", grid=False, tickCount=6))
    hover = tooltip(index_span="指数年均", self_span="自评", text="支部")
    tiles = (
        alt.Chart(shown)
        .mark_rect(stroke=look.background, cursor="pointer")
        .encode(across, alt.X2("right"), up, alt.Y2("upper"), alt.Fill("fill:N", scale=None), tooltip=hover)
        .add_params(choosing("index_from", "self_from"))
    )
    middle = alt.Chart(shown).transform_calculate(x=f"datum.index_from + {bin} / 2", y=f"datum.self_from + {bin} / 2")
    places = (alt.X("x:Q", scale=scale), alt.Y("y:Q", scale=scale), alt.Text("text:N"))
    counts = middle.mark_text(fontSize=11, cursor="pointer").encode(*places, alt.Color("ink:N", scale=None))
    halos = middle.mark_text(fontSize=11, strokeWidth=6, cursor="pointer").encode(*places, alt.Stroke("fill:N", scale=None))
    line = pd.DataFrame({"x": [low, 100], "y": [low, 100]})
    agree = alt.Chart(line).mark_line(color=look.second, strokeDash=[5, 4]).encode(alt.X("x:Q", scale=scale), alt.Y("y:Q", scale=scale))
    return layered(tiles, agree, halos, counts)  # the line ends around a figure
