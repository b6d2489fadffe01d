"""What supervision leaves on a desk: matters to draft notices for, drafts to issue, notices to answer."""

import streamlit as st

from components import supervision_list
from components.supervision_address import open_notices
from components.words import number, t
from db.rules.permissions import Actor, Permission
from db.services.supervision import lists
from db.services.supervision.lists import Tab


def show(actor: Actor) -> None:
    """Nothing for who has nothing to do with notices, or while there is none."""
    if not (actor.may(Permission.CASES_SUPERVISE) or actor.may(Permission.CASES_HANDLE)):
        return
    supervision_list.offer_drafts(actor, key="desk")
    found = lists.counts(actor)
    wanted = {
        Tab.TO_ISSUE: (Permission.CASES_SUPERVISION_ISSUE, t("Supervision notices to issue")),
        Tab.WAITING: (Permission.CASES_HANDLE, t("Supervision notices to answer")),
        Tab.ANSWERED: (Permission.CASES_SUPERVISION_ISSUE, t("Answers to supervision notices to look at")),
    }
    for tab, (permission, said) in wanted.items():
        if actor.may(permission) and found[tab]:
            with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"desk-notices-{tab}"):
                st.markdown(f"{said} :orange-badge[{number(found[tab])}]", width="stretch")
                if st.button(t("Show"), key=f"desk-notices-open-{tab}", icon=":material/arrow_forward:"):
                    open_notices(tab)
