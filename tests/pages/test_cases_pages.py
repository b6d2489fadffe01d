"""The list and the case as people use them: found, opened, stepped on, corrected, and never lost."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.rules.case_flow import Step
from db.services import cases, intake
from tests.db.services import stages
from tests.db.services.stages import ANSWER, brought, take
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}


def said(app: AppTest) -> str:
    """Everything written on the page."""
    parts: list[Any] = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.subheader, *app.text]
    return "\n".join(str(part.value) for part in parts)


def press(app: AppTest, text: str) -> AppTest:
    """Press the first button with that label."""
    (button, *_) = [b for b in app.button if b.label == text]
    button.click().run()
    assert not app.exception
    return app


def fill(app: AppTest, label: str, value: str) -> AppTest:
    """Type into the area whose label begins so."""
    (area, *_) = [a for a in app.text_area if a.label.startswith(label)]
    area.input(value).run()
    return app


def test_the_list_says_how_many_and_shows_them(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, SCREEN["cases"])
    assert "1 case" in said(app)
    (frame,) = app.dataframe
    assert frame.value["state"].tolist() == ["Registered"]
    assert frame.value["left"].tolist() == [["5 working days left"]]
    assert frame.value["acting"].tolist() == ["Duty office: propose a unit"]


def test_the_address_chooses_the_list_and_nonsense_in_it_is_left_out(office: Office, as_person: Opener) -> None:
    brought(office)
    for query in ({"tab": "to_propose"}, {"tab": "nonsense", "page": "x", "unit_id": "-1", "received_from": "never"}):
        app = as_person(office.leader, SCREEN["cases"], **query)
        assert not app.exception
        assert len(app.dataframe) == 1
    empty = as_person(office.leader, SCREEN["cases"], tab="to_confirm")
    assert "Nothing waits" in said(empty)
    assert [b.label for b in empty.button if b.key == "to-intake"] == ["Take in a matter"]


def test_searching_changes_the_address(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, SCREEN["cases"])
    app.text_input(key="list-text").input("没有这样的话").run()
    assert app.query_params["text"] in ("没有这样的话", ["没有这样的话"])
    assert "Nothing fits" in said(app)
    press(app, "Clear")
    assert "text" not in app.query_params
    assert len(app.dataframe) == 1


def test_not_yours_and_not_there_look_the_same(office: Office, as_person: Opener) -> None:
    sealed = brought(office, sealed=True)
    pages = [as_person(office.clerk, SCREEN["case"], id=asked) for asked in (str(sealed), "99999", "x", "")]
    assert len({said(app) for app in pages}) == 1
    assert "not yours to see" in said(pages[0])


def test_the_case_shows_who_brought_it_only_masked_until_asked(office: Office, as_person: Opener) -> None:
    case_id = brought(office)
    app = as_person(office.deputy, SCREEN["case"], id=str(case_id))
    assert "李小明" not in said(app)
    press(app, "Show identity")
    assert "李小明" in said(app)
    # Whoever may not unmask is not even offered it.
    foreign = as_person(office.clerk, SCREEN["case"], id=str(intake_of(office)))
    assert "Show identity" not in [b.label for b in foreign.button]


def intake_of(office: Office) -> int:
    """A case somebody else registered."""
    from tests.db.services.test_cases import an_intake

    return intake.register(office.deputy, intake=an_intake(), key=stages.key()).case_id


def test_the_next_step_is_the_one_primary_button(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.ROUTED[:1])
    app = as_person(office.leader, SCREEN["case"], id=str(case_id))
    press(app, "Approve and transfer")
    take_button = [b for b in app.button if b.label == "Approve and transfer"][-1]
    take_button.click().run()
    assert cases.view(office.leader, case_id=case_id).fields["state"] == "routed"
    assert "Saved" in said(app)
    assert "Transferred" in said(app)


def test_a_failed_check_keeps_every_field_and_points_at_it(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.HANDLING)
    app = as_person(office.handler, SCREEN["case"], id=str(case_id))
    press(app, "Draft the answer")
    fill(app, "Facts and reasons", "属实")
    [b for b in app.button if b.label == "Draft the answer"][-1].click().run()
    assert "Nothing was saved yet" in said(app)
    assert said(app).count("This is needed") == 3
    assert [a.value for a in app.text_area if a.label.startswith("Facts")] == ["属实"]
    assert cases.view(office.handler, case_id=case_id).fields["state"] == "handling"


def test_what_was_typed_is_a_draft_and_is_offered_again(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.HANDLING)
    app = as_person(office.handler, SCREEN["case"], id=str(case_id))
    press(app, "Draft the answer")
    fill(app, "Facts and reasons", "写到一半")
    fill(app, "Opinion for the resident", "您好")
    again = as_person(office.handler, SCREEN["case"], id=str(case_id))
    assert "You began" in said(again)
    press(again, "Continue")
    assert [a.value for a in again.text_area if a.label.startswith("Facts")] == ["写到一半"]


def test_who_saves_second_is_told_and_goes_on_with_what_was_typed(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.HANDLING)
    app = as_person(office.handler, SCREEN["case"], id=str(case_id))
    press(app, "Draft the answer")
    take(office, "head", case_id, Step.ASSIGN, person="head")
    for label in ("Facts and reasons", "Legal basis", "Opinion for the resident"):
        fill(app, label, "已写")
    next(r for r in app.radio if r.label == "Outcome").set_value(ANSWER["outcome"]).run()
    [b for b in app.button if b.label == "Draft the answer"][-1].click().run()
    assert "何所长" in said(app)
    assert cases.view(office.handler, case_id=case_id).fields["state"] == "handling"
    press(app, "I have seen it: go on with mine")
    [b for b in app.button if b.label == "Draft the answer"][-1].click().run()
    view = cases.view(office.handler, case_id=case_id)
    assert (view.fields["state"], view.fields["answer"]) == ("answered", "已写")


def test_words_to_the_resident_and_internal_words_look_different(office: Office, as_person: Opener) -> None:
    case_id = brought(office, (*stages.CONFIRMED, ("clerk", Step.NOTE, {"reason": "内部情况"})))
    take(office, "clerk", case_id, Step.REPLY, **stages.TOLD)
    lines = [str(m.value) for m in as_person(office.clerk, SCREEN["case"], id=str(case_id)).markdown]
    (inside,) = [line for line in lines if "> 内部情况" in line]
    (outside,) = [line for line in lines if "> 已告知" in line]
    assert "gray-badge" in inside
    assert "blue-badge" in outside


def test_peoples_words_are_shown_literally(office: Office, as_person: Opener) -> None:
    evil = "![x](http://evil) **bold** <b>tag</b> :red[r] $x$"
    app = as_person(office.clerk, SCREEN["case"], id=str(brought(office, text=evil, subject=evil[:40])))
    shown = [str(m.value) for m in (*app.markdown, *app.subheader) if "evil" in str(m.value)]
    assert shown
    assert not any("](http" in text or "<b>" in text or "**bold" in text for text in shown)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("way", ["CLOSED", "HEARING", "EXTENDED", "HELPED_ANSWERED", "TWICE"])
def test_every_part_of_a_case_can_be_drawn(office: Office, as_person: Opener, way: str, language: str) -> None:
    case_id = brought(office, getattr(stages, way))
    for person in (office.director, office.clerk, office.head):
        app = as_person(person, SCREEN["case"], language, id=str(case_id))
        assert not app.exception
        assert not app.error
    list_of_all = as_person(office.director, SCREEN["cases"], language, tab="all")
    assert not list_of_all.exception


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_form(office: Office, as_person: Opener, step: Step) -> None:
    from components import case_step_state
    from tests.db.services.test_case_steps import TABLE

    (row,) = [row for row in TABLE if row.step is step]
    case_id = brought(office, row.way, sealed=row.sealed)
    actor = office.people[min(row.allowed)]
    app = as_person(actor, SCREEN["case"], id=str(case_id))
    view = cases.view(actor, case_id=case_id)
    form = case_step_state.OpenStep(case_id, str(view.fields["number"]), step, view.version)
    app.session_state["open_steps"] = {case_id: form}
    app.run()
    assert not app.exception
    assert form.key("-take") in [b.key for b in app.button]
