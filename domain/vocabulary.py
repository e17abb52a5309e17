"""The field's closed vocabularies, each term with its standard Chinese name.

Every enumeration is a `StrEnum`, so that its values travel through frames and Arrow unchanged;
`Term.label` is what a reader sees. Sources: 支部工作条例（试行）2018, 发展党员工作细则 2014, 中组发〔2008〕3号.
"""

from enum import StrEnum


class Term(StrEnum):
    """A coded term with a Chinese label: `Light.RED == "red"` and `Light.RED.label == "预警"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Term":
        """Make the term of a code and its label; a look-up, `Light("red")`, gives the code alone."""
        term = str.__new__(cls, code)
        term._value_ = code
        term.label = label
        return term

    @classmethod
    def labels(cls) -> dict[str, str]:
        """Return {code: Chinese label} in the order of definition."""
        return {term.value: term.label for term in cls}


class Light(Term):
    """A warning light; grey means that it could not be worked out because a source is missing."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "关注"
    RED = "red", "预警"
    GREY = "grey", "数据缺失"


class OrgKind(Term):
    """Kinds of party organisation; a local committee (市委、县委) leads a place, a working committee (工委) acts for one."""

    LOCAL_COMMITTEE = "local_committee", "地方党委"
    WORKING_COMMITTEE = "working_committee", "党的工作委员会"
    COMMITTEE = "committee", "基层党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"


class PlaceLevel(Term):
    """Levels of the map of places."""

    PROVINCE = "province", "省"
    CITY = "city", "设区市"
    DISTRICT = "district", "县（市、区）"
    TOWN = "town", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class Duty(Term):
    """Organisation-life duties (三会一课 and what goes with it), 支部工作条例 art. 11–19."""

    GENERAL_MEETING = "general_meeting", "党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支委会"
    GROUP_MEETING = "group_meeting", "党小组会"
    LECTURE = "lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    REVIEW = "review", "民主评议党员"
    TALK = "talk", "谈心谈话"


class DutyStatus(Term):
    """Where one duty of one period stands."""

    DUE = "due", "未到期"
    HELD = "held", "按期完成"
    LATE = "late", "逾期补开"
    MISSED = "missed", "未完成"
    UNKNOWN = "unknown", "数据缺失"


class Part(Term):
    """The five parts of the fortress index (堡垒指数) and of the pioneer index (先锋指数)."""

    STUDY = "study", "学习"
    LIFE = "life", "组织生活"
    TASKS = "tasks", "任务落实"
    MEMBERSHIP = "membership", "队伍建设"
    SERVICE = "service", "服务作用"


class Source(Term):
    """Sources of records, the unit in which a steward marks coverage as unknown."""

    MEETINGS = "meetings", "组织生活记录"
    STUDY = "study", "学习记录"
    TASKS = "tasks", "任务记录"
    DUES = "dues", "党费记录"
    ELECTIONS = "elections", "换届记录"
    ADMISSION = "admission", "发展党员记录"
    RECORDS = "records", "党员信息"
    SERVICE = "service", "服务记录"


class MemberStatus(Term):
    """Status of a member; only the first two count as members."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"
    LEFT = "left", "已转出"
    ENDED = "ended", "已出党或去世"


class Sex(Term):
    """Sex as recorded."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Education(Term):
    """Education, in the classes of the party statistics."""

    POSTGRADUATE = "postgraduate", "研究生"
    BACHELOR = "bachelor", "本科"
    COLLEGE = "college", "大专"
    SECONDARY = "secondary", "高中、中专"
    PRIMARY = "primary", "初中及以下"


class Occupation(Term):
    """Occupation, in the classes of the national party statistics communiqué."""

    WORKER = "worker", "工勤技能人员"
    FARMER = "farmer", "农牧渔民"
    PROFESSIONAL = "professional", "专业技术人员"
    MANAGER = "manager", "管理人员"
    OFFICIAL = "official", "党政机关工作人员"
    STUDENT = "student", "学生"
    OTHER = "other", "其他职业人员"
    RETIRED = "retired", "离退休人员"


class AgeBand(Term):
    """Ages of members, in the bands of the national party statistics communiqué; the codes sort."""

    UPTO_30 = "00-30", "30岁及以下"
    UPTO_35 = "31-35", "31—35岁"
    UPTO_40 = "36-40", "36—40岁"
    UPTO_45 = "41-45", "41—45岁"
    UPTO_50 = "46-50", "46—50岁"
    UPTO_55 = "51-55", "51—55岁"
    UPTO_60 = "56-60", "56—60岁"
    OVER_60 = "61+", "61岁及以上"
    UNKNOWN = "unknown", "未填"


class PartyAgeBand(Term):
    """Years in the Party (党龄); the codes sort."""

    UPTO_5 = "00-05", "5年及以下"
    UPTO_10 = "06-10", "6—10年"
    UPTO_20 = "11-20", "11—20年"
    UPTO_30 = "21-30", "21—30年"
    UPTO_50 = "31-50", "31—50年"
    OVER_50 = "51+", "51年及以上"
    UNKNOWN = "unknown", "未填"


class TermState(Term):
    """Where an organisation's term of office (届期) stands."""

    VALID = "valid", "任期内"
    SOON = "soon", "临近届满"
    OVERDUE = "overdue", "届满未换届"
    UNKNOWN = "unknown", "数据缺失"


class DuesCategory(Term):
    """Categories of party dues (中组发〔2008〕3号); the income itself is never stored."""

    EMPLOYED = "employed", "在职"
    RETIRED = "retired", "离退休"
    FARMER = "farmer", "农民"
    STUDENT = "student", "学生"
    NO_INCOME = "no_income", "无收入"


class Post(Term):
    """Posts in an organisation's committee."""

    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    MEMBER = "member", "委员"


class ReviewResult(Term):
    """Results of the yearly democratic review (民主评议), art. 18."""

    EXCELLENT = "excellent", "优秀"
    QUALIFIED = "qualified", "合格"
    BARELY = "barely", "基本合格"
    UNQUALIFIED = "unqualified", "不合格"


class HonourLevel(Term):
    """Levels of honours, highest first."""

    NATIONAL = "national", "国家级"
    PROVINCIAL = "provincial", "省级"
    CITY = "city", "市级"
    DISTRICT = "district", "县级"


class Presence(Term):
    """Attendance of one member at one meeting; stored as its initial."""

    PRESENT = "p", "到会"
    LEAVE = "l", "请假"
    ABSENT = "a", "缺席"


class Role(Term):
    """Roles of accounts."""

    LEADER = "leader", "领导"
    SECRETARY = "secretary", "书记"
    PRESENTER = "presenter", "演示"
    STEWARD = "steward", "数据管理员"
    WALL = "wall", "大屏"
