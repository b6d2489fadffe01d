"""Assessments and rubrics through the real app: read by everybody who is scored, drafted by two."""

import json
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from components.front_door.rubric_workbooks import of_rubric
from components.screens import SCREENS
from db.engine import Database
from db.models import AssessedUnit, Assessment, Rubric
from db.services import intake
from db.services.scoring import drafts, rubric_exports, rubrics
from tests.factories import Office, an_assessment
from tests.pages.conftest import Opener
from tests.pages.opening import key_of
from tests.pages.test_committees import said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
LIST, RUBRIC, DESK = SCREEN["assessments"], SCREEN["rubric"], SCREEN["desk"]


def labels(at: Any) -> set[str]:
    kinds = (at.button, at.expander, at.toggle, at.selectbox, at.text_input, at.multiselect)
    return {each.label for kind in kinds for each in kind}


def errors(at: Any) -> str:
    return " ".join(one.value for one in at.markdown if ":red[" in one.value).replace("\\", "")


@pytest.fixture
def draft(database: Database, office: Office) -> int:
    """The township's assessment in force, and a draft of its second edition (its id)."""
    an_assessment(office)
    return rubrics.new_edition(office.director, rubric_id=1, key="draft")


def document_of(database: Database, rubric_id: int) -> dict[str, Any]:
    with database.reading() as session:
        told: dict[str, Any] = json.loads(session.get_one(Rubric, rubric_id).document)
        return told


# --- assessments ---


def test_an_empty_office_begins_with_a_preset(database: Database, office: Office, as_person: Opener) -> None:
    at = as_person(office.director, LIST)
    assert not at.exception
    assert "No assessment yet. Begin with a preset below" in said(at)
    form = "assessments.add:preset:township"
    assert at.text_input(key=key_of(at, form, "name")).value == "综治工作百分制考核"
    assert at.number_input(key=key_of(at, form, "year")).value == 2026
    at.text_input(key=key_of(at, form, "name")).set_value(" ")
    at.button(key=key_of(at, form, "add_assessment")).click().run()
    assert "Give a name of at most 60 characters." in errors(at)
    at.text_input(key=key_of(at, form, "name")).set_value("镇考核")
    at.multiselect(key=key_of(at, form, "unit_ids")).set_value([office.unit_a, office.unit_b])
    at.button(key=key_of(at, form, "add_assessment")).click().run()
    assert not at.exception
    with database.reading() as session:
        assert session.scalars(select(Assessment.name)).all() == ["镇考核"]
        assert len(session.scalars(select(AssessedUnit)).all()) == 2
    assert at.query_params["id"] == "1"
    assert "Open the draft" in labels(at)


def test_readers_see_the_list_and_no_form(office: Office, as_person: Opener, draft: int) -> None:
    for person in ("assessor", "head", "viewer"):
        at = as_person(office.people[person], LIST)
        assert not at.exception
        assert list(at.dataframe[0].value["force"]) == ["Edition 1"]
        assert ("draft" in at.dataframe[0].value) == (person != "viewer")
        assert "Add an assessment" not in labels(at)
        at = as_person(office.people[person], LIST, id="1")
        assert labels(at) & {"Save", "Retire", "Units that are scored"} == set()
        assert list(at.dataframe[0].value["Unit"]) == ["Building office", "East village"]


def test_an_assessment_is_copied_renamed_retired_and_put_back(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.admin, LIST)
    at.selectbox(key="assessments:begin").set_value("copy:1").run()
    form = "assessments.add:copy:1"
    assert at.number_input(key=key_of(at, form, "year")).value == 2027
    assert at.multiselect(key=key_of(at, form, "unit_ids")).value == [office.unit_a, office.unit_b]
    at.button(key=key_of(at, form, "add_assessment")).click().run()
    assert not at.exception
    at = as_person(office.admin, LIST, id="2")
    at.text_input(key=key_of(at, "assessments.edit:2", "name")).set_value("明年考核")
    at.button(key=key_of(at, "assessments.edit:2", "edit_assessment")).click().run()
    at.multiselect(key="assessments.units:2:0:unit_ids").set_value([office.unit_b])
    at.button(key="assessments.units:2:0:set_units").click().run()
    assert "Somebody saved first" not in said(at)
    at.button(key="assessments.retire_assessment:2:0").click().run()
    assert not at.exception
    with database.reading() as session:
        row = session.get_one(Assessment, 2)
        assert (row.year, row.name, row.active) == (2027, "明年考核", False)
        units = select(AssessedUnit.unit_id).where(AssessedUnit.assessment_id == 2, AssessedUnit.active)
        assert session.scalars(units).all() == [office.unit_b]
    at.button(key="assessments.restore_assessment:2:0").click().run()
    with database.reading() as session:
        assert session.get_one(Assessment, 2).active


