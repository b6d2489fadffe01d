"""Take in what a resident brings: typed in the order of the conversation, kept as a draft, registered or answered."""

import streamlit as st

from components import intake_aside, intake_draft, intake_form, intake_receipt, reception
from components.intake_fields import Fields
from components.screens import enter
from components.words import t
from db.services import intake

actor = enter(__file__)
case_id = intake_draft.registered_here()
if case_id is not None:
    intake_receipt.show(actor, case_id)
    st.stop()

draft = intake_draft.open_draft(actor)
form = intake.form_for(actor)
fields = Fields(draft)
st.html(intake_draft.STYLE)
with st.container():
    intake_aside.kept_drafts(actor, draft)

left, right = st.columns([2, 1], gap="large")
with left, st.container(key="take_in_form"):
    with st.container():
        intake_form.how(fields)
    with st.container():
        intake_form.who(actor, fields, form)
    with st.container():
        intake_form.what(fields)
    with st.container():
        intake_form.sort(actor, fields, form, draft)
    with st.container():
        intake_form.files(fields, draft)
    with st.container():
        on_spot = intake_form.answer(fields, draft)
with right, st.container(key="take_in_aside"):
    with st.container():
        intake_aside.emergency(draft)
    with st.container():
        intake_aside.earlier(actor, fields, draft)
    reception.care(child=bool(draft.value("child")))

with st.container():
    intake_draft.tell_problems(draft)
st.button(
    t("Record and close") if on_spot else t("Register"),
    key=draft.key("_register"),
    type="primary",
    icon=":material/check:",
    on_click=intake_draft.submit,
)
intake_draft.script(draft)
