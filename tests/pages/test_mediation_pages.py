"""Mediation as people use it: a dispute opened from a case or by itself, found in the list, counted in the figures."""

from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db import clock
from db.engine import Database
from db.rules.mediation.opening import PartyForm
from db.rules.permissions import Actor
from db.services import cases, intake
from db.services.mediation import lists
from db.services.mediation.counted import Counted
from tests.db.services.disputes import TOLD, mediating, member, registered
from tests.db.services.stages import brought
from tests.factories import NOW, Office
from tests.pages.conftest import Opener
from tests.pages.dispute_stages import Way
from tests.pages.test_cases_pages import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
CHILD = (PartyForm(side="applicant", name="幼苗", child=True, guardian="幼苗妈"), *TOLD.parties[1:])


def choose(app: AppTest, label: str, value: object) -> None:
    """Choose in the box with this label."""
    next(box for box in app.selectbox if box.label == label).set_value(value)


def write(app: AppTest, label: str, *values: str) -> None:
    """Type into the fields with this label, in order."""
    fields = [field for field in (*app.text_input, *app.text_area) if field.label == label]
    for field, value in zip(fields, values, strict=True):
        field.set_value(value)


def told(app: AppTest, office: Office) -> AppTest:
    """Everything the form needs, but for the facts and the parties."""
    choose(app, "Committee", office.committee_a)
    choose(app, "Category", "neighbours")
    write(app, "In a line", "院墙排水")
    return app


def number_of(actor: Actor) -> str:
    """The number of the only dispute there is."""
    (number,) = lists.register(actor, choice=lists.Choice(tab=lists.Tab.ALL)).rows["number"]
    return str(number)


def tabs(app: AppTest) -> list[str]:
    """The tabs as they read."""
    return list(app.button_group[0].options)


def test_a_clerk_opens_a_dispute_from_a_case_and_hands_it_over(office: Office, as_person: Opener) -> None:
    case_id = brought(office)
    page = as_person(office.clerk, SCREEN["case"], id=str(case_id))
    assert "No dispute was opened from this case." in said(page)
    app = as_person(office.clerk, SCREEN["open-dispute"], case=str(case_id))
    case = cases.view(office.clerk, case_id=case_id)
    assert next(field for field in app.text_area if field.label.startswith("Facts")).value == case.fields["text"]
    assert "(from the case)" in said(app)
    choose(app, "Committee", office.committee_a)
    choose(app, "Category", "neighbours")
    write(app, "Name", "河二妹")
    write(app, "Telephone or another contact", "15400000002")
    press(app, "Open the dispute")
    number = number_of(office.director)
    assert [metric.value for metric in app.metric] == [number]
    assert "only its mediators see the file" in said(app)
    assert not [button for button in app.button if button.label == "Open the file"]
    again = as_person(office.clerk, SCREEN["case"], id=str(case_id))
    assert number in said(again).replace("\\", "")
    assert "Only its mediators see the file." in said(again)
    assert not [button for button in again.button if button.label == "Open the file"]


def test_a_mediator_opens_a_dispute_and_goes_on_to_its_file(
    database: Database, office: Office, as_person: Opener
) -> None:
    app = told(as_person(office.mediator, SCREEN["open-dispute"]), office)
    app.run()
    choose(app, "Mediator (optional)", member(database, office, "mediator"))
    write(app, "Facts in short, as both sides tell them", "屋檐水流入邻院。\n\n争吵多次。")
    write(app, "Name", "江一平", "河二妹")
    write(app, "Telephone or another contact", "15400000001", "15400000002")
    app.run()
    press(app, "Open the dispute")
    assert [metric.value for metric in app.metric] == [number_of(office.mediator)]
    assert intake.drafts(office.mediator).empty
    assert [button.label for button in app.button if button.key == "to-the-file"] == ["Open the file"]
    press(app, "Open another dispute")
    assert [field.value for field in app.text_input if field.label == "In a line"] == [""]


def test_wrong_input_says_so_beside_its_field_and_loses_nothing(office: Office, as_person: Opener) -> None:
    app = as_person(office.mediator, SCREEN["open-dispute"])
    next(number for number in app.number_input if number.label == "Parties on this side").set_value(2)
    app.run()
    write(app, "Name", "江一平", "", "河二妹")
    write(app, "Amount (yuan)", "一千二")
    app.run()
    press(app, "Open the dispute")
    problems = [line.value for line in app.markdown if line.value.startswith(":red")]
    sentences = ("Choose a committee", "Choose a category", "Say in a line", "Write down", "Name the party", "amount")
    assert [sum(sentence in problem for problem in problems) for sentence in sentences] == [1] * len(sentences)
    assert [field.value for field in app.text_input if field.label == "Name"] == ["江一平", "", "河二妹"]
    assert next(field for field in app.text_input if field.label == "Amount (yuan)").value == "一千二"
    assert lists.register(office.director, choice=lists.Choice(tab=lists.Tab.ALL)).total == 0
    again = as_person(office.mediator, SCREEN["open-dispute"])
    assert [field.value for field in again.text_input if field.label == "Name"] == ["江一平", "", "河二妹"]


