"""One dispute as its mediator works on it: from a registered file to the archive through the page's buttons."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.dispute_labels import TABLES
from components.dispute_progress import other_acts
from components.dispute_steps import FORMS
from components.screens import SCREENS
from db.engine import Database
from db.rules.mediation.words import Step
from db.services.mediation import opening, read
from tests.factories import NOW, SYSTEM, Office, mediator_of
from tests.pages.conftest import Opener
from tests.pages.dispute_stages import Way, key
from tests.pages.test_cases_pages import said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}["dispute"]
TODAY: date = NOW.date()


@pytest.fixture
def way(database: Database, office: Office) -> Way:
    """A dispute just registered, with its mediator."""
    with database.transaction(SYSTEM) as session:
        mediator_id = mediator_of(session, office.mediator)
    return Way(office.mediator, office.committee_a, mediator_id, TODAY)


def press(app: AppTest, text: str, place: int = 0) -> AppTest:
    """Press a button with that label, the first unless told otherwise."""
    [b for b in app.button if b.label == text][place].click().run()
    assert not app.exception
    return app


def fill(app: AppTest, **values: Any) -> AppTest:
    """Write into the fields of the open form, by the names a service knows them by."""
    kinds = (app.text_input, app.text_area, app.selectbox, app.multiselect, app.date_input, app.number_input)
    fields = [field for kind in (*kinds, app.time_input, app.checkbox) for field in kind]
    for name, value in values.items():
        (field,) = [one for one in fields if str(one.key).split(":")[-1].split("-")[-1] == name]
        field.set_value(value)
    return app


def choose(app: AppTest, menu: str, act: str) -> AppTest:
    """Choose an act from a menu of the page."""
    app.session_state[menu] = act
    return app


def part(app: AppTest, name: str) -> AppTest:
    """Look at another part of the file."""
    app.session_state[f"dispute-part:{app.query_params['id'][0]}"] = name
    app.run()
    assert not app.exception
    return app


def main_button(app: AppTest) -> str:
    """What the page proposes to do next."""
    return next((b.label for b in app.button if str(b.key).startswith("next-thing")), "")


def test_from_a_registered_file_to_an_agreement_that_is_performed(way: Way, office: Office, as_person: Opener) -> None:
    app = as_person(office.mediator, SCREEN, id=str(way.id))
    press(app, "Accept for mediation")
    press(app, "Accept for mediation", 1)
    assert "32 days left to mediate, due Mon 21 Dec 2026 \\(30 days from acceptance" in said(app)
    assert "moved to the next working day" in said(app)
    for _ in way.seen.parties:
        press(press(app, "Tell the parties their rights"), "Save")
    for _ in way.seen.parties:
        press(press(app, "Record the consent"), "Save")
    press(app, "Write down the session")
    fill(app, held_time=time(8, 0), place="调解室", statements="甲说。\n\n乙说。")
    press(app, "Save the record")
    assert way.seen.sessions[0]["statements"] == "甲说。\n\n乙说。"
    press(app, "Write down the agreement")
    assert "In writing, because it is not performed at once" in said(app)
    fill(app, content="乙赔偿三千元。", amount="3000", reached_on=TODAY, mediator_signed_on=TODAY, sealed_on=TODAY)
    press(app, "Save the agreement")
    press(part(app, "performance"), "Add instalments")
    fill(app, total="3000", count=3, first_due_on=TODAY + timedelta(days=10))
    press(app, "Add the instalments")
    assert [row["amount"] for row in way.seen.obligations] == [100000] * 3
    for _ in way.seen.parties:
        press(press(app, "Record the signatures"), "Save")
    press(press(app, "Conclude the agreement"), "Conclude the agreement", -1)
    assert way.seen.fields["state"] == "agreed"
    assert "Judicial confirmation can be asked for until" in said(app)
    for _ in way.seen.obligations:
        press(press(app, "Record a performance"), "Save the performance")
    assert [row["standing"] for row in way.seen.obligations] == ["fulfilled"] * 3
    assert main_button(app) == "Name who follows up"


def open_sheet(app: AppTest, form: str, record: object = "") -> AppTest:
    """Open a form as its menu does; AppTest can't choose from a menu button."""
    app.session_state["dispute_sheets"] = {int(app.query_params["id"][0]): f"{form}:{record}"}
    app.run()
    assert not app.exception
    return app


