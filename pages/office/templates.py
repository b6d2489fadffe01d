"""The Word templates the office prints from, each replaceable by its own."""

import streamlit as st

from components.screens import enter
from components.tables import pick
from components.templates import (
    earlier_list,
    form_names,
    placeholder_list,
    searched,
    standing_list,
    template_sheet,
    with_record,
)
from components.words import t
from db.services import templates

actor = enter(__file__)
frame = templates.templates(actor)
st.markdown(t("Each form is printed from a Word template. Download one, change it in Word, and put it back here."))
found = searched(frame)
standing_list(found)
chosen = pick("form", t("Form"), form_names(found), required=True)
if chosen is not None:
    row = frame.set_index("code").loc[chosen]
    template_sheet(row)
    with_record(actor, chosen)
    earlier_list(actor, row)
    placeholder_list(chosen)
