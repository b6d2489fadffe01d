"""What a run begins with and what a session keeps, through the real app.py."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from components import account, state
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
