"""The registers of work: meetings, reports, inspections and activities, and how each unit stands in them."""

import streamlit as st

from components import asked, downloads, works_address, works_choice, works_form, works_line, works_list, works_year
from components.saved_lists import saved_lists_bar
from components.screens import enter
from components.words import number, t
from db.rules.permissions import Permission
from db.services.works import lists

actor = enter(__file__)
seen = works_address.asked_for(actor)
if seen is not None:
    works_line.show(actor, seen)
    st.stop()

choice = works_choice.choice_asked(actor)
page = lists.register(actor, choice=choice)
total = number(page.total) + ("+" if page.more else "")

works_choice.ask_tab(actor, choice, total)
if actor.may(Permission.WORKS_KEEP) and choice.tab is not lists.Tab.REMOVED:
    works_form.new(actor, choice.tab, empty=page.rows.empty and not choice.text)
if works_year.ask(actor, choice):
    works_year.show(actor, choice)
    st.stop()
works_choice.ask_words_and_order(choice)
works_choice.ask_filters(actor, choice)
saved_lists_bar(actor, "works")
downloads.fetch_now()

if page.rows.empty:
    works_list.nothing(actor, choice)
else:
    with st.container(horizontal=True, vertical_alignment="center", key="list-acts"):
        st.markdown(t("{n} lines", n=total) if page.total != 1 else t("1 line"), width="content")
        st.space("stretch")
        works_list.export(choice)
    works_list.table(page.rows, choice, key=f"works:{works_address.opened()}")
asked.ask_page(choice, page.page, page.pages)
