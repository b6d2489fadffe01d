"""Which line of the registers an address asks for; not yours and not there look the same."""

import streamlit as st

from components import asked
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.works import read
from db.services.works.read import WorkView

ID, PART, NEW = "id", "part", "new"
ADDING, CORRECTING = "works.add", "works.edit"
_OPENED = "works_opened"


def asked_for(actor: Actor) -> WorkView | None:
    """The line of ?id=, or None when the address names none that is theirs to see."""
    if ID not in st.query_params:
        return None
    work_id = asked.number_of(st.query_params.get(ID))
    try:
        return None if work_id is None else read.view(actor, work_id=work_id)
    except NotThere:
        st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
        return None


def open_line(work_id: int) -> None:
    """Show one line; the list one comes back to is another table, because the browser keeps a table's selection."""
    st.session_state[_OPENED] = opened() + 1
    st.query_params.pop(PART, None)
    st.query_params.pop(NEW, None)
    st.query_params[ID] = str(work_id)
    st.rerun()


def address_of_draft(form: str) -> dict[str, str] | None:
    """Where a draft of these forms is gone on with; None for a draft of another form."""
    name, _, record = form.partition(":")
    if name == ADDING:
        return {"tab": record, NEW: record}
    return {ID: record, PART: "correct"} if name == CORRECTING else None


def opened() -> int:
    """How many lines were opened so far."""
    return int(st.session_state.setdefault(_OPENED, 0))


def back() -> None:
    """Callback: to the list as it was."""
    for name in (ID, PART):
        st.query_params.pop(name, None)
