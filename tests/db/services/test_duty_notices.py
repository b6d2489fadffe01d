"""The notice of a rota: what stands today with changes marked, on one page, as Word and as a workbook."""

import io
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from sqlalchemy import select

from db.documents import rota_table
from db.documents import word as word_documents
from db.documents.forms import forms, shape_of
from db.engine import Database, current
from db.identity import encrypt
from db.journal import JournalRow
from db.models import Duty, DutyMember, DutyNeed, DutyPost, DutyShift, OfficeFact, Rota
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import templates
from db.services.duty import editing, notices, publishing, rotas
from db.services.files import Upload
from db.services.mediation import documents
from tests.db.services.standing_rotas import FIRST, LAST, add, member_id, new, publish, serve, view
from tests.factories import NOW, SYSTEM, Office, a_duty, a_member, a_patrol_lead

MAY = date(2026, 5, 1)


@pytest.fixture
def duty_id(database: Database, office: Office) -> int:
    with database.transaction(SYSTEM) as session:
        duty = a_duty(session, office, name_en="Centre duty")
        for name, value in (("name", "柳林街道综治中心"), ("telephone", "02300000000"), ("address", "柳林街1号")):
            session.scalars(select(OfficeFact).where(OfficeFact.name == name)).one().value = value
        member = session.scalars(select(DutyMember).where(DutyMember.name == "顾带班")).one()
        member.phone = encrypt(current(), "duty_member.phone", "15400000001")
        return duty.id


def filled(database: Database, office: Office, duty_id: int, first: date = FIRST, last: date = LAST) -> int:
    """A rota with somebody on every place, in turn."""
    rota_id = new(office.director, duty_id, first, last, key=f"{first}")
    seen = view(office.director, rota_id)
    turns: dict[str, int] = {}
    rows = {}
    for place in seen.places.to_dict("records"):
        able = [one["id"] for one in seen.members.to_dict("records") if place["role"] in one["roles"]]
        turn = turns[place["role"]] = turns.get(place["role"], -1) + 1
        rows[int(place["id"])] = (int(place["version"]), {"member_id": int(able[turn % len(able)])})
    assert editing.put(office.director, rota_id=rota_id, rows=rows, key=f"put{first}").saved
    return rota_id


def published(office: Office, rota_id: int) -> int:
    """The number it is published under."""
    version = view(office.director, rota_id).version
    return publishing.publish(
        office.director, rota_id=rota_id, version=version, reason="人手不足", key=f"publish{rota_id}"
    )


def word(actor: Actor, rota_id: int, **asked: object) -> WordDocument:
    return Document(io.BytesIO(notices.document(actor, rota_id=rota_id, **asked).content))  # type: ignore[arg-type]


def book(actor: Actor, rota_id: int, **asked: object) -> openpyxl.Workbook:
    made = notices.workbook(actor, rota_id=rota_id, language="en", **asked)  # type: ignore[arg-type]
    return openpyxl.load_workbook(io.BytesIO(made.content))


def texts(made: WordDocument) -> str:
    return "\n".join(one.text for one in made.paragraphs)


def cells(made: WordDocument) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in made.tables[0].rows]


