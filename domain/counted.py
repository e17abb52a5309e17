"""Definitions (指标口径) of what pages count from rows themselves: no rolled-up column stands behind these, so their formula is a sentence.

With `domain.indicators` and `domain.index.estimates` they are all that is shown; `hover` words any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.definition import Topic
from domain.escalation import Measure
from domain.index.estimates import ESTIMATES
from domain.indicators import INDICATORS
from domain.rules import (
    DATA_ANOMALY,
    INDEX_ESCALATION,
    RULES,
    STAR_BANDS,
    STAR_QUOTA,
    STAR_VETO,
    TASK_PROGRESS,
)
from domain.settings import LOCAL, Settings
from domain.vocabulary import Light
from domain.wording import numbers_in, worded


@dataclass(frozen=True)
class Counted:
    """One such figure: code in the glossary, name, unit, formula (with numbers of settings as {key}), the tables it is counted from."""

    code: str
    name: str
    unit: str
    formula: str
    sources: tuple[str, ...]
    note: str = ""
    rules: tuple[str, ...] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        """The keys of the settings that its formula quotes."""
        return numbers_in(self.formula)

    @property
    def regulation(self) -> str:
        """What asks for it: the source of its first rule, or local practice."""
        return RULES[self.rules[0]].source if self.rules else LOCAL

    def hover(self, settings: Settings) -> str:
        """Return the definition for a hover, a paragraph each: formula, note, unit, regulation."""
        lines = (f"公式：{worded(self.formula, settings)}", self.note, f"单位：{self.unit}", f"依据：{self.regulation}")
        return "\n\n".join(line for line in lines if line)


_LIGHT = ("light",)
_DATA = (
    Counted("lights_red", "职责预警", "项", "未消除、未豁免的红色职责预警数", _LIGHT, "由规则亮灯，与堡垒指数的颜色无关。"),
    Counted("lights_yellow", "职责关注", "项", "未消除、未豁免的黄色职责预警数", _LIGHT, "由规则亮灯，与堡垒指数的颜色无关。"),
    Counted("lights_grey", "职责数据缺失", "项", "未消除、未豁免的灰色职责预警数", _LIGHT, "数据来源缺失、标注未知或记录异常，无法评定。"),
    Counted("light_age", "亮灯时长", "天", "统计日 − 亮灯日期；已消除的为消除日期 − 亮灯日期", _LIGHT, "亮灯日期是转为现在颜色的那一天。"),
    Counted("lights_exempted", "已豁免", "项", "经批准的豁免正在生效的未消除预警数", _LIGHT, "豁免到期后自动恢复。"),
    Counted("as_of", "数据截至", "日期", "全部规则、期限和天数以这一天为准", ("installation",)),
    Counted("data_version", "数据版本", "次", "事实、规则或评定变更的次数", ("data_version",), "版本变化后所有缓存的图表自动更新。"),
    Counted(
        "source_reporting", "上报率", "%", "各来源近一季有记录的支部数 ÷ 应上报的支部数 × 100%", ("source_state",), "全部来源合计。"
    ),
    Counted(
        "anomalies", "数据异常", "个", "有不合理记录的组织数，按记录种类分别计", ("light",),
        "日期在未来、先后矛盾或数值不合理的记录；更正前不作为评定依据。", (DATA_ANOMALY,),
    ),
    Counted("source_silent", "停报", "条", "上报过、但近一季没有记录的支部数", ("source_state",), "每个支部的每个来源计一条。"),
    Counted("source_never", "从未上报", "条", "该来源存在、但从未有过记录的支部数", ("source_state",), "每个支部的每个来源计一条。"),
    Counted(
        "source_unknown", "标注未知", "条", "由数据管理员标注为未知的支部数", ("source_state",),
        "每个支部的每个来源计一条：不评定，不按零计。",
    ),
    Counted(
        "source_records", "记录数", "条", "会议按应到人次、党费按人月、学习按分钟、服务按人次合计",
        ("meeting", "dues", "study_record", "service_record"), "本月仍在上报；没有这个来源的月份为空。",
    ),
    Counted("objections", "报错", "条", "书记提出、尚未答复的报错数", ("objection",), "核实前不改变任何数字。"),
)  # fmt: skip

_TASK = ("assignment", "progress_report")
_TASKS = (
    Counted("tasks_given", "任务", "项", "符合筛选条件、有分配的任务数", ("assignment",)),
    Counted("assignments_given", "分配到组织", "项", "每个组织承担的每项任务计一项", ("assignment",)),
    Counted("tasks_overdue", "逾期未清", "项", "已过期限而未完成的分配数", _TASK, "不限在办；在“阶段”中查看。", (TASK_PROGRESS,)),
    Counted(
        "tasks_due_soon", "本周到期", "项", "从今天起 {task.due_soon_days} 天内到期而未完成的分配数", _TASK,
        "进度为各项的平均，没有填报过的按零计。", (TASK_PROGRESS,),
    ),
    Counted(
        "tasks_behind", "落后（点）", "个百分点", "计划进度 − 实际进度", _TASK,
        "没有填报过的按未开展计算；标注未知的不算，列在最后。", (TASK_PROGRESS,),
    ),
)  # fmt: skip

_SCORE = ("org_score",)
_INDEX = (
    Counted("rank", "同类排名", "名", "堡垒指数在同类组织中从高到低的名次", _SCORE, "同类别、同领域已评定的组织之间；分数相同名次相同。"),
    Counted("loss", "失分最多", "分", "各部分满分 − 得分，取最大的一个部分", _SCORE, "反向扣分和一票否决另列。"),
    *(
        Counted(
            f"measure_{measure.value}", f"应{measure.label}", "个",
            f"堡垒指数连续预警达到 {{escalation.{measure.value}_quarters}} 个季度的支部数", _SCORE,
            "按最高一级措施计，豁免的不计；只看已定评的季度。", (INDEX_ESCALATION,),
        )
        for measure in Measure if measure is not Measure.NONE
    ),
    Counted(
        "measure_exempted", "豁免措施", "个", "经批准豁免督促措施的支部数", _SCORE, "到期自动恢复。", (INDEX_ESCALATION,)
    ),
)  # fmt: skip

_LIFE = (
    Counted(
        "duties_calendar", "履职日历", "次", "本年每个期间的组织生活、党费、换届各为一格：按期、逾期补开、未完成、未到期或数据缺失",
        ("duty_record", "dues", "election"), "年度事项占满全年，季度事项占满一季；不适用的月份留空。",
    ),
    Counted(
        "agenda", "待办事项", "项", "未消除的预警数 + 两周内到期而未完成的事项和任务数", ("light", "duty_record", "assignment"),
        "先按逾期、7 天内、14 天内分组，再按紧急程度和期限排列。",
    ),
)  # fmt: skip

_STEP = ("applicant", "admission_step")
_ADMISSION = (
    Counted("admission_red", "发展党员预警", "名", "有未消除的红色预警的在办申请人数", _STEP, "已豁免的不计；一人只计一次，按最重的状态。"),
    Counted("admission_yellow", "发展党员关注", "名", "没有预警、但有未消除的关注的在办申请人数", _STEP, "已豁免的不计；一人只计一次。"),
    Counted(
        "admission_soon", "时限将到期", "名", "最先到期的时限在 {clock.warn_days} 天内的在办申请人数，含今天", _STEP,
        "每人只计最先到期的时限。",
    ),
    Counted(
        "admission_odd", "发展党员数据异常", "名", "有步骤名称无法识别、日期在未来或早于前面步骤的在办申请人数", _STEP,
        "列在名单中。", (DATA_ANOMALY,),
    ),
    Counted("admission_stay", "停留天数", "天", "统计日 − 到达所在步骤的日期", _STEP, "中位为所在步骤全部在办申请人的中位数。"),
)  # fmt: skip

_STAR = ("star_rating",)
_STARS = (
    Counted("star_branches", "参评支部", "个", "本年度有评定记录的支部数", _STAR),
    Counted("star_stars", "星级", "个", "各星级的支部数；占比 = 该星级 ÷ 参评支部 × 100%", _STAR, rules=(STAR_BANDS,)),
    Counted("star_five", "五星支部", "个", "评为五星的支部数；占比 = 五星 ÷ 参评支部 × 100%", _STAR, rules=(STAR_BANDS, STAR_QUOTA)),
    Counted("star_self", "自评平均", "分", "支部自评得分之和 ÷ 有自评的支部数", _STAR),
    Counted("star_review", "复核平均", "分", "上级党委复核得分之和 ÷ 有复核的支部数", _STAR),
    Counted("star_final", "终评平均", "分", "终评得分之和 ÷ 已终评的支部数", _STAR),
    Counted("star_index", "自评与指数", "分", "自评得分 − 当年已评定各季度堡垒指数的平均", ("star_rating", "org_score")),
    Counted(
        "star_allowed", "五星名额", "个", "一个党委参评支部数 × {star.quota:%}，向下取整", _STAR, rules=(STAR_QUOTA,)
    ),
    Counted(
        "star_breaches", "违反规则", "个", "星级与得分、名额或一票否决规则不符的支部数", _STAR,
        "本组织全部支部，不受筛选影响；低于得分对应星级的另列。", (STAR_BANDS, STAR_QUOTA, STAR_VETO),
    ),
)  # fmt: skip

COUNTED: Mapping[Topic, tuple[Counted, ...]] = MappingProxyType(
    {
        Topic.INDEX: _INDEX,
        Topic.LIFE: _LIFE,
        Topic.TASKS: _TASKS,
        Topic.ADMISSION: _ADMISSION,
        Topic.STARS: _STARS,
        Topic.DATA: _DATA,
    }
)
OF_LIGHTS = {Light.RED: "lights_red", Light.YELLOW: "lights_yellow", Light.GREY: "lights_grey"}

_BY_CODE = {counted.code: counted for group in COUNTED.values() for counted in group}
_ESTIMATES = {estimate.code: estimate for estimate in ESTIMATES}


def hover(settings: Settings, *codes: str) -> str:
    """Word the definitions of these codes for a hover, in Markdown. Raises KeyError for a code that nothing defines."""
    return "\n\n---\n\n".join(f"**{_name(code)}**\n\n{_told(code, settings)}" for code in codes)


def _name(code: str) -> str:
    return (INDICATORS.get(code) or _BY_CODE.get(code) or _ESTIMATES[code]).name


def _told(code: str, settings: Settings) -> str:
    if code in _ESTIMATES:
        return f"公式：{_ESTIMATES[code].formula}\n\n{_ESTIMATES[code].note}"
    return (INDICATORS.get(code) or _BY_CODE[code]).hover(settings)
