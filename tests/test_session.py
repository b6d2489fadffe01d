"""What a run begins with and what a session keeps, through the real app.py."""

from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from components import account, forms, intake_draft, state
from components.screens import SCREENS
from db import clock
from db.rules.permissions import Permission
from db.services.accounts import Seat
from tests.factories import Office
from tests.serving import ROOT

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def app() -> AppTest:
    """The app, before its first run."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def test_a_stranger_gets_the_form_and_no_menu(office: Office) -> None:
    assert office
    at = app().run()
    assert not at.exception
    assert [field.label for field in at.text_input] == ["User name", "Password"]
    assert not at.sidebar.button


def test_nothing_of_an_earlier_person_is_left(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seats = [Seat(actor=office.clerk, session_id=1), Seat(actor=office.clerk, session_id=1), None]
    seats.append(Seat(actor=office.handler, session_id=2))
    now: list[Seat | None] = [seats[0]]
    monkeypatch.setattr(account, "who_is_here", lambda: now[0])
    at = app().run()
    at.session_state["draft"] = "a confidential draft"
    for seat, kept in zip(seats[1:], (True, False, False), strict=True):
        now[0] = seat
        at.run()
        assert ("draft" in at.session_state) is kept


def test_a_first_password_opens_one_screen_only(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = Seat(actor=office.admin, session_id=1, must_change=True)
    monkeypatch.setattr(account, "who_is_here", lambda: seat)
    at = app().run()
    assert [field.label for field in at.text_input] == ["Present password", "New password", "New password again"]
    assert account.current_actor() is None


def test_every_page_stands_behind_a_permission_that_exists(engine_name: str) -> None:
    assert engine_name
    assert all(isinstance(screen.permission, Permission) for screen in SCREENS)
    assert len({screen.path for screen in SCREENS}) == len(SCREENS)


def test_a_submission_key_lasts_until_the_next_one(engine_name: str) -> None:
    assert engine_name
    first = state.submission_key("a form")
    assert state.submission_key("a form") == first
    assert state.submission_key("another form") != first
    state.next_key("a form")
    assert state.submission_key("a form") != first


def test_a_receipt_is_shown_for_ten_seconds_wherever_one_goes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "who_is_here", lambda: Seat(actor=office.clerk, session_id=1))
    shelf = state.Shelf()
    monkeypatch.setattr(state, "_shelf", lambda: shelf)
    state.receipt("Saved as 2026-00001.")
    at = app().run()
    assert "Saved as 2026-00001." in [shown.value for shown in at.text]
    shelf.receipts = [(at - timedelta(seconds=11), words) for at, words in shelf.receipts]
    assert clock.now()
    at = at.run()
    assert "Saved as 2026-00001." not in [shown.value for shown in at.text]


def test_a_tab_forgets_the_widgets_of_screens_it_has_left(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "who_is_here", lambda: Seat(actor=office.clerk, session_id=1))
    at, sizes = app(), []
    at._page_hash = calc_hash("take-in")
    for _ in range(4):  # each an empty form of its own, whose fields no earlier one had
        at.run()
        assert not at.exception
        kept = at._session_state._state
        sizes.append((len(kept._new_widget_state.widget_metadata), len(kept._key_id_mapper.id_key_mapping)))
        del at.session_state[intake_draft.FORM]
    assert sizes[1] == sizes[2] == sizes[3]


def test_a_tab_remembers_the_forms_drawn_last(engine_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_name
    monkeypatch.setattr(st, "session_state", {})
    first, still = forms.state_of("first"), forms.state_of("still drawn")
    for number in range(forms.MOST):
        forms.state_of(f"form {number}")
        assert forms.state_of("still drawn") is still
    assert forms.state_of("first") is not first
    assert len(st.session_state["forms"]) == forms.MOST
