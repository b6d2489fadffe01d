"""A form that keeps a draft: what was typed is there after a reload, a failed check and a save by somebody else."""

from datetime import date, time
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import account
from components.screens import SCREENS
from db.engine import Database
from db.models import DisputeMediator
from db.rules.permissions import Actor
from db.services import intake, people
from db.services import office as office_services
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of
from tests.frames import row_of
from tests.pages.conftest import Opener
from tests.pages.opening import seat_for

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("database"),
]


def editing(person_id: int) -> None:
    """A page that edits a person."""
    from components.account import current_actor
    from components.kept_forms import KeptForm
    from db.services import people
    from tests.frames import row_of

    actor = current_actor()
    assert actor is not None
    row = row_of(people.people(actor), person_id)
    fixed: dict[str, Any] = {"unit_id": int(row["unit_id"]), "roles": list(row["roles"]), "active": True}
    with KeptForm("person", record=person_id, version=int(row["version"]), subject="P1", label="Person") as form:
        form.text("name", "Name", str(row["name"]))
        form.area("phone", "Phone", str(row["phone"]))
        form.submit("Save", people.edit_person, person_id=person_id, **fixed)


def every_kind() -> None:
    """A page with a field of every kind, and a button that adds a code."""
    from components.kept_forms import KeptForm
    from db.services import office

    with KeptForm("kinds") as form:
        form.text("code", "Code")
        form.area("label_zh", "Chinese")
        form.text("label_en", "English")
        form.submit("Save", office.add_code, list_name="category")
        form.day("on", "Day")
        form.time("at", "Time")
        form.number("count", "Count", 2)
        form.tick("sure", "Sure")
        form.choose("one", "One", {"a": "A", "b": "B"}, "a")
        form.choose_many("many", "Many", {1: "I", 2: "II"}, [1])
        form.files("uploads", "Files")


def interrupted() -> None:
    """A page whose act is cut off right after it was written, the first time."""
    from typing import Any

    import streamlit as st

    from components.kept_forms import KeptForm
    from db.services import office

    def act(actor: Any, **typed: Any) -> int:
        written = office.add_code(actor, list_name="category", label_en="", **typed)
        if st.session_state.setdefault("first", True):
            st.session_state["first"] = False
            raise RuntimeError
        return written

    with KeptForm("kinds") as form:
        form.text("code", "Code")
        form.area("label_zh", "Chinese")
        form.submit("Save", act)


def asked_once() -> None:
    """A page whose form is gone once its record is written."""
    from components.account import current_actor
    from components.kept_forms import KeptForm
    from db.services import office

    actor = current_actor()
    assert actor is not None
    if "new_kind" not in set(office.codes(actor, list_name="category")["code"]):
        with KeptForm("kinds") as form:
            form.text("code", "Code")
            form.area("label_zh", "Chinese")
            form.text("label_en", "English")
            form.submit("Save", office.add_code, list_name="category")


def clicked_before() -> None:
    """A page that is drawn while a click on what was saved before is still on its way."""
    from components.kept_forms import KeptForm, submit
    from db.services import office

    with KeptForm("kinds") as form:
        form.text("code", "Code")
    late = {"list_name": "category", "code": "late", "label_zh": "迟到", "label_en": ""}
    submit("kinds", "an earlier key", {}, office.add_code, late)


def opened(actor: Actor, monkeypatch: pytest.MonkeyPatch, page: object, **given: object) -> AppTest:
    """A new tab of that person on a page."""
    st.cache_resource.clear()
    monkeypatch.setattr(account, "who_is_here", lambda: seat_for(actor, "en"))
    return AppTest.from_function(page, kwargs=given, default_timeout=30).run()  # type: ignore[arg-type]


def press(at: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in at.button if button.label == label).click().run()


def words(at: AppTest) -> str:
    """Everything said beside the fields."""
    return " ".join(part.value for part in [*at.markdown, *at.caption, *at.error]).replace("\\", "")


@pytest.fixture
def clerk(office: Office) -> int:
    """The person being edited."""
    assert office.clerk.id is not None
    return office.clerk.id


def test_what_was_typed_is_there_in_the_next_tab(office: Office, clerk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, editing, person_id=clerk)
    assert "Draft kept" not in words(at)
    assert intake.drafts(office.admin).empty
    at.text_area[0].set_value("一段很长的话").run()
    assert "Draft kept 2026-11-19 09:00" in words(at)
    (row,) = intake.drafts(office.admin).to_dict("records")
    assert (row["form"], row["subject"], row["label"]) == (f"person:{clerk}", "P1", "Person")
    again = opened(office.admin, monkeypatch, editing, person_id=clerk)
    assert again.text_area[0].value == "一段很长的话"
    assert again.text_input[0].value == "陈接访"
    press(again, "Discard")
    assert again.text_area[0].value == ""
    assert intake.drafts(office.admin).empty