def test_a_month_of_the_centre_duty_is_a_calendar(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    published(office, rota_id)
    made = word(office.clerk, rota_id)
    said = texts(made)
    for told in ("柳林街道综治中心", "2026年12月", "周主任", "2026年11月19日", "02300000000", "柳林街1号"):
        assert told in said
    assert "15400000001" not in said
    rows = cells(made)
    assert [len(row) for row in rows] == [7] * 6
    assert rows[0] == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    first, last = rows[1][1], rows[5][3]
    assert first.splitlines()[0] == "1日"
    assert {"林带班", "杜副班", "陈接访", "王经办"} <= set(first.replace("：", "\n").replace("、", "\n").splitlines())
    assert last.startswith("31日")
    assert rows[1][0] == rows[5][4] == ""


@pytest.mark.parametrize(
    ("labels", "brief"),
    [
        (["Leader on duty", "Staff on duty", "Volunteer"], ["Leader", "Staff", "Volunteer"]),
        (["Leader on duty", "Patrol"], ["Leader on duty", "Patrol"]),
        (["Leader on duty", "Leader"], ["Leader on duty", "Leader"]),
        (["Staff on duty", "Staff on", "Leader on duty"], ["Staff on duty", "Staff on", "Leader on duty"]),
        (["带班领导", "工作人员"], ["带班领导", "工作人员"]),
        ([], []),
    ],
)
def test_a_narrow_cell_leaves_out_what_roles_share(labels: list[str], brief: list[str]) -> None:
    assert list(rota_table.brief({one: one for one in labels}).values()) == brief


def test_days_as_rows_name_the_kind_of_each_day(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id, MAY, date(2026, 5, 31))
    made = word(office.director, rota_id, layout="days")
    head, *rows = cells(made)
    assert len(rows) == 31
    assert head[2:5] == ["带班领导", "值班副主任", "工作人员"]
    assert rows[0][:2] == ["1日", "周五"]
    assert "劳动节" in rows[0][5]
    assert "劳动节" in rows[8][5], "Saturday 9 May is a make-up day and says so"
    assert rows[5][5] == ""
    english = book(office.director, rota_id, layout="days").worksheets[0]
    assert "make-up day" in {str(row[5].value or "").partition(" ")[2] for row in english.iter_rows(min_col=1)}


def test_the_workbook_is_one_page_in_the_readers_language(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    published(office, rota_id)
    page = book(office.clerk, rota_id).worksheets[0]
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert {page.page_setup.fitToWidth, page.page_setup.fitToHeight} <= {None, 1}, "one page wide and high"
    assert int(page.page_setup.paperSize) == 9
    said = [str(cell.value) for row in page for cell in row if cell.value]
    assert said[0] == "Centre duty: duty rota December 2026"
    assert "柳林街道综治中心" in said
    assert "Version 1 · 周主任 · published 19 November 2026" in said
    assert "Mon" in said
    assert any("Leader:" in one.replace("\n", " ") for one in said)
    assert "Duty telephone: 02300000000 · 柳林街1号" in said
    assert all(cell.data_type != "f" for row in page for cell in row)


def test_what_changed_after_publishing_is_marked(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    published(office, rota_id)
    place = view(office.director, rota_id).places.iloc[-1]
    change = {"place_id": int(place["id"]), "version": int(place["version"]), "member_id": None}
    publishing.override(office.director, rota_id=rota_id, reason="病假", key="sick", **change)  # type: ignore[arg-type]
    said = "\n".join(str(cell.value) for row in book(office.clerk, rota_id).worksheets[0] for cell in row if cell.value)
    assert said.count("(open)*") == 1
    assert "* changed after publishing, last on 19 November 2026" in said
    assert "Open places: 1" in said
    assert cells(word(office.clerk, rota_id))[5][3].count("*") == 1


def test_one_s_own_formula_stays_text(database: Database, office: Office, duty_id: int) -> None:
    with database.transaction(SYSTEM) as session:
        a_member(session, session.get_one(Duty, duty_id), "=1+1 & <b>", "leader")
    rota_id = new(office.director, duty_id)
    serve(database, rota_id, FIRST, "=1+1 & <b>")
    publish(database, rota_id)
    page = book(office.clerk, rota_id, layout="days").worksheets[0]
    assert "=1+1 & <b>" in {cell.value for row in page for cell in row}
    assert "=1+1 & <b>" in cells(word(office.clerk, rota_id, layout="days"))[1]


def posts_of(database: Database, office: Office, posts: int, staff: int) -> int:
    """A duty with many posts by day and by night."""
    with database.transaction(SYSTEM) as session:
        duty = Duty(name="巡逻岗亭值班", unit_id=office.centre)
        session.add(duty)
        session.flush()
        places = [DutyPost(duty_id=duty.id, name=f"第{n + 1}岗亭", position=n) for n in range(posts)]
        shifts = [
            DutyShift(duty_id=duty.id, name="白班", mark="白", begins=480, minutes=720),
            DutyShift(duty_id=duty.id, name="夜班", mark="夜", begins=1200, minutes=720, night=True),
        ]
        session.add_all([*places, *shifts])
        session.flush()
        for post in places:
            for shift, count in zip(shifts, (1, 2), strict=True):
                need = {"post_id": post.id, "shift_id": shift.id, "role": "patrol", "count": count}
                session.add(DutyNeed(duty_id=duty.id, **need))
        for n in range(staff):
            a_member(session, duty, f"巡逻员{n}", "patrol")
        return duty.id


def test_many_posts_turn_the_page(database: Database, office: Office) -> None:
    few = filled(database, office, posts_of(database, office, 2, 12))
    made = word(office.director, few)
    heads = cells(made)[:2]
    assert heads[0][2:6] == ["第1岗亭", "第1岗亭", "第2岗亭", "第2岗亭"]
    assert heads[1][2:6] == ["白班", "夜班", "白班", "夜班"]
    assert made.sections[-1].orientation == WD_ORIENT.PORTRAIT
    with database.transaction(SYSTEM) as session:
        session.scalars(select(Duty).where(Duty.name == "巡逻岗亭值班")).one().name = "旧岗亭"
    many = filled(database, office, posts_of(database, office, 8, 60), MAY, date(2026, 5, 7))
    wide = word(office.director, many).sections[-1]
    assert wide.orientation == WD_ORIENT.LANDSCAPE
    assert (wide.page_width or 0) > (wide.page_height or 0)
    assert book(office.director, many).worksheets[0].page_setup.orientation == "landscape"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("posts", [0, 2, 6])
def test_a_month_of_31_days_is_one_page(
    database: Database, office: Office, duty_id: int, tmp_path: Path, posts: int
) -> None:
    duty = posts_of(database, office, posts, posts * 7) if posts else duty_id
    rota_id = filled(database, office, duty, MAY, date(2026, 5, 31))
    for layout in ("days", "calendar") if not posts else ("days",):
        (tmp_path / f"{layout}.docx").write_bytes(
            notices.document(office.director, rota_id=rota_id, layout=layout).content
        )
        words = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf"]
        subprocess.run([*words, f"{layout}.docx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
        printed = (tmp_path / f"{layout}.pdf").read_bytes()
        assert printed.count(b"/Type/Page/") + printed.count(b"/Type/Page\n") == 1


def test_single_days_are_listed_without_the_empty_ones(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        duty = Duty(name="领导接访日", unit_id=office.centre)
        session.add(duty)
        session.flush()
        post = DutyPost(duty_id=duty.id, name="接访室")
        shift = DutyShift(duty_id=duty.id, name="接访", mark="访", begins=540, minutes=480)
        session.add_all([post, shift])
        session.flush()
        need = {"days": "weekday", "weekday": 4, "on_holiday": "next_working"}
        session.add(DutyNeed(duty_id=duty.id, post_id=post.id, shift_id=shift.id, role="leader", count=1, **need))
        a_member(session, duty, "林带班", "leader")
        duty_id = duty.id
    rota_id = filled(database, office, duty_id, MAY, date(2026, 5, 31))
    rows = cells(word(office.director, rota_id))
    assert [row[0] for row in rows[1:]] == ["6日", "8日", "15日", "22日", "29日"]
    assert "5月1日" in rows[1][3], "the first of May is a holiday; the day it was moved from is told"


def test_a_long_rota_has_a_notice_for_each_month(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id, date(2026, 11, 25), date(2027, 1, 10))
    parts = notices.parts_of(date(2026, 11, 25), date(2027, 1, 10))
    assert [(p.from_on, p.until_on) for p in parts] == [
        (date(2026, 11, 25), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 10)),
    ]
    assert [p.month for p in parts] == [None, date(2026, 12, 1), None]
    assert len(cells(word(office.director, rota_id, layout="days"))) == 1 + 6
    january = book(office.director, rota_id, from_on=date(2027, 1, 1), layout="days").worksheets[0]
    said = [str(cell.value) for row in january for cell in row if cell.value]
    assert said[0] == "Centre duty: duty rota 1 January 2027 to 10 January 2027"
    assert "Holidays and make-up days are provisional." in said
    assert len(notices.parts_of(date(2026, 11, 16), date(2026, 12, 15))) == 1
    with pytest.raises(Problems):
        notices.document(office.director, rota_id=rota_id, from_on=date(2026, 12, 2))


def test_a_draft_is_for_who_plans_and_says_that_it_is_one(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    with pytest.raises(NotThere):
        notices.document(office.clerk, rota_id=rota_id)
    made = notices.workbook(office.director, rota_id=rota_id, language="en")
    assert made.name == "Centre duty: duty rota December 2026 draft.xlsx"
    said = {cell.value for row in book(office.director, rota_id).worksheets[0] for cell in row}
    assert "Draft, not published" in said


def test_members_numbers_only_for_who_plans_and_each_look_is_noted(
    database: Database, office: Office, duty_id: int
) -> None:
    rota_id = filled(database, office, duty_id)
    published(office, rota_id)
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    for actor in (office.clerk, office.viewer, lead):
        with pytest.raises(Refused):
            notices.document(actor, rota_id=rota_id, contacts=True)
        assert "15400000001" not in texts(word(actor, rota_id))
    assert "顾带班 15400000001" in texts(word(office.director, rota_id, contacts=True))
    said = {str(cell.value) for row in book(office.director, rota_id, contacts=True).worksheets[0] for cell in row}
    assert "Members: 顾带班 15400000001" in said
    with database.transaction(SYSTEM) as session:
        for member in session.scalars(select(DutyMember)):
            member.phone = encrypt(current(), "duty_member.phone", "15400000001")
    page = book(office.director, rota_id, contacts=True).worksheets[0]
    assert page.row_dimensions[page.max_row].height > 2 * 14, "twelve numbers take more than two lines"
    with database.reading() as session:
        looks = session.scalars(select(JournalRow).where(JournalRow.event == "look")).all()
        prints = session.scalars(select(JournalRow).where(JournalRow.event == "print")).all()
    assert [(row.tbl, row.pk, row.actor_id) for row in looks] == [
        ("duty_member", str(duty_id), office.director.id),
        ("duty_member", str(duty_id), office.director.id),
        ("duty_member", str(duty_id), office.director.id),
    ]
    assert [row.pk for row in prints] == [str(rota_id)] * 6
    assert json.loads(prints[-1].after or "")["numbers"] is True


def test_who_sees_no_rotas_prints_none(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    published(office, rota_id)
    with pytest.raises(Refused):
        notices.document(office.auditor, rota_id=rota_id)
    with pytest.raises(Refused):
        notices.workbook(office.auditor, rota_id=rota_id, language="en")


def test_nonsense_is_told(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    with pytest.raises(Problems):
        notices.document(office.director, rota_id=rota_id, layout="spiral")
    with pytest.raises(NotThere):
        notices.document(office.director, rota_id=rota_id + 1)


def test_a_rota_without_places_prints_nothing(database: Database, office: Office, duty_id: int) -> None:
    add(database, Rota(duty_id=duty_id, from_on=FIRST, until_on=LAST, made_at=NOW))
    rota_id = int(rotas.rotas(office.director)["id"].iloc[0])
    with pytest.raises(Problems):
        notices.document(office.director, rota_id=rota_id)


def test_what_is_gathered_is_what_the_preset_promises(
    database: Database, office: Office, duty_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rota_id = filled(database, office, duty_id)
    gathered: dict[str, object] = {}
    usual = word_documents.render
    monkeypatch.setattr(
        word_documents,
        "render",
        lambda template, form, values, **more: gathered.update(values) or usual(template, form, values, **more),
    )
    notices.document(office.director, rota_id=rota_id)
    shape = shape_of(forms()["duty_notice"])
    assert set(gathered) == set(shape)
    days = gathered["days"]
    assert isinstance(days, list)
    assert {frozenset(row) for row in days} == {shape["days"]}


def test_no_form_of_a_rota_is_made_from_a_dispute(database: Database, office: Office) -> None:
    with pytest.raises(NotThere):
        documents.document(office.director, form="duty_notice", dispute_id=1)


# --- the office's own template ---


def upload_of(document: WordDocument) -> Upload:
    out = io.BytesIO()
    document.save(out)
    return Upload("值班表.docx", out.getvalue())


def test_the_office_s_own_layout_is_filled_in(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    document = Document()
    for line in (
        "{{ title }}",
        "{%p for one in days %}",
        "{{ one.day }}{{ one.weekday }} {{ one.leader }}",
        "{%p endfor %}",
    ):
        document.add_paragraph(line)
    mine = upload_of(document)
    templates.replace(office.admin, form="duty_notice", version=0, upload=mine, key="own")
    made = word(office.director, rota_id)
    assert made.tables == []
    assert "1日周二" in texts(made)
    assert member_id(database, "林带班")
    assert "林带班" in texts(made)


def test_the_table_takes_the_type_of_its_placeholder(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    document = Document()
    run = document.add_paragraph().add_run("{{ table }}")
    run.font.name = "KaiTi"
    document.add_paragraph("{{ edition }}")
    templates.replace(office.admin, form="duty_notice", version=0, upload=upload_of(document), key="own")
    made = word(office.director, rota_id)
    assert made.tables[0].rows[0].cells[0].paragraphs[0].runs[0].font.name == "KaiTi"
    assert made.element.body[0].tag.endswith("}tbl")


def test_the_table_stands_once_wherever_it_was_asked_for(database: Database, office: Office, duty_id: int) -> None:
    rota_id = filled(database, office, duty_id)
    document = Document()
    document.sections[0].header.paragraphs[0].text = "页眉 {{ table }}"
    for line in ("{{ title }}", "{{ table }}", "{{ table }}"):
        document.add_paragraph(line)
    templates.replace(office.admin, form="duty_notice", version=0, upload=upload_of(document), key="own")
    made = word(office.director, rota_id)
    assert len(made.tables) == 1
    assert made.sections[0].header.paragraphs[0].text == ""
    assert [one.text for one in made.paragraphs][1:] == ["", ""]
