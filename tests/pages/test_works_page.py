"""The registers of work through the real app: entered, called over in one click, taken back, corrected, removed."""

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.grid_state import revision
from components.screens import SCREENS
from db.services import intake
from db.services.works import attending, keeping, lists, read
from db.services.works.lists import Choice, Tab
from tests.db.services.test_works import CORRECTED, SHEET, a_meeting, a_report, stands
from tests.factories import NOW, Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}["works"]


def said(at: AppTest) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*at.markdown, *at.caption, *at.info, *at.subheader, *at.error, *at.warning, *at.success]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def keyed(elements: Any, ending: str) -> Any:
    """The element whose key ends so."""
    (found,) = [each for each in elements if str(each.key).endswith(ending)]
    return found


def press(at: AppTest, label: str) -> AppTest:
    (found,) = [each for each in at.button if each.label == label]
    return found.click().run()


def labels(at: AppTest) -> set[str]:
    return {each.label for kind in (at.button, at.expander, at.toggle) for each in kind}


def lines(office: Office, tab: Tab = Tab.MEETING) -> Any:
    return lists.register(office.director, choice=Choice(tab=tab)).rows


def test_an_empty_register_begins_with_the_form(office: Office, as_person: Opener) -> None:
    at = as_person(office.assessor, SCREEN)
    assert "Begin above" in said(at)
    keyed(at.text_input, "-title").set_value("十一月例会").run()
    press(at, "Enter")
    assert not at.exception
    row = lines(office).iloc[0]
    assert (row["title"], row["units"], row["present"], row["on_day"]) == ("十一月例会", 2, 2, NOW.date())
    assert at.subheader[0].value == "十一月例会"
    assert at.query_params["id"] == str(row["id"])


def test_a_failed_check_keeps_what_was_typed_and_says_where(office: Office, as_person: Opener) -> None:
    at = as_person(office.clerk, SCREEN, tab="report")
    keyed(at.selectbox, "-about").set_value("information").run()
    keyed(at.selectbox, "-level").set_value("county").run()
    keyed(at.text_area, "-note").set_value("采用在县信息专刊").run()
    press(at, "Enter")
    assert "Nothing was saved yet." in said(at)
    assert "Choose at least one unit." in said(at)
    assert keyed(at.selectbox, "-level").value == "county"
    assert keyed(at.text_area, "-note").value == "采用在县信息专刊"
    keyed(at.text_input, "-title").set_value("调解经验信息").run()
    keyed(at.multiselect, "-unit_ids").set_value([office.unit_b]).run()
    press(at, "Enter")
    assert not at.exception
    row = lines(office, Tab.REPORT).iloc[0]
    assert (row["level"], row["unit"], row["handed_in"]) == ("county", "东村", 1)


def test_a_draft_is_offered_on_the_desk_and_leads_back(office: Office, as_person: Opener) -> None:
    at = as_person(office.clerk, SCREEN, tab="activity")
    keyed(at.text_input, "-title").set_value("法治宣传月").run()
    keyed(at.multiselect, "-papers").set_value(["plan", "scripts"]).run()
    assert list(intake.drafts(office.clerk)["form"]) == ["works.add:activity"]
    desk = as_person(office.clerk, {screen.path: screen for screen in SCREENS}["desk"])
    (go_on,) = [each for each in desk.button if each.label == "Continue"]
    again = go_on.click().run()
    assert not again.exception
    assert again.query_params["tab"] == "activity"
    assert keyed(again.text_input, "-title").value == "法治宣传月"
    assert keyed(again.multiselect, "-papers").value == ["plan", "scripts"]


def test_the_list_shows_how_units_stand_and_opens_a_line(office: Office, as_person: Opener) -> None:
    a_meeting(office, uploads=[SHEET])
    at = as_person(office.director, SCREEN)
    shown = at.dataframe[0].value
    assert [list(cell) for cell in shown["how"]] == [["2 Attended", "1 Absent (2 people)"]]
    assert list(shown["who"]) == ["3 units"]
    assert "1 line" in said(at)


def test_all_present_in_one_click_and_taken_back(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    before = stands(office, work)
    at = as_person(office.clerk, SCREEN, id=str(work))
    press(at, "All: Attended")
    assert set(stands(office, work).values()) == {("present", 0)}
    assert "All: Attended" not in labels(at)
    press(at, "Take it back")
    assert not at.exception
    assert stands(office, work) == before
    assert "Take it back" not in labels(at)


def test_taking_back_leaves_what_somebody_saved_meanwhile(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.clerk, SCREEN, id=str(work))
    press(at, "All: Attended")
    rows: attending.Rows = {office.unit_b: (2, {"standing": "excused"})}
    attending.attend(office.director, work_id=work, rows=rows, key="d")
    press(at, "Take it back")
    assert not at.exception
    assert stands(office, work)[office.unit_b] == ("excused", 0)


def test_the_grid_saves_units_and_shows_who_was_first(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.clerk, SCREEN, id=str(work))
    grid = (
        f"grid:works.roll:{work}:{revision(attending.roll(office.clerk, work_id=work).iloc[1:].set_index('unit_id'))}"
    )
    assert list(at.dataframe[0].value["standing"]) == ["present", "present", "absent"]
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"persons": 5})}, key="d")
    at.session_state[grid] = {"edited_rows": {0: {"standing": "excused"}, 2: {"standing": "present"}}}
    at.button(key=f"{grid}:save").click().run()
    assert not at.exception
    assert stands(office, work)[office.unit_a] == ("excused", 0)
    assert stands(office, work)[office.unit_b] == ("absent", 5)
    assert "Somebody saved these rows first." in said(at)


