"""Files as offices send them, and files that would do harm: each read to the last digit, or refused with a sentence."""

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from db.engine import Database, using
from db.identity import decrypt
from db.models import CaseParty, Unit
from db.rules.problems import Problems
from db.services import importing
from db.services.importing import Preview, command
from tests.db.services.test_importing import DATA, HEADER, ROWS, sqlite_only, stored
from tests.factories import Office

pytestmark = sqlite_only
ID_NUMBER = "11010519491231002X"
TEXT = "幸福路的路灯坏了半个月没有人来修"


def a_book(*rows: Sequence[object], sheets: Sequence[str] = (), merged: Sequence[str] = (), mac: bool = False) -> bytes:
    """A workbook with these rows in its first sheet."""
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    for name in sheets:
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    """An archive that calls itself a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with one of its parts exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
    return out.getvalue()


def previewed(office: Office, content: bytes, name: str) -> Preview:
    """What bringing the file in as its headings are understood would do."""
    chosen = importing.guess(importing.look_at(content, name))
    return importing.preview(office.clerk, source=content, name=name, chosen=chosen)


BOOMING = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">%s]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr">
<is><t>&j;</t></is></c></row></sheetData></worksheet>""" % b"".join(
    b'<!ENTITY %c "%s">' % (ord("b") + i, b"&%c;" % (ord("a") + i) * 10) for i in range(1, 9)
)
SHEET = "xl/worksheets/sheet1.xml"
HARMFUL: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("a.xlsx", lambda: packed(**{SHEET: b"0" * (210 << 20)}), "packed too tightly"),
    "entity bomb": ("a.xlsx", lambda: with_part(a_book(["编号", "内容"]), SHEET, BOOMING), "damaged"),
    "macros": ("a.xlsx", lambda: packed(**{"xl/vbaProject.bin": b"x", SHEET: b"<x/>"}), "macros"),
    "macro name": ("a.xlsm", lambda: a_book(["编号", "内容"]), "only these can"),
    "old excel": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"Save it as \.xlsx"),
    "old excel renamed": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"Save it as \.xlsx"),
    "csv called xlsx": ("a.xlsx", lambda: HEADER.encode(), "not what its name says"),
    "xlsx called csv": ("a.csv", lambda: a_book(["编号", "内容"]), "not what its name says"),
    "pdf called csv": ("a.csv", lambda: b"%PDF-1.7\n", "not what its name says"),
    "web page": ("a.csv", lambda: b"<html><table><tr><td>1</td></tr></table>", "not what its name says"),
    "empty": ("a.csv", lambda: b" \n", "empty"),
    "cut off": ("a.xlsx", lambda: a_book(["编号", "内容"])[:900], "damaged"),
    "too large": ("a.csv", lambda: b"a,b\n" * (14 << 20), "larger than 50 MB"),
    "million columns": ("a.csv", lambda: b"a," * 1_000_000 + b"\n", "more than 500 columns"),
    "one endless line": ("a.csv", lambda: b"a" * (45 << 20), "more text than a cell"),
    "quotation never closed": ("a.csv", lambda: b'number,text\n1,"' + b"ab\n" * 3_000_000, "more text than a cell"),
    "no columns": ("a.csv", lambda: b"1\n2\n", "No row names the columns"),
    "far row": (
        "a.xlsx",
        lambda: with_part(
            a_book(["编号", "内容"]),
            SHEET,
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'
            b"</sheetData></worksheet>",
        ),
        "No row names|too many|damaged",
    ),
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_what_would_do_harm_is_refused_with_a_sentence_and_soon(office: Office, harm: str) -> None:
    name, content, said = HARMFUL[harm]
    made = content()
    began = time.process_time()
    with pytest.raises(Problems, match=said):
        previewed(office, made, name)
    assert time.process_time() - began < 5