def test_every_kind_of_field_comes_back_as_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, every_kind)
    at.date_input[0].set_value(date(2026, 3, 4))
    at.time_input[0].set_value(time(9, 35))
    at.number_input[0].set_value(7)
    at.checkbox[0].set_value(True)
    at.selectbox[0].set_value("b")
    at.multiselect[0].set_value([2])
    at.run()
    assert not at.exception
    again = opened(office.admin, monkeypatch, every_kind)
    assert not again.exception
    assert again.date_input[0].value == date(2026, 3, 4)
    assert again.time_input[0].value == time(9, 35)
    assert (again.number_input[0].value, again.checkbox[0].value) == (7, True)
    assert (again.selectbox[0].value, again.multiselect[0].value) == ("b", [2])
    (kept,) = again.session_state["forms"].values()
    assert kept.typed == {"on": date(2026, 3, 4), "at": time(9, 35), "count": 7, "sure": True, "one": "b", "many": [2]}


def test_a_choice_that_is_no_longer_offered_is_asked_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, every_kind)
    at.selectbox[0].set_value("b").run()
    (kept,) = at.session_state["forms"].values()
    values = {"one": "gone", "many": [2, 9]}
    content = {"version": None, "values": values}
    intake.keep_draft(office.admin, form="kinds", key=kept.token, content=content)
    again = opened(office.admin, monkeypatch, every_kind)
    assert not again.exception
    assert (again.selectbox[0].value, again.multiselect[0].value) == (None, [2])


