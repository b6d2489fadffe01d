"""Opening the real app as one of the office's people."""

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import account
from components.screens import Screen
from db.rules.permissions import Actor
from tests.pages.opening import open_screen, seat_for

Opener = Callable[..., AppTest]


@pytest.fixture
def as_person(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """open(actor, screen, **query) runs the real app.py as that person; actor None is a stranger."""

    def opened(actor: Actor | None, screen: Screen, language: str = "en", **query: str) -> AppTest:
        st.cache_data.clear()
        st.cache_resource.clear()
        monkeypatch.setattr(account, "who_is_here", lambda: seat_for(actor, language))
        return open_screen(screen, language, **query)

    return opened