# --- reading a rubric ---


@pytest.mark.parametrize("person", ["assessor", "head", "viewer", "admin"])
def test_everybody_scored_reads_what_is_in_force(person: str, office: Office, as_person: Opener, draft: int) -> None:
    at = as_person(office.people[person], RUBRIC, id="1")
    assert not at.exception
    told = said(at)
    assert "Handling" in told
    assert "In force" in told
    assert list(at.dataframe[0].value["Worth"]) == ["5 × share", "10 × share", "5 × share", "10 × share"]
    assert "Matters answered on the due day or before" in told
    assert "Add an item" not in labels(at)
    assert ("Put in force" in labels(at)) is False
    assert ("To the draft" in labels(at)) == (person == "admin")


def test_a_draft_is_not_there_for_a_viewer(office: Office, as_person: Opener, draft: int) -> None:
    for asked in ({"id": str(draft)}, {"id": "99"}, {}):
        at = as_person(office.viewer, RUBRIC, **asked)
        assert not at.exception
        assert "This does not exist, or it is not yours to see." in said(at)


def test_what_an_item_brings_is_said_in_words(office: Office, as_person: Opener, draft: int) -> None:
    at = as_person(office.assessor, RUBRIC, id="1")
    told = [text for frame in at.dataframe for text in frame.value["Worth"]]
    for words in ("15, taken off", "0 to 10", "+0.5 each time", "−0.5 each time", "from 4: −1, from 5: −2"):
        assert words in told
    for words in ("at least 6 times", "at least 95 %", "Blocks the best grade"):
        assert words in told


@pytest.mark.parametrize("part", ["frame", "grades", "differences"])
def test_every_part_is_read(part: str, office: Office, as_person: Opener, draft: int) -> None:
    for person, rubric_id in (("assessor", "1"), ("director", "1"), ("director", str(draft))):
        at = as_person(office.people[person], RUBRIC, id=rubric_id, part=part)
        assert not at.exception, (person, part)


# --- drafting ---


def form_of(at: Any, act: str) -> str:
    """How the keys of the kept form with this button begin."""
    return next(str(one.key) for one in at.button if str(one.key).endswith(f"-{act}")).removesuffix(f"-{act}")


def test_an_item_half_typed_is_found_again(office: Office, as_person: Opener, draft: int) -> None:
    """Another section, another day: what was typed is offered on the desk and stands in its form."""
    at = as_person(office.director, RUBRIC, id=str(draft), section="groundwork", item="books")
    at.text_input(key=f"{form_of(at, 'save_line')}-name").set_value("台账半句").run()
    assert list(intake.drafts(office.director)["label"]) == [
        "Eight account books, truthful and in order in the rubric of 2026"
    ]
    desk = as_person(office.director, DESK)
    (go_on,) = [one for one in desk.button if one.label == "Continue"]
    again = go_on.click().run()
    assert not again.exception
    told = {name: again.query_params[name] for name in ("id", "section", "item")}
    assert told == {"id": str(draft), "section": "groundwork", "item": "books"}
    assert again.text_input(key=f"{form_of(again, 'save_line')}-name").value == "台账半句"


