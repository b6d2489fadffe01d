"""The receipt after registering, read from the database: number, query code, state, prints, and what comes next."""

import streamlit as st

from components.case_labels import label
from components.intake_draft import begin
from components.screens import PAGES
from components.words import day, moment, t
from db.rules.permissions import Actor
from db.services import intake

CASE = "cases/case.py"


def show(actor: Actor, case_id: int) -> None:
    """Everything the clerk tells and hands over."""
    told = intake.receipt(actor, case_id=case_id)
    with st.container(border=True):
        st.markdown(f":green[:material/check_circle: **{t('Registered {time}', time=moment(told.registered_at))}**]")
        number, code, state = st.columns(3)
        number.metric(t("Number"), told.number)
        code.metric(t("Query code"), f"{told.query_code[:4]} {told.query_code[4:]}")
        state.metric(t("State"), label("state", told.state))
        if told.sealed:
            st.info(t("Sealed: from now on only the person who takes it sees it."), icon=":material/lock:")
        if told.promise_due_on and not told.outcome:
            st.text(t("Answer promised by {day}", day=day(told.promise_due_on)))
        if told.outcome:
            st.text(t("Answered on the spot: {outcome}", outcome=label("outcome", told.outcome)))
        if told.files:
            st.text(t("Files kept: {count}", count=told.files))
    _next(told)


def _next(told: intake.Receipt) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("Take in the next one"), key="next_one", type="primary", icon=":material/edit_note:", on_click=begin
        )
        st.link_button(t("Print the receipt"), f"/print/receipt/{told.case_id}?lang=zh", icon=":material/print:")
        st.link_button(
            t("Print in English"), f"/print/receipt/{told.case_id}?lang=en", icon=":material/print:", type="tertiary"
        )
        there = not told.sealed and (PAGES / CASE).exists()
        if there and st.button(t("Open the case"), key="open_case", icon=":material/description:"):
            st.switch_page(PAGES / CASE, query_params={"id": str(told.case_id)})
    st.caption(t("Give the resident the receipt: with the number and the query code they can look up progress."))
