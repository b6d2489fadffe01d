"""Briefings: what is due, all of them, and a new one."""

from components import briefing_list
from components.saved_lists import saved_lists_bar
from components.screens import enter

actor = enter(__file__)
briefing_list.due(actor)
choice = briefing_list.choice(actor)
saved_lists_bar(actor, "briefings")
briefing_list.table(actor, choice)
briefing_list.new_form(actor)
briefing_list.bin_of(actor)