def test_a_failed_check_loses_nothing_and_saving_ends_the_draft(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(office.admin, monkeypatch, every_kind)
    at.text_input[0].set_value("Not a code")
    at.text_area[0].set_value("新的一类").run()
    press(at, "Save")
    assert "Nothing was saved yet" in words(at)
    assert "Use lower-case English letters" in words(at)
    assert (at.text_input[0].value, at.text_area[0].value) == ("Not a code", "新的一类")
    at.text_input[0].set_value("new_kind").run()
    assert "Use lower-case English letters" not in words(at)
    press(at, "Save")
    assert not at.exception
    assert "new_kind" in set(office_services.codes(office.admin, list_name="category")["code"])
    assert (at.text_input[0].value, at.text_area[0].value) == ("", "")
    assert intake.drafts(office.admin).empty
    press(at, "Save")
    assert list(office_services.codes(office.admin, list_name="category")["code"]).count("new_kind") == 1


def rename(office: Office, person_id: int, name: str) -> None:
    """Somebody else saves first."""
    before = row_of(people.people(office.admin), person_id)
    people.edit_person(
        office.admin,
        person_id=person_id,
        version=int(before["version"]),
        name=name,
        unit_id=office.centre,
        phone="",
        roles=["clerk"],
        active=True,
        key=name,
    )


def test_who_saved_first_is_told_with_both_versions(
    office: Office, clerk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(office.admin, monkeypatch, editing, person_id=clerk)
    at.text_input[0].set_value("陈二").run()
    rename(office, clerk, "陈一")
    again = press(opened(office.admin, monkeypatch, editing, person_id=clerk), "Save")
    shown = again.table[0].value
    assert (list(shown["Theirs"]), list(shown["Yours"])) == (["陈一"], ["陈二"])
    assert again.text_input[0].value == "陈二"
    press(press(again, "Keep mine: save again"), "Save")
    assert row_of(people.people(office.admin), clerk)["name"] == "陈二"
    assert intake.drafts(office.admin).empty


def test_theirs_can_be_taken(office: Office, clerk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, editing, person_id=clerk)
    at.text_input[0].set_value("陈二").run()
    rename(office, clerk, "陈一")
    press(press(at, "Save"), "Take theirs")
    assert at.text_input[0].value == "陈一"
    assert intake.drafts(office.admin).empty


def test_an_untouched_form_follows_the_record(office: Office, clerk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, editing, person_id=clerk)
    rename(office, clerk, "陈一")
    at.run()
    assert at.text_input[0].value == "陈一"
    at.text_input[0].set_value("陈二").run()
    press(at, "Save")
    assert row_of(people.people(office.admin), clerk)["name"] == "陈二"


def test_two_tabs_on_one_draft_write_two_records(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(office.admin, monkeypatch, every_kind)
    first.text_input[0].set_value("kind_one")
    first.text_area[0].set_value("第一类").run()
    second = opened(office.admin, monkeypatch, every_kind)
    assert second.text_input[0].value == "kind_one"
    press(first, "Save")
    second.text_input[0].set_value("kind_two")
    second.text_area[0].set_value("第二类")
    press(second, "Save")
    codes = set(office_services.codes(office.admin, list_name="category")["code"])
    assert {"kind_one", "kind_two"} <= codes
    assert intake.drafts(office.admin).empty


def test_what_was_saved_after_all_is_no_draft(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, every_kind)
    at.text_input[0].set_value("kind_one").run()
    (kept,) = at.session_state["forms"].values()
    assert isinstance(kept.typed, dict)
    texts = {"label_zh": "第一类", "label_en": ""}
    office_services.add_code(office.admin, list_name="category", code="kind_one", key=kept.token, **texts)
    assert opened(office.admin, monkeypatch, every_kind).text_input[0].value == ""


def test_too_long_for_a_draft_is_told_and_stays_typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, every_kind)
    at.text_area[0].set_value("x" * 400_000).run()
    assert not at.exception
    assert "too long to be kept as a draft" in words(at)
    assert at.text_area[0].value == "x" * 400_000


@pytest.mark.parametrize(("form", "title"), [("dispute:7:session:", "Dispute"), ("open-dispute", "Open a dispute")])
def test_the_desk_leads_back_to_a_disputes_draft(office: Office, as_person: Opener, form: str, title: str) -> None:
    intake.keep_draft(office.mediator, form=form, subject="M2026-000007", key="k", content={}, label="A session")
    at = press(as_person(office.mediator, next(s for s in SCREENS if s.path == "desk")), "Continue")
    assert not at.exception
    assert [shown.value for shown in at.title] == [title]


def test_a_draft_is_written_when_something_changed(office: Office, clerk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    usual = intake.keep_draft

    def counted(actor: Actor, **draft: Any) -> object:
        written.append(draft["content"])
        return usual(actor, **draft)

    monkeypatch.setattr(intake, "keep_draft", counted)
    at = opened(office.admin, monkeypatch, editing, person_id=clerk)
    at.text_area[0].set_value("一段话").run()
    at.run()
    assert len(written) == 1
    at.text_area[0].set_value("").run()
    assert "Draft kept" not in words(at)
    assert intake.drafts(office.admin).empty


def test_an_act_cut_off_after_it_was_written_is_not_written_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(office.admin, monkeypatch, interrupted)
    at.text_input[0].set_value("new_kind")
    at.text_area[0].set_value("新的一类").run()
    assert press(at, "Save").exception
    press(at.run(), "Save")
    assert not at.exception
    assert "already in the list" not in words(at)
    assert at.text_input[0].value == ""


def test_the_draft_is_gone_with_its_form(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(office.admin, monkeypatch, asked_once)
    at.text_input[0].set_value("new_kind")
    at.text_area[0].set_value("新的一类").run()
    assert not press(at, "Save").text_input
    assert intake.drafts(office.admin).empty


def test_a_late_click_on_what_was_saved_does_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not opened(office.admin, monkeypatch, clicked_before).exception
    assert "late" not in set(office_services.codes(office.admin, list_name="category")["code"])


def test_a_dispute_offers_the_draft_of_its_forms_after_a_reload(
    database: Database, office: Office, as_person: Opener
) -> None:
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, state="mediating", accepted_on=NOW.date())
        mine = {"mediator_id": mediator_of(session, office.mediator), "from_on": NOW.date()}
        session.add(DisputeMediator(dispute_id=dispute.id, **mine))
    page, here = next(s for s in SCREENS if s.path == "dispute"), {"id": str(dispute.id)}
    assert "You began" not in words(as_person(office.mediator, page, **here))
    at = as_person(office.mediator, page, **here, form="session")
    next(area for area in at.text_area if area.label == "Statements of the parties").set_value("甲方说").run()
    again = as_person(office.mediator, page, **here)
    assert "You began: Session (kept 2026-11-19 09:00)" in words(again)
    press(again, "Continue")
    assert not again.exception
    assert next(a for a in again.text_area if a.label == "Statements of the parties").value == "甲方说"
    assert "You began" not in words(again)
    assert "You began" not in words(as_person(office.chair, page, **here))
