"""What is told of an index before it is rated anew (`stakes`, `explanation.raised`): how the pages and the glossary word it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """One such figure in points (分): its code in the glossary, its name, formula, and what a reader should know besides."""

    code: str
    name: str
    formula: str
    note: str

    @property
    def told(self) -> str:
        """The definition in one sentence, without its note."""
        return f"{self.name}：{self.formula}。"


STAKE = Estimate(
    "stake",
    "影响分值",
    "其他事项不变时，本项完成与不完成的指数之差",
    "按本季度的权重和记录计算，会议按应到人员全部到会计，各项不能相加；0 表示已不能挽回本季得分，但预警仍需消除；“—”表示不直接计分。",
)
RAISE = Estimate(
    "raise",
    "提分",
    "把本项按完成重新评一次的指数 − 现在的指数",
    "与评分用同一套算法，逾期补开按规定折算，会议按应到人员全部到会计。",
)
GROUP_RAISE = Estimate(
    "group_raise",
    "本级提分",
    "支部提分 × 该支部占参评党员的比例",
    "支部提分与“提分”相同。",
)
ESTIMATES = (STAKE, RAISE, GROUP_RAISE)
