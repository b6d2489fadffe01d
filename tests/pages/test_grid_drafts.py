"""What is typed into a grid and not saved is there after a reload, beside what somebody else saved, and then gone."""

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from components.tables import told_apart
from db.engine import Database
from db.rules.meetings.words import TopicCode
from db.services import calendar, intake, retention
from db.services import office as office_services
from db.services.ledgers import books
from tests.db.services.agendas import lines, overdue
from tests.db.services.meeting import a_meeting
from tests.factories import NOW, Office
from tests.pages.conftest import Opener
from tests.pages.test_kept_forms import press, words
from tests.pages.test_meeting_agenda_page import unfold

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("database"),
]
SCREEN = {screen.path: screen for screen in SCREENS}


def grid_of(at: AppTest, name: str) -> str:
    """What the grid of this name is called on the page now."""
    keys = [str(one.key) for one in at.button if str(one.key).startswith(f"grid:{name}:")]
    (key,) = [one.removesuffix(":save") for one in keys if one.endswith(":save")]
    return key


def type_into(at: AppTest, name: str, edits: dict[int, dict[str, Any]]) -> AppTest:
    """Type into the grid and leave the cells."""
    at.session_state[grid_of(at, name)] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    at.run()
    assert not at.exception
    return at


def cells(at: AppTest, column: str) -> list[Any]:
    """A column of the first grid that has it."""
    return next(one.value for one in at.dataframe if column in one.value)[column].tolist()


def frames(at: AppTest, column: str) -> list[Any]:
    """The tables in which there is this column."""
    return [one.value for one in at.dataframe if column in one.value]


def renamed_by_somebody_else(office: Office, label: str) -> None:
    codes = office_services.codes(office.admin, list_name="category")
    row = codes.iloc[0]
    rows = {int(row["id"]): (int(row["version"]), {"label_en": label})}
    office_services.edit_codes(office.admin, rows=rows, key=f"theirs {label}")


def test_a_grid_is_there_again_and_gone_once_saved(office: Office, as_person: Opener) -> None:
    at = type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", {0: {"label_en": "Typed"}})
    assert "Draft kept 2026-11-19 09:00" in words(at)
    (row,) = intake.drafts(office.admin).to_dict("records")
    first = office_services.codes(office.admin, list_name="category").iloc[0]
    assert (row["form"], row["label"]) == ("grid:codes:category", f"Code lists · {first['code']}")
    again = as_person(office.admin, SCREEN["codes"])
    assert cells(again, "label_en")[0] == "Typed"
    assert "1 row holds what you typed" in words(again)
    press(again, "Save changes")
    assert not again.exception
    assert office_services.codes(office.admin, list_name="category").iloc[0]["label_en"] == "Typed"
    assert intake.drafts(office.admin).empty
    assert "holds what you typed" not in words(as_person(office.admin, SCREEN["codes"]))


def test_a_refused_cell_stays_a_draft_and_discarding_ends_it(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN["codes"])
    type_into(at, "codes:category", {0: {"position": -4}, 1: {"label_en": "Fine"}})
    press(at, "Save changes")
    again = as_person(office.admin, SCREEN["codes"])
    assert cells(again, "position")[0] == -4
    assert "1 row holds what you typed" in words(again)
    press(again, "Discard")
    assert intake.drafts(office.admin).empty
    assert cells(again, "position")[0] == 0


def test_what_was_changed_meanwhile_stands_beside_the_draft(office: Office, as_person: Opener) -> None:
    type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", {0: {"label_en": "Mine"}})
    renamed_by_somebody_else(office, "Theirs")
    again = as_person(office.admin, SCREEN["codes"])
    assert "Nothing of yours is lost: choose." in str([one.value for one in again.warning])
    (both,) = frames(again, "Theirs")
    assert both[["Theirs", "Yours"]].to_numpy().tolist() == [["Theirs", "Mine"]]
    press(press(again, "Keep mine: save again"), "Save changes")
    assert not again.exception
    assert office_services.codes(office.admin, list_name="category").iloc[0]["label_en"] == "Mine"
    assert intake.drafts(office.admin).empty


def test_theirs_are_taken_and_other_rows_stay_typed(office: Office, as_person: Opener) -> None:
    edits: dict[int, dict[str, Any]] = {0: {"label_en": "Mine"}, 1: {"label_en": "Other"}}
    type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", edits)
    renamed_by_somebody_else(office, "Theirs")
    again = press(as_person(office.admin, SCREEN["codes"]), "Take theirs")
    assert cells(again, "label_en")[:2] == ["Theirs", "Other"]
    assert not frames(again, "Theirs")
    assert "1 row holds what you typed" in words(again)


def test_another_cell_of_the_row_is_no_quarrel(office: Office, as_person: Opener) -> None:
    type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", {0: {"source": "Mine"}})
    renamed_by_somebody_else(office, "Theirs")
    again = as_person(office.admin, SCREEN["codes"])
    assert not again.warning
    press(again, "Save changes")
    row = office_services.codes(office.admin, list_name="category").iloc[0]
    assert (row["label_en"], row["source"]) == ("Theirs", "Mine")


