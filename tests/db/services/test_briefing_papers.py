"""A briefing on paper: Word from the office's template, slides, the page to print; each taking is journalled."""

import io
from functools import partial

import docx
import pptx
import pytest
from sqlalchemy import select

from db.engine import Database
from db.journal import JournalRow
from db.models import Case
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Refused
from db.services import templates as word_templates
from db.services.briefings import blocks, briefings, papers
from db.services.files import Upload
from tests.db.services.briefed import Briefed
from tests.factories import Office

RECEIVED = ChartSpec(register="cases", measure="received", split="category", title="=1+1 & <b>")
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def issued(database: Database, office: Office) -> tuple[Briefed, int]:
    """Seven matters of October, in an issued report with every kind of part."""
    briefed = Briefed(database, office)
    briefed.received(7)
    found, clerk = briefed.empty(), office.clerk
    blocks.add(clerk, briefing_id=found, kind="heading", text="一、总体 & <b>情况", key="heading")
    blocks.add(clerk, briefing_id=found, kind="figures", codes=["registered", "closed"], key="figures")
    briefed.text(found, "登记{登记件数}件。\n办结{办结件数}件。")
    blocks.add_chart(clerk, briefing_id=found, spec=RECEIVED, key="chart")
    return briefed, briefed.issue(found)


def texts(content: bytes) -> str:
    """All that is written in a Word document, tables too."""
    made = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def slides(content: bytes) -> list[str]:
    """What is written on each slide."""
    deck = pptx.Presentation(io.BytesIO(content))
    return ["\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in deck.slides]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_leaves_as_word(issued: tuple[Briefed, int], language: str) -> None:
    briefed, found = issued
    made = papers.word(briefed.office.viewer, briefing_id=found, language=language)
    assert made.name == "2026年10月工作月报.docx"
    said = texts(made.content)
    for wanted in ("2026年10月工作月报", "一、总体 & <b>情况", "登记7件。", "=1+1 & <b>", "周主任"):
        assert wanted in said
    assert "{{" not in said
    document = docx.Document(io.BytesIO(made.content))
    order = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert order.index("登记7件。") + 1 == order.index("办结0件。")
    assert len(document.inline_shapes) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_leaves_as_slides(issued: tuple[Briefed, int], language: str) -> None:
    briefed, found = issued
    made = papers.slides(briefed.office.viewer, briefing_id=found, language=language)
    told = slides(made.content)
    assert "2026年10月工作月报" in told[0]
    assert "7" in told[1]
    assert "登记7件。" in told[1]
    assert "=1+1 & <b>" in told[2]
    deck = pptx.Presentation(io.BytesIO(made.content))
    (chart,) = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert list(chart.chart.plots[0].series[0].values) == [7]


def test_an_issued_one_is_the_same_paper_later(issued: tuple[Briefed, int]) -> None:
    briefed, found = issued
    before = texts(papers.word(briefed.office.viewer, briefing_id=found, language="zh").content)
    briefed.received(5)
    with briefed.database.transaction(briefed.office.director) as session:
        for case in session.query(Case):
            case.category = "environment"
    assert texts(papers.word(briefed.office.viewer, briefing_id=found, language="zh").content) == before


def test_a_draft_says_that_it_is_one(issued: tuple[Briefed, int]) -> None:
    briefed, first = issued
    office = briefed.office
    found = briefings.correct(office.clerk, briefing_id=first, key="correct")
    made = papers.word(office.clerk, briefing_id=found, language="en")
    assert "Draft of edition 2, not issued" in texts(made.content)
    assert made.name == "2026年10月工作月报 draft.docx"
    briefed.issue(found, key="again")
    paper = papers.page(office.viewer, briefing_id=found)
    assert "corrects edition 1" in paper.edition("en")
    assert paper.name("en", "pptx") == "2026年10月工作月报 edition 2.pptx"


def a_plain_document(text: str) -> bytes:
    made = docx.Document()
    for name in ("Heading 2", "Heading 3", "Table Grid"):
        made.styles[name].element.getparent().remove(made.styles[name].element)
    made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "holds"), [("{{ body }}", True), ("{{ title }} {{ body }} {{ body }}", True), ("{{ title }}", False)]
)
def test_an_office_sets_it_out_itself(issued: tuple[Briefed, int], text: str, holds: bool) -> None:
    briefed, found = issued
    upload = Upload("own.docx", a_plain_document(text))
    word_templates.replace(briefed.office.admin, form="briefing", version=0, upload=upload, key="own")
    said = texts(papers.word(briefed.office.viewer, briefing_id=found, language="zh").content)
    assert ("登记7件。" in said) is holds
    assert said.count("登记7件。") <= 1


def test_each_taking_is_journalled(issued: tuple[Briefed, int]) -> None:
    briefed, found = issued
    viewer = briefed.office.viewer
    papers.word(viewer, briefing_id=found, language="zh")
    papers.slides(viewer, briefing_id=found, language="zh")
    papers.page(viewer, briefing_id=found)
    with briefed.database.reading() as session:
        rows = select(JournalRow.event).where(JournalRow.actor == viewer.name, JournalRow.tbl == "briefing")
        assert list(session.scalars(rows.order_by(JournalRow.seq))) == ["export", "export", "print"]


@pytest.mark.parametrize(("name", "why"), [("handler", Refused), ("auditor", Refused), ("viewer", NotThere)])
def test_who_takes_nothing_away(issued: tuple[Briefed, int], name: str, why: type[Exception]) -> None:
    briefed, first = issued
    found = briefings.correct(briefed.office.clerk, briefing_id=first, key="correct")
    actor: Actor = briefed.office.people[name]
    for act in (partial(papers.word, language="zh"), partial(papers.slides, language="zh"), papers.page):
        with pytest.raises(why):
            act(actor, briefing_id=found)
