"""Planning a meeting, and correcting one: kind, day and time, place, who chairs and who writes."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components.forms import Form, plain
from components.kept_forms import KeptForm
from components.meeting_address import PLANNING, leave_planning, open_meeting
from components.meeting_labels import due_told, named
from components.words import t
from db import clock
from db.engine import current
from db.rules.meetings.words import Rhythm, State
from db.rules.permissions import Actor
from db.services.meetings import keeping, people
from db.services.meetings.keeping import Choices, Seen

NINE = time(9)
_WENT = "meeting_planned"


def new(actor: Actor, kind_id: int | None, due_on: date | None) -> None:
    """The form of a new meeting; planned, it is opened."""
    st.button(
        t("All meetings"), icon=":material/arrow_back:", type="tertiary", on_click=leave_planning, key="plan-back"
    )
    offered = keeping.choices(actor, kind_id=kind_id)
    kinds = {int(one["id"]): named(one["name"], one["name_en"]) for one in offered.kinds}
    known = kind_id if kind_id in kinds else None
    st.subheader(t("Plan a meeting"), anchor=False)
    if not kinds:
        st.info(t("No kind of meeting is in use."), icon=":material/event_repeat:")
        return
    record = f"{known or ''}:{due_on or ''}"
    with KeptForm(PLANNING, record=record, label=kinds.get(known or 0, "")) as form:
        if known is not None and due_on is not None:
            st.markdown(f"**{plain(kinds[known])}** :gray[{plain(due_told(due_on))}]")
            fixed: dict[str, Any] = {"kind_id": known, "due_on": due_on}
        else:
            form.choose("kind_id", t("Kind of meeting"), kinds, known or _as_needed(offered))
            fixed = {}
        today = clock.today(current().settings.timezone)
        last = dict(offered.last) or {"clerk_id": actor.id}
        _when(form, max(due_on or today, today), _local(last["planned_for"]).time() if offered.last else NINE)
        _rest(form, offered.leaders, last)
        form.submit(t("Plan it"), keeping.plan, **fixed)
    if form.result is not None and st.session_state.get(_WENT) != form.result:
        st.session_state[_WENT] = form.result
        leave_planning()
        open_meeting(int(form.result))


def correct(actor: Actor, seen: Seen) -> None:
    """What was planned, to be corrected; the days it is about while it is open."""
    at = _local(seen.planned_for)
    about: dict[str, Any] = {"record": seen.id, "version": seen.version, "behind": f"meeting-change-{seen.id}"}
    with KeptForm("meetings.change", border=False, label=seen.title, **about) as form:
        _when(form, at.date(), at.time())
        stands = {seen.chair_id: seen.chair, seen.clerk_id: seen.clerk}
        leaders = {person_id: name for person_id, name in stands.items() if person_id} | people.leaders(actor)
        _rest(form, leaders, asdict(seen))
        if seen.state == State.OPEN:
            left, right = st.columns(2)
            with left:
                form.day("since", t("Look at the days from"), seen.since)
            with right:
                form.day("until", t("to"), seen.until)
        form.submit(t("Save"), keeping.change, meeting_id=seen.id)


def _as_needed(offered: Choices) -> int | None:
    """The kind one plans without a due day most often: the first that is called as needed."""
    return next((int(one["id"]) for one in offered.kinds if one["rhythm"] == Rhythm.AS_NEEDED), None)


def _when(form: Form, on_day: date, at: time) -> None:
    left, right = st.columns(2)
    with left:
        form.day("day", t("Day"), on_day)
    with right:
        form.time("at", t("Time"), at)


def _rest(form: Form, leaders: Mapping[int, str], stands: Mapping[str, Any]) -> None:
    left, right = st.columns(2)
    with left:
        form.choose("chair_id", t("In the chair"), leaders, stands.get("chair_id"))
    with right:
        form.choose("clerk_id", t("Writes"), leaders, stands.get("clerk_id"))
    left, right = st.columns(2)
    with left:
        form.text("title", t("Title (optional)"), stands.get("title", ""), max_chars=200)
    with right:
        form.text("place", t("Place (optional)"), stands.get("place", ""), max_chars=200)
    number = t("Number of the matter, for a joint meeting (optional)")
    form.text("case_number", number, stands.get("case_number", ""))


def _local(moment: datetime) -> datetime:
    """A moment in the office's zone."""
    return moment.astimezone(ZoneInfo(current().settings.timezone))