def test_an_item_is_changed_with_its_sum_beside_it_and_the_change_undone(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft), section="groundwork", item="books")
    assert not at.exception
    assert "The base items of every period come to 100." in said(at)
    form = form_of(at, "save_line")
    at.text_input(key=f"{form}-points").set_value("-1")
    at.text_input(key=f"{form}-name").set_value("台账")
    at.button(key=f"{form}-save_line").click().run()
    assert "Points are 0 or more" in errors(at)
    assert at.text_input(key=f"{form}-name").value == "台账"
    at.text_input(key=f"{form}-points").set_value("14")
    at.button(key=f"{form}-save_line").click().run()
    assert not at.exception
    assert document_of(database, draft)["items"][4]["points"] == "14"
    assert "Base items have to come to 100; they come to: First quarter 99" in said(at)
    assert "Before it can be put in force" in said(at)
    next(one for one in at.button if one.label == "Undo the last change").click().run()
    assert not at.exception
    assert document_of(database, draft) == document_of(database, 1)
    next(one for one in at.button if one.label == "Move down").click().run()
    assert [item["code"] for item in document_of(database, draft)["items"][4:6]] == ["duty_log", "books"]
    next(one for one in at.button if one.label == "Undo the last change").click().run()
    assert not at.exception
    assert document_of(database, draft) == document_of(database, 1)


def test_an_item_is_added_with_the_fields_of_its_kind(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft), section="deduction")
    form = form_of(at, "add_line")
    at.text_input(key=f"{form}-name").set_value("迟报")
    at.number_input(key=f"{form}-count_1").set_value(3)
    at.text_input(key=f"{form}-step_1").set_value("1")
    at.number_input(key=f"{form}-count_2").set_value(2)
    at.text_input(key=f"{form}-step_2").set_value("2")
    at.button(key=f"{form}-add_line").click().run()
    assert "Steps rise: more of it never brings fewer points." in errors(at)
    at.number_input(key=f"{form}-count_2").set_value(5)
    at.button(key=f"{form}-add_line").click().run()
    assert not at.exception
    item = document_of(database, draft)["items"][-1]
    assert item["code"] == "item_1"
    assert item["steps"] == [{"count": 3, "points": "1"}, {"count": 5, "points": "2"}]


def test_the_grid_changes_points_and_says_when_the_draft_is_in_force_meanwhile(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft), section="groundwork")
    save = next(one for one in at.button if one.label == "Save changes")
    key = str(save.key).removesuffix(":save")
    at.session_state[key] = {"edited_rows": {0: {"points": 12.5, "what": "no"}, 1: {"points": -3}}}
    save.click().run()
    assert not at.exception
    points = [item["points"] for item in document_of(database, draft)["items"][4:6]]
    assert points == ["12.5", "10"]
    assert "卡点值班记录不脱漏, Worth: Points are 0 or more" in errors(at)
    document = document_of(database, 1)
    drafts.save_document(office.admin, rubric_id=draft, version=2, document=document, key="b")
    at = as_person(office.director, RUBRIC, id=str(draft), section="groundwork")
    save = next(one for one in at.button if one.label == "Save changes")
    rubrics.put_in_force(office.admin, rubric_id=draft, version=3, key="f")
    at.session_state[str(save.key).removesuffix(":save")] = {"edited_rows": {0: {"points": 12.5}}}
    save.click().run()
    assert not at.exception
    assert document_of(database, draft) == document


def test_days_of_periods_are_changed_in_the_grid(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft), part="frame")
    save = next(one for one in at.button if str(one.key).startswith(f"grid:rubric.periods:{draft}"))
    at.session_state[str(save.key).removesuffix(":save")] = {
        "edited_rows": {0: {"ends": "2026-03-15"}, 1: {"begins": "2025-12-31"}}
    }
    save.click().run()
    assert not at.exception
    assert "A period lies within 2026." in errors(at)
    periods = document_of(database, draft)["parts"][0]["periods"]
    assert [one["ends"] for one in periods[:2]] == ["03-15", "06-30"]


