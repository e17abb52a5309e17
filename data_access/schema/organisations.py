"""Organisations: the tree of superiors, elections, posts, groups, and what steward and superior decided about them."""

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Integer, SmallInteger, String, Table, Text

from data_access.schema.base import Day, Path, key, metadata, one_of, refers, term
from domain.vocabulary import HonourLevel, OrgKind, Post, Source

organisation = Table(
    "organisation",
    metadata,
    key("org_id"),
    Column("org_code", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("pinyin", String(400), nullable=False),  # full pinyin without tones or spaces, lower case
    Column("initials", String(200), nullable=False),  # first letters of the pinyin, lower case
    term("kind", OrgKind),
    Column("sector", String(24), ForeignKey("sector.code")),  # null for local and working committees
    refers("superior_id", "organisation.org_id", null=True, index=True),
    Column("path", Path, nullable=False, unique=True),  # "/1/3/7/": the ids from the root to itself
    Column("depth", SmallInteger, nullable=False),  # 1 for the root
    Column("district_code", String(12), ForeignKey("place.code"), nullable=True, index=True),  # where it stands
    Column("town_code", String(12), ForeignKey("place.code"), index=True),
    Column("lon", Float),
    Column("lat", Float),
    Column("schematic", Boolean, nullable=False),  # 位置示意: the point is placed, not surveyed
    Column("founded_on", Day, nullable=False),
    Column("dissolved_on", Day),
    Column("term_years", SmallInteger, nullable=False),
    Column("term_ends_on", Day),  # of the sitting committee, before extensions; null where unknown
    Column("has_committee", Boolean, nullable=False),  # 支委会, today: while it lasts committee meetings are due
    Column("committee_from", Day),  # its first day; null: since the founding
    Column("committee_to", Day),  # the last day of a committee that is no more
    Column("address", Text),
    Column("phone", String(40)),  # the office's
    one_of("kind", OrgKind),
    CheckConstraint("path LIKE '/%/'", name="path"),
    CheckConstraint("dissolved_on IS NULL OR dissolved_on >= founded_on", name="life"),
)

# Where an organisation stood in the tree before today; `to_on` is null for the present superior.
organisation_history = Table(
    "organisation_history",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("from_on", Day, primary_key=True),
    Column("to_on", Day),  # the last day
    refers("superior_id", "organisation.org_id", null=True),
    Column("path", Path, nullable=False),
)

election = Table(
    "election",
    metadata,
    key("election_id"),
    refers("org_id", "organisation.org_id", index=True),
    Column("held_on", Day, nullable=False),
    Column("term_ended_on", Day),  # the end, extension included, of the term that this election closed; null for the first
    Column("term_ends_on", Day, nullable=False),  # of the committee elected
)

term_extension = Table(
    "term_extension",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("approved_on", Day, primary_key=True),
    Column("term_ends_on", Day, nullable=False),  # the end that is moved
    Column("until", Day, nullable=False),
)

party_group = Table(
    "party_group",
    metadata,
    key("group_id"),
    refers("org_id", "organisation.org_id", index=True),
    Column("name", String(80), nullable=False),
    Column("founded_on", Day, nullable=False),
    Column("dissolved_on", Day),
)

post = Table(
    "post",
    metadata,
    key("post_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("member_id", "member.member_id", index=True),
    term("post", Post),
    Column("from_on", Day, nullable=False),
    Column("to_on", Day),
    one_of("post", Post),
)

coverage = Table(
    "coverage",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    term("source", Source, primary=True),
    Column("from_on", Day, primary_key=True),
    Column("to_on", Day),  # null while it lasts; in between the steward has marked the source as unknown
    Column("note", Text),
    one_of("source", Source),
)

honour = Table(
    "honour",
    metadata,
    key("honour_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("member_id", "member.member_id", null=True, index=True),
    term("level", HonourLevel),
    Column("kind", String(24), nullable=False),  # honour (表彰) or shared_course (党课被采用)
    Column("title", String(200), nullable=False),
    Column("awarded_on", Day, nullable=False),
    Column("points", Integer, nullable=False),
    one_of("level", HonourLevel),
    CheckConstraint("points >= 0", name="points"),
)

deduction = Table(
    "deduction",
    metadata,
    key("deduction_id"),
    refers("org_id", "organisation.org_id", index=True),
    refers("member_id", "member.member_id", null=True, index=True),
    Column("reason", String(200), nullable=False),  # may name people: shown to those only who may read names
    Column("happened_on", Day, nullable=False),
    Column("points", Integer, nullable=False),
    Column("veto", Boolean, nullable=False),
    CheckConstraint("points >= 0", name="points"),
)

# `reason` stands beside the light for every role, the steward's included: it may say why, and never who.
exemption = Table(
    "exemption",
    metadata,
    key("exemption_id"),
    refers("org_id", "organisation.org_id", index=True),
    Column("rule_id", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", String(200), nullable=False),
    Column("from_on", Day, nullable=False),
    Column("to_on", Day, nullable=False),
    CheckConstraint("to_on >= from_on", name="span"),
)

star_rating = Table(
    "star_rating",
    metadata,
    refers("org_id", "organisation.org_id", primary=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("self_score", Float),
    Column("review_score", Float),
    Column("final_score", Float),
    Column("stars", SmallInteger),  # 0–5; null until final
    CheckConstraint("stars IS NULL OR (stars >= 0 AND stars <= 5)", name="stars"),
)
