"""Which meeting an address asks for, or which one is being planned; not yours and not there look the same."""

from datetime import date

import streamlit as st

from components.asked import day_of, number_of
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.meetings import keeping
from db.services.meetings.keeping import Seen

ID, PLAN, DUE = "id", "plan", "due"
AS_NEEDED, PLANNING = "new", "meetings.plan"


def asked_for(actor: Actor) -> Seen:
    """The meeting named by ?id=, or a calm word and the end of the page."""
    meeting_id = number_of(st.query_params.get(ID))
    try:
        if meeting_id is not None:
            return keeping.meeting(actor, meeting_id=meeting_id)
    except NotThere:
        pass
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the meetings"), key="to-the-meetings", type="primary"):
        open_list()
    st.stop()


def open_meeting(meeting_id: int) -> None:
    """Go to a meeting in this tab."""
    st.switch_page("pages/meetings/meeting.py", query_params={ID: str(meeting_id)})


def open_list() -> None:
    """Go to the list in this tab."""
    st.switch_page("pages/meetings/meetings.py")


def planning() -> tuple[int | None, date | None] | None:
    """The kind and the due day of ?plan= and ?due=, None while nothing is being planned."""
    asked = st.query_params.get(PLAN)
    return None if asked is None else (number_of(asked), day_of(st.query_params.get(DUE)))


def address_of_draft(form: str) -> dict[str, str] | None:
    """Where a draft of a new meeting is gone on with; None for a draft of another form."""
    name, _, record = form.partition(":")
    if name != PLANNING:
        return None
    kind_id, _, due_on = record.partition(":")
    return {PLAN: kind_id or AS_NEEDED} | ({DUE: due_on} if due_on else {})


def begin_planning(kind_id: int | None = None, due_on: date | None = None) -> None:
    """Callback: to the form of a new meeting, for a due day or as needed."""
    st.query_params[PLAN] = AS_NEEDED if kind_id is None else str(kind_id)
    if due_on is not None:
        st.query_params[DUE] = due_on.isoformat()


def leave_planning() -> None:
    """Callback: back to the calendar."""
    for name in (PLAN, DUE):
        st.query_params.pop(name, None)
