"""A light opened: the rule's sentence and the very rows of facts behind it; persons as the scope says; nothing outside it."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.queries import evidence, item_rows
from data_access.rating import rate
from data_access.schema.members import admission_step, applicant, member
from data_access.schema.organisations import deduction, election, honour
from data_access.schema.places import setting
from data_access.schema.ratings import light
from data_access.schema.records import dues, meeting, progress_report, service_record, talk
from domain.reporting import Record
from domain.rules import DATA_ANOMALY, DUES_ARREARS, ELECTION_TERM, TASK_PROGRESS, duty_rule
from domain.vocabulary import Duty
from tests.data_access.queries.reading import LEADER, PRESENTER, SECRETARY, STEWARD, UPSTREAM, WALL, ask, full_names, told
from tests.small import APPLICANT, AS_OF, ASSIGNMENT, MEMBER, ORG


def light_of(engine: Engine, org: str, rule_id: str, **columns) -> int:
    """The id of the one open light of an organisation and a rule."""
    with engine.connect() as connection:
        query = select(light.c.light_id).where(light.c.org_id == ORG[org], light.c.rule_id == rule_id, light.c.closed_on.is_(None))
        return connection.scalars(query.where(*(light.c[name] == value for name, value in columns.items()))).one()


def test_a_missed_meeting_opens_into_the_duties_periods(engine: Engine) -> None:
    with engine.connect() as connection:
        number = connection.scalar(
            select(light.c.light_id).where(light.c.org_id == ORG["overdue"], light.c.rule_id == duty_rule(Duty.THEME_DAY))
        )
    found = ask(engine, evidence.opened, number, AS_OF)
    assert (found.kind, found.closed_on) == ("duties", date(2026, 11, 15)), "November's was held on time"
    assert found.sentence == "党支部每月相对固定1天开展主题党日。"
    assert "第十六条" in found.source
    rows = found.rows.set_index("period")
    assert rows.loc["2026-10", "status"] == "missed"
    assert pd.isna(rows.loc["2026-10", "done_on"])
    assert rows.loc["2026-09", ["status", "expected"]].tolist() == ["held", 10]
    assert rows["due_on"].is_monotonic_decreasing
    assert rows["topic"].isna().all(), "it may name people"
    full = ask(engine, evidence.opened, number, AS_OF, scope=SECRETARY).rows.set_index("period")
    assert full.loc["2026-09", "topic"] == "2026年9月主题党日"


def test_arrears_open_into_the_members_months(engine: Engine) -> None:
    found = ask(engine, evidence.opened, light_of(engine, "overdue", DUES_ARREARS, light="red"), AS_OF, scope=SECRETARY)
    rows = found.rows.set_index("month")
    assert found.kind == "dues"
    assert rows.loc["2026-10", "paid_yuan"] == 0
    assert rows.loc["2026-04", "paid_yuan"] == rows.loc["2026-04", "due_yuan"] == 0.5
    unpaid = rows.index[rows["paid_on"].isna()].tolist()
    assert unpaid == ["2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]


def test_an_admission_opens_into_the_applicants_steps(engine: Engine) -> None:
    number = light_of(engine, "due_soon", "admission.candidate_early", subject=f"applicant:{APPLICANT['too_early']}")
    found = ask(engine, evidence.opened, number, AS_OF)
    assert found.kind == "steps"
    assert found.rows["step"].tolist() == ["递交入党申请书", "党组织派人谈话", "推荐和确定入党积极分子", "确定发展对象"]


def test_a_task_opens_into_its_reports_and_the_note_is_for_those_who_read_names(engine: Engine) -> None:
    number = light_of(engine, "overdue", TASK_PROGRESS, subject=f"assignment:{ASSIGNMENT['overdue']}")
    full, masked = ask(engine, evidence.opened, number, AS_OF, scope=SECRETARY), ask(engine, evidence.opened, number, AS_OF)
    assert full.kind == masked.kind == "progress"
    assert full.rows[["percent", "note"]].to_numpy().tolist() == [[30, "**进展**顺利"]]
    assert masked.rows["note"].isna().all()


def test_a_task_opens_into_the_reports_that_count(own_engine: Engine) -> None:
    day = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 8, 1)}
    with own_engine.begin() as connection:
        connection.execute(insert(progress_report), [{**day, "entry": entry, "percent": percent} for entry, percent in ((3, 35), (2, 53))])
    number = light_of(own_engine, "overdue", TASK_PROGRESS, subject=f"assignment:{ASSIGNMENT['overdue']}")
    assert ask(own_engine, evidence.opened, number, AS_OF).rows["percent"].tolist() == [35]


def test_of_the_entries_of_a_day_that_cannot_be_the_last_alone_is_odd(own_engine: Engine) -> None:
    day = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 12, 31)}
    with own_engine.begin() as connection:
        connection.execute(insert(progress_report), [{**day, "entry": entry, "percent": percent} for entry, percent in ((2, 60), (1, 100))])
    rate(own_engine)
    number = light_of(own_engine, "overdue", DATA_ANOMALY, subject="anomaly:progress_report")
    found = ask(own_engine, evidence.opened, number, AS_OF)
    assert found.text.startswith("有1条")
    assert found.rows["value"].tolist() == ["60"]


def test_an_election_opens_into_terms(engine: Engine) -> None:
    found = ask(engine, evidence.opened, light_of(engine, "overdue", ELECTION_TERM), AS_OF)
    assert found.kind == "elections"
    sitting = found.rows[found.rows["what"] == "本届"]
    assert sitting["term_ends_on"].tolist() == [pd.Timestamp(2026, 10, 31)]
    assert "换届" in set(found.rows["what"])


def test_a_grey_light_opens_into_the_stewards_marks(engine: Engine) -> None:
    found = ask(engine, evidence.opened, light_of(engine, "unknown", duty_rule(Duty.THEME_DAY)), AS_OF)
    assert (found.light, found.kind) == ("grey", "coverage")
    assert set(found.rows["source"]) == {"meetings", "study", "tasks"}
    assert set(found.rows["note"]) == {"系统迁移，记录不完整"}


def test_the_sentence_has_the_installations_own_numbers(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(insert(setting).values(key="task.red_behind", value="40"))
    number = light_of(own_engine, "overdue", TASK_PROGRESS, subject=f"assignment:{ASSIGNMENT['far_behind']}")
    assert "落后40个百分点" in ask(own_engine, evidence.opened, number, AS_OF).sentence


@pytest.mark.parametrize("scope", [STEWARD, WALL], ids=lambda scope: scope.role.value)
def test_a_persons_light_does_not_open_for_those_who_list_no_members(engine: Engine, scope) -> None:
    assert ask(engine, evidence.opened, light_of(engine, "overdue", DUES_ARREARS, light="red"), AS_OF, scope=scope) is None
    assert ask(engine, evidence.opened, light_of(engine, "overdue", ELECTION_TERM), AS_OF, scope=scope) is not None


def test_a_stewards_own_dues_light_opens(engine: Engine) -> None:
    found = ask(engine, evidence.opened, light_of(engine, "never", DUES_ARREARS, subject="dues"), AS_OF, scope=STEWARD)
    assert found.text.endswith("党费记录没有上报，无法评定。") and found.person is None


def test_a_light_outside_the_scope_answers_like_one_that_does_not_exist(engine: Engine) -> None:
    number = light_of(engine, "due_soon", ELECTION_TERM)
    assert ask(engine, evidence.opened, number, AS_OF) is not None
    assert ask(engine, evidence.opened, number, AS_OF, scope=UPSTREAM) is None
    assert ask(engine, evidence.opened, 10**9, AS_OF) is None


def test_the_person_is_named_as_the_scope_says(engine: Engine) -> None:
    number = light_of(engine, "overdue", DUES_ARREARS, member_id=MEMBER["six_months"])
    full, masked = (ask(engine, evidence.opened, number, AS_OF, scope=scope).person for scope in (SECRETARY, LEADER))
    assert masked == full[0] + "*" * (len(full) - 1)


@pytest.mark.parametrize("scope", [LEADER, PRESENTER, STEWARD], ids=lambda scope: scope.role.value)
def test_no_light_opens_into_a_full_name(engine: Engine, scope) -> None:
    with engine.connect() as connection:
        names = full_names(connection)
        numbers = connection.scalars(select(light.c.light_id).order_by(light.c.light_id)).all()
    opened = [ask(engine, evidence.opened, number, AS_OF, scope=scope) for number in numbers[::5]]
    text = "\n".join(told(found) for found in opened)
    assert [found for found in opened if found]
    assert not [name for name in names if name in text]


def test_records_that_cannot_be_open_as_they_were_recorded(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        wrong = {"meeting_id": 10**6, "org_id": ORG["overdue"], "kind": "theme_day", "period": "@@=十月"}
        connection.execute(insert(meeting).values(**wrong, held_on=date(2026, 12, 1), expected=9, attended=0))
        connection.execute(insert(admission_step).values(applicant_id=APPLICANT["no_talk"], step="受洗", done_on=date(2026, 9, 9)))
        report = {"assignment_id": ASSIGNMENT["overdue"], "reported_on": date(2026, 12, 31), "percent": 100}
        connection.execute(insert(progress_report).values(**report))
    rate(own_engine)
    rows = {
        table: ask(own_engine, evidence.opened, light_of(own_engine, "overdue", DATA_ANOMALY, subject=f"anomaly:{table}"), AS_OF).rows
        for table in ("meeting", "admission_step", "progress_report")
    }
    assert rows["meeting"].to_numpy().tolist() == [
        ["会议（实到/应到）", "@@=十月", pd.Timestamp(2026, 12, 1), "0/9", "所属期间与会议类型不符"]
    ]
    assert rows["progress_report"][["day", "value"]].to_numpy().tolist() == [[pd.Timestamp(2026, 12, 31), "100"]]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"period": "2026Q3"}, "所属期间与会议类型不符"),
        ({"held_on": date(2026, 12, 1)}, "会议日期在未来"),
        ({"period": "2026-11", "held_on": date(2026, 10, 31)}, "会议日期早于所属期间"),
        ({"period": "2000-01", "held_on": date(2000, 1, 20)}, "会议日期在党支部成立之前或撤销之后"),
        ({"attended": 0}, "应到或实到人数不合理"),
        ({"kind": "group_meeting"}, "未注明党小组"),
    ],
    ids=["no_period", "future", "early", "out_of_life", "numbers", "no_group"],
)
def test_an_odd_meeting_opens_with_the_reason_for_which_it_was_lit(own_engine: Engine, wrong: dict, why: str) -> None:
    sound = {"org_id": ORG["overdue"], "kind": "theme_day", "period": "2026-10", "held_on": date(2026, 10, 9), "expected": 9, "attended": 8}
    row = sound | {"meeting_id": 10**6} | wrong
    with own_engine.begin() as connection:
        connection.execute(insert(meeting).values(**row))
        connection.execute(insert(meeting).values(**sound, meeting_id=10**6 + 1))
    rate(own_engine)
    found = ask(own_engine, evidence.opened, light_of(own_engine, "overdue", DATA_ANOMALY, subject="anomaly:meeting"), AS_OF)
    assert found.text.startswith(f"有1条会议记录不合理（{why}）")
    people = f"{row['attended']}/{row['expected']}"
    assert found.rows.to_numpy().tolist() == [["会议（实到/应到）", row["period"], pd.Timestamp(row["held_on"]), people, why]]


def test_records_of_every_other_source_are_lit_and_open(own_engine: Engine) -> None:
    """Each is one grey light with its reason, and opens down to the record; single people's only for those who may list members."""
    coming, branch_id = date(2027, 1, 5), ORG["overdue"]
    one = {"org_id": branch_id}
    with own_engine.begin() as connection:
        connection.execute(insert(talk).values(talk_id=10**6, held_on=coming, **one))
        connection.execute(
            insert(honour).values(honour_id=10**6, level="city", kind="honour", title="先进", awarded_on=coming, points=2, **one)
        )
        connection.execute(insert(deduction).values(deduction_id=10**6, reason="通报", happened_on=coming, points=2, veto=True, **one))
        connection.execute(insert(election).values(election_id=10**6, held_on=coming, term_ends_on=date(2030, 1, 5), **one))
        connection.execute(update(member).where(member.c.member_id == MEMBER["secretary"]).values(joined_on=coming))
        connection.execute(update(applicant).where(applicant.c.applicant_id == APPLICANT["no_talk"]).values(birth_on=coming))
        served = insert(service_record).values(served_on=coming, member_id=MEMBER["secretary"], kind="志愿服务", minutes=60, **one)
        connection.execute(served)
        paid = (dues.c.member_id == MEMBER["secretary"]) & (dues.c.month == 202610)
        connection.execute(update(dues).where(paid).values(paid_on=coming))
    rate(own_engine)
    for record in (
        Record.TALK,
        Record.HONOUR,
        Record.DEDUCTION,
        Record.ELECTION,
        Record.MEMBER,
        Record.APPLICANT,
        Record.SERVICE,
        Record.DUES,
    ):
        number = light_of(own_engine, "overdue", DATA_ANOMALY, subject=f"anomaly:{record.value}")
        found = ask(own_engine, evidence.opened, number, AS_OF, scope=SECRETARY)
        assert found.text.startswith(f"有1条{record.label}不合理（日期在未来）"), record
        assert found.rows[["day", "why"]].to_numpy().tolist() == [[pd.Timestamp(coming), "日期在未来"]]
        assert ask(own_engine, evidence.opened, number, AS_OF, scope=STEWARD).rows.empty == record.personal
    number = light_of(own_engine, "overdue", DATA_ANOMALY, subject="anomaly:member")
    full, masked = (ask(own_engine, evidence.opened, number, AS_OF, scope=scope).rows["named"].item() for scope in (SECRETARY, LEADER))
    assert masked == full[0] + "*" * (len(full) - 1)
    listed = ask(own_engine, item_rows.rows, branch_id, "membership_election", "2026Q4", AS_OF)
    assert coming not in listed["held_on"].dt.date.tolist()
    assert ask(own_engine, item_rows.odd_rows, branch_id, "membership_election", "2026Q4", AS_OF)["day"].dt.date.tolist() == [coming]


