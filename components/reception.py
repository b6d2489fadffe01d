"""What is shown at the counter and never stored: care for who needs it first, and the privacy notice to read."""

import streamlit as st

from components.words import day, language, t
from db.rules.permissions import Actor
from db.services import intake
from db.services.office import notice


def care(*, child: bool) -> None:
    """How to receive people who need care first, and the duty to report harm to a child; never stored."""
    told = intake.guidance(language())
    with st.expander(t("Who needs care first"), icon=":material/favorite:"):
        for kind in told["care"]:
            st.markdown(f"**{kind['title']}**  \n{kind['text']}")
        st.caption(t("Only a reminder: nothing about the person is stored."))
    with st.expander(told["child_title"], icon=":material/child_care:", expanded=child):
        st.markdown(told["child"])


def read_notice(actor: Actor) -> None:
    """The privacy notice in force, to be read out or printed."""
    told = notice(actor)
    if told is None:
        return
    with st.popover(t("Read it"), icon=":material/policy:", type="tertiary"):
        st.markdown(told.text_zh if language() == "zh" else told.text_en)
        st.caption(t("In force since {day}", day=day(told.effective_from)))
        st.link_button(t("Print"), f"/print/notice/{told.id}", icon=":material/print:", type="tertiary")