def test_two_tabs_keep_their_rows_in_one_draft(office: Office, as_person: Opener) -> None:
    first, second = as_person(office.admin, SCREEN["codes"]), as_person(office.admin, SCREEN["codes"])
    type_into(first, "codes:category", {0: {"label_en": "One"}})
    type_into(second, "codes:category", {1: {"label_en": "Two"}})
    assert cells(as_person(office.admin, SCREEN["codes"]), "label_en")[:2] == ["One", "Two"]
    press(first, "Save changes")
    again = as_person(office.admin, SCREEN["codes"])
    assert "1 row holds what you typed" in words(again)
    press(again, "Discard")
    assert intake.drafts(office.admin).empty


def test_the_draft_is_nobody_elses(office: Office, as_person: Opener) -> None:
    type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", {0: {"label_en": "Mine"}})
    other = office.people["admin"] if office.people["admin"].id != office.admin.id else office.director
    assert intake.drafts(other).empty


def test_the_desk_leads_back_to_the_grid_in_its_tab(office: Office, as_person: Opener) -> None:
    typed = {0: {"name_en": "First ledger"}}
    type_into(as_person(office.admin, SCREEN["codes"]), "ledgers", typed)
    at = press(as_person(office.admin, SCREEN["desk"]), "Continue")
    assert not at.exception
    assert cells(at, "name_en")[0] == "First ledger"
    assert at.query_params["part"] in ("ledgers", ["ledgers"])
    desk = press(as_person(office.admin, SCREEN["desk"]), "Discard")
    assert not desk.exception
    assert intake.drafts(office.admin).empty
    assert "First ledger" not in books.every(office.admin)["name_en"].tolist()


def test_the_desk_leads_back_to_a_folded_list_of_a_meeting(
    database: Database, office: Office, as_person: Opener
) -> None:
    meeting = a_meeting(database, office)
    new, late = lines(database, meeting, TopicCode.NEW, TopicCode.OVERDUE)
    overdue(database, office, received_at=NOW - timedelta(days=3))
    at = as_person(office.clerk, SCREEN["meeting"], id=str(meeting))
    unfold(at, new, late)
    type_into(at, f"meeting:{meeting}:{TopicCode.OVERDUE.value}", {0: {"note": "未存"}})
    unfold(at, late)
    (row,) = intake.drafts(office.clerk).to_dict("records")
    assert row["form"] == f"grid:meeting:{meeting}:{TopicCode.OVERDUE.value}"
    at = press(as_person(office.clerk, SCREEN["desk"]), "Continue")
    assert not at.exception
    assert ["未存"] in [frame["note"].tolist() for frame in frames(at, "note")]


def test_days_and_choices_come_back_as_they_were(office: Office, as_person: Opener) -> None:
    at = type_into(as_person(office.director, SCREEN["retention"]), "retention.rules", {0: {"amount": 12}})
    assert "Draft kept" in words(at)
    again = as_person(office.director, SCREEN["retention"])
    assert cells(again, "amount")[0] == 12
    press(again, "Save changes")
    assert not again.exception
    assert retention.schedule(office.director).iloc[0]["amount"] == 12
    assert intake.drafts(office.director).empty


def test_the_last_save_is_taken_back_below_its_grid(office: Office, as_person: Opener) -> None:
    stood = office_services.codes(office.admin, list_name="category").iloc[0]["label_en"]
    at = type_into(as_person(office.admin, SCREEN["codes"]), "codes:category", {0: {"label_en": "Typed"}})
    press(at, "Save changes")
    assert "You saved 1 row here 2026-11-19 09:00." in words(at)
    press(at, "Take it back")
    assert not at.exception
    assert "1 row is as before." in {one.value for one in at.text}
    assert cells(at, "label_en")[0] == stood
    assert "You saved" not in words(at)


def test_a_change_of_the_calendar_is_kept_until_it_is_saved(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN["calendar"], day="2026-11-26")
    next(one for one in at.selectbox if one.label == "Kind").select("holiday").run()
    next(one for one in at.text_input if one.label == "Holiday").set_value("本地节日").run()
    assert not at.exception
    at = press(as_person(office.admin, SCREEN["desk"]), "Continue")
    assert next(one for one in at.text_input if one.label == "Holiday").value == "本地节日"
    press(at, "Save and recompute")
    assert not at.exception
    assert intake.drafts(office.admin).empty
    assert calendar.one_day(office.admin, day=date(2026, 11, 26)).name == "本地节日"


def test_names_that_stand_twice_are_told_apart() -> None:
    assert told_apart({1: "Li", 2: "Wang", 3: "Li"}) == {1: "Li · 1", 2: "Wang", 3: "Li · 3"}
