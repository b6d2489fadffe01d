"""A superior's layout: filled where it says, kept as it looks, hostile files refused, exported like a ledger."""

import io
import zipfile
from datetime import date

import docx
import openpyxl
import pytest
from openpyxl.styles import Font

from components.front_door import exports as door
from components.front_door import layout_files
from db.documents import layout_book
from db.engine import Database
from db.rules.layouts import Column, Format, Plan, formatted
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import exports as doors
from db.services import layouts
from db.services.files import Upload
from db.services.ledgers.asking import Choice
from tests.factories import Office, a_case

PLAN = Plan(
    "",
    4,
    (Column("A", "row"), Column("B", "number"), Column("C", "received_on", Format.DAY_DOT), Column("D", "subject")),
)
DAYS = {"begins": date(2026, 1, 1), "ends": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    doors._asked._inside._left.clear()


def a_sheet(formula: str = "=COUNTA(B4:B4)") -> bytes:
    """A title over merged cells, headings, one bold row to fill, a total below it."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "{{office}}报表（{{begins}}至{{ends}}）"
    page.merge_cells("A1:D1")
    for column, heading in enumerate(("序号", "编号", "日期", "事由"), 1):
        page.cell(3, column, heading)
        page.cell(4, column).font = Font(bold=True)
    page["A5"], page["B5"] = "合计", formula
    page.merge_cells("C5:D5")
    page.row_dimensions[5].height = 33
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The same file with one more part."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as parts:
        parts.writestr(name, text)
    return out.getvalue()


def added(actor: Actor, content: bytes, name: str = "上报.xlsx") -> int:
    """A layout of cases."""
    return layouts.add(
        actor, name="月报", register="cases", upload=Upload(name, content), key=f"k{hash(content)}{name}"
    )


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_go_where_the_plan_says_and_everything_else_moves(count: int) -> None:
    rows = [[n + 1, f"=2026-{n}", "2026.1.2", "<b>"] for n in range(count)]
    made = layout_book.filled(a_sheet(), PLAN, rows, {"office": "中心", "begins": "1日", "ends": "2日"})
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    total = 4 + max(count, 1)
    assert page["A1"].value == "中心报表（1日至2日）"
    assert page.cell(total, 1).value == "合计"
    assert page.cell(total, 2).value == f"=COUNTA(B4:B{total - 1})"
    assert {str(one) for one in page.merged_cells.ranges} == {"A1:D1", f"C{total}:D{total}"}
    assert page.row_dimensions[total].height == 33
    for n in range(count):
        assert (page.cell(4 + n, 2).value, page.cell(4 + n, 2).data_type) == (f"=2026-{n}", "s")
        assert page.cell(4 + n, 4).font.bold


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsm", a_sheet()),
        ("a.xlsx", with_part(a_sheet(), "xl/vbaProject.bin", b"x")),
        ("a.xlsx", with_part(a_sheet(), "xl/externalLinks/externalLink1.xml", b"<a/>")),
        ("a.xlsx", with_part(a_sheet(), "xl/bomb.xml", b"0" * 50_000_000)),
        ("a.xlsx", with_part(a_sheet(), "xl/more.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        ("a.xlsx", with_part(a_sheet(), "xl/_rels/x.rels", b'<r TargetMode="External" Target="http://a"/>')),
        ("a.xlsx", a_sheet('=WEBSERVICE("http://a")')),
        ("a.xlsx", a_sheet("=[1]Sheet1!A1")),
        ("a.xlsx", a_sheet("=cmd|'/c calc'!A0")),
        ("a.xlsx", b"PK\x03\x04 nothing"),
        ("a.xlsx", b"<html></html>"),
        ("a.docx", a_sheet()),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(office: Office, name: str, content: bytes) -> None:
    with pytest.raises(Problems):
        added(office.admin, content, name)
    assert layouts.layouts(office.admin).empty


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_layout_is_listed_for_who_reads_its_register(office: Office) -> None:
    about = {"name": "调解月报", "register": "disputes", "upload": Upload("上报.xlsx", a_sheet())}
    layouts.add(office.admin, **about, key="disputes")  # type: ignore[arg-type]
    cases_id = added(office.admin, a_sheet())
    assert len(layouts.layouts(office.admin)) == len(layouts.layouts(office.director)) == 2
    assert list(layouts.layouts(office.head)["id"]) == [cases_id]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_layout_is_described_tried_filled_and_removed(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, number="2026-000001", subject="=1+1")
        a_case(session, office, number="2026-000002", running=2, sealed=True)
    layout_id = added(office.admin, a_sheet())
    seen = layouts.layout(office.admin, layout_id=layout_id)
    assert seen.grid[2] == ["序号", "编号", "日期", "事由"]
    choice = Choice(**DAYS)  # type: ignore[arg-type]
    with pytest.raises(Problems):
        layouts.ask(office.clerk, layout_id=layout_id, choice=choice, language="zh")
    with pytest.raises(Problems):
        layouts.edit(
            office.admin,
            layout_id=layout_id,
            version=seen.version,
            name="月报",
            plan=Plan("", 4, (Column("A", "secret"),)),
            key="b",
        )
    version = layouts.edit(office.admin, layout_id=layout_id, version=seen.version, name="月报", plan=PLAN, key="e")
    with pytest.raises(Changed):
        layouts.edit(office.admin, layout_id=layout_id, version=seen.version, name="月报", plan=PLAN, key="e2")
    with pytest.raises(Refused):
        layouts.layout(office.clerk, layout_id=layout_id)
    tried, content, lines = layouts.sample(office.admin, layout_id=layout_id)
    assert layout_files.filled(office.admin, tried, content, lines, {}, "zh")[0].startswith("月报 ")
    assert layout_id in list(layouts.layouts(office.clerk)["id"])
    assert layouts.layouts(office.handler).empty, "reads cases and exports no ledgers"
    name, made = door._workbook(
        office.clerk, layouts.ask(office.clerk, layout_id=layout_id, choice=choice, language="zh").token
    )
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert name.endswith(".xlsx")
    assert [cell.value for cell in page[4]] == [1, "2026-000001", "2026.11.19", "=1+1"]
    assert page["A5"].value == "合计"
    layouts.remove(office.admin, layout_id=layout_id, version=version, key="r")
    with pytest.raises(NotThere):
        layouts.ask(office.clerk, layout_id=layout_id, choice=choice, language="zh")
    with pytest.raises(Refused):
        layouts.ask(office.handler, layout_id=layout_id, choice=choice, language="zh")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_word_layout_has_a_list_of_rows(database: Database, office: Office) -> None:
    with database.transaction(office.clerk) as session:
        a_case(session, office, number="2026-000001", subject="<b>&")
    made = docx.Document()
    made.add_paragraph("{{ office }} {{ count }}")
    grid = made.add_table(rows=3, cols=2)
    for row, words in enumerate(
        (("{%tr for one in rows %}", ""), ("{{ one.number }}", "{{ one.subject }}"), ("{%tr endfor %}", ""))
    ):
        for cell, text in zip(grid.rows[row].cells, words, strict=True):
            cell.text = text
    out = io.BytesIO()
    made.save(out)
    layout_id = added(office.admin, out.getvalue(), "上报.docx")
    choice = Choice(**DAYS)  # type: ignore[arg-type]
    _, content = door._workbook(
        office.director, layouts.ask(office.director, layout_id=layout_id, choice=choice, language="zh").token
    )
    (table,) = docx.Document(io.BytesIO(content)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["2026-000001", "<b>&"]]
    made.add_paragraph("{{ secret }}")
    made.save(out := io.BytesIO())
    with pytest.raises(Problems):
        added(office.admin, out.getvalue(), "b.docx")


@pytest.mark.parametrize(
    ("value", "form", "told"),
    [
        (date(2026, 1, 2), Format.DAY, date(2026, 1, 2)),
        (date(2026, 1, 2), Format.DAY_ZH, "2026年1月2日"),
        (date(2026, 1, 2), Format.TEXT, "2026-01-02"),
        ("1,234.50", Format.NUMBER, 1234.5),
        ("12", Format.NUMBER, 12),
        ("=1", Format.NUMBER, "=1"),
        ("简易", Format.CODE, "simple"),
        (None, Format.TEXT, None),
    ],
)
def test_formats(value: object, form: Format, told: object) -> None:
    assert formatted(value, "simple", form) == told
