"""Objections: who may raise and settle them, that they are audited, and that they change no figure."""

from datetime import datetime

import pandas as pd
import pytest
from sqlalchemy import Engine, select

from data_access import audit, objections
from data_access.engine import version
from data_access.objections import ALREADY, GONE, LONGEST, NO_ANSWER, NO_REASON, NOT_STEWARD, NOT_YOURS, Refused
from data_access.queries import bill
from data_access.queries import objections as queries
from data_access.schema.access import audit_event
from tests.data_access.queries.reading import LEADER, ROOT, SECRETARY, STEWARD, TOWN_SECRETARY, UPSTREAM, WALL, ask, told
from tests.small import AS_OF, ORG, ORG_CODE, path_of


def first_line(engine: Engine) -> dict:
    row = ask(engine, bill.owed_by, path_of(ORG["overdue"]), AS_OF, scope=SECRETARY).iloc[0]
    return {"org_id": ORG["overdue"], "due_on": row["due_on"].date()} | {name: row[name] for name in ("rule_id", "subject", "evidence")}


def object_to(engine: Engine, scope=SECRETARY, reason="会议已召开，记录未导入", **changes) -> None:
    objections.raise_objection(engine, scope, "secretary", **(first_line(engine) | changes), reason=reason)


def listed(engine: Engine, scope=STEWARD) -> pd.DataFrame:
    return objections.standing(engine, scope, ROOT, below=True)


def test_it_goes_to_the_stewards_list_with_its_evidence(own_engine: Engine) -> None:
    object_to(own_engine)
    row = listed(own_engine).iloc[0]
    own = ask(own_engine, bill.owed_by, path_of(ORG["overdue"]), AS_OF, scope=SECRETARY).iloc[0]
    assert (row["org_code"], row["rule_id"], row["subject"]) == (ORG_CODE["overdue"], own["rule_id"], own["subject"])
    assert (row["text"], row["title"], row["due_on"]) == (own["about"], own["what"], own["due_on"])
    assert row["rows"] and row["table"]
    assert row["reason"] == "会议已召开，记录未导入"
    assert pd.isna(row["settled_at"]) and row["upheld"] is None