def test_whoever_may_not_see_it_is_told_the_same_as_if_it_were_not_there(
    way: Way, office: Office, as_person: Opener
) -> None:
    told = {said(as_person(office.elsewhere, SCREEN, id=asked)) for asked in (str(way.id), "99999", "x", "")}
    assert len(told) == 1
    assert "This does not exist, or it is not yours to see." in told.pop()
    assert "This does not exist" in said(as_person(office.clerk, SCREEN, id=str(way.id)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("stage", ["registered", "consented", "worded", "agreed", "paid", "refused"])
def test_every_part_can_be_drawn_at_every_stage(
    way: Way, office: Office, as_person: Opener, stage: str, language: str
) -> None:
    if stage != "registered":
        way.accepted()
    if stage == "refused":
        way.refused()
    if stage in ("consented", "worded", "agreed", "paid"):
        way.consented().met().met("caucus", present=[way.seen.parties[0]["id"]]).met("enquiry")
    if stage in ("worded", "agreed", "paid"):
        way.worded().promised()
    if stage in ("agreed", "paid"):
        way.concluded()
    if stage == "paid":
        way.paid(0).paid(1, amount="400")
    for name in TABLES["part"]:
        app = as_person(office.mediator, SCREEN, language, id=str(way.id), part=name)
        assert not app.exception
        assert not app.error


def test_wrong_input_is_told_beside_its_field_and_nothing_typed_is_lost(
    way: Way, office: Office, as_person: Opener
) -> None:
    way.accepted().consented().met().worded()
    app = as_person(office.mediator, SCREEN, id=str(way.id), part="performance")
    press(app, "Add instalments")
    fill(app, total="五千元整", count=2, first_due_on=TODAY + timedelta(days=3), manner="当面支付")
    press(app, "Add the instalments")
    assert "Write an amount like 1200 or 1200\\.50\\." in said(app)
    assert [field.value for field in app.text_input if field.label == "In which way"] == ["当面支付"]
    fill(app, total="5000")
    press(app, "Add the instalments")
    assert "Nothing was saved yet" in said(app)
    assert not way.seen.obligations
    fill(app, total="3000")
    press(app, "Add the instalments")
    assert len(way.seen.obligations) == 2


def test_a_session_without_consent_is_refused_and_its_text_kept(way: Way, office: Office, as_person: Opener) -> None:
    way.accepted()
    app = as_person(office.mediator, SCREEN, id=str(way.id), part="sessions")
    press(app, "Write down a session")
    fill(app, held_time=time(8, 0), statements="第一段。\n\n第二段。")
    press(app, "Save the record")
    assert "Not told their rights yet" in said(app)
    assert "第一段。\n\n第二段。" in [area.value for area in app.text_area]
    again = as_person(office.mediator, SCREEN, id=str(way.id), form="session")
    assert "第一段。\n\n第二段。" in [area.value for area in again.text_area], "the draft is offered again"


def test_who_saves_second_sees_both_versions(way: Way, office: Office, as_person: Opener) -> None:
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), "correct")
    says = way.seen.fields
    theirs = {name: says[name] for name in ("facts", "request", "place", "category", "source", "head_count")}
    version = way.seen.version
    opening.correct(office.chair, dispute_id=way.id, version=version, subject="院墙和屋檐", key=key(), **theirs)
    fill(app, subject="院墙漏水")
    press(app, "Save the correction")
    assert "方主委 saved first" in said(app)
    assert {"院墙和屋檐", "院墙漏水"} <= {str(cell) for cell in app.table[0].value.to_numpy().ravel()}
    press(app, "Keep mine: save again")
    press(app, "Save the correction")
    assert way.seen.fields["subject"] == "院墙漏水"


