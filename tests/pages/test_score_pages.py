"""Scores through the real app: the board, a unit's sheets, points entered with evidence, a sheet finished."""

from typing import Any

import pytest
from sqlalchemy import func, select

from components.screens import SCREENS
from db.engine import Database, reading
from db.models import ScoreEntry, ScoreSheet
from db.rules.permissions import Actor
from db.services.scoring import computing, sheets
from tests.db.services.test_scoring_sheets import FILE, GIVEN, assessed, give
from tests.factories import Office, an_assessment
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
BOARD, SHEET, DESK = SCREEN["scores"], SCREEN["sheet"], SCREEN["desk"]


@pytest.fixture
def unit_a(database: Database, office: Office) -> int:
    return assessed(an_assessment(office), office.unit_a)


def said(page: Any) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*page.markdown, *page.caption, *page.info, *page.subheader, *page.error, *page.warning, *page.text]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def labels(page: Any) -> set[str]:
    return {each.label for kind in (page.button, page.expander, page.selectbox) for each in kind}


def key_of(page: Any, kind: str, ending: str) -> str:
    """The key of the one widget of this kind whose key ends so."""
    return next(str(one.key) for one in getattr(page, kind) if str(one.key).endswith(ending))


def entries_count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(ScoreEntry)) or 0


def test_without_an_assessment_the_board_says_who_sets_one_up(office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, BOARD)
    assert not page.exception
    assert "A director sets one up under Assessments." in said(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_board_shows_units_to_who_may_see_them(
    unit_a: int, office: Office, as_person: Opener, language: str
) -> None:
    page = as_person(office.assessor, BOARD, language)
    assert not page.exception
    assert len(page.dataframe[0].value) == 2
    mine = as_person(office.head, BOARD, language)
    assert len(mine.dataframe[0].value) == 1
    assert "Rank" not in mine.dataframe[0].value.columns


def test_a_sheet_of_another_unit_is_not_there(unit_a: int, office: Office, as_person: Opener) -> None:
    other = assessed(1, office.unit_b)
    page = as_person(office.head, SHEET, id=str(other))
    assert "This does not exist, or it is not yours to see." in said(page)
    assert "Building office" in said(as_person(office.head, SHEET, id=str(unit_a)))


def test_a_point_with_evidence_is_entered_on_the_sheet(unit_a: int, office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, SHEET, id=str(unit_a), period="book")
    assert not page.exception
    page.selectbox(key=key_of(page, "selectbox", "-item")).set_value("criticism").run()
    page.button(key=key_of(page, "button", "-add_entry")).click().run()
    assert "Say why." in said(page)
    assert "Link the record or add a file." in said(page)
    assert page.selectbox(key=key_of(page, "selectbox", "-item")).value == "criticism"
    assert entries_count() == 0
    page.text_area(key=key_of(page, "text_area", "-reason")).set_value("夜查无人应答").run()
    page.file_uploader(key=key_of(page, "file_uploader", "-uploads")).set_value(
        [(FILE.name, FILE.content, "text/plain")]
    )
    page.button(key=key_of(page, "button", "-add_entry")).click().run()
    assert not page.exception
    assert entries_count() == 1
    assert "夜查无人应答" in said(page)
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    assert told["total"]["deduction"]["exact"] == "1"


def test_a_point_half_typed_is_offered_on_the_desk(unit_a: int, office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, SHEET, id=str(unit_a), period="q4")
    page.text_area(key=key_of(page, "text_area", "-reason")).set_value("夜查无人应答").run()
    desk = as_person(office.assessor, DESK)
    (go_on,) = [one for one in desk.button if one.label == "Continue"]
    again = go_on.click().run()
    assert not again.exception
    assert {name: again.query_params[name] for name in ("id", "period")} == {"id": str(unit_a), "period": "q4"}
    assert again.text_area(key=key_of(again, "text_area", "-reason")).value == "夜查无人应答"
    (fold,) = [one for one in again.expander if one.label == "Enter a point with evidence"]
    assert fold.proto.expanded


def test_an_entry_is_taken_back_and_put_back(unit_a: int, office: Office, as_person: Opener) -> None:
    entry = give(office.assessor, unit_a, "plans", points="4")
    page = as_person(office.assessor, SHEET, id=str(unit_a), period="q4", entry=str(entry))
    page.button(key=f"score.remove:{entry}:0").click().run()
    assert not page.exception
    assert "Taken back (1)" in labels(page)
    page.button(key=f"score.restore:{entry}:0").click().run()
    told = sheets.sheets(office.assessor, assessed_unit_id=unit_a).told
    assert [row["id"] for row in told["entries"]] == [entry]


def test_a_sheet_is_computed_finished_and_reopened(unit_a: int, office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, SHEET, id=str(unit_a), period="q4")
    page.button(key=f"score.finish:{unit_a}-q4-0:0").click().run()
    assert "Still open" in said(page)
    for item in GIVEN:
        give(office.assessor, unit_a, item, points="8")
    page = as_person(office.assessor, SHEET, id=str(unit_a), period="q4")
    page.button(key=f"score.compute:{unit_a}:0").click().run()
    assert not page.exception
    page.button(key=next(str(one.key) for one in page.button if str(one.key).startswith("score.finish"))).click().run()
    assert not page.exception
    with reading() as session:
        assert session.scalars(select(ScoreSheet.finished_at).where(ScoreSheet.period == "q4")).one() is not None
    assert "Enter a point with evidence" not in labels(page)
    page.button(key=next(str(one.key) for one in page.button if str(one.key).startswith("score.reopen"))).click().run()
    assert "Enter a point with evidence" in labels(page)


def test_who_belongs_to_a_unit_only_reads_its_sheet(unit_a: int, office: Office, as_person: Opener) -> None:
    insider = Actor(
        id=office.assessor.id,
        name=office.assessor.name,
        roles=office.assessor.roles,
        unit_id=office.unit_a,
        unit_path=office.head.unit_path,
    )
    page = as_person(insider, SHEET, id=str(unit_a), period="q4")
    assert "You belong to this unit; another assessor scores it." in said(page)
    assert "Enter a point with evidence" not in labels(page)
    assert "Finish the sheet" not in labels(page)


def test_computing_all_tells_how_many_points_changed(unit_a: int, office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, BOARD)
    page.button(key="score.compute_all:1").click().run()
    assert not page.exception
    assert entries_count() > 0
    before = entries_count()
    assert computing.compute(office.assessor, assessment_id=1, key="again") == 0
    assert entries_count() == before


def test_one_item_is_offered_for_all_units(unit_a: int, office: Office, as_person: Opener) -> None:
    page = as_person(office.assessor, BOARD, in_period="q4", for_item="plans")
    assert not page.exception
    assert page.selectbox(key="pick:for_item").value == "plans"
    assert "Enter by item" not in {tab.label for tab in as_person(office.director, BOARD).tabs}