def test_weights_show_their_running_sum(database: Database, office: Office, as_person: Opener, draft: int) -> None:
    at = as_person(office.admin, RUBRIC, id=str(draft), part="frame")
    assert "Weights: 20 + 30 + 50 = 100" in said(at)
    form = f"rubric.parts.add:{draft}"
    at.text_input(key=key_of(at, form, "name")).set_value("抽查")
    at.text_input(key=key_of(at, form, "weight")).set_value("5")
    at.button(key=key_of(at, form, "add_line")).click().run()
    assert not at.exception
    assert "Weights: 20 + 30 + 50 + 5 = 105; they have to come to 100." in said(at)
    at.selectbox(key="pick:out-parts").set_value("part_1").run()
    at.button(key=f"rubric.parts.out:{draft}:part_1:0").click().run()
    assert not at.exception
    assert len(document_of(database, draft)["parts"]) == 3


def test_a_draft_is_put_in_force_and_the_next_one_offered(
    database: Database, office: Office, as_person: Opener, draft: int
) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft))
    next(one for one in at.button if one.label == "Put this edition in force").click().run()
    assert not at.exception
    with database.reading() as session:
        assert session.scalars(select(Rubric.state).order_by(Rubric.id)).all() == ["replaced", "in_force"]
    assert "This edition is never changed." in said(at)
    assert "New edition" in labels(at)
    assert "Add an item" not in labels(at)


def test_a_draft_is_discarded_and_taken_up_again(office: Office, as_person: Opener, draft: int) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft))
    next(one for one in at.button if one.label == "Discard this draft").click().run()
    assert not at.exception
    assert "Discarded" in said(at)
    next(one for one in at.button if one.label == "Take up again").click().run()
    assert rubrics.rubric_view(office.director, rubric_id=draft).state == "draft"


def test_differences_are_told_by_name(office: Office, as_person: Opener, draft: int) -> None:
    at = as_person(office.director, RUBRIC, id=str(draft), part="differences")
    assert [one.value for one in at.success] == ["Both editions say the same."]
    at = as_person(office.director, RUBRIC, id=str(draft), part="frame")
    at.text_input(key=f"rubric.frame:{draft}:0:bonus_cap").set_value("12")
    at.button(key=f"rubric.frame:{draft}:0:save_frame").click().run()
    at = as_person(office.director, RUBRIC, id=str(draft), part="differences")
    row = at.dataframe[0].value.iloc[0]
    assert list(row) == ["The rubric itself", "–", "Most of all bonuses", "10", "12"]


def test_a_ladder_is_read_and_drafted(database: Database, office: Office, as_person: Opener) -> None:
    an_assessment(office, "ladder", name="通报")
    at = as_person(office.viewer, RUBRIC, id="1")
    assert not at.exception
    assert "told of: 3" in said(at)
    assert list(at.dataframe[0].value["Yuan"]) == ["150", "270", "300"]
    rubrics.new_edition(office.director, rubric_id=1, key="n")
    at = as_person(office.director, RUBRIC, id="2")
    form = "rubric.ladder:2:0"
    at.number_input(key=f"{form}:yellow_after").set_value(1)
    at.button(key=f"{form}:save_ladder").click().run()
    assert "A yellow card comes after the rectification, not before." in errors(at)
    at.number_input(key=f"{form}:yellow_after").set_value(4)
    at.button(key=f"{form}:save_ladder").click().run()
    assert not at.exception
    assert document_of(database, 2)["yellow_after"] == 4


# --- taking it away ---


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", ["township", "ladder"])
def test_a_rubric_leaves_as_a_workbook(office: Office, language: str, preset: str) -> None:
    an_assessment(office, preset)
    asked = rubric_exports.ask_rubric(office.viewer, rubric_id=1, language=language)
    name, content = of_rubric(office.viewer, asked.token)
    book = load_workbook(BytesIO(content))
    assert name.endswith("2026-11-19.xlsx")
    rows = list(book.worksheets[0].values)
    assert len(rows) == 1 + {"township": 36, "ladder": 3}[preset]
    about = dict(list(book.worksheets[1].values))
    assert "1" in about.values()
    if preset == "township" and language == "en":
        assert rows[2][:4] == ("Handling", "Answered in time", "Base points", "10 × share")