def test_a_conflict_is_told_in_the_fields_of_the_form(way: Way, office: Office, as_person: Opener) -> None:
    way.accepted().consented().met().worded()
    record = way.seen.sessions[0]["id"]
    editing = {"id": str(way.id), "form": f"edit_session:{record}"}
    first, second = (as_person(person, SCREEN, **editing) for person in (office.mediator, office.chair))
    one = way.seen.parties[0]["id"]
    press(fill(first, held_time=time(7, 30), present=[one]), "Save the record")
    press(fill(second, held_time=time(7, 45), statements="甲说。\n\n乙说。"), "Save the record")
    said = {str(cell) for cell in second.table[0].value.to_numpy().ravel()}
    assert {"Begun at", "07:30", "07:45", "Parties present", "甲说。  \n  \n乙说。"} <= said
    assert any("Applicant" in cell and "Respondent" in cell for cell in said), "parties by their names"
    editing["form"] = "agreement"
    first, second = (as_person(person, SCREEN, **editing) for person in (office.mediator, office.chair))
    for app, amount in ((first, "2500"), (second, "2000.5")):
        press(fill(app, amount=amount), "Save the agreement")
    assert {"2,500\\.00", "2,000\\.50"} <= {str(cell) for cell in second.table[0].value.to_numpy().ravel()}


def test_names_are_shown_when_asked_for_and_hidden_again(way: Way, office: Office, as_person: Opener) -> None:
    app = as_person(office.mediator, SCREEN, id=str(way.id))
    assert "董小满" not in said(app)
    press(app, "Show identity")
    assert "董小满" in said(app)
    seen = read.who_has_seen(office.mediator, dispute_id=way.id)
    assert seen is not None
    assert "unmask" in set(seen.rows["event"])
    press(app, "Hide the identity")
    assert "董小满" not in said(app)


def test_a_party_is_edited_without_its_name_being_shown(way: Way, office: Office, as_person: Opener) -> None:
    party = way.seen.parties[0]["id"]
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), "edit_party", party)
    press(fill(app, occupation="务农"), "Save")
    assert way.seen.parties[0]["occupation"] == "务农"
    press(app, "Show identity")
    assert "董小满" in said(app)


def test_a_party_taken_out_can_be_put_back(way: Way, office: Office, as_person: Opener) -> None:
    party = way.seen.parties[0]["id"]
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), "remove_party", party)
    press(app, "Take out of the file")
    assert len(way.seen.parties) == 1
    press(part(app, "history"), "Put back")
    assert len(way.seen.parties) == 2


def test_who_steps_aside_sees_the_file_no_more(way: Way, office: Office, as_person: Opener) -> None:
    row = way.seen.mediators[0]["id"]
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id), part="mediators"), "step_aside", row)
    press(fill(app, reason="与申请人是亲戚。"), "Save")
    assert "not yours to see" in said(app)
    assert "与申请人是亲戚" in said(as_person(office.director, SCREEN, id=str(way.id), part="mediators"))


def test_a_caucus_is_read_by_its_mediators_alone(way: Way, office: Office, as_person: Opener) -> None:
    way.accepted().consented().met("caucus", present=[way.seen.parties[0]["id"]], statements="只对调解员说。")
    assert "只对调解员说" in said(as_person(office.mediator, SCREEN, id=str(way.id), part="sessions"))
    assert "only its mediators see this" in said(as_person(office.mediator, SCREEN, id=str(way.id), part="sessions"))
    assert "只对调解员说" not in said(as_person(office.director, SCREEN, id=str(way.id), part="sessions"))


def test_a_refusal_ends_the_file_with_the_other_ways_told(way: Way, office: Office, as_person: Opener) -> None:
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), "refuse")
    fill(app, party_id=way.seen.parties[1]["id"], reason="不愿调解。", routes=["court", "arbitration"])
    press(fill(app, routes_told_on=TODAY), "Record a refusal")
    assert "Mediation refused" in said(app)
    assert "Told of other ways on" in said(app)
    assert main_button(app) == "Complete and archive the file"


