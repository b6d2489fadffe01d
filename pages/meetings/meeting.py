"""One meeting: its head, agenda, decisions and attendance, closing it; a closed one is drawn from its minutes alone."""

import streamlit as st

from components import (
    asked,
    meeting_agenda,
    meeting_attendance,
    meeting_closing,
    meeting_decisions,
    meeting_head,
    meeting_minutes,
)
from components.meeting_address import asked_for
from components.screens import enter
from components.words import t
from db.rules.meetings.words import State

actor = enter(__file__)
seen = asked_for(actor)
meeting_head.show(actor, seen)
if seen.state == State.CALLED_OFF:
    st.stop()

kept = meeting_closing.ask_edition(actor, seen).document if seen.state == State.CLOSED else None
parts = {"agenda": t("Agenda"), "decisions": t("Decisions"), "attendance": t("Who came"), "record": t("Record")}
agenda, decisions, attendance, record = st.tabs(
    list(parts.values()), default=asked.tab(parts), key=f"meeting-tabs-{seen.id}"
)
with agenda:
    if kept is not None:
        meeting_minutes.agenda(kept)
    else:
        meeting_agenda.show(actor, seen)
with decisions:
    if kept is not None:
        meeting_minutes.decisions(kept)
    else:
        meeting_decisions.show(actor, seen)
with attendance:
    if kept is not None:
        meeting_minutes.attendance(kept)
    else:
        meeting_attendance.show(actor, seen)
with record:
    meeting_closing.show(actor, seen)
