"""The registry of rules: what each asks, who asks it, and what to do next. Lights, evidence and help texts cite it by id."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.settings import ADMISSION_RULES, BRANCH_RULES, DUES_RULES, ELECTION_RULES, LOCAL, SETTING_UP, Number, Settings
from domain.vocabulary import Duty, Light, Source
from domain.wording import numbers_in, worded


@dataclass(frozen=True)
class Rule:
    """One requirement.

    `wording` is its Chinese sentence, in which a number that an installation may set stands as {key} (or {key:%}), so that
    it is written once; `source` is the regulation and article, or 本地规定 where `local`; `next_step` says what to do when
    its light is on; `source_kind` is the source of records that it is worked out from, and without which it is grey;
    `numbers` are the keys of the settings that it is judged with besides those of its sentence.
    """

    rule_id: str
    title: str
    wording: str
    source: str
    local: bool
    next_step: str
    source_kind: Source
    numbers: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The requirement in one sentence that can be quoted on a screen, with the default numbers."""
        return self.worded(_DEFAULTS)

    def worded(self, settings: Mapping[str, Number]) -> str:
        """Return the sentence with the numbers of an installation."""
        return worded(self.wording, settings)

    @property
    def settings(self) -> tuple[str, ...]:
        """The keys of the settings that it quotes or is judged with, each once."""
        return tuple(dict.fromkeys((*numbers_in(self.wording), *self.numbers)))


_DEFAULTS = Settings()


MADE_UP = "已补做，无需再办；本期按逾期补做折算，下次请按期完成。"
UNTOLD = "先补录缺失的记录；来源被标记为“未知”的，由数据管理员核实补录后撤销标记。"
DUTY_RULE = "duty."  # how the ids of these families begin
ADMISSION_RULE = "admission."


def remembered(rule_id: str) -> bool:
    """True for rules whose lights are kept when they go out; of arrears, sizes and odd records nothing tells how they stood."""
    return rule_id.startswith((DUTY_RULE, ADMISSION_RULE)) or rule_id in (ELECTION_TERM, TASK_PROGRESS, DATA_MISSING)


def next_step(rule_id: str, light: str) -> str | None:
    """Return what is to be done about a light or a duty of a rule; None of an unknown rule.

    A yellow duty was made up: nothing is. What nobody can tell (grey) asks for its records first.
    """
    if made_up(rule_id, light):
        return MADE_UP
    if light == Light.GREY and rule_id in RULES and rule_id not in (DATA_MISSING, DATA_ANOMALY):
        return UNTOLD
    return RULES[rule_id].next_step if rule_id in RULES else None


def made_up(rule_id: str, light: str) -> bool:
    """True where a light says that a duty was done, but late: it has been on since the day on which it was done."""
    return rule_id.startswith(DUTY_RULE) and light == Light.YELLOW


def duty_rule(duty: Duty) -> str:
    """Return the id of the rule behind an organisation-life duty: `Duty.THEME_DAY` → "duty.theme_day"."""
    return f"{DUTY_RULE}{duty.value}"


ELECTION_TERM = "election.term"
DUES_ARREARS = "dues.arrears"
STUDY_COURSES = "study.courses"
STUDY_NORM = "study.hours"
SERVICE_NORM = "service.records"
TASK_PROGRESS = "task.progress"
FIRST_TALK = "admission.first_talk"
MIN_AGE = "admission.min_age"
OBSERVATION = "admission.observation"
CANDIDATE_EARLY = "admission.candidate_early"
TRAINING = "admission.training"
PUBLIC_NOTICE = "admission.public_notice"
PROBATION_APPROVAL = "admission.probation_approval"
PROBATION_END = "admission.probation_end"
CONVERSION_APPROVAL = "admission.conversion_approval"
ADMISSION_ORDER = "admission.order"
ORG_SIZE = "org.size"
COMMITTEE_SIZE = "org.committee_size"
DATA_MISSING = "data.missing"
DATA_ANOMALY = "data.anomaly"
INDEX_ESCALATION = "index.escalation"
INDEX_BONUS = "index.bonus"
INDEX_DEDUCTION = "index.deduction"
INDEX_VETO = "index.veto"
STAR_BANDS = "star.bands"
STAR_QUOTA = "star.quota"
STAR_VETO = "star.veto"


