"""What moved the score: a waterfall from the quarter before, or from the median of the peers."""

from typing import Any

from components import cards, charts, filters
from components.charts import explain as drawings
from components.charts.base import Chart
from data_access.cache import Reader
from data_access.queries import explain
from data_access.queries.explain import Explained
from domain.index import LEAST_PEERS
from domain.index.explanation import SCALED
from domain.vocabulary import Part
from pages.command.explain.head import HEIGHT
from pages.shared.view import View

PARAMETER = "against"
WAYS = {"before": "较上季", "peers": "较同类中位数"}
NAMES = ((SCALED, "计入部分变化"), *Part.labels().items(), ("bonus", "正向"), ("deduction", "反向"), ("clip", "封顶与取整"))
_HELP = (
    "同类中位数：同类别、同领域已评定的组织，各部分得分率的中位数，按本组织的权重折成分数。"
    "“计入部分变化”是两季计入的部分不同、权重重新折算造成的，与工作好坏无关。"
)


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw the waterfall that the URL asks for."""
    with cards.card("分数从哪里变", help=_HELP, key="movement", height=HEIGHT):
        way = filters.choice(PARAMETER, "比较对象", WAYS, "before", segments=True, quiet=True, width="content") or "before"
        since = way == "before"
        steps, start = (found.since, found.before_total) if since else (found.against, found.median_total)
        if steps is None or start is None:
            _nothing(found, since)
            return
        base = float(found.composed["total"] - steps["change"].sum())
        first = f"{view.period.shift(-1).label[5:]}" if since else f"同类中位（{found.peers:,} 个）"
        drawing = reader.drawn(
            _since if since else _against,
            explain.explained,
            view.org_id,
            view.period.code,
            theme=reader.theme,
            first=first,
            last="本季",
            before=base,
        )
        told = "；".join(
            f"{title} {found_change:+.1f}"
            for step, title in NAMES
            if abs(found_change := float(steps.loc[steps["step"] == step, "change"].iloc[0])) >= 0.05
        )
        charts.show(drawing, key=f"waterfall-{way}", alt=f"{WAYS[way]}：从 {base:.1f} 到 {found.total:.1f}；{told}")


def _since(found: Explained, **looks: Any) -> Chart | None:
    return None if found.since is None else drawings.waterfall(found.since, names=NAMES, **looks)


def _against(found: Explained, **looks: Any) -> Chart | None:
    return None if found.against is None else drawings.waterfall(found.against, names=NAMES, **looks)


def _nothing(found: Explained, since: bool) -> None:
    if found.total is None:
        cards.nothing_yet("本季未评定", "没有可比较的分数")
    elif since:
        cards.nothing_yet("上季未评定", "没有可比较的分数")
    else:
        cards.nothing_yet("没有足够的同类", f"全系统同类别、同领域的已评定组织不足 {LEAST_PEERS} 个，不作比较")