def test_it_changes_no_figure_and_does_not_raise_the_data_version(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        before = version(connection)
    bills = ask(own_engine, bill.owed, ROOT, AS_OF, True)
    object_to(own_engine)
    objections.settle(own_engine, STEWARD, "steward", int(listed(own_engine)["objection_id"].iloc[0]), upheld=True, answer="属实")
    with own_engine.connect() as connection:
        assert version(connection) == before
    pd.testing.assert_frame_equal(ask(own_engine, bill.owed, ROOT, AS_OF, True), bills)


def test_raising_and_settling_are_audited(own_engine: Engine) -> None:
    object_to(own_engine)
    objections.settle(own_engine, STEWARD, "steward", int(listed(own_engine)["objection_id"].iloc[0]), upheld=False, answer="记录无误")
    with own_engine.connect() as connection:
        events = connection.execute(select(audit_event.c.username, audit_event.c.action, audit_event.c.detail)).all()
    assert ("secretary", "object", "会议已召开，记录未导入") in events
    assert ("steward", "settle", "记录无误") in events


@pytest.mark.parametrize("scope", [LEADER, STEWARD, WALL])
def test_only_a_secretary_raises_one(own_engine: Engine, scope) -> None:
    with pytest.raises(Refused, match=NOT_YOURS):
        object_to(own_engine, scope)
    assert listed(own_engine).empty


def test_only_for_the_own_organisations(own_engine: Engine) -> None:
    object_to(own_engine, TOWN_SECRETARY)
    with pytest.raises(Refused, match=NOT_YOURS):
        object_to(own_engine, SECRETARY, org_id=ORG["exemplary"])


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_is_asked_for(own_engine: Engine, reason) -> None:
    with pytest.raises(Refused, match=NO_REASON):
        object_to(own_engine, reason=reason)


def test_a_reason_is_kept_as_it_was_written_up_to_its_length(own_engine: Engine) -> None:
    hostile = "'; DROP TABLE objection; --<script>**x**"
    object_to(own_engine, reason=f" {hostile}{'长' * LONGEST}")
    assert listed(own_engine)["reason"].iloc[0] == (hostile + "长" * LONGEST)[:LONGEST]


def test_a_row_waits_for_its_answer_before_it_is_objected_to_again(own_engine: Engine) -> None:
    object_to(own_engine)
    with pytest.raises(Refused, match=ALREADY):
        object_to(own_engine)
    objections.settle(own_engine, STEWARD, "steward", int(listed(own_engine)["objection_id"].iloc[0]), upheld=False, answer="无误")
    object_to(own_engine)
    assert listed(own_engine)["settled_at"].isna().tolist() == [True, False]


def test_only_a_steward_of_the_place_settles_one_once_and_with_an_answer(own_engine: Engine) -> None:
    object_to(own_engine)
    number = int(listed(own_engine)["objection_id"].iloc[0])
    for scope in (SECRETARY, LEADER):
        with pytest.raises(Refused, match=NOT_STEWARD):
            objections.settle(own_engine, scope, "x", number, upheld=True, answer="属实")
    with pytest.raises(Refused, match=NO_ANSWER):
        objections.settle(own_engine, STEWARD, "steward", number, upheld=True, answer=" ")
    objections.settle(own_engine, STEWARD, "steward", number, upheld=True, answer="属实")
    with pytest.raises(Refused, match=GONE):
        objections.settle(own_engine, STEWARD, "steward", number, upheld=False, answer="再答")


def test_a_bill_is_told_of_its_own_objections_only(own_engine: Engine) -> None:
    object_to(own_engine)
    for org, number in (("overdue", 1), ("willow_town", 0)):
        assert len(objections.standing(own_engine, STEWARD, path_of(ORG[org]), below=False)) == number
        assert len(objections.standing(own_engine, STEWARD, path_of(ORG[org]), below=True)) == 1


def test_the_latest_answers_stand_on_top_and_the_oldest_open_ones_before_them(own_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for subject in ("a", "b", "c", "d"):
        object_to(own_engine, subject=subject)
    numbers = dict(zip(listed(own_engine)["subject"], listed(own_engine)["objection_id"], strict=True))
    for subject, day in (("c", 1), ("a", 2)):
        monkeypatch.setattr(audit, "now", lambda day=day: datetime(2026, 11, day))
        objections.settle(own_engine, STEWARD, "steward", numbers[subject], upheld=True, answer="属实")
    assert listed(own_engine)["subject"].tolist() == ["b", "d", "a", "c"]
    monkeypatch.setattr(queries, "LATEST", 1)
    assert len(listed(own_engine)) == 1 and objections.waiting(own_engine, STEWARD, ROOT) == 2


def test_what_is_meant_is_told_without_a_name(own_engine: Engine) -> None:
    bill_of = ask(own_engine, bill.owed_by, path_of(ORG["overdue"]), AS_OF, scope=SECRETARY)
    line = bill_of[bill_of["subject"].str.startswith("member:")].iloc[0]
    object_to(own_engine, **{name: line[name] for name in ("rule_id", "subject", "evidence")})
    row = listed(own_engine).iloc[0]
    assert row["concerns"] == f"党员（编号 {line['subject'].removeprefix('member:')}）"
    assert line["person"] and line["person"] not in told(listed(own_engine))


def test_others_do_not_see_it(own_engine: Engine) -> None:
    object_to(own_engine)
    assert len(listed(own_engine, SECRETARY)) == len(listed(own_engine, UPSTREAM)) == 1
    elsewhere = TOWN_SECRETARY.__class__(ORG["coast"], path_of(ORG["coast"]), TOWN_SECRETARY.role)
    assert listed(own_engine, elsewhere).empty