def _duty(duty: Duty, wording: str, article: str, next_step: str, *numbers: str) -> Rule:
    local = article == LOCAL
    source = LOCAL if local else BRANCH_RULES + article
    rule_id = duty_rule(duty)
    judged = (f"{rule_id}.every", *numbers, "duty.makeup_months", "duty.late_counts_percent", "duty.close_after_periods")
    return Rule(rule_id, duty.label, wording, source, local, next_step, Source.MEETINGS, judged)


def _admission(rule_id: str, title: str, wording: str, article: str, next_step: str, *numbers: str) -> Rule:
    local = article == LOCAL
    return Rule(rule_id, title, wording, LOCAL if local else ADMISSION_RULES + article, local, next_step, Source.ADMISSION, numbers)


_RULES = (
    _duty(
        Duty.GENERAL_MEETING,
        "党支部党员大会一般每季度召开1次。",
        "第十一条",
        "尽快召开党员大会并录入会议记录，规定时间内补开的按逾期补开计。",
    ),
    _duty(
        Duty.COMMITTEE_MEETING,
        "党支部委员会会议一般每月召开1次，须有半数以上委员到会方可进行。",
        "第十二条",
        "召开支委会，确认半数以上委员到会，并录入会议记录。",
        "duty.committee_quorum_percent",
    ),
    _duty(Duty.GROUP_MEETING, "党小组会一般每月召开1次。", "第十三条", "督促尚未召开的党小组召开党小组会并录入记录。"),
    _duty(
        Duty.LECTURE,
        "“三会一课”中的党课每{duty.lecture.every}个月安排1次；党委（党组）书记每年至少讲1次党课。",
        LOCAL,
        "确定主讲人和题目，安排本季度党课并录入记录。",
    ),
    _duty(Duty.THEME_DAY, "党支部每月相对固定1天开展主题党日。", "第十六条", "确定主题和日期，开展主题党日并录入记录。"),
    _duty(
        Duty.LIFE_MEETING,
        "党支部每年至少召开1次组织生活会，一般安排在第四季度。",
        "第十七条",
        "做好学习、谈心、查摆准备，召开组织生活会并录入记录。",
    ),
    _duty(Duty.REVIEW, "党支部一般每年开展1次民主评议党员。", "第十八条", "组织民主评议党员，录入会议记录和评议结果。"),
    _duty(
        Duty.TALK,
        "党支部委员之间、党支部委员和党员之间、党员和党员之间，每年谈心谈话一般不少于1次。",
        "第十九条",
        "制定谈心谈话安排，逐一开展并录入记录。",
    ),
    Rule(
        ELECTION_TERM,
        "按期换届",
        "党的基层组织设立的委员会任期届满应当按期进行换届选举；上级党组织一般应当提前6个月书面提醒做好换届准备。",
        f"{BRANCH_RULES}第六章、{ELECTION_RULES}第三条",
        False,
        "向上级党组织报送换届请示，按期召开党员大会选举；确需延期的报批，延长期限一般不超过1年。",
        Source.ELECTIONS,
        ("election.warn_months", "term.committee_years", "term.branch_years", "term.village_years", "term.extension_max_years"),
    ),
    Rule(
        DUES_ARREARS,
        "党费缴纳",
        "党员应当按月交纳党费；没有正当理由，连续6个月不交纳党费的，被认为是自行脱党。",
        f"《中国共产党章程》第九条、{DUES_RULES}",
        False,
        "与党员本人谈话，了解原因，督促补缴；无正当理由连续6个月不缴的，按规定程序处理。",
        Source.DUES,
        ("dues.yellow_months", "dues.red_months"),
    ),
    Rule(
        STUDY_COURSES,
        "必修课",
        "党员应当在期限内学完本领域的季度必修课。",
        LOCAL,
        True,
        "督促未学完的党员按期学完，并录入学习记录。",
        Source.STUDY,
    ),
    Rule(
        STUDY_NORM,
        "学习时长",
        "每名党员每季度学习不少于{index.study_minutes}分钟。",
        LOCAL,
        True,
        "安排学习，并录入学习记录。",
        Source.STUDY,
    ),
    Rule(
        SERVICE_NORM,
        "志愿服务",
        "每名党员每季度参加志愿服务不少于{index.service_records}次。",
        LOCAL,
        True,
        "组织志愿服务，并录入服务记录。",
        Source.SERVICE,
    ),
    Rule(
        TASK_PROGRESS,
        "任务进度",
        "任务应当按计划推进、按期完成：落后计划{task.yellow_behind}个百分点转为关注，落后{task.red_behind}个百分点或逾期转为预警。",
        LOCAL,
        True,
        "对照计划查找滞后环节，明确责任人和完成时限，更新进度。",
        Source.TASKS,
        ("task.due_soon_days", "task.due_soon_percent", "task.late_days"),
    ),
    _admission(
        FIRST_TALK,
        "申请后谈话",
        "党组织收到入党申请书后，应当在一个月内派人同入党申请人谈话，了解基本情况。",
        "第七条",
        "派人同入党申请人谈话，录入谈话记录。",
        "admission.first_talk_months",
        "clock.warn_days",
    ),
    _admission(
        MIN_AGE,
        "申请人年龄",
        "年满十八岁的中国工人、农民、军人、知识分子和其他社会阶层的先进分子，可以申请加入中国共产党。",
        "第五条",
        "核对出生日期和申请日期；确未满十八岁的，待年满后重新提出申请。",
        "admission.min_age",
    ),
    _admission(
        OBSERVATION,
        "半年考察",
        "党支部每半年要对入党积极分子进行一次考察。",
        "第十一条",
        "召开支委会对入党积极分子进行考察，填写考察意见。",
        "admission.review_months",
        "clock.warn_days",
    ),
    _admission(
        CANDIDATE_EARLY,
        "培养教育时间",
        "经过一年以上培养教育和考察、基本具备党员条件的入党积极分子，方可列为发展对象。",
        "第十三条",
        "核对确定积极分子和发展对象的日期；培养教育确不满一年的，报上级党委研究纠正。",
        "admission.activist_months",
    ),
    _admission(
        TRAINING,
        "集中培训",
        "发展对象应当接受短期集中培训，时间一般不少于三天（或不少于二十四个学时）。",
        "第十七条",
        "安排补足培训时间并登记天数，未经培训的一般不能发展入党。",
        "admission.training_days",
    ),
    _admission(
        PUBLIC_NOTICE,
        "公示",
        "拟接收为预备党员的，公示时间不少于{admission.notice_days}个工作日。",
        LOCAL,
        "重新公示并登记起止日期，公示期满再提交审查。",
    ),
    _admission(
        PROBATION_APPROVAL,
        "接收审批",
        "党委对党支部上报的接收预备党员的决议，应当在三个月内审批；遇特殊情况可适当延长，但不得超过六个月。",
        "第二十五条",
        "上报材料并请上级党委尽快审批；确有特殊情况的办理延长审批，最长不超过六个月。",
        "admission.approval_months",
        "admission.approval_max_months",
        "clock.warn_days",
    ),
    _admission(
        PROBATION_END,
        "按期转正",
        "预备期一年，从支部大会通过其为预备党员之日算起；预备期满，党支部应当及时讨论其能否转为正式党员。",
        "第三十一条、第三十二条",
        "尽快召开支部大会讨论转正；需要继续考察的，按规定延长预备期一次。",
        "admission.probation_months",
        "admission.conversion_months",
        "admission.extension_min_months",
        "admission.extension_max_months",
        "clock.warn_days",
    ),
    _admission(
        CONVERSION_APPROVAL,
        "转正审批",
        "党委对党支部上报的预备党员转正的决议，应当在三个月内审批。",
        "第三十三条",
        "请上级党委尽快审批转正决议。",
        "admission.conversion_approval_months",
        "clock.warn_days",
    ),
    _admission(
        ADMISSION_ORDER,
        "发展程序",
        "发展党员应当按照规定的程序逐步进行，前一步骤完成后方可进入后一步骤。",
        "",
        "核对各步骤的日期和材料，更正记录；程序确有颠倒或缺失的，报上级党委研究。",
    ),
    Rule(
        ORG_SIZE,
        "组织规模",
        "正式党员3人以上成立党支部，党员一般不超过50人；超过50人、不足100人设党总支，100人以上设党委。",
        f"{BRANCH_RULES}第二章、{SETTING_UP}",
        False,
        "研究是否调整组织设置；经上级批准维持现状的，登记豁免。",
        Source.RECORDS,
        ("org.branch.full_min", "org.branch.members_max", "org.committee.members_min"),
    ),
    Rule(
        COMMITTEE_SIZE,
        "支委会设置",
        "有正式党员7人以上的党支部，应当设立党支部委员会；党支部委员会由3至5人组成，一般不超过7人。",
        f"{BRANCH_RULES}第六章",
        False,
        "按程序设立支委会或增补、调整委员，并录入任职记录。",
        Source.RECORDS,
        ("org.committee_from_full", "org.committee_posts_min", "org.committee_posts_usual", "org.committee_posts_max"),
    ),
    Rule(
        DATA_MISSING,
        "数据缺失",
        "来源数据缺失的指标不予评定，显示为灰色，不作为正常，也不按零计算。",
        LOCAL,
        True,
        "由数据管理员核实来源，补录数据后撤销“未知”标记。",
        Source.RECORDS,
        ("index.min_weight",),
    ),
    Rule(
        DATA_ANOMALY,
        "数据异常",
        "日期在未来、早于所属期间或数值不合理的记录不计入评定，需核实更正。",
        LOCAL,
        True,
        "核对原始材料，更正日期或人数后重新录入。",
        Source.RECORDS,
    ),
    Rule(
        INDEX_ESCALATION,
        "督促措施",
        "堡垒指数连续{escalation.reminder_quarters}个季度预警的予以提醒，连续{escalation.talk_quarters}个季度的予以约谈，连续{escalation.rectification_quarters}个季度的限期整改。",
        LOCAL,
        True,
        "由上级党组织按措施开展提醒、约谈或下达限期整改通知。",
        Source.RECORDS,
    ),
    Rule(
        INDEX_BONUS,
        "正向加分",
        "受到表彰、党课被采用等正向事项按登记的分值加分，一个季度最多加{index.bonus_cap}分。",
        LOCAL,
        True,
        "登记表彰和采用的依据，核对授予日期和分值。",
        Source.RECORDS,
    ),
    Rule(
        INDEX_DEDUCTION,
        "反向扣分",
        "反向事项按登记的分值扣分，一个季度最多扣{index.deduction_cap}分。",
        LOCAL,
        True,
        "对照扣分事由落实整改，并报上级党组织核实。",
        Source.RECORDS,
    ),
    Rule(
        INDEX_VETO,
        "一票否决事项",
        "本季发生一票否决事项的，不论得分高低，指数状态为预警，并且不予定星。",
        LOCAL,
        True,
        "落实整改，整改情况报上级党组织。",
        Source.RECORDS,
    ),
    Rule(
        STAR_BANDS,
        "按分定星",
        "终评{star.five}分及以上定五星，{star.four}分及以上定四星，{star.three}分及以上定三星，{star.two}分及以上定二星，{star.two}分以下不定星。",
        LOCAL,
        True,
        "核对终评得分与星级，更正不一致的记录。",
        Source.RECORDS,
    ),
    Rule(
        STAR_QUOTA,
        "五星比例",
        "一个党委所属党支部中，五星支部不超过{star.quota:%}。",
        LOCAL,
        True,
        "按得分从高到低确定五星支部，超出比例的定为四星。",
        Source.RECORDS,
    ),
    Rule(STAR_VETO, "一票否决", "存在一票否决事项的党支部不予定星。", LOCAL, True, "落实整改，下一评定年度重新申报。", Source.RECORDS),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.rule_id: rule for rule in _RULES})
UNLIT = frozenset({STUDY_COURSES, STUDY_NORM, SERVICE_NORM, INDEX_ESCALATION, INDEX_BONUS, INDEX_DEDUCTION, INDEX_VETO})  # no light's
