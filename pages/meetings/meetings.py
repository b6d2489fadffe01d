"""Meetings: what was missed, is open, planned and to be held, planning one, and those that are over."""

import streamlit as st

from components import meeting_address, meeting_calendar, meeting_list, meeting_plan
from components.saved_lists import saved_lists_bar
from components.screens import enter
from db.rules.permissions import Permission
from db.services.meetings.lists import Tab

actor = enter(__file__)
planning = meeting_address.planning()
if planning is not None and actor.may(Permission.MEETINGS_KEEP):
    meeting_plan.new(actor, *planning)
    st.stop()

choice = meeting_list.choice_asked()
meeting_list.ask_tab(choice)
if choice.tab is Tab.PAST:
    saved_lists_bar(actor, "meetings")
    meeting_list.show(actor, choice)
else:
    meeting_calendar.show(actor)
