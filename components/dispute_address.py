"""Which dispute and which part of it an address asks for; not yours and not there look the same."""

import streamlit as st

from components.dispute_labels import TABLES, label
from components.words import t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services.mediation import read
from db.services.mediation.read import DisputeView

ID, PART = "id", "part"


def asked_for(actor: Actor) -> DisputeView:
    """The dispute named by ?id=, or a calm word and the end of the page."""
    asked = st.query_params.get(ID, "")
    found = _found(actor, int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    if found is None:
        st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
        if st.button(t("To the list of disputes"), key="to-the-disputes", type="primary"):
            open_list()
        st.stop()
    return found


def _found(actor: Actor, dispute_id: int) -> DisputeView | None:
    try:
        return read.view(actor, dispute_id=dispute_id)
    except NotThere:
        return None


def open_dispute(dispute_id: int) -> None:
    """Go to a dispute in this tab."""
    st.switch_page("pages/mediation/dispute.py", query_params={ID: str(dispute_id)})


def open_list(**choice: str) -> None:
    """Go to the list in this tab, under a choice."""
    st.switch_page("pages/mediation/register.py", query_params=choice or None)


def chosen_part(seen: DisputeView) -> str:
    """The part of the file being looked at, kept in the address so that a link opens it."""
    st.session_state.setdefault(part_key(seen.id), _asked_part())
    st.segmented_control(
        t("Part of the file"),
        list(TABLES["part"]),
        format_func=lambda part: label("part", part),
        key=part_key(seen.id),
        required=True,
        label_visibility="collapsed",
    )
    part = str(st.session_state[part_key(seen.id)])
    if part != _asked_part():  # every change is one more press of the browser's back button
        st.query_params[PART] = part
    return part


def go_to(dispute_id: int, part: str) -> None:
    """Callback of buttons that lead to another part."""
    st.session_state[part_key(dispute_id)] = part


def part_key(dispute_id: int) -> str:
    """The widget that holds the part."""
    return f"dispute-part:{dispute_id}"


def _asked_part() -> str:
    asked = st.query_params.get(PART, "")
    return asked if asked in TABLES["part"] else next(iter(TABLES["part"]))
