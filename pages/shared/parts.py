"""Parts of a page that run by themselves, without the page: each asks whether the sign-in that it was drawn for still holds."""

from collections.abc import Callable
from functools import wraps
from itertools import count

import streamlit as st

from data_access.cache import Reader
from pages.access import sign_in

ASKS = 60  # seconds at most from one question to the next where a part runs by the clock


def alone(*, every: float | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator like `st.fragment` for `draw(reader, …)`; `every` is the seconds from one run to the next by the clock.

    The front door is not passed when a part runs alone. Where the sign-in no longer holds, or no longer for what `reader` may see, the
    whole app runs instead, and the part shows nothing more.
    """
    turns = max(1, round(ASKS / every)) if every else 1

    def decorated(draw: Callable[..., None]) -> Callable[..., None]:
        @wraps(draw)
        def begun(reader: Reader, *rest: object) -> None:
            runs = count()  # the first is the page's own, which has just come in by the front door

            @st.fragment(run_every=every)
            @wraps(draw)
            def again() -> None:
                run = next(runs)
                if run and run % turns == 0 and sign_in.stale(reader):
                    st.rerun()
                draw(reader, *rest)

            again()

        return begun

    return decorated
