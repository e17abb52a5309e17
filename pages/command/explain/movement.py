"""What moved the score: a waterfall from the quarter before, or from the median of the peers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components import cards, charts, filters
from components.charts import explain as drawings
from components.charts.base import Chart
from data_access.cache import Reader
from data_access.queries.explain import Explained
from data_access.queries.portrait import Portrait
from domain.index import LEAST_PEERS
from domain.index.explanation import SCALED
from domain.vocabulary import Part
from pages.shared.view import View

PARAMETER = "against"
WAYS = {"before": "较上季", "peers": "较同类中位数"}
_STEPS = (*Part.labels().items(), ("bonus", "正向"), ("deduction", "反向"), ("clip", "封顶与取整"))
NAMES = {"before": ((SCALED, "计入部分变化"), *_STEPS), "peers": ((SCALED, "其他"), *_STEPS)}
_OTHER = "正向、反向与零比；各部分中位数合计与指数中位数之差记为“其他”。"
_HELP = "“计入部分变化”是两季计入的部分不同、权重重新折算造成的，与工作好坏无关。"


@dataclass(frozen=True)
class Peers:
    """Who a score is compared with, in words: `meant` explains the median, `unit` counts them, `few` says why there is none."""

    meant: str
    unit: str
    few: tuple[str, str]


ORGANISATIONS = Peers(
    "同类中位数：同类别、同领域已评定组织指数的中位数。各部分与其得分率的中位数比，按本组织的权重折成分数；" + _OTHER,
    "个",
    ("没有足够的同类", f"全系统同类别、同领域的已评定组织不足 {LEAST_PEERS} 个，不作比较"),
)
MEMBERS = Peers(
    "同类中位数：同领域党支部中已评定党员先锋指数的中位数。各部分与其得分率的中位数比，按本人的权重折成分数；" + _OTHER,
    "名",
    (f"同类不足 {LEAST_PEERS} 人", "人数太少，不显示中位数，不作比较"),
)


def render(
    reader: Reader, view: View, found: Explained | Portrait, query: Callable[..., Any], *values: Any, peers: Peers = ORGANISATIONS
) -> None:
    """Draw the waterfall that the URL asks for; `query` of `values` is what `found` was read by."""
    with cards.card("分数从哪里变", help=peers.meant + _HELP, key="movement"):
        way = filters.choice(PARAMETER, "比较对象", WAYS, "before", segments=True, quiet=True, width="content") or "before"
        since = way == "before"
        steps, start = (found.since, found.before_total) if since else (found.against, found.median_total)
        if steps is None or start is None:
            _nothing(found, since, peers)
            return
        base = float(found.composed["total"] - steps["change"].sum())
        first = f"{view.period.shift(-1).label[5:]}" if since else f"同类中位（{found.peers:,} {peers.unit}）"
        drawing = reader.drawn(
            _since if since else _against,
            query,
            *values,
            theme=reader.theme,
            first=first,
            last="本季",
            before=base,
        )
        changes = dict(zip(steps["step"], steps["change"], strict=True))
        told = "；".join(f"{title} {changes[step]:+.1f}" for step, title in NAMES[way] if abs(changes[step]) >= 0.05)
        charts.show(drawing, key=f"waterfall-{way}", alt=f"{WAYS[way]}：从 {base:.1f} 到 {found.total:.1f}；{told}")


def _since(found: Explained | Portrait, **looks: Any) -> Chart | None:
    return None if found.since is None else drawings.waterfall(found.since, names=NAMES["before"], **looks)


def _against(found: Explained | Portrait, **looks: Any) -> Chart | None:
    return None if found.against is None else drawings.waterfall(found.against, names=NAMES["peers"], **looks)


def _nothing(found: Explained | Portrait, since: bool, peers: Peers) -> None:
    if found.total is None:
        cards.nothing_yet("本季未评定", "没有可比较的分数")
    elif since:
        cards.nothing_yet("上季未评定", "没有可比较的分数")
    else:
        cards.nothing_yet(*peers.few)
