"""The installation as data, the map of places, and the red resources on it."""

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Float, ForeignKey, Integer, String, Table, Text

from data_access.schema.base import Day, metadata, one_of, term
from domain.vocabulary import PlaceLevel

# Keys: title, root_org (id), root_place (code), as_of (ISO date; absent where today's date in Asia/Shanghai counts),
# demo ("1" where the data is synthetic), scale, build (generator's version).
installation = Table(
    "installation",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

data_version = Table(
    "data_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", DateTime),  # UTC; when the version was raised: in a demo, nine o'clock of its as-of date
)

# A rule's number that this installation has changed; absent keys keep the default of `domain.settings`.
setting = Table(
    "setting",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("note", Text),
)

sector = Table(
    "sector",
    metadata,
    Column("code", String(24), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("is_new", Boolean, nullable=False),  # one of the new sectors (两新)
)

place = Table(
    "place",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("name", String(80), nullable=False),
    term("level", PlaceLevel),
    Column("parent_code", String(12), ForeignKey("place.code"), index=True),
    Column("lon", Float),
    Column("lat", Float),
    Column("boundary", Text),  # GeoJSON geometry, WGS84; null where none is bundled
    Column("source", Text),
    one_of("level", PlaceLevel),
)

# Published or reported coverage of the new sectors by place: how many units there are, how many have an organisation.
sector_coverage = Table(
    "sector_coverage",
    metadata,
    Column("place_code", String(12), ForeignKey("place.code"), primary_key=True),
    Column("sector", String(24), ForeignKey("sector.code"), primary_key=True),
    Column("as_of", Day, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("covered", Integer, nullable=False),
    Column("source", Text),
    CheckConstraint("units >= 0 AND covered >= 0 AND covered <= units", name="within_units"),
)

red_site = Table(
    "red_site",
    metadata,
    Column("site_id", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("type", String(60), nullable=False),  # may be composite: 革命旧址/纪念馆
    Column("district_code", String(12), ForeignKey("place.code"), nullable=False, index=True),
    Column("town", String(80)),
    Column("address", Text),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("precision_m", Integer, nullable=False),  # above 500 the map says 位置示意
    Column("theme", String(80)),
    Column("era", String(80)),  # may be composite: 抗战/解放
    Column("protection_level", Text),
    Column("opening_hours", Text),
    Column("opening_note", Text),
    Column("phone", String(60)),  # the site's public number
    Column("facts", Text),
    Column("source_quality", String(60)),
    Column("verified", Boolean, nullable=False),
    Column("revolutionary", Boolean, nullable=False),  # false for 周边景点
)

red_route = Table(
    "red_route",
    metadata,
    Column("route_id", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("theme", String(80)),
    Column("mode", String(40)),
    Column("official", Boolean, nullable=False),  # published; otherwise composed for this project
    Column("extra_stops", Text),  # published stops without a known point, joined by →
    Column("source_note", Text),
)

red_stop = Table(
    "red_stop",
    metadata,
    Column("route_id", String(20), ForeignKey("red_route.route_id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("site_id", String(20), ForeignKey("red_site.site_id"), nullable=False, index=True),
)

# What stands near a site: other sites within walking distance and 周边景点; distance along the great circle.
nearby_place = Table(
    "nearby_place",
    metadata,
    Column("site_id", String(20), ForeignKey("red_site.site_id"), primary_key=True),
    Column("near_site_id", String(20), ForeignKey("red_site.site_id"), primary_key=True),
    Column("metres", Integer, nullable=False),
)
