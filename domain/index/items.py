"""The items of the indices: what each is counted from, as a share in 0–1."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.vocabulary import Part, Source

Numbers = Mapping[str, float]
Counts = Mapping[str, np.ndarray]  # columns of counts, aligned
Measured = tuple[np.ndarray, np.ndarray, np.ndarray]  # done, due, applies


@dataclass(frozen=True)
class Item:
    """One item of a part: its code (as in the weights), Chinese name, the source that reports it, and how it is measured.

    `measure` takes counts (`arrays`) and settings and returns what was done, what was due, and whether the item applies at all;
    `wording` is the same in Chinese, with the settings' numbers as in `domain.wording`.
    """

    part: Part
    code: str
    name: str
    source: Source
    measure: Callable[[Counts, Numbers], Measured]
    wording: str

    @property
    def column(self) -> str:
        """The item's column in frames of items and of weights, such as "study_courses"."""
        return f"{self.part.value}_{self.code}"

    @property
    def applies(self) -> str:
        """The column that says whether the item applies."""
        return f"{self.column}_applies"

    @property
    def lost(self) -> str:
        """The column of the points that the item leaves out."""
        return f"{self.column}_lost"


def branch_items(counts: pd.DataFrame, settings: Numbers) -> pd.DataFrame:
    """Measure every item of the fortress index. One row a branch and quarter; only what has ended is in the counts.

    Expects columns (numbers; a source that reported nothing for what was due has 0 done and the due count):
    members; months (whole months of the quarter that ended and that the branch lived through); open (bool: the quarter is not over);
    courses_due, courses_coming (required courses whose day has passed, and those still to come), courses_finished (by members);
    study_minutes; duties_due, duties_held, duties_late; expected, attended (people at meetings held);
    due_weight, punctual_weight (assignments due; of them finished in time); running_weight, progress_weight (assignments running;
    Σ weight × share of the plan reached); dues_due, dues_paid (member-months; of them in full by the month's end);
    term_valid (1, 0, NaN where unknown); applicants, applicants_red; fields_due, fields_filled (of members' records);
    service_records; and for every source <source>_installed and <source>_unknown (bool; marked by the steward).
    Returns, for each of `BRANCH_ITEMS`, its share (0–1; NaN: left out) and whether it applies, in `Item.column` and `Item.applies`.
    """
    return _items(counts, BRANCH_ITEMS, settings)


def member_items(counts: pd.DataFrame, settings: Numbers) -> pd.DataFrame:
    """Measure every item of the pioneer index. One row a member and quarter.

    Expects the columns of `branch_items` that `MEMBER_ITEMS` use, with `members` 1 and `months` those of the membership.
    Returns columns as `branch_items` does.
    """
    return _items(counts, MEMBER_ITEMS, settings)


def arrays(counts: pd.DataFrame) -> Counts:
    """Return counts as arrays: the items of one branch are many small sums, which frames are slow at."""
    return {str(name): counts[name].to_numpy() for name in counts.columns}


def _items(frame: pd.DataFrame, items: tuple[Item, ...], settings: Numbers) -> pd.DataFrame:
    counts = arrays(frame)
    measured: dict[str, np.ndarray] = {}
    for item in items:
        done, due, applies = item.measure(counts, settings)
        applies = applies & counts[f"{item.source.value}_installed"].astype(bool)
        known = applies & ~counts[f"{item.source.value}_unknown"].astype(bool) & (due > 0)
        measured[item.column] = np.clip(done / np.where(known, due, np.nan), 0, 1)
        measured[item.applies] = applies
    return pd.DataFrame(measured, index=frame.index)


def _courses(counts: Counts, _: Numbers) -> Measured:
    """Members who finished the quarter's required courses that were due."""
    applies = (counts["members"] > 0) & (counts["courses_due"] + counts["courses_coming"] > 0)
    return counts["courses_finished"], counts["members"] * counts["courses_due"], applies


def _hours(counts: Counts, settings: Numbers) -> Measured:
    """Minutes of study against the norm."""
    return counts["study_minutes"], _norm(counts, settings["index.study_minutes"]), _normed(counts)


def _duties(counts: Counts, settings: Numbers) -> Measured:
    """Duties held on time over duties due; late counts half (支部工作条例 art. 11–19)."""
    late = counts["duties_late"] * (settings["duty.late_counts_percent"] / 100)
    return counts["duties_held"] + late, counts["duties_due"], _always(counts)


def _meeting_attendance(counts: Counts, _: Numbers) -> Measured:
    """Attendance at the meetings held; 0 where duties were due and nobody met."""
    nobody_met = (counts["expected"] == 0) & (counts["duties_due"] > 0)
    return counts["attended"], np.where(nobody_met, 1, counts["expected"]), _always(counts)


