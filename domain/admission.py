"""The steps of admission (发展党员) as data: 25 official ones and the local public notice (公示), in order, by stable code.

Source: 《中国共产党发展党员工作细则》(2014) and its flow chart. A step's place in `STEPS` is its order; `number` is the official
number, which nothing refers to, so that adding a step renumbers nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.vocabulary import Term


class Stage(Term):
    """The five stages of the flow chart."""

    APPLICATION = "application", "申请入党"
    ACTIVIST = "activist", "入党积极分子的确定和培养教育"
    CANDIDATE = "candidate", "发展对象的确定和考察"
    PROBATION = "probation", "预备党员的接收"
    FULL = "full", "预备党员的教育考察和转正"


@dataclass(frozen=True)
class Step:
    """One step: its code, Chinese name, stage and official number (None for a local step).

    A `repeats` step may be recorded many times; a `local` one may be absent without a gap.
    """

    code: str
    name: str
    stage: Stage
    number: int | None
    repeats: bool = False

    @property
    def local(self) -> bool:
        """True for a step of local practice, which the flow chart does not number."""
        return self.number is None


_STEPS = (
    Step("application", "递交入党申请书", Stage.APPLICATION, 1),
    Step("first_talk", "党组织派人谈话", Stage.APPLICATION, 2),
    Step("activist", "推荐和确定入党积极分子", Stage.ACTIVIST, 3),
    Step("activist_filing", "积极分子报上级党委备案", Stage.ACTIVIST, 4),
    Step("mentors", "指定培养联系人", Stage.ACTIVIST, 5),
    Step("observation", "培养教育考察", Stage.ACTIVIST, 6, repeats=True),
    Step("candidate", "确定发展对象", Stage.CANDIDATE, 7),
    Step("candidate_filing", "发展对象报上级党委备案", Stage.CANDIDATE, 8),
    Step("sponsors", "确定入党介绍人", Stage.CANDIDATE, 9),
    Step("political_review", "进行政治审查", Stage.CANDIDATE, 10),
    Step("training", "开展集中培训", Stage.CANDIDATE, 11, repeats=True),
    Step("public_notice", "公示", Stage.PROBATION, None, repeats=True),
    Step("branch_review", "支部委员会审查", Stage.PROBATION, 12),
    Step("pre_approval", "上级党委预审", Stage.PROBATION, 13),
    Step("application_form", "填写入党志愿书", Stage.PROBATION, 14),
    Step("probation_vote", "支部大会讨论接收", Stage.PROBATION, 15),
    Step("superior_talk", "上级党委派人谈话", Stage.PROBATION, 16),
    Step("probation_approval", "上级党委审批接收", Stage.PROBATION, 17),
    Step("org_dept_filing", "再上一级党委组织部门备案", Stage.PROBATION, 18),
    Step("group_placement", "编入党支部和党小组", Stage.FULL, 19),
    Step("oath", "入党宣誓", Stage.FULL, 20),
    Step("probation_observation", "继续教育考察", Stage.FULL, 21, repeats=True),
    Step("conversion_application", "提出转正申请", Stage.FULL, 22),
    Step("conversion_vote", "支部大会讨论转正", Stage.FULL, 23),
    Step("conversion_approval", "上级党委审批转正", Stage.FULL, 24),
    Step("archive", "材料归档", Stage.FULL, 25),
)

STEPS: Mapping[str, Step] = MappingProxyType({step.code: step for step in _STEPS})
ORDER: Mapping[str, int] = MappingProxyType({step.code: place for place, step in enumerate(_STEPS, start=1)})

# A decision of the branch meeting that is recorded among the steps and is none of them: 延长预备期, its `days` the extension.
PROBATION_EXTENSION = "probation_extension"
