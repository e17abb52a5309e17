"""The definition (指标口径) of every indicator that the boards show, by code and by topic; hovers and the glossary come of it.

`domain.figures` computes them from the rolled-up tables; no page does arithmetic of its own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain import rules
from domain.admission import STEPS
from domain.definition import Board, Indicator, Refresh, Topic
from domain.settings import ADMISSION_RULES, BRANCH_RULES, DUES_RULES, ELECTION_RULES, SETTINGS
from domain.vocabulary import (
    AgeBand,
    Duty,
    Education,
    HonourLevel,
    Light,
    MemberStatus,
    Occupation,
    OrgKind,
    Part,
    PartyAgeBand,
    Post,
    Sex,
    TermState,
)

STATISTICS = "党内统计制度"
INDEX_SOURCES = ("org_score",)
_ADJUSTING = ("honour", "deduction")  # what an index is read from besides the counts of its parts
_MEETING_RULES = tuple(rules.duty_rule(duty) for duty in Duty)
_BANDS = ("index.green", "index.yellow", "index.min_weight")
_ADJUSTED = (rules.INDEX_BONUS, rules.INDEX_DEDUCTION, rules.INDEX_VETO)
_SCORED = (*_BANDS, "index.bonus_cap", "index.deduction_cap", "duty.history_quarters")


def _count(code: str, name: str, unit: str, *sources: str, over: Mapping[str, float | str] | None = None, **more) -> Indicator:
    return Indicator(code, name, unit, 0, Board.FIGURE, sources, over or {code: 1}, **more)


def _rate(code: str, name: str, over: str, under: str, *sources: str, **more) -> Indicator:
    return Indicator(code, name, "%", 1, Board.FIGURE, sources, {over: 1}, (under,), 100, under, rising=True, **more)


_ORGANISATIONS = (
    _count(
        "organisations",
        "基层党组织",
        "个",
        "organisation",
        over={"committees": 1, "general_branches": 1, "branches": 1},
        regulation=STATISTICS,
        note="期末存续的基层党委、党总支、党支部。",
    ),
    _count("committees", "基层党委", "个", "organisation", regulation=STATISTICS),
    _count("general_branches", "党总支", "个", "organisation", regulation=STATISTICS),
    _count("branches", "党支部", "个", "organisation", regulation=STATISTICS, rules=(rules.ORG_SIZE,)),
    Indicator(
        "new_sector_coverage",
        "两新组织覆盖率",
        "%",
        1,
        Board.COVERAGE,
        ("sector_coverage",),
        {"covered": 1},
        ("units",),
        100,
        "units",
        refresh=Refresh.PUBLISHED,
        rising=True,
        note="两新组织指非公企业和社会组织。",
    ),
)

_MEMBERS = (
    _count("members", "党员", "名", "membership", regulation=STATISTICS, note="期末在册的正式党员和预备党员。"),
    _count("probationary", "预备党员", "名", "member", "membership", regulation=ADMISSION_RULES),
    _count("floating", "流动党员", "名", "member", note="只有现状，没有历史。"),
    _count("lost", "失联党员", "名", "member", note="只有现状，没有历史。", rising=False),
    _count("transfers_in", "组织关系转入", "人次", "transfer", note="本期办结，含所属组织之间的转接。"),
    _count("transfers_out", "组织关系转出", "人次", "transfer", note="本期办结，含所属组织之间的转接。"),
)


def _step(code: str, name: str, *asked: str, note: str = "") -> Indicator:
    return _count(code, name, "名", "admission_step", regulation=ADMISSION_RULES, rules=asked, note=note)


_ADMISSION = (
    _step("applications", "递交入党申请书", rules.FIRST_TALK, rules.MIN_AGE),
    _step("activists", "确定入党积极分子", rules.OBSERVATION),
    _step("candidates", "确定发展对象", rules.CANDIDATE_EARLY, rules.TRAINING),
    _step("new_probationary", "接收预备党员", rules.PUBLIC_NOTICE, rules.PROBATION_APPROVAL, note="以支部大会讨论通过之日为准。"),
    _step("converted", "讨论转正", rules.PROBATION_END, rules.CONVERSION_APPROVAL, note="以支部大会讨论转正之日为准。"),
)

_INDICES = (
    Indicator(
        "fortress",
        "堡垒指数",
        "分",
        1,
        Board.FIGURE,
        (*INDEX_SOURCES, *_ADJUSTING),
        {"score_points": 1},
        ("score_members",),
        base="branches_rated",
        refresh=Refresh.QUARTER,
        rising=True,
        rules=(rules.INDEX_ESCALATION, *_ADJUSTED),
        numbers=_SCORED,
        note="支部按党员数加权平均，只含已评定的支部。",
    ),
    *(
        Indicator(
            f"{part.value}_part",
            f"{part.label}得分率",
            "%",
            1,
            Board.FIGURE,
            INDEX_SOURCES,
            {f"{part.value}_points": 1},
            (f"{part.value}_members",),
            100,
            f"{part.value}_members",
            refresh=Refresh.QUARTER,
            rising=True,
            note="堡垒指数的一个部分，支部按党员数加权平均，只含评定了这一部分的支部。",
        )
        for part in Part
    ),
    Indicator(
        "pioneer",
        "先锋指数",
        "分",
        1,
        Board.FIGURE,
        ("member_score", *_ADJUSTING),
        {"pioneer_points": 1},
        ("pioneer_members",),
        base="pioneer_members",
        refresh=Refresh.QUARTER,
        rising=True,
        rules=_ADJUSTED,
        numbers=_SCORED,
        note="已评定党员的平均。",
    ),
    _rate(
        "rated", "支部评定覆盖率", "branches_rated", "branches", *INDEX_SOURCES, refresh=Refresh.QUARTER,
        rules=(rules.DATA_MISSING,), numbers=("index.min_weight",),
    ),
    _count("branches_green", "正常支部", "个", *INDEX_SOURCES, refresh=Refresh.QUARTER, rising=True, numbers=_BANDS),
    _count("branches_yellow", "关注支部", "个", *INDEX_SOURCES, refresh=Refresh.QUARTER, rising=False, numbers=_BANDS),
    _count(
        "branches_red", "预警支部", "个", *INDEX_SOURCES, refresh=Refresh.QUARTER, rising=False, numbers=_BANDS,
        rules=(rules.INDEX_ESCALATION, rules.INDEX_VETO, rules.STAR_VETO), note="分数低于关注线，或有一票否决事项。",
    ),
    _count(
        "branches_grey", "未评定支部", "个", *INDEX_SOURCES, refresh=Refresh.QUARTER, rising=False, numbers=("index.min_weight",),
        rules=(rules.DATA_MISSING,), note="数据不足以评定。",
    ),
    _rate(
        "green_share", "正常支部占比", "branches_green", "branches_rated", *INDEX_SOURCES, refresh=Refresh.QUARTER, numbers=_BANDS
    ),
    Indicator(
        "red_share",
        "预警支部占比",
        "%",
        1,
        Board.FIGURE,
        INDEX_SOURCES,
        {"branches_red": 1},
        ("branches_rated",),
        100,
        "branches_rated",
        refresh=Refresh.QUARTER,
        rising=False,
        numbers=_BANDS,
    ),
)  # fmt: skip

_LIFE = (
    Indicator(
        "attainment",
        "三会一课达标率",
        "%",
        1,
        Board.DUTY,
        ("duty_record", "meeting", "talk"),
        {"held": 1, "late": "duty.late_counts_percent"},
        ("due",),
        100,
        "due",
        regulation=f"{BRANCH_RULES}第十一至十九条",
        rising=True,
        rules=_MEETING_RULES,
        note="三会一课和主题党日、组织生活会、民主评议党员、谈心谈话一并计算；只计已到期的应开次数，数据缺失的不计入。",
    ),
    Indicator(
        "duties_missed", "组织生活未完成", "次", 0, Board.DUTY, ("duty_record",), {"missed": 1}, base="due", rising=False,
        regulation=f"{BRANCH_RULES}第十一至十九条", rules=_MEETING_RULES,
    ),
    Indicator(
        "duties_held", "组织生活按期完成", "次", 0, Board.DUTY, ("duty_record",), {"held": 1}, base="due", rising=True,
        regulation=f"{BRANCH_RULES}第十一至十九条", rules=_MEETING_RULES,
    ),
    _rate("attendance", "到会率", "attended", "expected", "meeting", regulation=f"{BRANCH_RULES}第十一至十八条"),
)  # fmt: skip

_RATES = tuple(key for key in SETTINGS if key.startswith("dues.") and not key.endswith("_months"))
_DUES = (
    _rate(
        "dues_paid", "党费足额交纳率", "dues_paid_members", "dues_members", "dues", regulation=DUES_RULES, rules=(rules.DUES_ARREARS,),
        note="按人月计；整月没有上报的支部，其党员计为应交未交。本月为进行中的数据，季度只计已结束的月份。", numbers=_RATES,
    ),
    _rate(
        "dues_punctual", "党费按月交纳率", "dues_on_time", "dues_members", "dues", regulation=DUES_RULES, rules=(rules.DUES_ARREARS,),
        note="按人月计，当月月底前足额交纳的。履职日历按它显示；季度只计已结束的月份。", numbers=_RATES,
    ),
    Indicator(
        "dues_amount", "实交党费", "元", 0, Board.FIGURE, ("dues",), {"dues_paid_cents": 1}, scale=0.01, base="dues_members",
        regulation=DUES_RULES, rules=(rules.DUES_ARREARS,), numbers=_RATES,
    ),
    _rate(
        "dues_amount_share", "党费金额收缴率", "dues_paid_cents", "dues_cents", "dues", regulation=DUES_RULES, rules=(rules.DUES_ARREARS,)
    ),
)  # fmt: skip

_TERMS: dict[str, Any] = {"regulation": ELECTION_RULES, "rules": (rules.ELECTION_TERM,)}
_ELECTIONS = (
    _count("elections_due", "届满应换届", "个", "organisation", "election", "term_extension", **_TERMS),
    _count("elections_held", "已换届", "个", "election", rising=True, **_TERMS),
    _rate("elections_done", "换届完成率", "elections_held", "elections_due", "election", "term_extension", **_TERMS),
    _rate("elections_punctual", "按期换届率", "elections_on_time", "elections_due", "election", "term_extension", **_TERMS),
)

_STUDY_SERVICE = (
    _rate("study", "必修课完成率", "study_finished", "study_required", "study_record", "course", note="只计已到期的必修课。"),
    Indicator(
        "study_hours", "人均学习时长", "小时", 1, Board.FIGURE, ("study_record",), {"study_minutes": 1}, ("study_people",), 1 / 60,
        "study_people", rising=True, numbers=("index.study_minutes",),
    ),
    Indicator(
        "service", "人均服务次数", "次", 2, Board.FIGURE, ("service_record",), {"service_records": 1}, ("service_people",), 1,
        "service_people", rising=True, numbers=("index.service_records",),
    ),
    Indicator(
        "service_hours", "人均服务时长", "小时", 1, Board.FIGURE, ("service_record",), {"service_minutes": 1}, ("service_people",),
        1 / 60, "service_people", rising=True,
    ),
)  # fmt: skip

_TASKS = (
    _rate(
        "task_completion", "任务完成率", "assignments_done", "assignments_due", "assignment", "progress_report",
        note="只计已到期的任务。",
    ),
    _rate("task_punctual", "任务按期完成率", "assignments_on_time", "assignments_due", "assignment", "progress_report"),
    Indicator(
        "task_progress", "任务实际进度", "%", 1, Board.TASK, ("progress_report",), {"progress_points": 1}, ("weight",), 1, "assignments",
        rising=True, note="按任务权重加权；没有上报过的按零计。",
    ),
    Indicator(
        "task_plan", "任务计划进度", "%", 1, Board.TASK, ("assignment", "task_milestone"), {"planned_points": 1}, ("weight",), 1,
        "assignments", note="有节点的按节点，没有节点的按起止日期均匀推进。",
    ),
    Indicator(
        "task_lead", "任务超前（落后）", "个百分点", 1, Board.TASK, ("progress_report",), {"progress_points": 1, "planned_points": -1},
        ("weight",), 1, "assignments", rules=(rules.TASK_PROGRESS,), rising=True, note="实际进度减计划进度，负数为落后。",
    ),
    Indicator(
        "task_finished", "已完成任务", "%", 1, Board.TASK, ("progress_report",), {"finished": 1}, ("assignments",), 100, "assignments",
        rising=True,
    ),
    Indicator(
        "task_red", "预警任务", "项", 0, Board.TASK, ("progress_report",), {"red": 1}, base="assignments",
        rules=(rules.TASK_PROGRESS,), rising=False,
    ),
    Indicator(
        "task_yellow", "关注任务", "项", 0, Board.TASK, ("progress_report",), {"yellow": 1}, base="assignments",
        rules=(rules.TASK_PROGRESS,), rising=False,
    ),
)  # fmt: skip

_SOURCES = (
    Indicator(
        "reporting", "数据上报覆盖率", "%", 1, Board.SOURCE, ("source_state",), {"reporting": 1}, ("branches",), 100, "branches",
        rising=True, rules=(rules.DATA_MISSING,), note="最近一季至少有一条记录的支部占比。",
    ),
)  # fmt: skip


def _composition(code: str, name: str, unit: str, dimension: str, categories: dict[str, str], *sources: str, **more) -> Indicator:
    return Indicator(code, name, unit, 0, Board.TALLY, sources, dimension=dimension, categories=categories, **more)


_UNFILLED = {"unknown": "未填"}
_COUNTED = {status.value: status.label for status in (MemberStatus.FULL, MemberStatus.PROBATIONARY)}

# Categories that are the installation's own data (sectors, ethnic groups) are labelled by what reads them.
_OF_MEMBERS = (
    _composition("by_age", "党员年龄", "名", "age", AgeBand.labels(), "member", regulation=STATISTICS),
    _composition("by_party_age", "党龄", "名", "party_age", PartyAgeBand.labels(), "member", regulation=STATISTICS),
    _composition("by_sex", "党员性别", "名", "sex", Sex.labels(), "member", regulation=STATISTICS),
    _composition("by_education", "党员学历", "名", "education", Education.labels() | _UNFILLED, "member", regulation=STATISTICS),
    _composition("by_occupation", "党员职业", "名", "occupation", Occupation.labels() | _UNFILLED, "member", regulation=STATISTICS),
    _composition("by_sector", "党员所在领域", "名", "member_sector", {}, "member", "organisation", "sector", regulation=STATISTICS),
    _composition("by_status", "正式与预备党员", "名", "member_status", _COUNTED, "member", regulation=STATISTICS),
    _composition("by_ethnicity", "党员民族", "名", "ethnicity", _UNFILLED, "member", regulation=STATISTICS),
)
_OF_ORGANISATIONS = (
    _composition("by_kind", "组织类别", "个", "org_kind", OrgKind.labels(), "organisation", regulation=STATISTICS),
    _composition("terms", "届期状态", "个", "election", TermState.labels(), "organisation", "term_extension", **_TERMS),
    _composition(
        "by_post", "党务职务", "人次", "post", Post.labels(), "post", rules=(rules.COMMITTEE_SIZE,), note="现任；一人担任两职的计两次。"
    ),
    _composition(
        "honours", "表彰", "项", "honour", HonourLevel.labels(), "honour", note="最近12个月授予组织和党员的表彰，不含党课被采用。"
    ),
)
_STEPS = {code: step.name for code, step in STEPS.items()}
_STANDING = _composition(
    "admission_steps", "发展党员进展", "名", "admission", _STEPS, "applicant", "admission_step", regulation=ADMISSION_RULES,
    rules=(rules.ADMISSION_ORDER,),
)  # fmt: skip
_LIGHTS = _composition("lights", "未消除的预警", "项", "light", Light.labels(), "light", note="不含已批准豁免的。")

GROUPS: Mapping[Topic, tuple[Indicator, ...]] = MappingProxyType(
    {
        Topic.INDEX: _INDICES,
        Topic.ORGANISATIONS: (*_ORGANISATIONS, *_ELECTIONS, *_OF_ORGANISATIONS),
        Topic.MEMBERS: (*_MEMBERS, *_OF_MEMBERS),
        Topic.LIFE: _LIFE,
        Topic.TASKS: _TASKS,
        Topic.DUES: _DUES,
        Topic.ADMISSION: (*_ADMISSION, _STANDING),
        Topic.STUDY: _STUDY_SERVICE,
        Topic.DATA: (*_SOURCES, _LIGHTS),
    }
)
INDICATORS: Mapping[str, Indicator] = MappingProxyType({indicator.code: indicator for group in GROUPS.values() for indicator in group})