def _own_attendance(counts: Counts, _: Numbers) -> Measured:
    """Attendance at the meetings that one was expected at; not applicable to a member whom no meeting expected."""
    return counts["attended"], counts["expected"], counts["expected"] > 0


def _on_time(counts: Counts, _: Numbers) -> Measured:
    """Assignments due that were finished in time, by weight."""
    return counts["punctual_weight"], counts["due_weight"], counts["due_weight"] > 0


def _progress(counts: Counts, _: Numbers) -> Measured:
    """Progress against plan of the assignments running, by weight."""
    return counts["progress_weight"], counts["running_weight"], counts["running_weight"] > 0


def _dues(counts: Counts, _: Numbers) -> Measured:
    """Member-months of dues paid in full by the month's end (中组发〔2008〕3号)."""
    return counts["dues_paid"], counts["dues_due"], counts["members"] > 0


def _election(counts: Counts, _: Numbers) -> Measured:
    """Term of office (届期) not ended without an election; no share where the term is unknown."""
    return counts["term_valid"], (~np.isnan(counts["term_valid"].astype(float))).astype(int), _always(counts)


def _admission(counts: Counts, _: Numbers) -> Measured:
    """Applicants without a red clock (发展党员工作细则)."""
    return counts["applicants"] - counts["applicants_red"], counts["applicants"], counts["applicants"] > 0


def _records(counts: Counts, _: Numbers) -> Measured:
    """Required fields of members' records that are filled."""
    return counts["fields_filled"], counts["fields_due"], counts["members"] > 0


def _service(counts: Counts, settings: Numbers) -> Measured:
    """Service records against the norm."""
    return counts["service_records"], _norm(counts, settings["index.service_records"]), _normed(counts)


def _norm(counts: Counts, a_quarter: float) -> np.ndarray:
    """What all members owe of a norm that is set for a member and a quarter of three months."""
    return counts["members"] * counts["months"] * (a_quarter / 3)


def _normed(counts: Counts) -> np.ndarray:
    """A norm is set for a whole quarter: it asks for nothing before the quarter is over, nor of those who lived no month of it."""
    return (counts["members"] > 0) & (counts["months"] > 0) & ~counts["open"].astype(bool)


def _always(counts: Counts) -> np.ndarray:
    return np.ones(len(counts["members"]), dtype=bool)


_STUDY = (
    Item(Part.STUDY, "courses", "必修课完成", Source.STUDY, _courses, "学完已到期必修课的人次 ÷（党员数 × 已到期必修课数）"),
    Item(Part.STUDY, "hours", "学习时长", Source.STUDY, _hours, "学习分钟数 ÷（党员数 × 每人每季{index.study_minutes}分钟）"),
)
_ASSIGNMENTS = (
    Item(Part.TASKS, "on_time", "任务按期完成", Source.TASKS, _on_time, "按期完成任务的权重 ÷ 本季到期任务的权重"),
    Item(Part.TASKS, "progress", "任务进度", Source.TASKS, _progress, "Σ（权重 × 进度占计划的比例，最多1）÷ 进行中任务的权重"),
)
_PAID = Item(Part.MEMBERSHIP, "dues", "党费按时足额交纳", Source.DUES, _dues, "当月足额交纳的人月数 ÷ 应交人月数")
_SERVED = Item(Part.SERVICE, "records", "服务次数", Source.SERVICE, _service, "服务记录数 ÷（党员数 × 每人每季{index.service_records}次）")

BRANCH_ITEMS: tuple[Item, ...] = (
    *_STUDY,
    Item(
        Part.LIFE,
        "duties",
        "组织生活按期开展",
        Source.MEETINGS,
        _duties,
        "（按期完成次数 + 逾期补开次数 × {duty.late_counts_percent}%）÷ 应开次数",
    ),
    Item(Part.LIFE, "attendance", "到会率", Source.MEETINGS, _meeting_attendance, "实到人次 ÷ 应到人次"),
    *_ASSIGNMENTS,
    _PAID,
    Item(Part.MEMBERSHIP, "election", "按期换届", Source.ELECTIONS, _election, "任期内为1，届满未换届为0"),
    Item(Part.MEMBERSHIP, "admission", "发展党员合规", Source.ADMISSION, _admission, "没有预警的在办申请人数 ÷ 在办申请人数"),
    Item(Part.MEMBERSHIP, "records", "党员信息完整", Source.RECORDS, _records, "已填必填项数 ÷ 必填项数"),
    _SERVED,
)
MEMBER_ITEMS: tuple[Item, ...] = (
    *_STUDY,
    Item(Part.LIFE, "attendance", "到会率", Source.MEETINGS, _own_attendance, "到会次数 ÷ 应到次数"),
    *_ASSIGNMENTS,
    _PAID,
    _SERVED,
)
