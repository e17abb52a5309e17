"""Lights about the records themselves: marked unknown, or impossible."""

from datetime import date

import pandas as pd
import pytest

from domain.lights import COLUMNS
from domain.reporting import anomaly_lights, missing_lights
from domain.vocabulary import Light, Source

TODAY = date(2026, 11, 20)
HISTORY = date(2025, 11, 21)


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def missing(from_on, to_on=None, source=Source.STUDY, dissolved=None):
    marks = pd.DataFrame(
        {
            "org_id": [1],
            "source": [source.value],
            "from_on": days([from_on]),
            "to_on": days([to_on]),
            "dissolved_on": days([dissolved]),
        }
    )
    found = missing_lights(marks, TODAY, history_from=HISTORY)
    assert found.columns.tolist() == COLUMNS
    return [
        (row["light"], row["subject"], str(row["since"].date()), None if pd.isna(row["closed_on"]) else str(row["closed_on"].date()))
        for _, row in found.iterrows()
    ]


@pytest.mark.parametrize(
    ("from_on", "to_on", "closed"),
    [
        ("2026-07-01", None, None),
        ("2026-11-20", None, None),
        ("2026-07-01", "2026-11-20", None),  # still its last day
        ("2026-07-01", "2026-11-19", "2026-11-20"),
        ("2025-07-01", "2025-11-20", "2025-11-21"),
    ],
)
def test_a_mark_is_grey_until_the_day_after_it_ends(from_on, to_on, closed):
    assert missing(from_on, to_on) == [(Light.GREY, "study", from_on, closed)]


@pytest.mark.parametrize(("from_on", "to_on"), [("2026-11-21", None), ("2025-07-01", "2025-11-19")])
def test_marks_of_the_future_and_of_long_ago_are_no_lights(from_on, to_on):
    assert missing(from_on, to_on) == []


@pytest.mark.parametrize("source", [Source.MEETINGS, Source.TASKS, Source.DUES, Source.ELECTIONS])
def test_sources_whose_own_rules_turn_grey_have_no_second_light(source):
    assert missing("2026-07-01", source=source) == []


def test_a_mark_ends_with_its_organisation():
    assert missing("2026-07-01", dissolved="2026-10-01") == [(Light.GREY, "study", "2026-07-01", "2026-10-01")]


def anomalies(*rows):
    records = pd.DataFrame(rows, columns=["org_id", "table", "row", "on", "why"])
    return anomaly_lights(records.assign(on=days(records["on"])), TODAY)


def test_impossible_records_are_one_light_an_organisation_and_table():
    found = anomalies(
        (1, "meeting", 12, "2026-12-01", "会议日期在未来"),
        (1, "meeting", 11, "2026-10-01", "应到或实到人数不合理"),
        (1, "progress_report", 5, "2027-01-01", "日期在未来"),
        (2, "meeting", 13, "2026-09-01", "应到或实到人数不合理"),
    )
    assert found.columns.tolist() == COLUMNS
    assert found[["org_id", "subject"]].to_numpy().tolist() == [
        [1, "anomaly:meeting"],
        [1, "anomaly:progress_report"],
        [2, "anomaly:meeting"],
    ]
    assert found["rows"].tolist() == [[11, 12], [5], [13]]
    assert set(found["light"]) == {Light.GREY}
    assert [str(value.date()) for value in found["since"]] == ["2026-10-01", "2026-11-20", "2026-09-01"]
    assert found["text"].iloc[0] == "有2条会议记录不合理（会议日期在未来、应到或实到人数不合理），须核实更正，更正前不作为评定依据。"


def test_a_light_lists_a_hundred_rows_and_counts_all():
    found = anomalies(*((1, "meeting", number, "2026-12-01", "会议日期在未来") for number in range(150)))
    assert len(found["rows"].iloc[0]) == 100
    assert "有150条" in found["text"].iloc[0]


def test_sound_records_light_nothing():
    assert anomalies().empty
