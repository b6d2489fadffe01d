"""Pairs of cases that look alike, with why: linked as a repeat, merged, or called different; nothing by itself."""

import streamlit as st

from components import likely_asked, likely_pair
from components.screens import enter
from components.words import number, t
from db.services.cases import likely_lists

actor = enter(__file__)
tab, reason, page = likely_asked.asked()
found = likely_lists.pairs(actor, tab=tab, reason=reason, page=page)

likely_asked.ask(tab, reason)
st.markdown(t("{n} pairs", n=number(found.total)) if found.total != 1 else t("1 pair"))
for pair in found.pairs:
    likely_pair.show(pair)
if not found.pairs:
    likely_asked.nothing(tab, reason)
likely_asked.ask_page(tab, reason, found.page, found.pages)
