"""A chart leaves as a file for who may draw it, as they may see it, and the journal says so."""

import io
import json
from dataclasses import asdict, replace

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from db.engine import Database
from db.journal import JournalRow
from db.rules.briefings.asked import spec_from
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services.briefings import chart_papers, saved
from db.services.briefings.chart_papers import Kind, file_name
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_case

SPEC = ChartSpec(register="cases", measure="received", split="channel", title="=1+1 来件/渠道")
STARTS = {Kind.PNG: b"\x89PNG", Kind.SVG: b"<svg", Kind.XLSX: b"PK", Kind.PPTX: b"PK", Kind.DOCX: b"PK"}


def filled(database: Database, office: Office, count: int = 3) -> None:
    with database.transaction(SYSTEM) as session:
        for _ in range(count):
            a_case(session, office)


def exports(database: Database) -> list[tuple[int | None, str, str, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.event == "export").order_by(JournalRow.seq))
        return [(row.actor_id, row.tbl, row.pk, json.loads(row.after or "{}")) for row in rows]


def test_every_kind_leaves_and_is_journalled(database: Database, office: Office) -> None:
    filled(database, office)
    for kind in Kind:
        made = chart_papers.document(office.director, spec=SPEC, kind=kind, language="zh")
        assert made.name == f"=1+1 来件 渠道 2026-11-19.{kind}"
        assert made.content.startswith(STARTS[kind])
    noted = exports(database)
    assert [(who, tbl, detail["as"]) for who, tbl, _, detail in noted] == [
        (office.director.id, "saved_chart", kind) for kind in Kind
    ]
    assert ChartSpec.from_json(str(noted[0][3]["spec"])) == replace(SPEC, title="")


def figures(actor: Actor) -> set[object]:
    """What a chart's workbook tells this person."""
    made = chart_papers.document(actor, spec=SPEC, kind=Kind.XLSX, language="zh")
    return {cell.value for row in openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0] for cell in row}


def test_small_counts_are_hidden_in_files_as_on_screen(database: Database, office: Office) -> None:
    filled(database, office)
    assert 3 in figures(office.director)
    assert 3 not in figures(office.viewer)


def test_a_saved_chart_leaves_for_who_it_is_shared_with(database: Database, office: Office) -> None:
    filled(database, office)
    pk = saved.save(office.director, name="给主任看", spec=SPEC, key="s")
    made = chart_papers.saved_document(office.director, chart_id=pk, kind=Kind.SVG, language="zh")
    assert made.name.startswith("给主任看 ")
    assert exports(database)[-1][2] == str(pk)
    with nothing_changes(database), pytest.raises(NotThere):
        chart_papers.saved_document(office.viewer, chart_id=pk, kind=Kind.SVG, language="zh")


def test_who_may_not_gets_nothing(database: Database, office: Office) -> None:
    with pytest.raises(Refused):
        chart_papers.document(office.auditor, spec=SPEC, kind=Kind.PNG, language="zh")
    with nothing_changes(database), pytest.raises(Problems):
        chart_papers.document(office.director, spec=replace(SPEC, measure="x"), kind=Kind.PNG, language="zh")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("来件/渠道:本月?", "来件 渠道 本月"),
        ("..", "linli"),
        ("\x00\n\t", "linli"),
        ("../../etc/passwd", "etc passwd"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_file_is_called_what_every_system_takes(title: str, name: str) -> None:
    assert file_name(title) == name


# --- the question in an address ---

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_a_question_comes_back_from_an_address() -> None:
    asked = replace(SPEC, filters=(("channel", ("visit", "")),), by="unit", compare="before")
    assert spec_from(asked.to_json()) == asked


@given(st.text(max_size=30) | JSON.map(json.dumps))
def test_nonsense_in_an_address_is_a_sentence(text: str) -> None:
    with pytest.raises(Problems):
        spec_from(text)


@given(st.dictionaries(st.sampled_from([*ChartSpec.__dataclass_fields__]), JSON))
def test_a_question_is_whole_or_refused(told: dict[str, object]) -> None:
    try:
        spec = spec_from(json.dumps({"register": "cases", "measure": "received"} | told))
    except Problems:
        return
    assert spec_from(spec.to_json()) == spec


@pytest.mark.parametrize("unfit", ["\ud800", "\0", "\u202e"])
def test_a_question_of_unfit_letters_is_a_sentence(unfit: str) -> None:
    for asked in (replace(SPEC, title=unfit), replace(SPEC, split=unfit), replace(SPEC, filters=(("kind", (unfit,)),))):
        with pytest.raises(Problems):
            spec_from(json.dumps(asdict(asked), default=str))


def test_a_question_has_an_end() -> None:
    with pytest.raises(Problems):
        spec_from(replace(SPEC, title="字" * 20_000).to_json())
    with pytest.raises(Problems):
        spec_from("[" * 15_000)
