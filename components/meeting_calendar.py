"""The calendar of meetings as a list people read: what was missed, is open, planned, to be held, and was held."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components.forms import Form, plain, press
from components.meeting_address import begin_planning, open_meeting
from components.meeting_labels import due_told, label, named
from components.words import moment, t
from db import clock
from db.engine import current
from db.rules.meetings.words import Slot
from db.rules.permissions import Actor, Permission
from db.services.meetings import calendar, keeping
from db.services.meetings.calendar import Entry

BACK, AHEAD = timedelta(days=21), timedelta(days=35)
FIRST_SHOWN = 5
# As wide as its words mostly are; on a telephone all of a line, the buttons below it.
WIDE = 540
ORDER = (Slot.OPEN, Slot.MISSED, Slot.PLANNED, Slot.DUE, Slot.HELD, Slot.CALLED_OFF)


def show(actor: Actor) -> None:
    """The weeks around today by state, and the way to plan a meeting."""
    today = clock.today(current().settings.timezone)
    found = calendar.calendar(actor, first=today - BACK, last=today + AHEAD)
    keeps = actor.may(Permission.MEETINGS_KEEP)
    if keeps:
        icon = ":material/add:"
        st.button(t("Plan a meeting"), key="plan-meeting", icon=icon, type="primary", on_click=begin_planning)
    if not found:
        st.info(t("No meeting is due, planned or missed in these weeks."), icon=":material/event_available:")
    for state in ORDER:
        entries = [one for one in found if one.state is state]
        if state in (Slot.HELD, Slot.CALLED_OFF):
            entries.reverse()
        if entries:
            _group(state, entries, keeps=keeps)


def _group(state: Slot, entries: Sequence[Entry], *, keeps: bool) -> None:
    with st.container(key=f"meetings-{state.value}"):
        st.subheader(f"{label('slot', state)} ({len(entries)})", anchor=False)
        if state is Slot.MISSED:
            st.caption(t("Missed stays here until the meeting is held late or somebody says why it was not."))
        for entry in entries[:FIRST_SHOWN]:
            _entry(entry, keeps=keeps)
        rest = entries[FIRST_SHOWN:]
        if rest:
            with st.expander(t("{n} more", n=len(rest)), key=f"meetings-more-{state.value}"):
                for entry in rest:
                    _entry(entry, keeps=keeps)


def _entry(one: Entry, *, keeps: bool) -> None:
    key = f"{one.kind_id}-{one.due_on or ''}-{one.meeting_id or ''}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"meeting-entry-{key}"):
        with st.container(gap="xxsmall", width=WIDE):
            name = named(one.name, one.name_en)
            title = f" · {plain(one.title)}" if one.title else ""
            st.markdown(f"**{plain(name)}**{title}")
            st.markdown(f":gray[{plain(_when(one))}]")
            if one.reason:
                st.markdown(plain(t("Reason: {reason}", reason=one.reason)))
        st.space("stretch")
        if one.late:
            st.badge(t("late"), icon=":material/schedule:", color="orange")
        said, icon = t("Open the page"), ":material/arrow_forward:"
        if one.meeting_id is not None and st.button(said, key=f"to-meeting-{key}", icon=icon):
            open_meeting(one.meeting_id)
        if keeps and one.due_on is not None and (one.meeting_id is None or one.state is Slot.CALLED_OFF):
            _acts(one, one.due_on, key)


def _acts(one: Entry, due_on: date, key: str) -> None:
    """Plan it, or say why it is not held."""
    said = t("Plan it late") if one.state is Slot.MISSED else t("Plan it")
    st.button(said, key=f"plan-{key}", icon=":material/event:", on_click=begin_planning, args=(one.kind_id, due_on))
    if one.meeting_id is not None:
        if one.only_reason:
            _take_reason_back(one, one.meeting_id, key)
        return
    with st.popover(t("Not held …"), key=f"call-off-{key}", type="tertiary", on_change="rerun") as part:
        if not part.open:
            return
        st.markdown(plain(f"{named(one.name, one.name_en)} · {due_told(due_on)}"))
        with Form("meetings.call_off_due", record=f"{one.kind_id}:{due_on}", border=False) as form:
            form.text("reason", t("Why it is not held"), max_chars=200)
            form.submit(t("Note the reason"), keeping.call_off_due, kind_id=one.kind_id, due_on=due_on)


def _take_reason_back(one: Entry, meeting_id: int, key: str) -> None:
    """The due day stands open again, once somebody has said so twice."""
    with st.popover(t("Take the reason back …"), key=f"reason-back-{key}", type="tertiary", on_change="rerun") as part:
        if not part.open:
            return
        st.markdown(plain(t("Then this day is due again, or missed: {day}.", day=due_told(one.due_on))))
        which: dict[str, Any] = {"meeting_id": meeting_id, "version": one.version}
        press("meetings.put_back_due", t("Take it back"), keeping.put_back_due, record=meeting_id, **which)


def _when(one: Entry) -> str:
    """The moment it is planned for, and the day it is due where that is another."""
    if one.planned_for is None or one.only_reason:
        return due_told(one.due_on)
    parts = [moment(one.planned_for), one.place, one.chair and t("Chair: {name}", name=one.chair)]
    if one.due_on != one.day:
        parts.append(due_told(one.due_on))
    return " · ".join(part for part in parts if part)
