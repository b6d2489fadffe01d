"""Briefings: what is due, all of them, and a new one."""

from components import briefing_list
from components.screens import enter

actor = enter(__file__)
briefing_list.due(actor)
briefing_list.table(actor, briefing_list.choice(actor))
briefing_list.new_form(actor)
briefing_list.bin_of(actor)
