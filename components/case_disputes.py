"""The disputes that came from a case: known by number and state, open to who may read their file."""

import streamlit as st

from components.dispute_address import open_dispute
from components.dispute_labels import label
from components.dispute_open import CASE
from components.forms import plain
from components.words import t
from db.rules.permissions import Actor, Permission
from db.services.cases import CaseView
from db.services.mediation import lists


def disputes(actor: Actor, seen: CaseView) -> None:
    """Each dispute of this case, and the way to open one; nothing for who has nothing to do with mediation."""
    rows = lists.of_case(actor, case_id=seen.id).to_dict("records")
    opens = actor.may(Permission.MEDIATION_OPEN) and not seen.fields["sealed"]
    if not rows and not opens:
        return
    st.subheader(t("Mediation"), anchor=False)
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", key=f"case-dispute-{row['id']}"):
            st.markdown(f"**{plain(row['number'])}**", width="content")
            st.badge(label("state", row["state"]), color="gray")
            if row["whole"]:
                st.space("stretch")
                if st.button(t("Open the file"), key=f"open-dispute-{row['id']}"):
                    open_dispute(int(row["id"]))
            else:
                st.markdown(f":gray[:material/lock: {t('Only its mediators see the file.')}]", width="content")
    if not rows:
        st.markdown(t("No dispute was opened from this case."))
    if opens and st.button(t("Open a dispute from this case"), key="dispute-from-case", icon=":material/handshake:"):
        st.switch_page("pages/mediation/open.py", query_params={CASE: str(seen.id)})
