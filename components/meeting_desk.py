"""The desk's card of the next meeting, and of those missed without a reason."""

from datetime import timedelta

import streamlit as st

from components.forms import plain
from components.meeting_address import open_list, open_meeting
from components.meeting_labels import COLOURS, due_told, label, named
from components.words import moment, number, t
from db import clock
from db.engine import current
from db.rules.meetings.words import Slot
from db.rules.permissions import Actor
from db.services.meetings import calendar

AHEAD = timedelta(days=7)
COMING = (Slot.OPEN, Slot.PLANNED, Slot.DUE)


def show(actor: Actor) -> None:
    """The meeting that is open or comes next within a week; nothing when none does and none was missed."""
    today = clock.today(current().settings.timezone)
    found = calendar.calendar(actor, first=today, last=today + AHEAD)
    coming = sorted((one for one in found if one.state in COMING), key=lambda one: COMING.index(one.state) > 0)
    missed = sum(one.state is Slot.MISSED for one in found)
    if not coming and not missed:
        return
    st.subheader(t("Next meeting"), anchor=False)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="desk-meeting"):
        if coming:
            one = coming[0]
            name = named(one.name, one.name_en)
            when = moment(one.planned_for) if one.planned_for else due_told(one.due_on)
            said = " · ".join(part for part in (when, one.place) if part)
            st.markdown(
                f"**{plain(f'{name} · {one.title}' if one.title else name)}**  \n:gray[{plain(said)}]", width="stretch"
            )
            st.badge(label("slot", one.state), color=COLOURS[one.state])
            icon = ":material/arrow_forward:"
            if one.meeting_id is not None and st.button(t("Open the page"), key="desk-to-meeting", icon=icon):
                open_meeting(one.meeting_id)
        if missed:
            st.badge(t("Missed: {n}", n=number(missed)), icon=":material/event_busy:", color="red")
        if st.button(t("All meetings"), key="desk-to-meetings", type="tertiary"):
            open_list()
