"""Rows of other systems: columns, dates, numbers, and what becomes of each row."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules import case_import as rules
from db.rules.case_import import Known, Note, Told, Verdict
from db.rules.importing.headings import fields_of, header_of, meanings
from db.rules.importing.telling import Words, told_of
from db.rules.text_tables import csv_table

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 19, 1, tzinfo=UTC)
SYNONYMS = {
    "number": ["留言编号", "number"],
    "user": ["留言用户"],
    "subject": ["留言主题"],
    "received": ["留言时间"],
    "text": ["留言详情", "text"],
    "category": ["一级标签"],
    "due": ["截止时间"],
}
HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,一级标签"


DEFAULTS = {"channel": "online", "source": "other_unit", "kind": "request", "grade": "general", "category": "other"}
WORDS = Words(
    zone=ZONE,
    now=NOW,
    categories={"城乡建设": "construction", "环境保护": "environment"},
    values={
        "channel": {"电话": "telephone"},
        "kind": {"求助类": "request", "检举控告类": "accusation"},
        "grade": {"重大": "major"},
    },
    units={"城管所": (7, "城管所")},
    nobody=frozenset({"匿名"}),
    no=frozenset({"", "否"}),
    defaults=DEFAULTS,
)


def rows_of(text: str, encoding: str = "utf-8") -> tuple[list[Told], list[Note]]:
    """The rows of a small file."""
    table = csv_table(text.encode(encoding))
    header = header_of(table.lines, meanings(SYNONYMS))
    assert header is not None
    columns = list(zip(header.headings, fields_of(header.headings, meanings(SYNONYMS)), strict=True))
    words = replace(WORDS, lossy=table.encoding == "gb18030", told_once=set(), fields=frozenset(f for _, f in columns))
    rows: list[Told] = []
    notes: list[Note] = []
    for number, line in table.lines:
        if number > header.last:
            cells: dict[str, list[tuple[str, str]]] = {}
            for (heading, field), cell in zip(columns, line, strict=False):
                cells.setdefault(field, []).append((heading, cell))
            told, said = told_of(number, cells, words)
            rows.append(told)
            notes += said
    return rows, notes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/1/7 4:10:00", "2019-01-07T04:10:00+08:00"),
        ("2019-01-07", "2019-01-07T00:00:00+08:00"),
        ("2019-01-07T04:10:05", "2019-01-07T04:10:05+08:00"),
        ("2015.07.02", "2015-07-02T00:00:00+08:00"),
        ("2019年1月7日 04:10", "2019-01-07T04:10:00+08:00"),
        ("2019年1月7日4时10分", "2019-01-07T04:10:00+08:00"),
        ("２０１９／１／７ ４：１０", "2019-01-07T04:10:00+08:00"),
        ("20190107", "2019-01-07T00:00:00+08:00"),
        ("43472", "2019-01-07T00:00:00+08:00"),
        ("43472.1736111111", "2019-01-07T04:10:00+08:00"),
        ("不详", None),
        ("", None),
        ("2019/13/7", None),
        ("7/1/2019", None),
        ("12345", None),
        ("0019-01-07", None),
    ],
)
def test_dates_are_read_in_every_notation(written: str, meant: str | None) -> None:
    moment = rules.moment_of(written, ZONE)
    assert (moment.isoformat() if moment else None) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" 16612 ", "16612"),
        ("16612.0", "16612"),
        ("'20190107", "20190107"),
        ("１６６１２", "16612"),
        ("1234520190107041000123", "20190107041000123"),
        ("12345-A1", "A1"),
        ("123456", "123456"),
        ("12345", "12345"),
    ],
)
def test_numbers_lose_what_is_not_theirs(written: str, meant: str) -> None:
    assert rules.number_of(written) == meant


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_and_line_breaks_in_cells(encoding: str) -> None:
    first = '1,U1,路灯不亮,2019/1/7,"\r\n\t　　第一段。\r\n\r\n　　第二段。",城乡建设'
    text = f"{HEADER}\r\n{first}\r\n\r\n2,U2,噪音,2019/1/8,夜里施工,城乡建设\r\n"
    rows, notes = rows_of(text, encoding)
    assert [(r.row, r.number, r.text) for r in rows] == [(2, "1", "第一段。\n第二段。"), (4, "2", "夜里施工")]
    assert notes == []


def test_the_header_may_stand_below_a_title() -> None:
    rows, _ = rows_of("某平台导出,,\n编外,text,number\nx,路口红绿灯坏了,7\n")
    assert [(r.row, r.number, r.subject) for r in rows] == [(3, "7", "路口红绿灯坏了")]


def test_a_row_of_text_alone_gets_subject_number_and_notes() -> None:
    (row,), notes = rows_of(f"{HEADER}\n,,,,您好！我家楼下的下水道堵了三天。请帮忙。,环境保护\n")
    assert row.subject == "我家楼下的下水道堵了三天"
    assert row.number.startswith("text-")
    assert row.received_at is None
    assert len(notes) == 3


@pytest.mark.parametrize("written", ["不详", "2031-01-01"])
def test_a_date_that_can_not_be_is_told(written: str) -> None:
    (row,), (note,) = rows_of(f"{HEADER}\n1,U1,路灯,{written},路灯不亮,城乡建设\n")
    assert row.received_at is None
    assert written in str(note)


def test_a_long_subject_goes_into_the_text() -> None:
    (row,), _ = rows_of(f"{HEADER}\n1,U1,{'长' * 300},2019/1/7,正文,城乡建设\n")
    assert len(row.subject) == rules.SUBJECT_LENGTH
    assert row.text == "长" * 300 + "\n正文"


def test_question_marks_are_told_in_gbk_files_only() -> None:
    text = f"{HEADER}\n1,U1,路灯,2019/1/7,路灯不亮?已经三天,城乡建设\n"
    assert len(rows_of(text, "gb18030")[1]) == 1
    assert rows_of(text)[1] == []


def test_a_number_ruined_by_a_spreadsheet_is_not_used() -> None:
    (row,), notes = rows_of(f"{HEADER}\n1.23457E+20,U1,路灯,2019/1/7,路灯不亮,城乡建设\n")
    assert row.number.startswith("text-")
    assert "1.23457E+20" in str(notes[0])


def a_row(row: int, number: str, text: str) -> Told:
    """A row for planning."""
    return Told(row, number, "subject", text)


def test_the_plan_tells_new_known_changed_and_repeated_rows() -> None:
    stored = Known(
        contents={"1": a_row(0, "1", "old words").content, "2": a_row(0, "2", "two").content},
        closed={"2"},
        words={rules.words_digest("a text long enough to be known"): (17, "2026-000017")},
    )
    rows = [
        a_row(2, "1", "old words"),
        a_row(3, "1", "new words"),
        a_row(4, "1", "new words"),
        a_row(5, "2", "two and more"),
        a_row(6, "3", "a text long enough to be known"),
        a_row(7, "4", "another text that comes twice"),
        a_row(8, "5", "another text that comes twice"),
        a_row(9, "6", ""),
    ]
    planned = rules.plan(rows, stored, {9: Note(9, "empty")})
    assert [p.verdict.value for p in planned] == [
        "skipped_duplicate",
        "updated",
        "skipped_duplicate",
        "updated",
        "added",
        "added",
        "added",
        "rejected",
    ]
    assert [p.repeat_of for p in planned] == [None, None, None, None, 17, None, "4", None]
    assert "closed" in str(planned[3].note)


numbers = st.sampled_from(["1", "2", "3", "4"])
texts = st.sampled_from(["a text that is long enough", "another text long enough", "short", "one more of the texts"])


@given(st.lists(st.tuples(numbers, texts)))
def test_a_second_run_adds_and_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    rows = [a_row(i, number, text) for i, (number, text) in enumerate(pairs)]
    known = Known()
    first, second = rules.plan(rows, known, {}), rules.plan(rows, known, {})
    assert {p.verdict for p in second} <= {Verdict.SKIP}
    assert sum(p.verdict is Verdict.ADD for p in first) == len({number for number, _ in pairs})
