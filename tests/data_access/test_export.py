"""Workbooks and the command that makes a month's bills: text stays text, every sheet says what it stands on."""

import re
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, update

from data_access.export.__main__ import main
from data_access.export.bills import bill_notes, bill_table, measures_table, notice_table
from data_access.export.workbook import DEMO, Field, Table, write, written
from data_access.queries import bill, notice
from data_access.queries.escalation import escalated
from data_access.rating import rate
from data_access.schema.organisations import exemption
from data_access.schema.places import setting
from data_access.schema.ratings import org_score
from data_access.schema.records import meeting
from domain.period import Period
from domain.rules import INDEX_ESCALATION
from tests.data_access.queries.reading import LEADER, ROOT, ask
from tests.small import AS_OF, BRANCHES, ORG, ORG_CODE, path_of

_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = ["@@=1+", "=1+1", "+1", "-1", "@SUM(A1)", "007", "http://x.y/", "\x00\x0b<b>&", "𠮷田"]


def sheets(book: bytes) -> list[ElementTree.Element]:
    with zipfile.ZipFile(BytesIO(book)) as files:
        names = sorted(name for name in files.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        return [ElementTree.fromstring(files.read(name)) for name in names]


def texts(book: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(book)) as files:
        if "xl/sharedStrings.xml" not in files.namelist():
            return []
        root = ElementTree.fromstring(files.read("xl/sharedStrings.xml"))
    return ["".join(part.text or "" for part in item.iterfind(".//m:t", _NAMES)) for item in root.iterfind("m:si", _NAMES)]


def table(values: list, number: str = "") -> Table:
    return Table("表", "题", ["范围：甲　数据截至：2026-11-20"], pd.DataFrame({"value": values}), {"value": Field("列", 10, number)})


def test_no_text_becomes_a_formula_a_number_or_a_link() -> None:
    book = written([table(HOSTILE)], demo=False)
    sheet = sheets(book)[0]
    assert not sheet.findall(".//m:f", _NAMES) and not sheet.findall(".//m:hyperlink", _NAMES)
    assert {cell.get("t") for cell in sheet.iterfind(".//m:c", _NAMES)} <= {"s", None}
    assert {"@@=1+", "=1+1", "+1", "-1", "@SUM(A1)", "007", "http://x.y/", "<b>&", "𠮷田"} <= set(texts(book))


def test_what_is_missing_is_a_dash_and_never_zero() -> None:
    book = written([table([None, float("nan"), pd.NaT, 0.0], "0.00")], demo=False)
    assert texts(book).count("—") == 1  # one shared string, written three times
    values = [cell.find("m:v", _NAMES).text for cell in sheets(book)[0].iterfind(".//m:c", _NAMES) if cell.get("t") is None]
    assert values == ["0"]


@pytest.mark.parametrize("demo", [True, False])
def test_the_badge_is_on_every_sheet_of_a_demo_and_on_no_other(demo) -> None:
    book = written([table(["x"]), Table("二", "题", [], pd.DataFrame({"value": ["y"]}), {"value": Field("列", 9)})], demo=demo)
    assert (DEMO in texts(book)) == demo
    footers = [sheet.find("m:headerFooter/m:oddFooter", _NAMES).text for sheet in sheets(book)]
    assert [DEMO in footer for footer in footers] == [demo, demo]


def test_a_sheet_is_printed_on_a4_one_page_wide() -> None:
    sheet = sheets(written([table(["x"])], demo=False))[0]
    assert sheet.find("m:pageSetup", _NAMES).get("paperSize") == "9"
    assert sheet.find("m:pageSetup", _NAMES).get("fitToHeight") == "0"


def test_what_belongs_together_is_headed_and_begins_a_page() -> None:
    rows = pd.DataFrame({"part": ["甲", "甲", "乙"], "value": ["1", "2", "3"]})
    book = written([Table("表", "题", [], rows, {"value": Field("列", 9)}, parted="part")], demo=False)
    assert len(sheets(book)[0].findall("m:rowBreaks/m:brk", _NAMES)) == 1
    assert {"甲", "乙"} <= set(texts(book))


def test_a_file_is_what_the_bytes_are(tmp_path: Path) -> None:
    write(tmp_path / "x.xlsx", [table(HOSTILE)], demo=True)
    assert texts((tmp_path / "x.xlsx").read_bytes()) == texts(written([table(HOSTILE)], demo=True))


def test_a_bill_says_scope_and_day_and_every_line(engine: Engine) -> None:
    lines = ask(engine, bill.owed_by, path_of(ORG["overdue"]), AS_OF, scope=LEADER)
    told = texts(written([bill_table(lines, "渡口村党支部", AS_OF)], demo=True))
    assert "渡口村党支部 2026年11月党建微账单" in told
    assert any("范围：渡口村党支部" in text and "数据截至：2026-11-20" in text and f"共 {len(lines)} 项" in text for text in told)
    assert {"事项", "期限", "逾期天数", "依据", "影响分值", "下一步", "责任人"} <= set(told)
    assert set(lines["about"]) <= set(told)


def test_a_notice_has_ranks_and_measures(engine: Engine) -> None:
    rows = ask(engine, notice.notice, ORG["root"], ROOT, AS_OF)
    told = texts(written([notice_table(rows, "中共临江市委员会", AS_OF)], demo=True))
    assert {"名次", "提醒", "约谈", "限期整改"} <= set(told)
    assert set(rows["name"]) <= set(told)
    assert any("2026年第三季度（已定）" in text for text in told)


def red_for_long(engine: Engine, *orgs: str) -> None:
    quarters = [quarter.code for quarter in Period.parse("2026Q3").back(3)]
    with engine.begin() as connection:
        for org in orgs:
            of_branch = (org_score.c.org_id == ORG[org]) & org_score.c.period.in_(quarters)
            connection.execute(update(org_score).where(of_branch).values(total=40, light="red"))


def test_a_bill_says_which_measure_is_due_and_what_is_exempted(own_engine: Engine, tmp_path: Path) -> None:
    """In the workbook of one bill, in those of a month's bills, and in the notice's list of branches."""
    with own_engine.begin() as connection:
        held = update(meeting).where(meeting.c.org_id == ORG["exempted"], meeting.c.period.in_(["2026-10", "2026-11"]))
        connection.execute(held.values(attended=0))
        with_reason = {"exemption_id": 78, "org_id": ORG["exempted"], "rule_id": INDEX_ESCALATION, "reason": "=1+1", "approved_by": "市委"}
        connection.execute(insert(exemption).values(**with_reason, from_on=date(2026, 11, 1), to_on=date(2026, 12, 31)))
    rate(own_engine)
    red_for_long(own_engine, "overdue", "exempted")
    told = {}
    for org in ("overdue", "exempted"):
        lines = ask(own_engine, bill.owed_by, path_of(ORG[org]), AS_OF)
        notes = ask(own_engine, bill_notes, ORG[org], path_of(ORG[org]), AS_OF)
        told[org] = texts(written([bill_table(lines, org, AS_OF, notes)], demo=True))
    assert any("连续 3 个季度预警" in text and text.endswith("应限期整改") for text in told["overdue"])
    assert any("已豁免至 2026-12-31，=1+1（市委批准）" in text for text in told["exempted"])
    assert any(text.startswith("已豁免：主题党日") for text in told["exempted"])
    listed = texts(written([measures_table(ask(own_engine, escalated, ROOT, AS_OF), "临江", AS_OF)], demo=True))
    assert {"渡口村党支部", "上游区税务局党支部", "限期整改", "=1+1"} <= set(listed)
    assert run(own_engine, "--month", "2026-11", "--out", str(tmp_path)) == 0
    books = [texts(file.read_bytes()) for file in tmp_path.iterdir()]
    assert any({"督促措施", "渡口村党支部（LJ-0012）"} <= set(book) and any("应限期整改" in text for text in book) for book in books)
    assert any(any(text.startswith("已豁免：主题党日") for text in book) for book in books)


def run(engine: Engine, *arguments: str) -> int:
    return main([*arguments, "--database", engine.url.render_as_string(hide_password=False)])


def test_the_command_makes_the_bill_of_every_living_branch(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(engine, "--month", "2026-11", "--out", str(tmp_path)) == 0
    living = len(BRANCHES) - 1  # one is dissolved
    assert f"{living} 个党支部的账单" in capsys.readouterr().out
    books = {file.stem: texts(file.read_bytes()) for file in tmp_path.iterdir()}
    assert {ORG_CODE["willow_town"], ORG_CODE["port"], ORG_CODE["coast"]} <= set(books)
    assert ORG_CODE["port_general"] not in books  # its branches stand in the committee's
    whole = "\n".join(text for told in books.values() for text in told)
    for branch in BRANCHES:
        code = f"LJ-{branch:04d}"
        assert whole.count(f"（{code}）") == (0 if branch == ORG["dissolved"] else 1), code
    assert "@@=1+（LJ-0015）" in whole
    assert all(DEMO in told for told in books.values())


def command(engine: Engine, out: Path, processes: int) -> subprocess.CompletedProcess[str]:
    """The command as a superior gives it: a process that starts others must be one of its own."""
    url = engine.url.render_as_string(hide_password=False)
    given = ["--month", "2026-11", "--out", str(out), "--processes", str(processes), "--database", url]
    return subprocess.run([sys.executable, "-m", "data_access.export", *given], capture_output=True, text=True, encoding="utf-8")


def test_several_processes_make_the_same(engine: Engine, tmp_path: Path) -> None:
    told = [command(engine, tmp_path / str(number), number) for number in (1, 2)]
    assert [done.returncode for done in told] == [0, 0], told
    lines = [sorted(done.stdout.splitlines()[:-1]) for done in told]
    assert lines[0] == lines[1] != []
    alone, abreast = ({file.name: texts(file.read_bytes()) for file in (tmp_path / number).iterdir()} for number in ("1", "2"))
    assert alone == abreast
    assert len(alone) > 1


def test_what_is_wrong_in_another_process_is_told_as_in_this_one(own_engine: Engine, tmp_path: Path) -> None:
    with own_engine.begin() as connection:
        connection.execute(insert(setting).values(key="no_such", value="1"))
    told = command(own_engine, tmp_path, 2)
    assert told.returncode == 2
    assert told.stderr.startswith("设置项“no_such”")


def test_names_are_masked_unless_asked_for(engine: Engine, tmp_path: Path) -> None:
    run(engine, "--month", "2026-11", "--out", str(tmp_path / "masked"), "--org", ORG_CODE["willow_town"])
    run(engine, "--month", "2026-11", "--out", str(tmp_path / "full"), "--org", ORG_CODE["willow_town"], "--names")
    masked, full = (texts((tmp_path / kind / f"{ORG_CODE['willow_town']}.xlsx").read_bytes()) for kind in ("masked", "full"))
    assert "钱志强" in full and "钱志强" not in "\n".join(masked) and "钱**" in masked
    assert [file.name for file in (tmp_path / "full").iterdir()] == [f"{ORG_CODE['willow_town']}.xlsx"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--month", "2026-10"], "只能出具本月（2026-11）的账单"),
        (["--month", "2026Q4"], "无法识别"),
        (["--month", "11月"], "无法识别"),
        (["--month", "2026-11", "--org", "no-such"], "没有代码为“no-such”的组织"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture, given, sentence
) -> None:
    assert run(engine, *given, "--out", str(tmp_path / "out")) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_a_bad_setting_and_a_wrong_argument_are_one_sentence_too(
    own_engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert run(own_engine, "--month", "2026-11", "--out", str(tmp_path / "file")) == 2
    assert "写入失败，请检查磁盘空间和目录的写入权限（FileExistsError）" in capsys.readouterr().err.splitlines()[0]
    with own_engine.begin() as connection:
        connection.execute(insert(setting).values(key="no_such", value="1"))
    assert run(own_engine, "--month", "2026-11", "--out", str(tmp_path / "out")) == 2
    assert capsys.readouterr().err.startswith("设置项“no_such”")
    with pytest.raises(SystemExit) as end:
        main(["--out", str(tmp_path)])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("缺少参数：--month")


def test_a_database_that_is_not_there_is_not_created(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["--month", "2026-11", "--out", str(tmp_path), "--database", f"sqlite:///{tmp_path}/none.db"]) == 2
    assert "找不到数据库文件" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
