"""Briefings through the real app: what is due, written in place, issued, corrected."""

from typing import Any

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.models import Briefing
from db.services import intake
from db.services.briefings import blocks
from tests.db.services.briefed import Briefed
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
LIST, ONE = SCREEN["briefings"], SCREEN["briefing"]


@pytest.fixture
def briefed(database: Database, office: Office) -> Briefed:
    """Seven matters of October."""
    briefed = Briefed(database, office)
    briefed.received(7)
    return briefed


def said(page: Any) -> str:
    assert not page.exception, [one.value for one in page.exception]
    parts = [*page.markdown, *page.caption, *page.info, *page.subheader, *page.error, *page.warning, *page.success]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def button(page: Any, label: str) -> Any:
    return [each for each in page.button if each.label == label][-1]


def labels(page: Any) -> set[str]:
    return {each.label for each in page.button}


def states(briefed: Briefed) -> list[tuple[str, int]]:
    with briefed.database.reading() as session:
        return [(row.state, row.edition) for row in session.query(Briefing).order_by(Briefing.id)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_due_is_seen_and_written(briefed: Briefed, as_person: Opener, language: str) -> None:
    page = as_person(briefed.office.clerk, LIST, language)
    assert "R-92" in said(page)
    assert len(page.info) == 1
    page.button(key="briefings.write:monthly-2026-10-01:0").click().run()
    assert not page.exception
    assert states(briefed) == [("draft", 1)]
    page = as_person(briefed.office.clerk, LIST, language)
    assert "briefings.write:monthly-2026-10-01:0" not in [each.key for each in page.button]


def test_a_reader_is_told_there_is_none(briefed: Briefed, as_person: Opener) -> None:
    briefed.new()
    page = as_person(briefed.office.viewer, LIST)
    assert "No briefing is issued yet." in said(page)
    assert not labels(page) & {"Write it", "Begin the draft"}
    page = as_person(briefed.office.viewer, ONE, id="1")
    assert "not yours to see" in said(page)


@pytest.mark.parametrize("asked", ["", "999", "x", "-1", "99999999999999999999"])
def test_an_address_of_nothing(briefed: Briefed, as_person: Opener, asked: str) -> None:
    assert "not yours to see" in said(as_person(briefed.office.clerk, ONE, id=asked))


def test_a_new_one_is_begun_from_the_list(briefed: Briefed, as_person: Opener) -> None:
    page = as_person(briefed.office.clerk, LIST)
    page.segmented_control(key="new-kind").set_value("annual").run()
    button(page, "Begin the draft").click().run()
    assert not page.exception
    assert briefed.head(1).title == "Annual report on petition work 2025"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_draft_is_read_and_written_in_place(briefed: Briefed, as_person: Opener, language: str) -> None:
    found = briefed.new(language=language)
    page = as_person(briefed.office.clerk, ONE, language, id=str(found))
    assert "{" not in said(page)
    assert page.get("vega_lite_chart")
    first, second = (part.block_id for part in briefed.parts(found)[:2])
    page.button(key=f"block.down:{first}:0").click().run()
    assert [part.block_id for part in briefed.parts(found)[:2]] == [second, first]
    page.button(key="briefing.undo:1:1:0").click().run()
    assert not page.exception
    assert [part.block_id for part in briefed.parts(found)[:2]] == [first, second]


def test_a_part_taken_out_is_put_back(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.empty()
    briefed.text(found, "甲")
    (part,) = briefed.parts(found)
    page = as_person(briefed.office.clerk, ONE, id=str(found))
    page.button(key=f"block.out:{part.block_id}:{part.version}:0").click().run()
    assert "There is nothing in it yet" in said(page)
    button(page, "Put the part back").click().run()
    assert briefed.said(found) == "甲"


def test_a_text_is_written_with_a_figure_from_the_list(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.empty()
    block = briefed.text(found, "甲")
    page = as_person(briefed.office.clerk, ONE, id=str(found), edit=str(block))
    page.text_area[0].set_value("October: ").run()
    page.selectbox(key=f"figure-briefing:{found}:{block}").set_value("registered").run()
    page.button(key=f"insert-briefing:{found}:{block}").click().run()
    assert page.text_area[0].value == "October: {registered}"
    assert "October: 7" in said(page)
    assert list(intake.drafts(briefed.office.clerk)["form"]) == [f"briefing:{found}:{block}"]
    button(page, "Save").click().run()
    assert briefed.said(found) == "October: 7"
    button(page, "Undo the change").click().run()
    assert briefed.said(found) == "甲"


def test_an_unknown_name_is_told_beside_the_text(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.empty()
    page = as_person(briefed.office.clerk, ONE, id=str(found), add="text")
    page.text_area[0].set_value("共{登记数}件").run()
    button(page, "Add").click().run()
    assert "{登记件数}" in said(page)
    assert page.text_area[0].value == "共{登记数}件"
    page.text_area[0].set_value("共{登记件数}件").run()
    button(page, "Add").click().run()
    assert briefed.said(found) == "共7件"
    assert "Undo adding it" in labels(page)


def test_figures_and_headings_are_added(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.empty()
    page = as_person(briefed.office.clerk, ONE, id=str(found), add="figures")
    page.multiselect[0].set_value(["registered", "closed.change"])
    button(page, "Add").click().run()
    assert [one.code for one in briefed.parts(found)[0].figures] == ["registered", "closed.change"]
    assert [metric.value for metric in page.metric][:1] == ["7"]


def test_a_chart_is_asked_otherwise(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.new()
    chart = next(part for part in briefed.parts(found) if part.drawn)
    page = as_person(briefed.office.clerk, ONE, id=str(found), edit=str(chart.block_id))
    page.text_input[-1].set_value("=1+1")
    button(page, "Save").click().run()
    assert not page.exception
    assert "=1+1" in said(page)
    assert blocks.spec_of(briefed.office.clerk, block_id=chart.block_id).title == "=1+1"


def test_a_draft_is_issued_and_corrected(briefed: Briefed, as_person: Opener) -> None:
    found = briefed.new(language="en")
    page = as_person(briefed.office.clerk, ONE, id=str(found))
    assert not [label for label in labels(page) if "Issue" in label]
    page = as_person(briefed.office.director, ONE, id=str(found))
    button(page, "Issue edition 1").click().run()
    assert states(briefed) == [("issued", 1)]
    assert {"Up", "Edit"}.isdisjoint(labels(page))
    page = as_person(briefed.office.viewer, ONE, id=str(found))
    assert "7 matters were registered" in said(page)
    assert {link.proto.label for link in page.get("link_button")} >= {"As Word", "As slides", "Print"}
    page = as_person(briefed.office.clerk, ONE, id=str(found))
    button(page, "Corrected edition").click().run()
    assert states(briefed) == [("issued", 1), ("draft", 2)]