def test_strange_cells_cost_nothing_but_themselves(database: Database, office: Office, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.invalid")'
    lines = [
        '1,U1,"=HYPERLINK(""http://example.invalid"")",2019/1/7,"<b>粗</b> **md** \u202eabc 😀 路灯坏了",城乡建设',
        f"2,U2,井盖,2019/1/7,{'长' * 1_000_000},城乡建设",
        f"3,{'名' * 1000},噪音,2019/1/7,夜里一直施工到两点没有人管,城乡建设",
        "4,U4,NUL,2019/1/7,文字\0里的空字节不要紧,城乡建设",
        f"5,U5,身份,2019/1/7,我的身份证是{ID_NUMBER}请查一下补贴发了没有,城乡建设",
    ]
    content = (HEADER + "\n".join(lines) + "\n").encode()
    shown = previewed(office, content, "in.csv")
    assert shown.counts["added"] == 3
    assert [(note.row, note.heading) for note in shown.rejected] == [(3, "留言详情"), (4, "留言用户")]
    import_id = importing.start(
        office.clerk,
        source=content,
        name="in.csv",
        chosen=importing.guess(importing.look_at(content, "in.csv")),
        key="k",
    )
    while importing.state(office.clerk, import_id=import_id).state in ("waiting", "running"):
        time.sleep(0.02)
    found = stored(database)
    assert found["1"].subject == formula
    assert "<b>粗</b> **md**" in found["1"].text
    assert "\u202e" not in found["1"].text
    assert found["4"].text == "文字里的空字节不要紧"
    assert ID_NUMBER not in found["5"].text
    assert "*" * 18 in found["5"].text


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_way_offices_write_text(database: Database, encoding: str, delimiter: str) -> None:
    text = (HEADER + "\n".join(ROWS) + "\n").replace(",", delimiter)
    sheets = importing.look_at(text.encode(encoding), "表.txt")
    assert [column.field for column in sheets.sheets[0].columns] == [
        "number", "user", "subject", "received", "text", "category",
    ]  # fmt: skip
    assert sheets.sheets[0].columns[2].samples[0] == "路灯不亮"


def test_a_hotline_sheet_with_two_lines_of_headings(database: Database, office: Office, tmp_path: Path) -> None:
    upper = ["12345工单编号", "受理时间", "诉求人", None, None, "诉求", None, "诉求地点", None]
    lower = [None, None, "姓名", "手机号", "紧急程度", "标题（必填）", "内容\n描述", "街道", "地址", None, None, None]
    first_row = [
        "1234520260000003964293",
        datetime.fromisoformat("2026-03-02T04:10"),
        "张某",
        13800000000,
        "紧急",
        "路灯",
        TEXT,
    ]
    second_row = ["1234520260000003964294", 46083.5, "匿名", None, "一般", "井盖", "井盖丢了没有人管已经两天"]
    third_row = [
        1.2345202600000039e21,
        "２０２６年３月２日 下午3:05",
        "李某",
        "13800000001",
        None,
        "噪音",
        "夜里施工到两点没有人管",
    ]
    content = a_book(
        ["某某镇热线工单（虚构）"],
        [*upper, "一级分类", "二级分类", "身份证号"],
        lower,
        [*first_row, "东街", "东街2号", "城乡建设", "不认识", ID_NUMBER],
        [],
        [*second_row, "西街", "8号", "交通运输", "环境保护", ID_NUMBER],
        third_row,
        ["合计", 3],
        ["说明：本表为虚构"],
        sheets=["字典"],
        merged=["A1:L1", "C2:E2", "F2:G2", "H2:I2", "A2:A3", "B2:B3"],
    )
    sheets = importing.look_at(content, "热线.xlsx")
    assert (sheets.best, len(sheets.sheets)) == ("Sheet", 2)
    by_field = {column.field: column.heading for column in sheets.sheets[0].columns if column.field}
    assert (by_field["name"], by_field["text"], by_field["number"]) == ("诉求人姓名", "内容 描述", "12345工单编号")
    identity = next(column for column in sheets.sheets[0].columns if column.heading == "身份证号")
    assert (identity.field, identity.samples) == ("", ())
    assert identity.why_not
    shown = previewed(office, content, "热线.xlsx")
    assert (shown.counts["read"], shown.counts["added"]) == (3, 3)
    first = shown.rows[0].fields
    assert (first["number"], first["place"], first["category"]) == ("20260000003964293", "东街2号", "construction")
    assert first["note"] == "紧急程度：紧急"
    assert any("lost its digits" in str(note) for note in shown.warnings)
    path = tmp_path / "热线.xlsx"
    path.write_bytes(content)
    command.run(database, path)
    found = stored(database)
    assert found["20260000003964294"].anonymous
    assert found["20260000003964294"].category == "environment"
    assert found["20260000003964294"].source == "hotline"
    third = next(case for case in found.values() if case.subject == "噪音")
    assert third.received_at.astimezone(datetime.fromisoformat("2026-03-02T00:00+08:00").tzinfo).isoformat() == (
        "2026-03-02T15:05:00+08:00"
    )
    with database.reading() as session, using(database):
        contacts = {decrypt(database, "case_party.contact", party.contact) for party in session.query(CaseParty)}
    assert contacts == {"13800000000", "13800000001"}


def test_a_workbook_that_counts_from_1904(office: Office) -> None:
    content = a_book(["编号", "时间", "内容"], ["1", 44197, TEXT], mac=True)
    (row,) = previewed(office, content, "mac.xlsx").rows
    assert str(row.fields["received_at"])[:10] == "2025-01-02"


def test_units_are_proposed_and_accusations_told(database: Database, office: Office) -> None:
    header = "编号,内容,主办单位,业务类型,回复内容,是否催办,工单来源"
    lines = [
        f"1,{TEXT},综治中心,投诉举报类,已派人查看,是,电话",
        "2,某干部收了别人的钱财请查处,不知道的单位,检举控告,,否,飞鸽",
    ]
    with database.reading() as session:
        unit = session.get_one(Unit, office.unit_a)
    content = (header + "\n" + "\n".join(lines).replace("综治中心", unit.name) + "\n").encode()
    shown = previewed(office, content, "in.csv")
    first = shown.rows[0]
    assert (first.unit, first.unit_id) == (unit.name, office.unit_a)
    assert first.fields["channel"] == "telephone"
    assert first.fields["note"] == f"回复内容：已派人查看\n是否催办：是\n主办单位：{unit.name}"
    assert [(note.row, note.heading) for note in shown.rejected] == [(3, "业务类型")]


@pytest.mark.skipif(not (DATA / "import").exists(), reason="the real files are not beside the repository")
def test_the_real_workbook(database: Database, office: Office) -> None:
    path = DATA / "import" / "b_title_merged.xlsx"
    dry = command.run(database, path, dry=True)
    report = command.run(database, path)
    assert report.counts == dry.counts
    assert (report.counts["read"], report.counts["added"], report.counts["rejected"]) == (140, 140, 0)
    found = stored(database)
    assert found["20190000003964293"].imported_due_on is not None
    assert all(case.imported_due_on for case in found.values())
    again = command.run(database, path).counts
    assert (again["added"], again["updated"], again["skipped_duplicate"]) == (0, 0, 140)
    importing.take_back(office.director, import_id=1, key="back")
    assert command.run(database, path).counts == report.counts
