"""Workbooks (Excel): titled tables on A4, in which every text stays text and every sheet says scope, as-of date and 演示数据.

Written by XlsxWriter, which never reads what it writes: a name that looks like a formula, a number or an address is written as the
text that it is.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DEMO = "演示数据"
MISSING = "—"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
_A4 = 9
_LONGEST_CELL = 32_767
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # characters that XML cannot hold


@dataclass(frozen=True)
class Field:
    """One column of a table: its header, its width in characters, and how its numbers are written ("0.0"; text needs none)."""

    label: str
    width: int
    number: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet: its name, its title, the quiet lines under it, and the rows.

    `fields` names the columns of `rows` to write, in order. `parted` names a column by which rows that belong together are headed with
    its value and begin on a page of their own.
    """

    name: str
    title: str
    lines: Sequence[str]
    rows: pd.DataFrame
    fields: Mapping[str, Field]
    parted: str | None = None
    footer: Sequence[str] = field(default=())


def written(tables: Sequence[Table], *, demo: bool) -> bytes:
    """Return the tables as the bytes of a workbook, a sheet each; `demo` puts the badge on every sheet."""
    buffer = BytesIO()
    write(buffer, tables, demo=demo)
    return buffer.getvalue()


def write(target: BytesIO | Path, tables: Sequence[Table], *, demo: bool) -> None:
    """Write the tables as a workbook into `target`."""
    place = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(place, _OPTIONS | {"in_memory": isinstance(target, BytesIO)}) as book:
        formats = _Formats(book)
        for table in tables:
            _sheet(book.add_worksheet(table.name), table, formats, demo)


class _Formats:
    """The few formats of a workbook. Without colours: they are printed in grey, and the palette is the screens'."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._numbers: dict[str, Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.quiet = book.add_format({"italic": True, "font_size": 9})
        self.badge = book.add_format({"bold": True, "font_size": 11, "border": 1, "align": "center"})
        self.head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "vcenter"})
        self.part = book.add_format({"bold": True, "font_size": 12, "top": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})

    def number(self, pattern: str) -> Format:
        """The format of numbers in a pattern, made once."""
        if pattern not in self._numbers:
            self._numbers[pattern] = self._book.add_format({"num_format": pattern, "valign": "top"})
        return self._numbers[pattern]


def _sheet(sheet: Worksheet, table: Table, formats: _Formats, demo: bool) -> None:
    last = len(table.fields) - 1
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{DEMO if demo else ''}&C第 &P 页，共 &N 页")
    for place, column in enumerate(table.fields.values()):
        sheet.set_column(place, place, column.width)
    sheet.write_string(0, 0, _safe(table.title), formats.title)
    if demo:
        sheet.write_string(0, last, DEMO, formats.badge)
    for row, line in enumerate(table.lines, start=1):
        sheet.write_string(row, 0, _safe(line), formats.quiet)
    head = len(table.lines) + 1
    for place, column in enumerate(table.fields.values()):
        sheet.write_string(head, place, column.label, formats.head)
    sheet.repeat_rows(head)
    sheet.freeze_panes(head + 1, 0)
    end = _rows(sheet, table, formats, head + 1)
    for row, line in enumerate(table.footer, start=end + 1):
        sheet.write_string(row, 0, _safe(line), formats.quiet)


def _rows(sheet: Worksheet, table: Table, formats: _Formats, first: int) -> int:
    """Write the rows from row `first` on; return the row after the last."""
    columns = [table.rows[name].tolist() for name in table.fields]
    parts = table.rows[table.parted].tolist() if table.parted else []
    kinds = list(table.fields.values())
    at, breaks, before = first, [], object()
    for place, values in enumerate(zip(*columns, strict=True)):
        if parts and parts[place] != before:
            before = parts[place]
            if at > first:
                breaks.append(at)
            sheet.write_string(at, 0, _safe(str(before)), formats.part)
            at += 1
        for column, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            _cell(sheet, at, column, value, kind, formats)
        at += 1
    if breaks:
        sheet.set_h_pagebreaks(breaks[:_MOST_BREAKS])
    return at


_MOST_BREAKS = 1_023  # of one sheet, by the file's format


def _cell(sheet: Worksheet, row: int, column: int, value: Hashable | Any, kind: Field, formats: _Formats) -> None:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        sheet.write_string(row, column, MISSING, formats.text)
    elif isinstance(value, datetime | date):
        sheet.write_string(row, column, f"{value:%Y-%m-%d}", formats.text)
    elif kind.number and isinstance(value, int | float):
        sheet.write_number(row, column, value, formats.number(kind.number))
    else:
        sheet.write_string(row, column, _safe(str(value)), formats.text)


def _safe(value: str) -> str:
    """Return text that the format can hold, cut at the longest cell."""
    return value.translate(_CONTROLS)[:_LONGEST_CELL]
