"""What needs a mediator, a chair or a visitor today: mediation running out, obligations overdue, files to take on."""

import streamlit as st

from components.dispute_address import open_list
from components.dispute_list import table
from components.due_rows import groups
from components.forms import plain
from components.words import N_, t
from db.rules.permissions import Actor, Permission
from db.services.mediation import lists
from db.services.mediation.lists import Tab

COLUMNS = ("number", "tab", "subject", "left", "state", "parties", "mediators", "committee")

WAITS = {
    Tab.TO_TAKE_ON: N_("To take on"),
    Tab.DUE_SOON: N_("Mediation ends soon"),
    Tab.OVERDUE: N_("Mediation overdue"),
    Tab.OBLIGATIONS: N_("Obligation overdue"),
    Tab.TO_VISIT: N_("To follow up"),
}


def needs_me(actor: Actor, *, alone: bool) -> None:
    """Every dispute that waits for this person; `alone` when it is all this desk tells of, so that nothing is told."""
    rows = lists.waiting(actor)
    if rows.empty and not alone:
        return
    st.subheader(t("What needs me") if alone else t("Disputes that need me"), anchor=False)
    if rows.empty:
        st.info(t("Nothing waits for you. Everything that needed you is done."), icon=":material/done_all:")
    for code, name, colour, part in groups(rows):
        st.markdown(f":{colour}[**{plain(name)}**] :{colour}-badge[{len(part)}]")
        told = part.assign(tab=[t(WAITS[tab]) for tab in part["tab"]])
        table(actor, told, key=f"desk-disputes-{code}", columns=COLUMNS)
    if alone:
        _go_on(actor)


def _go_on(actor: Actor) -> None:
    with st.container(horizontal=True, key="desk-mediation-go-on"):
        if actor.may(Permission.MEDIATION_OPEN) and st.button(
            t("Open a dispute"), key="desk-open-dispute", icon=":material/add_notes:"
        ):
            st.switch_page("pages/mediation/open.py")
        if st.button(t("To the list of disputes"), key="desk-to-disputes"):
            open_list()
