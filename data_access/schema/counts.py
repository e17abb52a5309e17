"""What scores were made of: the counts that every branch was rated from, the medians that it is compared with, and what the
indices of groups add up to.

Written with the scores (`data_access.rating.scores`) and rolled up from them (`data_access.rollup.explanations`), so that a score is
explained from the very numbers that made it.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, Float, Integer, SmallInteger, String, Table

from data_access.schema.base import CLUSTERED, metadata, refers
from domain.index.items import BRANCH_ITEMS
from domain.vocabulary import Source


def _whole(*names: str) -> list[Column]:
    return [Column(name, Integer, nullable=False) for name in names]


# Branches by quarter: what `domain.index.branch_items` measures, whose docstring says what each column counts. Clustered by quarter,
# because an explanation reads either one branch of a quarter or all branches of a subtree.
branch_count = Table(
    "branch_count",
    metadata,
    Column("period", String(8), primary_key=True),
    refers("org_id", "organisation.org_id", primary=True),
    *_whole("members", "months"),
    Column("open", Boolean, nullable=False),
    *_whole("courses_due", "courses_coming", "courses_finished", "study_minutes"),
    *_whole("duties_due", "duties_held", "duties_late", "expected", "attended"),
    *_whole("due_weight", "punctual_weight", "running_weight"),
    Column("progress_weight", Float, nullable=False),
    *_whole("dues_due", "dues_paid"),
    Column("term_valid", SmallInteger),  # null where the term is unknown
    *_whole("applicants", "applicants_red", "fields_due", "fields_filled", "service_records"),
    *(Column(f"{source.value}_{said}", Boolean, nullable=False) for source in Source for said in ("installed", "unknown")),
    # points of the branch's own score that each item leaves out; null where the item is left out, or the branch is not rated
    *(Column(item.lost, Float) for item in BRANCH_ITEMS),
    **CLUSTERED,
)

# What the index of an organisation above branches adds up to, by quarter and measure: an item (its column), a part, an extra of
# `domain.index.explanation.EXTRAS`, or "total". Sums over the branches below it on the quarter's last day that are rated, each
# weighed by its members; `domain.index.explanation.summands` says what each column sums.
index_sum = Table(
    "index_sum",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("period", String(8), primary_key=True),
    Column("measure", String(24), primary_key=True),
    *_whole("branches", "unknown", "members"),
    *(Column(name, Float, nullable=False) for name in ("share", "points", "full", "done", "due")),
    **CLUSTERED,
)

# The medians of those rated, by kind and sector of the branch, in the whole installation: aggregates, no names.
score_median = Table(
    "score_median",
    metadata,
    Column("subject", String(8), primary_key=True),  # branch or member
    Column("period", String(8), primary_key=True),
    Column("kind", String(24), primary_key=True),
    Column("sector", String(24), primary_key=True),  # "" where there is none
    Column("measure", String(24), primary_key=True),  # a part, whose share it is (0–1), or "total" (0–100)
    Column("median", Float),  # null where nobody stands on the part
    Column("peers", Integer, nullable=False),  # how many it is the median of
    CheckConstraint("subject IN ('branch', 'member')", name="subject"),
    **CLUSTERED,
)
