"""Every number of the rules as data: its default, unit and source, and what an installation may change.

A rule asks `settings["election.warn_months"]`; nothing else in the project writes such a number down.
The weights of the index are not here: they are versioned rows of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

BRANCH_RULES = "《中国共产党支部工作条例（试行）》"
ELECTION_RULES = "《中国共产党基层组织选举工作条例》"
TERM_OPINION = "《关于党的基层组织任期的意见》"
SETTING_UP = "党的基层组织设置的有关规定"
DUES_RULES = "《关于中国共产党党费收缴、使用和管理的规定》（中组发〔2008〕3号）"
ADMISSION_RULES = "《中国共产党发展党员工作细则》"
LOCAL = "本地规定"

Number = int | float


class BadSetting(ValueError):
    """An override of the installation that no rule can be rated with: unknown, malformed or out of bounds."""

    def __init__(self, key: str, value: str, problem: str) -> None:
        super().__init__(f"设置项“{key}”的值“{value}”无效：{problem}")
        self.key = key
        self._made_of = key, value, problem

    def __reduce__(self) -> tuple[type["BadSetting"], tuple[str, str, str]]:
        """Let it pass from one process to another."""
        return type(self), self._made_of


@dataclass(frozen=True)
class Setting:
    """One number: `default` in `unit`, where it comes from, and the bounds of a sound override.

    `local` marks what the regulations leave to local practice. A whole-number default takes whole numbers only.
    `choices`, where given, are the only values that make sense.
    """

    key: str
    default: Number
    unit: str
    source: str
    local: bool
    label: str
    low: Number = 0
    high: Number = 1000
    choices: tuple[int, ...] = ()

    def read(self, text: str) -> Number:
        """Return the number that an override's text stands for. Raises BadSetting."""
        try:
            number: Number = int(text) if isinstance(self.default, int) else float(text)
        except ValueError:
            wanted = "整数" if isinstance(self.default, int) else "数字"
            raise BadSetting(self.key, text, f"应为{wanted}（{self.unit}）") from None
        if self.choices and number not in self.choices:
            raise BadSetting(self.key, text, "只能取 " + "、".join(map(str, self.choices)))
        if not self.low <= number <= self.high:  # also refuses NaN
            raise BadSetting(self.key, text, f"应在 {self.low} 与 {self.high} 之间")
        return number


def _regulation(key: str, default: Number, unit: str, source: str, label: str, **bounds: Number) -> Setting:
    return Setting(key, default, unit, source, False, label, **bounds)  # type: ignore[arg-type]


def _local(key: str, default: Number, unit: str, label: str, **bounds: Number) -> Setting:
    return Setting(key, default, unit, LOCAL, True, label, **bounds)  # type: ignore[arg-type]


def _every(duty: str, default: int, source: str, label: str) -> Setting:
    return Setting(f"duty.{duty}.every", default, "月", source, source == LOCAL, label, choices=(1, 3, 12))


_ORGANISATIONS = (
    _regulation("org.branch.full_min", 3, "名", f"{BRANCH_RULES}第二章", "党支部正式党员下限", low=1),
    _regulation("org.branch.members_max", 50, "名", f"{BRANCH_RULES}第二章", "党支部党员上限", low=1),
    _regulation("org.committee.members_min", 100, "名", SETTING_UP, "基层党委党员下限，党总支应少于此数", low=2, high=100_000),
    _regulation("org.committee_from_full", 7, "名", f"{BRANCH_RULES}第六章", "应设支委会的正式党员数", low=1),
    _regulation("org.committee_posts_min", 3, "名", f"{BRANCH_RULES}第六章", "支委会委员下限", low=1),
    _regulation("org.committee_posts_usual", 5, "名", f"{BRANCH_RULES}第六章", "支委会委员通常上限", low=1),
    _regulation("org.committee_posts_max", 7, "名", f"{BRANCH_RULES}第六章", "支委会委员最多人数", low=1),
    _regulation("term.committee_years", 5, "年", TERM_OPINION, "党委任期", low=1, high=10),
    _regulation("term.branch_years", 3, "年", TERM_OPINION, "党总支、党支部任期", low=1, high=10),
    _regulation("term.village_years", 5, "年", TERM_OPINION, "村和社区党组织任期", low=1, high=10),
    _regulation("term.extension_max_years", 1, "年", f"{ELECTION_RULES}第三条", "延期换届最长期限", low=0, high=5),
    _local("election.warn_months", 6, "月", "任期届满前多久转为关注", low=0, high=24),
)