def test_a_child_asks_for_the_guardian(office: Office, as_person: Opener) -> None:
    app = as_person(office.clerk, SCREEN["open-dispute"])
    guardian = "Parent or guardian who agrees"
    assert not [field for field in app.text_input if field.label == guardian]
    next(box for box in app.checkbox if box.label == "Is a child").check().run()
    assert len([field for field in app.text_input if field.label == guardian]) == 1
    choose(app, "Person or organisation", "organisation")
    app.run()
    assert not [field for field in app.text_input if field.label == guardian]


def test_a_case_that_is_not_there_is_told_calmly(office: Office, as_person: Opener) -> None:
    app = as_person(office.mediator, SCREEN["open-dispute"], case="1")
    assert "does not exist, or it is not yours to see" in said(app)
    assert [field.label for field in app.text_input] == ["Find"]


def test_everybody_has_the_tabs_of_their_work(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    registered(database, office, mediator_id=None)
    shown = {name: tabs(as_person(office.people[name], SCREEN["mediation"])) for name in ("mediator", "clerk")}
    assert shown["mediator"] == [
        "My files (1)",
        "To take on (1)",
        "Due soon",
        "Overdue",
        "Obligations overdue",
        "To follow up",
        "Open",
        "All",
    ]
    assert shown["clerk"] == ["To follow up", "Open (2)", "All"]


def test_reception_sees_that_a_file_exists_and_no_more(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    registered(database, office, child=True, parties=CHILD)
    (frame,) = as_person(office.clerk, SCREEN["mediation"]).dataframe
    assert frame.value.columns.tolist() == ["lock", "number", "state", "committee"]
    assert frame.value["state"].tolist() == ["Being mediated"]
    (whole,) = as_person(office.mediator, SCREEN["mediation"]).dataframe
    assert "lock" not in whole.value
    assert set(whole.value["parties"]) == {"江**、河**", "幼*、河**"}
    assert "江一平" not in whole.value.to_csv()
    assert not as_person(office.elsewhere, SCREEN["mediation"]).dataframe


def test_a_child_and_a_major_dispute_are_marked(database: Database, office: Office, as_person: Opener) -> None:
    registered(database, office, child=True, major=True, parties=CHILD)
    (frame,) = as_person(office.mediator, SCREEN["mediation"]).dataframe
    assert [list(marks) for marks in frame.value["marks"]] == [["Major", "Child"]]


def test_the_address_chooses_the_list_and_nonsense_is_left_out(
    database: Database, office: Office, as_person: Opener
) -> None:
    mediating(database, office)
    app = as_person(office.mediator, SCREEN["mediation"], text="排", category="neighbours")
    assert "1 dispute" in said(app)
    nonsense = {"tab": "x", "page": "-1", "committee_id": "²", "received_from": "never", "counted": "x", "year": "0"}
    assert len(as_person(office.mediator, SCREEN["mediation"], **nonsense).dataframe) == 1
    empty = as_person(office.mediator, SCREEN["mediation"], tab="to_visit")
    assert "Nothing waits under “To follow up”" in said(empty)
    nothing = as_person(office.mediator, SCREEN["mediation"], category="medical")
    assert "Nothing fits" in said(nothing)


def test_the_desk_tells_a_mediator_what_is_overdue(database: Database, office: Office, as_person: Opener) -> None:
    assert "Nothing waits for you" in said(as_person(office.mediator, SCREEN["desk"]))
    earlier = NOW - timedelta(days=40)
    with clock.at(earlier):
        Way(office.mediator, office.committee_a, member(database, office, "mediator"), earlier.date()).accepted()
    registered(database, office, mediator_id=None)
    app = as_person(office.mediator, SCREEN["desk"])
    overdue, later = (frame.value for frame in app.dataframe)
    assert overdue["tab"].tolist() == ["Mediation overdue"]
    assert overdue["left"].iloc[0][0].startswith("overdue by")
    assert later["tab"].tolist() == ["To take on"]


def test_a_desk_without_mediation_work_says_nothing_of_it(
    database: Database, office: Office, as_person: Opener
) -> None:
    registered(database, office)
    assert "Disputes that need me" not in said(as_person(office.clerk, SCREEN["desk"]))
    registered(database, office, mediator_id=None)
    assert "Disputes that need me" in said(as_person(office.director, SCREEN["desk"]))


def test_figures_open_what_they_count(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    way = Way(office.mediator, office.committee_a, member(database, office, "mediator"), NOW.date())
    way.accepted().consented().met().worded().promised().concluded()
    app = as_person(office.director, SCREEN["mediation-figures"])
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown | {"Accepted": "2", "Succeeded": "1", "Success rate": "50.0%", "Written agreements": "1"} == shown
    assert shown["Amount agreed on (yuan)"] == "3,000.00"
    for counted, found in ((Counted.ACCEPTED, 2), (Counted.SUCCEEDED, 1), (Counted.ORAL, 0), (Counted.REFUSED, 0)):
        listed = as_person(office.director, SCREEN["mediation"], tab="all", counted=counted.value, year="2026")
        assert f"{found} dispute" in said(listed)
    (crossed,) = app.dataframe
    assert crossed.value.iloc[0].tolist() == ["Neighbours", "2"]


def test_the_list_and_the_yearly_table_are_taken_away(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    taken = press(as_person(office.mediator, SCREEN["mediation"]), "Export")
    assert "1 disputes exported." in said(taken)
    assert not [button for button in as_person(office.clerk, SCREEN["mediation"]).button if button.label == "Export"]
    yearly = press(as_person(office.viewer, SCREEN["mediation-figures"]), "Yearly table (.xlsx)")
    assert "The yearly table is ready." in said(yearly)


def test_a_viewer_sees_figures_only(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    app = as_person(office.viewer, SCREEN["mediation-figures"])
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Accepted"] == "1 or 2"
    assert shown["Refused by a party"] == "0"
    assert "Numbers of 1 or 2 are not shown" in said(app)
    assert not [button for button in app.button if button.label == "Show"]
    refused = as_person(office.viewer, SCREEN["mediation"])
    assert "You may not open this page." in said(refused)
    assert not refused.dataframe


def test_figures_are_asked_of_ones_own_committees(database: Database, office: Office, as_person: Opener) -> None:
    mediating(database, office)
    own = as_person(office.elsewhere, SCREEN["mediation-figures"], committee_id=str(office.committee_a))
    assert {metric.label: metric.value for metric in own.metric}["Accepted"] == "0"
    assert "Committee" not in [box.label for box in own.selectbox]
    all_of_them = as_person(office.director, SCREEN["mediation-figures"], committee_id=str(office.committee_b))
    assert {metric.label: metric.value for metric in all_of_them.metric}["Accepted"] == "0"
    (committee,) = [box for box in all_of_them.selectbox if box.label == "Committee"]
    assert committee.options == ["城建所调委会", "东村调委会"]
    committee.set_value(office.committee_a)
    all_of_them.run()
    assert {metric.label: metric.value for metric in all_of_them.metric}["Accepted"] == "1"


def test_a_year_without_files_says_so(office: Office, as_person: Opener) -> None:
    app = as_person(office.director, SCREEN["mediation-figures"], year="2024")
    assert "No dispute was accepted in 2024." in said(app)
    assert {metric.label: metric.value for metric in app.metric}["Success rate"] == "–"


def test_the_menu_names_no_section_one_sees_nothing_of(
    office: Office, as_person: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, list[StreamlitPage]]] = []
    navigation = st.navigation

    def noted(pages: dict[str, list[StreamlitPage]], **options: Any) -> StreamlitPage:
        asked.append(pages)
        return navigation(pages, **options)

    monkeypatch.setattr(st, "navigation", noted)

    def menu(actor: Actor | None) -> dict[str, list[str]]:
        as_person(actor, SCREEN["account"])
        return {section: [page.url_path for page in pages] for section, pages in asked[-1].items()}

    headed = {name: [s for s in menu(office.people[name]) if s] for name in ("viewer", "admin", "auditor", "clerk")}
    assert headed == {
        "viewer": ["Work", "Mediation", "Duty and patrol", "Meetings and briefings", "Scoring"],
        "admin": ["Work", "Mediation", "Duty and patrol", "Meetings and briefings", "Scoring", "Office"],
        "auditor": ["Work", "Records"],
        "clerk": ["Work", "Mediation", "Duty and patrol", "Meetings and briefings", "Scoring", "Records"],
    }
    assert list(menu(None)) == [""]
    every = sorted("" if path == "desk" else path for path in SCREEN)
    assert [sorted(page.url_path for pages in one.values() for page in pages) for one in asked] == [every] * len(asked)
