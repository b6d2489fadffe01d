"""One table as a real .xlsx: text stays text, days are days, nothing is a formula or a link."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDEST, NARROWEST = 60, 8


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    sheet: str,
    about: Sequence[tuple[str, str]] = (),
    about_sheet: str = "",
    zone: str,
) -> bytes:
    """The workbook's bytes: one sheet with the table, one that says what it is and who took it when."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        head = book.add_format({"bold": True, "bg_color": "#EAF1F0", "border": 1, "text_wrap": True, "valign": "top"})
        body = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
        days = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        minutes = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"})
        page = book.add_worksheet(sheet[:31])
        for column, heading in enumerate(headings):
            page.write_string(0, column, heading, head)
            page.set_column(column, column, width_of_column(heading, [row[column] for row in rows[:200]]))
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, datetime):
                    local = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
                    page.write_datetime(line, column, local, minutes)
                elif isinstance(value, date):
                    page.write_datetime(line, column, datetime(value.year, value.month, value.day), days)  # noqa: DTZ001 - a cell has no zone
                elif isinstance(value, (int, float)) and not isinstance(value, bool):
                    page.write_number(line, column, value)
                else:
                    page.write_string(line, column, str(value)[:32_000], body)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(rows), 1), max(len(headings) - 1, 0))
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        if about:
            told = book.add_worksheet(about_sheet[:31])
            told.set_column(0, 0, 24)
            told.set_column(1, 1, 80)
            for line, (name, value) in enumerate(about):
                told.write_string(line, 0, name, head)
                told.write_string(line, 1, value, body)
    return target.getvalue()


def width_of_column(heading: str, values: Sequence[object]) -> int:
    """In letters of the usual type, from NARROWEST to WIDEST."""
    longest = max((_cells(str(v)) for v in (heading, *values) if v is not None), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def _cells(text: str) -> int:
    """How wide a text is; a Chinese character takes two places."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text[:80])
