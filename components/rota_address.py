"""Which rota an address asks for; not yours and not there look the same."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from components.asked import number_of
from components.rota_labels import in_words
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.duty import rotas
from db.services.duty.rotas import RotaView

ID = "id"
_LEFT = "rota_left"


def asked_for(actor: Actor) -> RotaView:
    """The rota named by ?id=, or a calm word and the end of the page."""
    rota_id = number_of(st.query_params.get(ID))
    found = None if rota_id is None else _found(actor, rota_id)
    if found is None:
        if st.session_state.pop(_LEFT, None) == rota_id is not None:
            open_list()
        st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
        if st.button(t("To the list of rotas"), key="to-the-rotas", type="primary"):
            open_list()
        st.stop()
    return found


def _found(actor: Actor, rota_id: int) -> RotaView | None:
    try:
        return in_words(rotas.rota_view(actor, rota_id=rota_id))
    except NotThere:
        return None


def leaving(act: Callable[..., int]) -> Callable[..., int]:
    """The act that throws a rota away, after which its page leads back to the list."""

    @wraps(act)
    def acted(*args: Any, **kwargs: Any) -> int:
        done = act(*args, **kwargs)
        st.session_state[_LEFT] = done
        return done

    return acted


def open_rota(rota_id: int) -> None:
    """Go to a rota in this tab."""
    st.switch_page("pages/duty/rota.py", query_params={ID: str(rota_id)})


def open_list() -> None:
    """Go to the list in this tab."""
    st.switch_page("pages/duty/rotas.py")