_DUTIES = (
    _every("general_meeting", 3, f"{BRANCH_RULES}第十一条", "党员大会周期"),
    _every("committee_meeting", 1, f"{BRANCH_RULES}第十二条", "支委会周期"),
    _every("group_meeting", 1, f"{BRANCH_RULES}第十三条", "党小组会周期"),
    _every("lecture", 3, LOCAL, "党课周期"),
    _every("theme_day", 1, f"{BRANCH_RULES}第十六条", "主题党日周期"),
    _every("life_meeting", 12, f"{BRANCH_RULES}第十七条", "组织生活会周期"),
    _every("review", 12, f"{BRANCH_RULES}第十八条", "民主评议党员周期"),
    _every("talk", 12, f"{BRANCH_RULES}第十九条", "谈心谈话周期"),
    _regulation("duty.committee_quorum_percent", 50, "%", f"{BRANCH_RULES}第十二条", "支委会到会人数下限", high=100),
    _local("duty.makeup_months", 1, "月", "到期后可补开的时间", high=12),
    _local("duty.late_counts_percent", 50, "%", "逾期补开折算比例", high=100),
    _local("duty.close_after_periods", 2, "期", "未完成的预警最多再保留多少期", low=1, high=24),
    _local("duty.history_quarters", 9, "季", "评定多少个季度的组织生活（含本季）", low=1, high=40),
)

_DUES = (
    _regulation("dues.bracket1_upto", 3000, "元", DUES_RULES, "在职党员第一档计算基数上限", low=1, high=1_000_000),
    _regulation("dues.bracket1_percent", 0.5, "%", DUES_RULES, "在职党员第一档比例", high=100),
    _regulation("dues.bracket2_upto", 5000, "元", DUES_RULES, "在职党员第二档计算基数上限", low=1, high=1_000_000),
    _regulation("dues.bracket2_percent", 1.0, "%", DUES_RULES, "在职党员第二档比例", high=100),
    _regulation("dues.bracket3_upto", 10000, "元", DUES_RULES, "在职党员第三档计算基数上限", low=1, high=1_000_000),
    _regulation("dues.bracket3_percent", 1.5, "%", DUES_RULES, "在职党员第三档比例", high=100),
    _regulation("dues.bracket4_percent", 2.0, "%", DUES_RULES, "在职党员第四档比例", high=100),
    _regulation("dues.retired_upto", 5000, "元", DUES_RULES, "离退休党员第一档计算基数上限", low=1, high=1_000_000),
    _regulation("dues.retired1_percent", 0.5, "%", DUES_RULES, "离退休党员第一档比例", high=100),
    _regulation("dues.retired2_percent", 1.0, "%", DUES_RULES, "离退休党员第二档比例", high=100),
    _regulation("dues.fixed_cents", 20, "分", DUES_RULES, "学生、无收入党员每月党费", high=10_000),
    _regulation("dues.farmer_min_cents", 20, "分", DUES_RULES, "农民党员每月党费下限", high=10_000),
    _regulation("dues.farmer_max_cents", 100, "分", DUES_RULES, "农民党员每月党费上限", high=10_000),
    _local("dues.yellow_months", 3, "月", "未缴党费满几个月转为关注", low=1, high=12),
    _regulation("dues.red_months", 6, "月", f"《中国共产党章程》第九条、{DUES_RULES}", "连续未缴党费满几个月转为预警", low=1, high=24),
)

_ADMISSION = (
    _regulation("admission.min_age", 18, "岁", f"{ADMISSION_RULES}第五条", "申请入党的最低年龄", low=0, high=60),
    _regulation("admission.first_talk_months", 1, "月", f"{ADMISSION_RULES}第七条", "收到申请后派人谈话的期限", low=1, high=24),
    _regulation("admission.review_months", 6, "月", f"{ADMISSION_RULES}第十一条", "对入党积极分子的考察周期", low=1, high=24),
    _regulation("admission.activist_months", 12, "月", f"{ADMISSION_RULES}第十三条", "列为发展对象前的培养教育时间", low=0, high=60),
    _regulation("admission.training_days", 3, "天", f"{ADMISSION_RULES}第十七条", "集中培训天数下限（或24学时）", high=60),
    _local("admission.notice_days", 5, "个工作日", "公示时间下限", high=60),
    _regulation("admission.approval_months", 3, "月", f"{ADMISSION_RULES}第二十五条", "审批接收预备党员决议的期限", low=1, high=24),
    _regulation("admission.approval_max_months", 6, "月", f"{ADMISSION_RULES}第二十五条", "特殊情况下审批的最长期限", low=1, high=24),
    _regulation("admission.probation_months", 12, "月", f"{ADMISSION_RULES}第三十一条", "预备期", low=1, high=60),
    _regulation("admission.extension_min_months", 6, "月", f"{ADMISSION_RULES}第三十二条", "延长预备期下限", low=1, high=24),
    _regulation("admission.extension_max_months", 12, "月", f"{ADMISSION_RULES}第三十二条", "延长预备期上限", low=1, high=24),
    _local("admission.conversion_months", 1, "月", "预备期满后讨论转正的期限", low=0, high=24),
    _regulation("admission.conversion_approval_months", 3, "月", f"{ADMISSION_RULES}第三十三条", "审批转正决议的期限", low=1, high=24),
    _local("clock.warn_days", 14, "天", "期限届满前多久转为关注", high=366),
)

