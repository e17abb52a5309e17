"""What is worked out from the facts: weights, scores, duties, lights, and the rolled-up figures that pages read.

Only `data_access.rating` and `data_access.rollup` write here (weights come from `seed`). A page reads nothing else
for a figure, except the rows of one organisation when a figure is opened.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Index, Integer, SmallInteger, String, Table, Text

from data_access.schema.base import CLUSTERED, Day, Key, key, metadata, one_of, refers, term, where
from domain.vocabulary import Duty, DutyStatus, Light, Part

weights_version = Table(
    "weights_version",
    metadata,
    Column("version", String(24), primary_key=True),
    Column("valid_from", Day, nullable=False),
    Column("valid_to", Day),
    Column("withdrawn", Boolean, nullable=False),
    Column("note", Text),
)

# `item` is "" for the weight of the part itself (of 100) and an item's code for its share inside the part (of 100).
index_weight = Table(
    "index_weight",
    metadata,
    Column("version", String(24), ForeignKey("weights_version.version"), primary_key=True),
    Column("subject", String(8), primary_key=True),  # branch or member
    Column("sector", String(24), primary_key=True),  # "*" where no template of its own
    term("part", Part, primary=True),
    Column("item", String(24), primary_key=True),
    Column("weight", Float, nullable=False),
    one_of("part", Part),
    CheckConstraint("subject IN ('branch', 'member')", name="subject"),
    CheckConstraint("weight >= 0 AND weight <= 100", name="weight"),
)


def _score_columns() -> list[Column]:
    """The parts as shares in 0–1 (null: left out), then how the score came of them."""
    return [
        *(Column(part.value, Float) for part in Part),
        Column("bonus", Float, nullable=False),  # 0–10, after the cap
        Column("deduction", Float, nullable=False),  # 0–20, after the cap
        Column("veto", Boolean, nullable=False),
        Column("standing_weight", Float, nullable=False),  # of 100: the weight of the parts it stands on
        Column("clip", Float, nullable=False),  # total − (parts + bonus − deduction)
        Column("total", Float),  # 0–100, one decimal; null where not rated
        Column("light", String(24), nullable=False),
        Column("rank", Integer),  # among rated peers of the same kind and sector in the installation
        Column("peers", Integer),
        Column("provisional", Boolean, nullable=False),  # 暂评: the quarter is still open or not yet frozen
        Column("weights_version", String(24), ForeignKey("weights_version.version"), nullable=False),
    ]


# Branches by quarter: the fortress index.
org_score = Table(
    "org_score",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("period", String(8), primary_key=True),
    Column("members", Integer, nullable=False),  # on the quarter's last day, or today
    *_score_columns(),
    one_of("light", Light),
    Index("ix_org_score_period", "period", "org_id", "light", "total", "members"),  # what maps and lists read of a quarter's branches
    **CLUSTERED,
)

# Members by quarter: the pioneer index.
member_score = Table(
    "member_score",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("period", String(8), primary_key=True),
    refers("member_id", "member.member_id", primary=True),
    *_score_columns(),
    one_of("light", Light),
    **CLUSTERED,
)

# Every duty of every period that a branch lived through, and where it stands on the as-of date.
duty_record = Table(
    "duty_record",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    term("duty", Duty, primary=True),
    Column("period", String(8), primary_key=True),
    Column("due_on", Day, nullable=False),
    term("status", DutyStatus),
    Column("done_on", Day),
    Column("meeting_id", Key),  # the evidence
    one_of("duty", Duty),
    one_of("status", DutyStatus),
    **CLUSTERED,
)

# Where every assignment stands on the as-of date.
assignment_state = Table(
    "assignment_state",
    metadata,
    refers("assignment_id", "assignment.assignment_id", primary=True),
    Column("planned", Float, nullable=False),  # percent
    Column("progress", SmallInteger),  # percent; null where nothing was ever reported
    Column("reported_on", Day),  # the latest report
    Column("finished_on", Day),
    Column("days_late", Integer, nullable=False),
    term("light", Light),
    Column("since", Day),
    one_of("light", Light),
)

# Where every admission under way stands on the as-of date; one that ended or was archived has no row.
admission_state = Table(
    "admission_state",
    metadata,
    refers("applicant_id", "applicant.applicant_id", primary=True),
    refers("org_id", "organisation.org_id", index=True),  # the branch, as in `applicant`
    Column("step", String(40), nullable=False),  # the furthest step reached, of domain.admission
    Column("since", Day, nullable=False),  # the day it was reached
    Column("clock", String(40)),  # the rule whose clock runs out first; null where none runs
    Column("due_on", Day),  # the day it runs out, or ran out
    term("light", Light),  # the worst of its open lights that no exemption switches off; green without one
    Column("oddities", SmallInteger, nullable=False),  # recorded steps that are unknown, dated in the future or out of order
    one_of("light", Light),
)

light = Table(
    "light",
    metadata,
    key("light_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("member_id", "member.member_id", null=True),  # for a member's own clock; names obey the scope
    Column("rule_id", String(40), nullable=False),  # of domain.rules
    Column("subject", String(40), nullable=False),  # what it is about: a period, "assignment:12", "applicant:7"
    term("light", Light),
    Column("since", Day, nullable=False),  # the day it turned to this colour
    Column("due_on", Day),
    Column("closed_on", Day),  # null while open
    Column("exemption_id", Key, ForeignKey("exemption.exemption_id")),  # set: switched off, still shown
    Column("evidence", Text, nullable=False),  # JSON: {"table": …, "rows": [ids], "text": one Chinese sentence with the facts}
    one_of("light", Light),
    Index("ix_light_closed", "closed_on", "light", "rule_id", **where("closed_on IS NOT NULL")),
    # Holds all that walls and counts ask of open lights: a tenth of the table, of which they read no other page.
    Index("ix_light_open", "light", "since", "org_id", "rule_id", "subject", "exemption_id", **where("closed_on IS NULL")),
)


def _node_columns() -> list[Column]:
    """Key of a rolled-up row: an organisation of the tree, cut by the places and sectors of the branches below it."""
    return [
        refers("org_id", "organisation.org_id", primary=True),
        Column("period", String(8), primary_key=True),
        Column("district_code", String(12), primary_key=True),
        Column("sector", String(24), primary_key=True),
    ]


def _counts(*names: str) -> list[Column]:
    return [Column(name, Integer, nullable=False, server_default="0") for name in names]


# One row an organisation, month or quarter, district and sector: sums over the branches below (a branch: itself).
# A sum over rows of one org_id is that organisation's figure; null means that the source says nothing of the period.
figure = Table(
    "figure",
    metadata,
    *_node_columns(),
    # standing of organisations on the period's last day (today in the open period)
    *_counts("committees", "general_branches", "branches", "members", "probationary"),
    Column("floating", Integer),  # only as they are today: no history is kept, so past periods say null
    Column("lost", Integer),
    *_counts("transfers_in", "transfers_out"),  # finished in the period
    # quarters only: the fortress index of branches and the pioneer index of members
    *_counts("branches_rated", "branches_green", "branches_yellow", "branches_red", "branches_grey"),
    Column("score_points", Float),  # Σ total × members of rated branches
    Column("score_members", Integer),  # Σ members of rated branches; score = points / members
    *(Column(f"{part.value}_points", Float) for part in Part),  # Σ share × members of branches standing on the part
    *(Column(f"{part.value}_members", Integer) for part in Part),
    Column("pioneer_points", Float),  # Σ total of rated members
    Column("pioneer_members", Integer),
    # records of the period
    Column("expected", Integer),  # people expected at meetings
    Column("attended", Integer),
    Column("dues_members", Integer),  # member-months due
    Column("dues_paid_members", Integer),  # of them paid in full by now
    Column("dues_on_time", Integer),  # of them paid in full by the month's end
    Column("dues_cents", Key),
    Column("dues_paid_cents", Key),
    Column("study_required", Integer),  # required courses × members, due in the period
    Column("study_finished", Integer),
    Column("study_minutes", Integer),
    Column("study_people", Integer),  # members of the branches whose study is known
    Column("service_records", Integer),
    Column("service_minutes", Integer),
    Column("service_people", Integer),
    *_counts("assignments_due", "assignments_done", "assignments_on_time"),  # due in the period; finished; finished on time
    *_counts("elections_due", "elections_held", "elections_on_time"),  # terms that ended in the period; held since; held by then
    *_counts("applications", "activists", "candidates", "new_probationary", "converted"),  # steps 1, 3, 7, 15, 23 in the period
    **CLUSTERED,
)

duty_figure = Table(
    "duty_figure",
    metadata,
    *_node_columns(),
    term("duty", Duty, primary=True),
    *_counts("due", "held", "late", "missed", "unknown"),  # due counts duties whose period has ended; unknown is not in it
    *_counts("early", "awaited", "unclear"),  # of periods still open: held already; to come; marked unknown
    one_of("duty", Duty),
    **CLUSTERED,
)

# Standing counts on the as-of date, by dimension and category:
#   age, party_age, sex, education, occupation, member_sector, member_status, ethnicity, post — members
#   org_kind — organisations; honour — honours of the last 12 months by level; admission — applicants by present step
#   election:<kind> — organisations by state of term (valid, soon, overdue, unknown); light:<rule_id> — open lights by colour
#   elections:<kind> — terms that ended in the last 12 months: due (all), held (closed by an election since), on_time
tally = Table(
    "tally",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("district_code", String(12), primary_key=True),
    Column("sector", String(24), primary_key=True),
    Column("dimension", String(40), primary_key=True),
    Column("category", String(40), primary_key=True),
    Column("count", Integer, nullable=False),
    **CLUSTERED,
)

# Progress of one task below an organisation, by district and week (the last day of the week, or today); not for branches.
task_figure = Table(
    "task_figure",
    metadata,
    refers("task_id", "task.task_id", primary=True),
    refers("org_id", "organisation.org_id", primary=True),
    Column("district_code", String(12), primary_key=True),
    Column("week", Day, primary_key=True),
    Column("assignments", Integer, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("planned_points", Float, nullable=False),  # Σ planned × weight
    Column("progress_points", Float, nullable=False),  # Σ progress × weight
    *_counts("finished", "green", "yellow", "red", "grey"),  # lights only in the last row, at the as-of date
    **CLUSTERED,
)

# What each source last delivered: for the data page and for "on what share of organisations a figure stands".
source_state = Table(
    "source_state",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("source", String(24), primary_key=True),
    Column("branches", Integer, nullable=False),
    Column("reporting", Integer, nullable=False),  # with at least one record in the last quarter
    Column("silent", Integer, nullable=False),  # reported before, nothing in the last quarter
    Column("never", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),  # marked by the steward
    Column("last_on", Day),
    **CLUSTERED,
)
