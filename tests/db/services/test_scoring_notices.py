"""The result notice as Word and as a workbook, in both languages: first edition, corrected, incomplete, many units."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.document import Document as WordDocument

from db.documents import word as word_documents
from db.documents.fitting import LEGIBLE, Cell, Grid, fit
from db.documents.forms import forms, shape_of
from db.engine import Database
from db.models import JournalRow, Unit
from db.rules.problems import NotThere, Refused
from db.services import templates
from db.services.files import Upload
from db.services.scoring import cards, notices
from tests.db.services.scored import EVERYBODY, Scored, a_scored_year
from tests.factories import SYSTEM, Office, a_unit, an_assessment

READERS = ("director", "leader", "assessor", "viewer", "head", "admin")


@pytest.fixture
def scored(database: Database, office: Office) -> Scored:
    """Every sheet of the year is finished: unit A 100, unit B 90."""
    return a_scored_year(database, office)


def word(scored: Scored, published: int, language: str = "zh", who: str = "viewer") -> WordDocument:
    made = notices.document(scored.office.people[who], publication_id=published, language=language)
    assert made.name.endswith(".docx")
    return Document(io.BytesIO(made.content))


def book(scored: Scored, published: int, language: str = "zh") -> list[str]:
    made = notices.workbook(scored.office.viewer, publication_id=published, language=language)
    page = openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]
    assert page.page_setup.paperSize == 9
    return [str(cell.value) for row in page for cell in row if cell.value is not None]


def lines(made: WordDocument) -> str:
    return "\n".join(paragraph.text for paragraph in made.paragraphs)


def cells(made: WordDocument) -> list[list[str]]:
    return [["".join(cell.text.split()) for cell in row.cells] for row in made.tables[0].rows]


def test_a_quarter_as_word_and_as_a_workbook(scored: Scored) -> None:
    published = scored.publish()
    made = word(scored, published)
    head, first, second = cells(made)
    assert head[:2] == ["名次", "单位"]
    assert head[-1] == "总分"
    assert (first[:2], first[-1]) == (["1", "城建所"], "100.0")
    assert (second[:2], second[-1]) == (["2", "东村"], "90.0")
    # Sections of the quarter, brought from 70 to 100: nothing of the first applies, then 35 of 35 and 28 of 35.
    assert second[2:] == ["–", "50.0", "40.0", "90.0"]
    told = lines(made)
    for said in ("2026", "第一季度", "周主任", "2026年11月26日"):
        assert said in told, said
    assert "{" not in told
    found = book(scored, published, "en")
    assert {"Rank", "Unit", "Total", "East village", "90.0"} <= set(found)
    assert any("appeal until 26 November 2026" in one for one in found)


def test_the_year_shows_its_parts_bonus_deductions_grades_and_cards(scored: Scored) -> None:
    office = scored.office
    scored.book(office.unit_a, "commended_county", 2)
    scored.book(office.unit_b, "criticism", 1)
    cards.give(
        office.director,
        assessed_unit_id=scored.assessed(office.unit_b),
        kind="yellow",
        on_day=date(2026, 8, 1),
        reason="脱岗",
        key="yellow",
    )
    published = scored.publish("all")
    head, first, second = cells(word(scored, published, "en"))
    assert head == [
        *("Rank", "Unit", "Routineinspection20%", "Half-yearcheck30%", "Year-endcheck50%"),
        *("Bonus", "Deductions", "Total", "Grade", "Card"),
    ]
    assert first == ["1", "Buildingoffice", "20.0", "30.0", "50.0", "2.0", "0.0", "102.0", "Excellent", ""]
    assert second == ["2", "Eastvillage", "18.0", "27.0", "45.0", "0.0", "−1.0", "89.0", "Good", "Yellowcard"]


def test_a_corrected_notice_lists_what_differs(scored: Scored) -> None:
    first = scored.publish("all")
    assert "What differs" not in lines(word(scored, first, "en"))
    scored.correct(scored.office.unit_b, "q1", 10)
    second = scored.publish("all", key="again")
    told = lines(word(scored, second, "en"))
    assert "What differs from edition 1" in told
    assert "East village　Total　90.0 → 90.5" in told
    assert "Plans, records and files (First quarter)" in told
    assert "corrects edition 1" in told
    assert any("90.0 → 90.5" in one for one in book(scored, second, "en"))
    # What was replaced is still printed as it was, without an invitation to appeal against it.
    assert "appeal" not in lines(word(scored, first, "en"))


def test_what_is_missing_is_said_with_its_reason(database: Database, office: Office) -> None:
    scored = Scored(database, office, an_assessment(office))
    scored.fill(office.unit_a, "q1", 10)
    published = scored.publish(incomplete=True, reason="东村换届")
    made = word(scored, published, "en")
    assert cells(made)[2][0] == "–"
    assert "Published without East village: 东村换届" in lines(made)


def test_many_units_flow_over_pages_in_type_one_can_read(database: Database, office: Office) -> None:
    scored = Scored(database, office, an_assessment(office))
    with database.transaction(SYSTEM) as session:
        centre = session.get_one(Unit, office.centre)
        more = [a_unit(session, f"第{n}村", parent=centre, kind="village").id for n in range(1, 121)]
    scored.score(office.unit_a, *more)
    scored.fill(office.unit_a, "q1", 10)
    made = word(scored, scored.publish(incomplete=True, reason="试评"), who="director")
    rows = made.tables[0].rows
    assert len(rows) == 122
    assert rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert rows[5].cells[1].paragraphs[0].runs[0].font.size.pt >= LEGIBLE


def test_only_a_table_that_flows_takes_further_pages() -> None:
    body = tuple((Cell((str(n),)), Cell(("东里村民委员会",))) for n in range(300))
    heads = ((Cell(title="名次"), Cell(title="单位")),)
    pages = ((480.0, 700.0), (700.0, 480.0))
    assert fit(Grid(heads, body, flows=True), *pages).size >= LEGIBLE
    assert not fit(Grid(heads, body), *pages).fits
    few = Grid(heads, body[:10], flows=True)
    assert fit(few, *pages) == fit(Grid(heads, body[:10]), *pages)


def test_who_prints_and_that_it_is_journalled(scored: Scored) -> None:
    published = scored.publish()
    for who in READERS:
        notices.document(scored.office.people[who], publication_id=published, language="zh")
    with scored.database.reading() as session:
        noted = session.query(JournalRow).filter_by(event="print", tbl="score_publication").count()
    assert noted == len(READERS)
    for who in (one for one in EVERYBODY if one not in READERS):
        with pytest.raises(Refused):
            notices.document(scored.office.people[who], publication_id=published, language="zh")
        with pytest.raises(Refused):
            notices.workbook(scored.office.people[who], publication_id=published, language="zh")
    with pytest.raises(NotThere):
        notices.document(scored.office.viewer, publication_id=published + 1, language="zh")


def test_what_is_gathered_is_what_the_preset_promises(scored: Scored, monkeypatch: pytest.MonkeyPatch) -> None:
    scored.publish()
    scored.correct(scored.office.unit_b, "q1", 10)
    published = scored.publish(key="again")
    gathered: dict[str, Any] = {}
    usual = word_documents.render
    monkeypatch.setattr(
        word_documents,
        "render",
        lambda template, form, values, **more: gathered.update(values) or usual(template, form, values, **more),
    )
    word(scored, published)
    shape = shape_of(forms()["score_notice"])
    assert set(gathered) == set(shape)
    assert {frozenset(row) for row in gathered["differences"]} == {shape["differences"]}


def test_the_office_s_own_template_is_filled_in(scored: Scored) -> None:
    published = scored.publish()
    document = Document()
    document.add_paragraph("{{ title }}")
    document.add_paragraph("{{ table }}")
    out = io.BytesIO()
    document.save(out)
    mine = Upload("通报.docx", out.getvalue())
    templates.replace(scored.office.admin, form="score_notice", version=0, upload=mine, key="own")
    made = word(scored, published)
    assert len(made.tables) == 1
    assert "周主任" not in lines(made)