_TASKS = (
    _local("task.yellow_behind", 15, "个百分点", "落后计划多少转为关注", low=1, high=100),
    _local("task.red_behind", 30, "个百分点", "落后计划多少转为预警", low=1, high=100),
    _local("task.due_soon_days", 7, "天", "临近到期的天数", high=366),
    _local("task.due_soon_percent", 80, "%", "临近到期时应达到的进度", high=100),
    _local("task.late_days", 30, "天", "逾期完成仍为关注的天数", high=366),
)

_INDEX = (
    _local("index.green", 80.0, "分", "正常的分数下限", high=100),
    _local("index.yellow", 70.0, "分", "关注的分数下限", high=100),
    _local("index.min_weight", 60, "分", "可评定的最低权重合计", high=100),
    _local("index.bonus_cap", 10, "分", "正向加分上限", high=100),
    _local("index.deduction_cap", 20, "分", "反向扣分上限", high=100),
    _local("index.study_minutes", 480, "分钟", "每名党员每季学习时长标准", low=1, high=100_000),
    _local("index.service_records", 1, "次", "每名党员每季服务次数标准", low=1, high=1000),
    _local("escalation.reminder_quarters", 1, "季", "连续几季预警予以提醒", low=1, high=40),
    _local("escalation.talk_quarters", 2, "季", "连续几季预警予以约谈", low=1, high=40),
    _local("escalation.rectification_quarters", 3, "季", "连续几季预警限期整改", low=1, high=40),
)

_STARS = (
    _local("star.five", 90.0, "分", "五星分数下限", high=100),
    _local("star.four", 80.0, "分", "四星分数下限", high=100),
    _local("star.three", 70.0, "分", "三星分数下限", high=100),
    _local("star.two", 60.0, "分", "二星分数下限", high=100),
    _local("star.quota", 0.30, "比例", "一个党委所属党支部中五星支部的比例上限", high=1),
)

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {setting.key: setting for room in (_ORGANISATIONS, _DUTIES, _DUES, _ADMISSION, _TASKS, _INDEX, _STARS) for setting in room}
)

# Pairs that must keep their order, or a warning would come after the alarm that it warns of.
_ASCENDING = (
    ("index.yellow", "index.green"),
    ("task.yellow_behind", "task.red_behind"),
    ("dues.yellow_months", "dues.red_months"),
    ("dues.bracket1_upto", "dues.bracket2_upto"),
    ("dues.bracket2_upto", "dues.bracket3_upto"),
    ("dues.farmer_min_cents", "dues.farmer_max_cents"),
    ("org.committee_posts_min", "org.committee_posts_usual"),
    ("org.committee_posts_usual", "org.committee_posts_max"),
    ("org.branch.full_min", "org.branch.members_max"),
    ("org.branch.members_max", "org.committee.members_min"),
    ("admission.approval_months", "admission.approval_max_months"),
    ("admission.extension_min_months", "admission.extension_max_months"),
    ("escalation.reminder_quarters", "escalation.talk_quarters"),
    ("escalation.talk_quarters", "escalation.rectification_quarters"),
    ("star.two", "star.three"),
    ("star.three", "star.four"),
    ("star.four", "star.five"),
)


class Settings(Mapping[str, Number]):
    """The numbers that one installation is rated with: the defaults and its overrides. Immutable and hashable."""

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        """Read `overrides` (key → text, the rows of table `setting`). Raises BadSetting."""
        values = {key: setting.default for key, setting in SETTINGS.items()}
        for key, text in sorted((overrides or {}).items()):
            if key not in SETTINGS:
                raise BadSetting(key, text, "没有这个设置项")
            values[key] = SETTINGS[key].read(text)
        for lower, upper in _ASCENDING:
            if values[lower] > values[upper]:
                raise BadSetting(lower, str(values[lower]), f"不能大于“{upper}”的值 {values[upper]}")
        self._values = values  # a plain dict, which caches can pickle

    def __getitem__(self, key: str) -> Number:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def whole(self, key: str) -> int:
        """Return a number that is a whole one by its setting: months, days, counts."""
        return int(self._values[key])
