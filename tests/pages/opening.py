"""The real app.py under AppTest, at one address."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from components.screens import PAGES, Screen
from db.rules.permissions import Actor
from db.services.accounts import Seat


def seat_for(actor: Actor | None, language: str) -> Seat | None:
    """The seat the front door would give this person."""
    if actor is None:
        return None
    return Seat(
        actor=replace(actor, language=language), session_id=1, must_change=False, unit="综治中心", unit_en="Centre"
    )


def open_screen(screen: Screen, language: str = "en", **query: str) -> AppTest:
    """Run the app at that screen's address."""
    app = AppTest.from_file(PAGES.parent / "app.py", default_timeout=30)
    app.session_state["language"] = language
    app.query_params.update(query)
    app._page_hash = calc_hash(screen.path)  # switch_page() knows files only, and a refused address runs none
    app.run()
    assert app._finished_page_script_hash == app._page_hash, "the app ran another page"
    return app


def key_of(app: AppTest, form: str, name: str) -> str:
    """What the app calls a field, or the button, of a form that keeps a draft."""
    token: str = app.session_state["forms"][form].token
    return f"kept-{token}-{name}"
