"""Supervision notices: drafts to issue, what waits for an answer, what was answered, and all with their days."""

from components import supervision_list
from components.saved_lists import saved_lists_bar
from components.screens import enter
from components.supervision_address import tab_asked
from db.services.supervision import lists

actor = enter(__file__)
tab, number = tab_asked(supervision_list.first_tab(actor))
if tab not in supervision_list.tabs_of(actor):
    tab = supervision_list.first_tab(actor)

supervision_list.offer_drafts(actor, key="page")
supervision_list.ask_tab(actor, tab)
saved_lists_bar(actor, "supervision")
page = lists.notices(actor, tab=tab, page=number)
supervision_list.show(actor, tab, page)
supervision_list.ask_page(tab, page)