def test_the_risk_of_escalation_stands_at_the_top_of_the_file(way: Way, office: Office, as_person: Opener) -> None:
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), "escalation")
    fill(app, escalation=True, escalation_measure="分开等候", police_reported_on=TODAY, police_reported_time=time(8, 5))
    press(app, "Save")
    assert "Done about it: 分开等候".replace(":", "\\:") in said(app)
    assert "2026\\-11\\-19 08\\:05" in said(app)


def test_an_overdue_obligation_is_red_and_a_late_one_orange(way: Way, office: Office, as_person: Opener) -> None:
    long_ago = TODAY - timedelta(days=40)
    with_past = Way(office.mediator, office.committee_a, way.mediator_id, long_ago)
    with_past.accepted().consented().met().worded().promised(first=long_ago).concluded().paid(0, on=TODAY)
    shown = said(as_person(office.mediator, SCREEN, id=str(with_past.id), part="performance"))
    assert ":orange-badge[Fulfilled late]" in shown
    assert ":red-badge[:material/error: overdue by" in shown


def test_peoples_words_are_shown_literally(way: Way, office: Office, as_person: Opener) -> None:
    evil = "![x](http://evil) **bold** <b>tag</b> :red[r]"
    way.accepted().consented().met(statements=evil).worded(content=evil)
    for name in ("sessions", "agreement"):
        app = as_person(office.mediator, SCREEN, id=str(way.id), part=name)
        shown = [str(m.value) for m in app.markdown if "evil" in str(m.value)]
        assert shown
        assert not any("](http" in text or "<b>" in text or "**bold" in text for text in shown)


def test_a_file_is_archived_once_the_missing_follow_up_is_there(way: Way, office: Office, as_person: Opener) -> None:
    way.accepted().consented().identified().met().worded(performed_at_once=True).concluded()
    way.filed("power_of_attorney")
    app = as_person(office.mediator, SCREEN, id=str(way.id))
    press(app, "Name who follows up")
    press(fill(app, person_id=office.clerk.id), "Save")
    assert "No follow\\-up visit is recorded" in said(part(app, "file"))
    assert "Archive the file" not in [b.label for b in app.button]
    visitor = as_person(office.clerk, SCREEN, id=str(way.id))
    press(visitor, "Record the follow-up")
    fill(visitor, performance="full", satisfaction="satisfied", words="已改建。")
    press(visitor, "Save the follow-up")
    app = as_person(office.mediator, SCREEN, id=str(way.id))
    press(app, "Complete and archive the file")
    assert "The file is complete" in said(app)
    press(fill(app, retention="years_30"), "Archive the file")
    assert way.seen.fields["state"] == "archived"
    assert way.seen.fields["standard"] is True
    assert not main_button(app)


def test_an_incomplete_file_is_archived_by_the_director_with_a_reason(
    way: Way, office: Office, as_person: Opener
) -> None:
    way.refused()
    app = as_person(office.director, SCREEN, id=str(way.id))
    press(app, "Complete and archive the file")
    press(fill(app, retention="years_10"), "Archive the file")
    assert "Say why the file is archived although it is not complete" in said(app)
    press(fill(app, reason="当事人已离开本地。"), "Archive the file")
    assert way.seen.fields["standard"] is False
    assert "当事人已离开本地" in said(app)


def test_the_menu_offers_what_is_not_proposed_already(way: Way, office: Office) -> None:
    kept = [Step.CORRECT, Step.ESCALATION, Step.NOTE]
    assert other_acts(way.seen) == [Step.REFUSE, Step.WITHDRAW, *kept]
    assert other_acts(way.accepted().seen) == [Step.EXTEND, Step.REFUSE, Step.TERMINATE, Step.WITHDRAW, *kept]
    assert other_acts(way.refused().seen) == kept
    assert other_acts(read.view(office.director, dispute_id=way.id)) == [Step.REOPEN, *kept]


@pytest.mark.parametrize("step", FORMS)
def test_every_act_has_a_form(way: Way, office: Office, as_person: Opener, step: Step) -> None:
    app = open_sheet(as_person(office.mediator, SCREEN, id=str(way.id)), step)
    assert f"dispute:{way.id}:{step}" in app.session_state["forms"]
