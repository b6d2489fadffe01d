"""The bin: cases registered by mistake, each with who put it there, when and why; and one's own acts to take back."""

import streamlit as st

from components import bin_list, undo_bar
from components.screens import enter
from components.words import t
from db.services import cases

actor = enter(__file__)
st.caption(t("What lies here is in no list, count or search. Nothing is emptied by itself; numbers are kept."))
bin_list.show(actor, cases.binned(actor, page=bin_list.page_asked()))
st.subheader(t("What I did lately"), anchor=False)
undo_bar.my_acts(actor)
