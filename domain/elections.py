"""Elections on time (按期换届): when a term ends, and the light of every organisation's election duty.

Sources: 《中国共产党支部工作条例（试行）》第六章 (the superior reminds in writing six months before),
《中国共产党基层组织选举工作条例》第三条 (moved by at most one year with approval),
《关于党的基层组织任期的意见》 (terms of five and three years).
"""

from datetime import date

import numpy as np
import pandas as pd

from domain import lights
from domain.rules import ELECTION_TERM
from domain.settings import Settings
from domain.vocabulary import Light, OrgKind, TermState

# Local and working committees are not grass-roots organisations: other regulations fix their terms, or they have none.
ELECTED = (OrgKind.COMMITTEE, OrgKind.GENERAL_BRANCH, OrgKind.BRANCH)

_STATE = {
    Light.GREEN.value: TermState.VALID.value,
    Light.YELLOW.value: TermState.SOON.value,
    Light.RED.value: TermState.OVERDUE.value,
    Light.GREY.value: TermState.UNKNOWN.value,
}


def term_years(kind: OrgKind, village: bool, settings: Settings) -> int:
    """Return how long a committee serves: five years in committees and in villages and communities, otherwise three."""
    if village:
        return settings.whole("term.village_years")
    return settings.whole("term.committee_years" if kind is OrgKind.COMMITTEE else "term.branch_years")


def effective_ends(terms: pd.DataFrame, extensions: pd.DataFrame, today: date, settings: Settings) -> pd.Series:
    """Return when each organisation's term ends, approved extensions (延期换届) included; NaT where unknown.

    An extension counts from the day of its approval, for the end that it moves, and for one year at most.
    Expects terms: org_id, term_ends_on; extensions: org_id, approved_on, term_ends_on (the end that is moved), until.
    """
    approved = extensions[extensions["approved_on"] <= pd.Timestamp(today)]
    until = approved.groupby(["org_id", "term_ends_on"], as_index=False)["until"].max()
    moved = terms[["org_id", "term_ends_on"]].merge(until, on=["org_id", "term_ends_on"], how="left").set_axis(terms.index)
    ends = moved["term_ends_on"]
    latest = ends + pd.DateOffset(years=settings.whole("term.extension_max_years"))
    capped = moved["until"].mask(moved["until"] > latest, latest)
    return ends.where(~(capped > ends), capped)


def election_lights(terms: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Light every organisation's election duty: yellow from six months before the term ends, red from the day after it ended.

    Grey where the end is unknown, or the steward marks the organisation's election records unknown.
    Expects one row an organisation: org_id, founded_on (or where records begin, if later), term_ends (datetime64, extension
    included; NaT where unknown), unknown_from (NaT where the records are known).
    Returns the columns of `domain.lights` for every organisation, green ones (since: NaT) included; the subject is "term".
    """
    day, ends, marked = pd.Timestamp(today), terms["term_ends"], terms["unknown_from"]
    warned = ends - pd.DateOffset(months=settings.whole("election.warn_months"))
    over = ends + pd.Timedelta(days=1)
    missing = marked.notna() | ends.isna()
    light = np.select([missing, day > ends, day >= warned], [Light.GREY, Light.RED, Light.YELLOW], Light.GREEN)
    turned = [marked, terms["founded_on"], over, warned]
    since = np.select([marked.notna(), ends.isna(), day > ends, day >= warned], turned, np.datetime64("NaT"))
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": terms["org_id"].to_numpy(),
                "rule_id": ELECTION_TERM,
                "subject": "term",
                "light": light,
                "since": since,
                "due_on": ends.to_numpy(),
                "table": "organisation",
                "rows": [[int(org)] for org in terms["org_id"]],
                "text": [_text(colour, end) for colour, end in zip(light, lights.written(ends), strict=True)],
            }
        )
    )


def _text(light: str, ends: str) -> str:
    if light == Light.GREY:
        return "换届记录被标记为未知，无法评定。" if ends else "本届任期届满日期未登记，无法评定。"
    said = {Light.RED: "至今没有换届记录", Light.YELLOW: "即将届满，应做好换届准备"}.get(Light(light), "在任期内")
    return f"本届任期（含批准的延期）于{ends}届满，{said}。"


def term_states(terms: pd.DataFrame, today: date, settings: Settings) -> pd.Series:
    """Return where each organisation's term stands (str, a `TermState`); expects what `election_lights` expects."""
    return election_lights(terms, today, settings)["light"].map(_STATE).set_axis(terms.index)


def elections_held(elections: pd.DataFrame, today: date, settings: Settings, *, history_from: date) -> pd.DataFrame:
    """Return the lights that elections closed: red where the old term was over, yellow where its end was near.

    Expects elections: election_id, org_id, held_on, term_ended_on (extension included; NaT for the first election).
    Returns the columns of `domain.lights` for elections held from `history_from` until today.
    """
    ended, held = elections["term_ended_on"], elections["held_on"]
    warned = ended - pd.DateOffset(months=settings.whole("election.warn_months"))
    recent = (held >= pd.Timestamp(history_from)) & (held <= pd.Timestamp(today)) & (held >= warned)
    closed, ended, held, warned = elections[recent], ended[recent], held[recent], warned[recent]
    late = held > ended
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": closed["org_id"],
                "rule_id": ELECTION_TERM,
                "subject": "term",
                "light": np.where(late, Light.RED.value, Light.YELLOW.value),
                "since": (ended + pd.Timedelta(days=1)).where(late, warned),
                "due_on": ended,
                "closed_on": held,
                "table": "election",
                "rows": [[int(number)] for number in closed["election_id"]],
                "text": [
                    f"上届任期于{end}届满，已于{on}换届。" for end, on in zip(lights.written(ended), lights.written(held), strict=True)
                ],
            }
        )
    )
