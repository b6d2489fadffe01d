"""The Word templates the office prints from, each replaceable by its own."""

import streamlit as st

from components.screens import enter
from components.tables import pick
from components.templates import form_names, placeholder_list, standing_list, template_sheet
from components.words import t
from db.services import templates

actor = enter(__file__)
frame = templates.templates(actor)
st.markdown(t("Each form is printed from a Word template. Download one, change it in Word, and put it back here."))
standing_list(frame)
chosen = pick("form", t("Form"), form_names(frame), required=True)
template_sheet(frame.set_index("code").loc[chosen])
placeholder_list(chosen)
