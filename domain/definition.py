"""What a definition of an indicator (指标口径) consists of, and what the columns of the rolled-up tables are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.settings import LOCAL, Settings
from domain.vocabulary import Part, Role, Term

READERS = (Role.LEADER, Role.SECRETARY, Role.PRESENTER, Role.STEWARD)  # who reads boards, not a wall
EVERYBODY = (*READERS, Role.WALL)


def seen_by(audience: Sequence[Role]) -> str:
    """Word who may see a figure (可见范围)."""
    return "、".join(role.label for role in audience) + "（限本组织及所属组织）"


class Topic(Term):
    """What a definition, a rule or a number is about: the groups of the glossary, in its order."""

    INDEX = "index", "两个指数"
    ORGANISATIONS = "organisations", "组织与换届"
    MEMBERS = "members", "党员队伍"
    LIFE = "life", "组织生活"
    TASKS = "tasks", "任务"
    DUES = "dues", "党费"
    ADMISSION = "admission", "发展党员"
    STUDY = "study", "学习与服务"
    STARS = "stars", "达标创星"
    DATA = "data", "数据与预警"


class Board(Term):
    """The tables that indicators are computed from."""

    FIGURE = "figure", "综合指标"
    DUTY = "duty_figure", "组织生活指标"
    TASK = "task_figure", "任务指标"
    TALLY = "tally", "构成指标"
    SOURCE = "source_state", "数据来源指标"
    COVERAGE = "sector_coverage", "两新覆盖指标"


class Refresh(Term):
    """How often an indicator changes (更新频率)."""

    IMPORT = "import", "每次数据更新后重新计算"
    QUARTER = "quarter", "每次数据更新后重新评定；季末后一个月内为暂评，其后冻结"
    PUBLISHED = "published", "随公布或上报的数据更新"


# What a table that figures come from is called.
TABLES: Mapping[str, str] = {
    "organisation": "党组织",
    "election": "换届选举",
    "term_extension": "延期换届批复",
    "post": "任职",
    "honour": "表彰",
    "deduction": "反向扣分",
    "sector": "领域",
    "sector_coverage": "两新覆盖统计",
    "member": "党员",
    "membership": "党员所在组织",
    "transfer": "组织关系转接",
    "applicant": "入党申请人",
    "admission_step": "发展党员步骤",
    "meeting": "会议记录",
    "talk": "谈心谈话",
    "dues": "党费",
    "course": "课程",
    "study_record": "学习记录",
    "service_record": "服务记录",
    "assignment": "任务分配",
    "task_milestone": "任务节点",
    "progress_report": "进度填报",
    "duty_record": "应开组织生活",
    "org_score": "堡垒指数评定",
    "member_score": "先锋指数评定",
    "light": "预警",
    "source_state": "来源上报情况",
    "star_rating": "达标创星评定",
    "objection": "报错",
    "installation": "本系统",
    "data_version": "数据版本",
}

# What a column is called in a formula.
COLUMNS: Mapping[str, str] = {
    "committees": "基层党委数",
    "general_branches": "党总支数",
    "branches": "党支部数",
    "members": "党员数",
    "probationary": "预备党员数",
    "floating": "流动党员数",
    "lost": "失联党员数",
    "transfers_in": "本期办结转入人数",
    "transfers_out": "本期办结转出人数",
    "branches_rated": "已评定支部数",
    "branches_green": "正常支部数",
    "branches_yellow": "关注支部数",
    "branches_red": "预警支部数",
    "branches_grey": "未评定支部数",
    "score_points": "Σ（支部堡垒指数 × 支部党员数）",
    "score_members": "已评定支部党员数",
    **{f"{part.value}_points": f"Σ（支部{part.label}得分率 × 支部党员数）" for part in Part},
    **{f"{part.value}_members": f"评定了{part.label}的支部党员数" for part in Part},
    "pioneer_points": "Σ 党员先锋指数",
    "pioneer_members": "已评定党员数",
    "expected": "应到人次",
    "attended": "实到人次",
    "dues_members": "应交党费人月数",
    "dues_paid_members": "足额交纳人月数",
    "dues_on_time": "当月足额交纳人月数",
    "dues_cents": "应交党费（分）",
    "dues_paid_cents": "实交党费（分）",
    "study_required": "必修课应学人次",
    "study_finished": "必修课学完人次",
    "study_minutes": "学习分钟数",
    "study_people": "计入学习的支部党员数",
    "service_records": "服务记录数",
    "service_minutes": "服务分钟数",
    "service_people": "计入服务的支部党员数",
    "assignments_due": "到期任务数",
    "assignments_done": "到期且已完成任务数",
    "assignments_on_time": "按期完成任务数",
    "elections_due": "届满应换届组织数",
    "elections_held": "已换届组织数",
    "elections_on_time": "按期换届组织数",
    "applications": "递交入党申请书人数",
    "activists": "确定入党积极分子人数",
    "candidates": "确定发展对象人数",
    "new_probationary": "接收预备党员人数",
    "converted": "讨论转正人数",
    "due": "应开次数",
    "held": "按期完成次数",
    "late": "逾期补开次数",
    "missed": "未完成次数",
    "assignments": "任务数",
    "weight": "任务权重合计",
    "planned_points": "Σ（计划进度 × 权重）",
    "progress_points": "Σ（实际进度 × 权重）",
    "finished": "已完成任务数",
    "yellow": "关注任务数",
    "red": "预警任务数",
    "units": "单位总数",
    "covered": "已建党组织单位数",
    "reporting": "最近一季有记录的支部数",
    "count": "数量",
}


@dataclass(frozen=True)
class Indicator:
    """One indicator: how it is computed, what it stands on, and who may see it.

    Its value is Σ(factor × column) over `over`, divided by Σ column over `under` where there is one, times `scale`; a factor that is
    text is the key of a percent setting. A row that lacks one of these columns is left out of all of them. `base` is the
    column whose sum is shown beside the value as the count that it stands on. A composition has a `dimension` of the
    tally instead, and one value a category.
    """

    code: str
    name: str
    unit: str
    digits: int
    board: Board
    sources: tuple[str, ...]  # tables of facts
    over: Mapping[str, float | str] = field(default_factory=dict)
    under: tuple[str, ...] = ()
    scale: float = 1
    base: str | None = None
    dimension: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)  # of a composition: code → label, in order
    regulation: str = LOCAL
    rules: tuple[str, ...] = ()  # of domain.rules: what asks for it, and turns lights on
    numbers: tuple[str, ...] = ()  # of domain.settings, besides those in the formula: bands, norms, caps
    note: str = ""
    refresh: Refresh = Refresh.IMPORT
    audience: tuple[Role, ...] = EVERYBODY
    rising: bool | None = None  # True: more is better; False: less is better; None: neither

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the value is computed from, each once."""
        return tuple(dict.fromkeys((*self.over, *self.under)))

    def formula(self, settings: Settings) -> str:
        """Word the formula (公式) from the columns and factors that compute it."""
        if self.dimension:
            return "按类别计数；占比 = 该类数量 ÷ 各类合计 × 100%"
        over = " + ".join(COLUMNS[name] + _times(worth(factor, settings)) for name, factor in self.over.items())
        under = " + ".join(COLUMNS[name] for name in self.under)
        if not under:
            return over + _times(self.scale)
        top = f"（{over}）" if len(self.over) > 1 else over
        bottom = f"（{under}）" if len(self.under) > 1 else under
        return f"{top} ÷ {bottom}" + (" × 100%" if self.unit == "%" else _times(self.scale))

    @property
    def settings(self) -> tuple[str, ...]:
        """The keys of the settings that it is computed or judged with, each once."""
        return tuple(dict.fromkeys((*(factor for factor in self.over.values() if isinstance(factor, str)), *self.numbers)))

    @property
    def base_name(self) -> str:
        """What `base` counts, such as 应到人次; empty where there is none."""
        return COLUMNS[self.base] if self.base else ""

    @property
    def seen_by(self) -> str:
        """Who may see it (可见范围), in words."""
        return seen_by(self.audience)

    def hover(self, settings: Settings) -> str:
        """Return the definition for a hover, a paragraph each: formula, note, regulation, refresh."""
        lines = (
            f"公式：{self.formula(settings)}",
            self.note,
            f"单位：{self.unit}",
            f"依据：{self.regulation}",
            f"更新：{self.refresh.label}",
        )
        return "\n\n".join(line for line in lines if line)


def worth(factor: float | str, settings: Settings) -> float:
    """Return a factor as a number: text names a percent setting, such as the half that a late meeting counts."""
    return settings[factor] / 100 if isinstance(factor, str) else factor


def _times(factor: float) -> str:
    """Word a factor, as a division where it is a unit's: ÷ 60, ÷ 100."""
    if factor == 1:
        return ""
    return f" ÷ {1 / factor:g}" if 0 < factor < 0.1 else f" × {factor:g}"
