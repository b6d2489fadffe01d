"""The list of cases: what needs me first, found and sorted by the address, edited in place, taken away as shown."""

import streamlit as st

from components import asked, case_batch, case_bulk, case_choice, case_table, downloads, undo_bar
from components.saved_lists import saved_lists_bar
from components.screens import enter
from components.words import number, t
from db.rules.permissions import Permission
from db.services import cases

actor = enter(__file__)
choice = case_choice.choice_asked(actor)
page = cases.register(actor, choice=choice)
total = number(page.total) + ("+" if page.more else "")

case_choice.ask_tab(actor, choice, total)
case_choice.ask_words_and_order(choice)
case_choice.ask_filters(actor, choice)
saved_lists_bar(actor, "cases")
downloads.fetch_now()
undo_bar.undo_bar(actor)

with st.container(horizontal=True, vertical_alignment="center", key="list-acts"):
    st.markdown(t("{n} cases", n=total) if page.total != 1 else t("1 case"), width="content")
    st.space("stretch")
    ticking = case_bulk.may_tick(actor) and st.toggle(t("Tick cases"), key="tick_cases", bind="query-params")
    editing = actor.may(Permission.CASES_EDIT) and st.toggle(
        t("Quick edit"), key="quick_edit", bind="query-params", disabled=ticking
    )
    downloads.export_menu(actor, choice)
    if not ticking:
        case_batch.button(actor, choice)

if page.rows.empty:
    case_table.nothing(actor, choice)
elif ticking:
    case_bulk.tick(actor, choice, page)
elif editing:
    case_table.quick_edit(actor, page.rows)
else:
    case_table.table(actor, page.rows, key="cases")
asked.ask_page(choice, page.page, page.pages)
