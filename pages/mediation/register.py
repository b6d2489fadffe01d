"""The list of disputes: what needs me first, found and sorted by the address, taken away as shown."""

import streamlit as st

from components import asked, dispute_choice, dispute_list, downloads
from components.saved_lists import saved_lists_bar
from components.screens import enter
from components.words import number, t
from db.services.mediation import lists

actor = enter(__file__)
choice = dispute_choice.choice_asked(actor)
page = lists.register(actor, choice=choice)
total = number(page.total) + ("+" if page.more else "")

dispute_choice.ask_tab(actor, choice, total)
dispute_choice.ask_words_and_order(choice)
dispute_choice.ask_filters(actor, choice)
saved_lists_bar(actor, "mediation")
downloads.fetch_now()

with st.container(horizontal=True, vertical_alignment="center", key="list-acts"):
    st.markdown(t("{n} disputes", n=total) if page.total != 1 else t("1 dispute"), width="content")
    st.space("stretch")
    if page.rows["whole"].any():
        dispute_list.export(choice)

if page.rows.empty:
    dispute_list.nothing(actor, choice)
else:
    dispute_list.table(actor, page.rows, key="disputes")
asked.ask_page(choice, page.page, page.pages)