def test_a_line_is_corrected(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.leader, SCREEN, id=str(work), part="correct")
    keyed(at.text_input, "-title").set_value("综治专题会").run()
    press(at, "Save")
    assert not at.exception
    assert read.view(office.clerk, work_id=work).title == "综治专题会"


def test_who_corrects_second_sees_both_versions(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.leader, SCREEN, id=str(work), part="correct")
    keyed(at.text_input, "-title").set_value("综治专题会").run()
    keeping.edit(office.clerk, work_id=work, version=1, **CORRECTED, key="c")
    press(at, "Save")
    assert "陈接访 saved first." in said(at)
    press(at, "Keep mine: save again")
    press(at, "Save")
    assert read.view(office.clerk, work_id=work).title == "综治专题会"


def test_a_line_is_removed_and_restored(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.clerk, SCREEN, id=str(work), part="correct")
    press(at, "Remove")
    assert "it counts nowhere" in said(at)
    assert lines(office).empty
    assert len(as_person(office.clerk, SCREEN, tab="removed").dataframe[0].value) == 1
    press(at, "Restore")
    assert not at.exception
    assert list(lines(office)["id"]) == [work]


def test_what_happened_is_told(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    attending.attend(office.director, work_id=work, rows={office.unit_b: (1, {"standing": "excused"})}, key="1")
    at = as_person(office.assessor, SCREEN, id=str(work), part="history")
    assert not at.exception
    assert "东村: Standing: Absent → Excused · People absent: 2 → –" in said(at).replace("East village", "东村")
    assert "2 units: Attended" in said(at)
    assert "The line was entered." in said(at)


def test_files_are_added_removed_and_restored(office: Office, as_person: Opener) -> None:
    work = a_meeting(office, uploads=[SHEET])
    at = as_person(office.clerk, SCREEN, id=str(work), part="files")
    assert "keepers only" in said(at)
    press(at, "Remove")
    assert list(read.view(office.clerk, work_id=work).files["removed"]) == [True]
    press(at, "Restore")
    assert not at.exception
    assert list(read.view(office.clerk, work_id=work).files["removed"]) == [False]


def test_a_head_of_unit_reads_and_writes_nothing(office: Office, as_person: Opener) -> None:
    work = a_meeting(office)
    at = as_person(office.head, SCREEN)
    assert not [each for each in at.expander if each.label.startswith("Enter")]
    at = as_person(office.head, SCREEN, id=str(work), part="history")
    assert not at.exception
    assert list(at.dataframe[0].value["Unit"]) == ["Building office", "Building group 1"]
    assert labels(at) & {"Save changes", "All: Attended", "Save", "Remove"} == set()


def test_a_line_of_others_does_not_exist(office: Office, as_person: Opener) -> None:
    a_meeting(office, unit_ids=[])
    at = as_person(office.head, SCREEN, id="1")
    assert "not yours to see" in said(at)
    assert "No line names your unit yet." in said(at)


def test_a_report_to_come_is_expected(office: Office, as_person: Opener) -> None:
    a_report(office, NOW.date() + timedelta(days=3))
    at = as_person(office.director, SCREEN, tab="report")
    assert [list(cell) for cell in at.dataframe[0].value["how"]] == [["2 Expected"]]


@pytest.mark.parametrize("tab", list(Tab))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tab_opens_with_its_filters(tab: Tab, language: str, office: Office, as_person: Opener) -> None:
    a_meeting(office)
    a_report(office, NOW.date())
    at = as_person(office.director, SCREEN, language, tab=tab.value)
    at.toggle(key="filters_shown").set_value(True).run()
    assert not at.exception


def test_the_export_is_the_list(office: Office, as_person: Opener) -> None:
    a_meeting(office)
    at = as_person(office.head, SCREEN)
    press(at, "Export")
    assert not at.exception
    assert "1 lines exported." in " ".join(each.value for each in at.text)


def test_the_year_by_unit_shows_what_was_left_out_and_leads_to_the_lines(office: Office, as_person: Opener) -> None:
    a_meeting(office, kind="inspection", about="month", on_day=NOW.date().replace(month=3), parts=[])
    at = as_person(office.director, SCREEN, tab="inspection", view="year")
    assert not at.exception
    shown: Any = at.dataframe[0].value.set_index("unit")
    assert list(shown.loc["Building office", "3"]) == ["✓1"]
    assert list(shown.loc["East village", "3"]) == ["–"]
    assert list(shown.loc["East village", "12"]) == []
    at = as_person(office.director, SCREEN, tab="meeting", view="year")
    assert not at.exception
    assert "no monthly inspection" not in said(at)
