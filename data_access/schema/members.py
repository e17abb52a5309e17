"""Members and applicants: who they are as the statistics class them. No identity numbers, no phone numbers."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, SmallInteger, String, Table, Text

from data_access.schema.base import CLUSTERED, Day, key, metadata, one_of, refers, term
from domain.vocabulary import DuesCategory, Education, MemberStatus, Occupation, ReviewResult, Sex

member = Table(
    "member",
    metadata,
    key("member_id"),
    refers("org_id", "organisation.org_id", index=True),  # the present branch; the last one for those who left
    refers("group_id", "party_group.group_id", null=True),
    Column("name", String(80), nullable=False),
    term("sex", Sex),
    Column("birth_on", Day),
    Column("ethnicity", String(24)),
    term("education", Education, null=True),
    term("occupation", Occupation, null=True),
    Column("joined_on", Day),  # 入党日期: the branch meeting that accepted (step 15)
    Column("full_on", Day),  # 转正日期; null while probationary
    term("status", MemberStatus),
    term("dues_category", DuesCategory),
    Column("floating", Boolean, nullable=False),
    Column("lost_contact", Boolean, nullable=False),
    one_of("sex", Sex),
    one_of("education", Education),
    one_of("occupation", Occupation),
    one_of("status", MemberStatus),
    one_of("dues_category", DuesCategory),
)

membership = Table(
    "membership",
    metadata,
    refers("member_id", "member.member_id", primary=True),
    Column("from_on", Day, primary_key=True),
    refers("org_id", "organisation.org_id", index=True),
    Column("to_on", Day),  # the last day; null for the present branch
    **CLUSTERED,
)

transfer = Table(
    "transfer",
    metadata,
    key("transfer_id"),
    refers("member_id", "member.member_id", index=True),
    refers("from_org_id", "organisation.org_id", null=True, index=True),  # null: from outside the installation
    refers("to_org_id", "organisation.org_id", null=True, index=True),  # null: to the outside
    Column("started_on", Day, nullable=False),
    Column("finished_on", Day),  # null while under way
)

review = Table(
    "review",
    metadata,
    refers("member_id", "member.member_id", primary=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    refers("org_id", "organisation.org_id"),
    term("result", ReviewResult),
    one_of("result", ReviewResult),
    **CLUSTERED,
)

applicant = Table(
    "applicant",
    metadata,
    key("applicant_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("member_id", "member.member_id", null=True, index=True),  # once accepted (step 15)
    Column("name", String(80), nullable=False),
    term("sex", Sex),
    Column("birth_on", Day),
    Column("applied_on", Day, nullable=False),
    Column("ended_on", Day),  # withdrawn or rejected
    one_of("sex", Sex),
)

# One row a step reached; a step that repeats (the half-yearly review) has a row each time. `step` is a code of
# domain.admission, or its PROBATION_EXTENSION (延长预备期, `days` long).
admission_step = Table(
    "admission_step",
    metadata,
    refers("applicant_id", "applicant.applicant_id", primary=True),
    Column("step", String(40), primary_key=True),
    Column("done_on", Day, primary_key=True),
    Column("days", SmallInteger),  # length where the rule asks for one: training, public notice (working days), extension
    Column("note", Text),
    CheckConstraint("days IS NULL OR days >= 0", name="days"),
    **CLUSTERED,
)

Index("ix_admission_step_step", admission_step.c.step, admission_step.c.done_on)
