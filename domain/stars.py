"""Star rating (达标创星): self-assessment, review by the superior committee, final by the city. Local practice; numbers are settings."""

from datetime import date

import numpy as np
import pandas as pd

from domain import rules
from domain.settings import Settings
from domain.vocabulary import Term

STARS = {5: "star.five", 4: "star.four", 3: "star.three", 2: "star.two"}


class Breach(Term):
    """What is wrong with the stars that were given."""

    ANOMALY = "anomaly", "数据异常"
    VETO = "veto", "一票否决仍定星"
    QUOTA = "quota", "不在五星名额内"
    ABOVE = "above", "高于得分对应的星级"
    BELOW = "below", "低于得分对应的星级"

    @property
    def rule_id(self) -> str:
        """The rule that is broken."""
        return _BROKEN.get(self, rules.STAR_BANDS)


_BROKEN = {Breach.ANOMALY: rules.DATA_ANOMALY, Breach.VETO: rules.STAR_VETO, Breach.QUOTA: rules.STAR_QUOTA}


def stars(ratings: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Give the stars of a year's final scores: 90 and above five, 80 four, 70 three, 60 two, under 60 none.

    A veto item (一票否决) caps at none. At most 30 % of the branches of one committee get five stars: where more reach the score, the
    best ones do, equal scores by organisation code, and the others get four.
    Expects one row a branch of the year, those without a final score included, since the quota counts them: org_id, org_code,
    committee_id (whose branches share a quota), final_score (NaN until final), veto (bool).
    Returns org_id, stars (Int64; NA until final), reason (str: "", "veto" or "quota" where it cost stars), in the order given.
    """
    score = ratings["final_score"]
    earned = np.select([score >= settings[key] for key in STARS.values()], list(STARS), 0)
    places = allowed(ratings.groupby("committee_id")["org_id"].transform("size"), settings)
    contender = ratings.assign(five=(earned == 5) & ~ratings["veto"].astype(bool))
    ordered = contender[contender["five"]].sort_values(["committee_id", "final_score", "org_code"], ascending=[True, False, True])
    place = (ordered.groupby("committee_id").cumcount() + 1).reindex(ratings.index)
    over = contender["five"] & (place > places)
    vetoed = ratings["veto"].astype(bool) & (earned > 0)
    given = np.select([ratings["veto"].astype(bool), over], [0, 4], earned)
    return pd.DataFrame(
        {
            "org_id": ratings["org_id"],
            "stars": pd.Series(given, index=ratings.index, dtype="Int64").mask(score.isna()),
            "reason": np.select([vetoed, over], ["veto", "quota"], ""),
        }
    )


def allowed(branches: pd.Series, settings: Settings) -> pd.Series:
    """Return how many of so many branches of one committee may have five stars: the quota rounded down, free of binary fractions."""
    return np.floor(branches * settings["star.quota"] + 1e-9).astype(int)


def breaches(ratings: pd.DataFrame, settings: Settings, today: date) -> pd.DataFrame:
    """Return the rows whose stars are not what the rules give, each with the one thing that is wrong first of all.

    Odd rows come first: a score outside 0–100, stars without a final score, a year that has not come. Such a row is not judged further.
    Expects the columns of `stars`, and year, self_score, review_score (NaN where missing), given (stars as recorded; NaN until final).
    Returns org_id, due (Int64, the stars that the rules give; NA where odd), breach (str, a `Breach`), in the order given.
    """
    scores = ratings[["self_score", "review_score", "final_score"]].astype(float)
    odd = ((scores < 0) | (scores > 100)).any(axis=1) | (ratings["given"].notna() & scores["final_score"].isna())
    odd |= ratings["year"] > today.year
    ruled = stars(ratings.assign(final_score=scores["final_score"].mask(odd)), settings)  # an odd score takes nobody's place
    due, given = ruled["stars"].astype(float), ratings["given"].astype(float)
    wrong = np.select(
        [
            odd,
            (ruled["reason"] == "veto") & (given > due),
            (ruled["reason"] == "quota") & (given > due),
            given > due,
            given < due,
        ],
        [breach.value for breach in Breach],
        "",
    )
    found = pd.DataFrame({"org_id": ratings["org_id"], "due": ruled["stars"], "breach": pd.Series(wrong, index=ratings.index)})
    return found[found["breach"] != ""].reset_index(drop=True)
