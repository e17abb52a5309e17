"""`python -m tests.browser.clock FILE MODULE run app.py …`: Streamlit on a clock that a test sets.

FILE holds the day (2026-12-31) that it is, MODULE says whose clock it is: `engine` for the day that rules count from, `audit` for sign-ins.
"""

import sys
from datetime import datetime, tzinfo
from pathlib import Path

from streamlit.web.cli import main

from data_access import audit, engine

DAY = Path(sys.argv.pop(1))


class Clock(datetime):
    """Noon of the day in the file."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """Return the time on this clock."""
        return datetime.combine(datetime.fromisoformat(DAY.read_text()), datetime.min.time().replace(hour=12), tz)


{"engine": engine, "audit": audit}[sys.argv.pop(1)].datetime = Clock  # type: ignore[attr-defined]
main()
