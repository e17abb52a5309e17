"""Records of duties: meetings, attendance, dues, study, service, and tasks. The bulk of the data is here.

A record names the organisation that the member belonged to on that day, so that no reader has to work it out again.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text

from data_access.schema.base import CLUSTERED, Day, Key, key, metadata, one_of, refers, term
from domain.vocabulary import DuesCategory, Duty

meeting = Table(
    "meeting",
    metadata,
    key("meeting_id"),
    refers("org_id", "organisation.org_id"),
    refers("group_id", "party_group.group_id", null=True),
    term("kind", Duty),  # the first seven; talks have a table of their own
    Column("period", String(8), nullable=False),  # whose duty it answers: "2026-10", "2026Q3" or "2026"
    Column("held_on", Day, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("attended", Integer, nullable=False),
    Column("topic", String(200)),  # may name people: shown to those only who may read names
    one_of("kind", Duty),
    CheckConstraint("expected >= 0 AND attended >= 0 AND attended <= expected", name="attended"),
    Index("ix_meeting_org", "org_id", "held_on"),
)

attendance = Table(
    "attendance",
    metadata,
    refers("meeting_id", "meeting.meeting_id", primary=True),
    refers("member_id", "member.member_id", primary=True),
    Column("presence", String(1), nullable=False),  # Presence
    CheckConstraint("presence IN ('p', 'l', 'a')", name="presence"),
    **CLUSTERED,
)

talk = Table(
    "talk",
    metadata,
    key("talk_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("by_member_id", "member.member_id", null=True),
    refers("with_member_id", "member.member_id", null=True),
    Column("held_on", Day, nullable=False),
)

dues = Table(
    "dues",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("month", Integer, primary_key=True, autoincrement=False),  # 202611
    refers("member_id", "member.member_id", primary=True),
    term("category", DuesCategory),
    Column("due_cents", Integer, nullable=False),
    Column("paid_cents", Integer, nullable=False),
    Column("paid_on", Day),  # null while nothing was paid
    CheckConstraint("due_cents >= 0 AND paid_cents >= 0", name="cents"),
    one_of("category", DuesCategory),
    **CLUSTERED,
)

course = Table(
    "course",
    metadata,
    key("course_id"),
    Column("title", String(200), nullable=False),
    Column("quarter", String(8), nullable=False),  # "2026Q3"
    Column("sector", String(24), ForeignKey("sector.code")),  # null: for all
    Column("required", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("due_on", Day, nullable=False),
)

study_record = Table(
    "study_record",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    refers("course_id", "course.course_id", primary=True),
    refers("member_id", "member.member_id", primary=True),
    Column("minutes", Integer, nullable=False),
    Column("studied_on", Day, nullable=False),  # the last day of study on it
    Column("finished_on", Day),  # null while unfinished
    CheckConstraint("minutes >= 0", name="minutes"),
    **CLUSTERED,
)

service_record = Table(
    "service_record",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("served_on", Day, primary_key=True),
    refers("member_id", "member.member_id", primary=True),
    Column("kind", String(40), nullable=False),
    Column("minutes", Integer, nullable=False),
    CheckConstraint("minutes > 0", name="minutes"),
    **CLUSTERED,
)

task = Table(
    "task",
    metadata,
    key("task_id"),
    Column("task_code", String(40), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("category", String(40), nullable=False),
    refers("issuer_id", "organisation.org_id"),
    Column("issued_on", Day, nullable=False),
    Column("start_on", Day, nullable=False),
    Column("due_on", Day, nullable=False),
    CheckConstraint("due_on >= start_on", name="span"),
)

task_milestone = Table(
    "task_milestone",
    metadata,
    refers("task_id", "task.task_id", primary=True),
    Column("due_on", Day, primary_key=True),
    Column("percent", SmallInteger, nullable=False),
    Column("title", String(200), nullable=False),
    CheckConstraint("percent >= 0 AND percent <= 100", name="percent"),
)

assignment = Table(
    "assignment",
    metadata,
    key("assignment_id"),
    refers("task_id", "task.task_id", index=True),
    refers("org_id", "organisation.org_id", index=True),
    Column("member_id", Key, ForeignKey("member.member_id"), index=True),  # responsible; null where nobody was named
    Column("weight", SmallInteger, nullable=False),
    Column("start_on", Day, nullable=False),
    Column("due_on", Day, nullable=False),
    CheckConstraint("weight > 0", name="weight"),
    CheckConstraint("due_on >= start_on", name="span"),
)

# Append-only: a correction is a further report, of the same day a further entry, and a day's last entry is the one that counts.
# Progress is the latest report's; it is finished on the first day of 100.
progress_report = Table(
    "progress_report",
    metadata,
    refers("assignment_id", "assignment.assignment_id", primary=True),
    Column("reported_on", Day, primary_key=True),
    Column("entry", SmallInteger, primary_key=True, autoincrement=False, server_default="1"),
    Column("percent", SmallInteger, nullable=False),
    Column("note", Text),
    CheckConstraint("entry >= 1", name="entry"),
    CheckConstraint("percent >= 0 AND percent <= 100", name="percent"),
    **CLUSTERED,
)
