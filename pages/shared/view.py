"""The view: what a reader has chosen to look at, as every page understands it."""

from dataclasses import dataclass
from datetime import date

from domain.period import Period
from domain.vocabulary import OrgKind


@dataclass(frozen=True)
class View:
    """One organisation of the reader's scope (the focus), a period, and optionally a place and a sector to cut by.

    `is_root` is true where the focus is the root of the reader's own scope. `day` is the period's last day, or today where it still
    runs: what stands now, or stood then. `provisional` is true while the period is rated
    as 暂评: until it has frozen, a month after its end. `place` is a district's code, `sector` a sector's; None is all of them.
    """

    org_id: int
    org_code: str
    org_name: str
    kind: OrgKind
    path: str
    depth: int
    is_root: bool
    period: Period
    day: date
    provisional: bool
    place: str | None = None
    sector: str | None = None
