"""The database, table by table; `metadata` creates it. SQLite and PostgreSQL.

Rooms: `places` (installation, map, red resources), `organisations`, `members`, `records` (meetings, dues, study,
service, tasks), `ratings` (scores, duties, lights, rolled-up figures), `counts` (what scores were made of) and `access` (accounts,
audit).
"""

from data_access.schema import access, counts, members, organisations, places, ratings, records
from data_access.schema.base import metadata

__all__ = ["access", "counts", "members", "metadata", "organisations", "places", "ratings", "records"]
