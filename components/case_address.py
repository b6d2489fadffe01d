"""Which case an address asks for; not yours and not there look the same."""

from collections.abc import Callable
from typing import NoReturn

import streamlit as st

from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services import cases
from db.services.cases import CaseView

ID = "id"


def asked_for(actor: Actor, gone: Callable[[Actor, int], bool] = lambda _actor, _id: False) -> CaseView:
    """The case named by ?id=, or a calm word and the end of the page; `gone` tells of one that lies elsewhere."""
    asked = st.query_params.get(ID, "")
    case_id = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    found = _found(actor, case_id) if case_id else None
    if found is None and gone(actor, case_id):
        st.stop()
    if found is None:
        not_there()
    return found


def not_there() -> NoReturn:
    """A calm word, the way to the list, and the end of the page."""
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the list of cases"), key="to-the-list", type="primary"):
        open_list()
    st.stop()


def _found(actor: Actor, case_id: int) -> CaseView | None:
    try:
        return cases.view(actor, case_id=case_id)
    except NotThere:
        return None


def open_case(case_id: int) -> None:
    """Go to a case in this tab."""
    st.switch_page("pages/cases/case.py", query_params={ID: str(case_id)})


def open_list(**choice: str) -> None:
    """Go to the list in this tab, under a choice."""
    st.switch_page("pages/cases/register.py", query_params=choice or None)