@pytest.fixture
def odd_steps(own_engine: Engine) -> int:
    """The light about the odd steps of one applicant, who has a sound one, too."""
    steps = [("受洗", date(2026, 9, 9)), ("first_talk", date(2026, 12, 1))]
    with own_engine.begin() as connection:
        connection.execute(
            insert(admission_step), [{"applicant_id": APPLICANT["no_talk"], "step": step, "done_on": day} for step, day in steps]
        )
    rate(own_engine)
    return light_of(own_engine, "overdue", DATA_ANOMALY, subject="anomaly:admission_step")


def test_of_an_applicants_steps_only_the_odd_ones_open_each_with_its_reason(own_engine: Engine, odd_steps: int) -> None:
    rows = ask(own_engine, evidence.opened, odd_steps, AS_OF).rows
    told = [["受洗", pd.Timestamp(2026, 9, 9), "步骤名称无法识别"], ["党组织派人谈话", pd.Timestamp(2026, 12, 1), "日期在未来"]]
    assert rows[["named", "day", "why"]].to_numpy().tolist() == told


@pytest.mark.parametrize("scope", [STEWARD, WALL], ids=lambda scope: scope.role.value)
def test_an_applicants_odd_steps_are_only_counted_for_those_who_list_no_members(own_engine: Engine, odd_steps: int, scope) -> None:
    found = ask(own_engine, evidence.opened, odd_steps, AS_OF, scope=scope)
    assert found.text.startswith("有2条") and found.rows.empty


def test_a_rule_that_no_longer_exists_still_opens(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        row = {"light_id": 10**6, "org_id": ORG["school"], "rule_id": "old.rule", "subject": "2020", "light": "red"}
        connection.execute(insert(light).values(**row, since=date(2026, 1, 1), evidence='{"text": "旧规则"}'))
    found = ask(own_engine, evidence.opened, 10**6, AS_OF)
    assert (found.title, found.text, found.sentence, found.kind) == ("old.rule", "旧规则", "", "")
