"""What requests about one's own data leave on a desk: how many wait, and how many are past their day."""

import streamlit as st

from components.words import number, t
from db.rules.permissions import Actor, Permission
from db.services import data_requests

PAGE = "pages/office/data_requests.py"


def show(actor: Actor) -> None:
    """Nothing for who does not keep them, or while none waits."""
    if not actor.may(Permission.DATA_REQUESTS_KEEP):
        return
    waiting, late = data_requests.overdue(actor)
    if not waiting:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="desk-data-requests"):
        said = f"{t('Data requests waiting for an answer')} :orange-badge[{number(waiting)}]"
        said += f" :red-badge[{t('{n} overdue', n=number(late))}]" if late else ""
        st.markdown(said, width="stretch")
        if st.button(t("Show"), key="desk-data-requests-open", icon=":material/arrow_forward:"):
            st.switch_page(PAGE)
