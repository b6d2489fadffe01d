"""The head of a meeting: what it is, when and where, who leads it, and what can be done with it as a whole."""

from typing import Any

import streamlit as st

from components import saved_by
from components.case_address import open_case
from components.case_texts import fact
from components.forms import Form, plain, press
from components.meeting_address import open_list
from components.meeting_labels import COLOURS, due_told, label, named
from components.meeting_plan import correct
from components.words import day, language, moment, t
from db.rules.meetings.rhythm import slot_of
from db.rules.meetings.words import Slot, State
from db.rules.permissions import Actor
from db.services.meetings import keeping
from db.services.meetings.calendar import day_in_office
from db.services.meetings.keeping import Seen


def show(actor: Actor, seen: Seen) -> None:
    """Name, state, facts and acts."""
    if st.button(t("All meetings"), icon=":material/arrow_back:", type="tertiary", key="meeting-back"):
        open_list()
    name = named(seen.kind_name, seen.kind_name_en)
    st.subheader(plain(f"{name} · {seen.title}" if seen.title else name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"meeting-head-{seen.id}"):
        _badges(seen)
    _facts(seen)
    with st.container(horizontal=True, vertical_alignment="center", key=f"meeting-acts-{seen.id}"):
        _acts(actor, seen)
    _word(seen)
    saved_by.show(actor, "meeting", seen.id)


def _badges(seen: Seen) -> None:
    held_on = day_in_office(seen.planned_for)
    state = slot_of(seen.due_on, seen.state, held_on, seen.today)
    st.badge(label("slot", state), color=COLOURS[state])
    if seen.due_on is not None and held_on > seen.due_on and state is not Slot.CALLED_OFF:
        st.badge(t("late"), icon=":material/schedule:", color="orange")
    if seen.edition > 1 or (seen.edition and seen.state == State.OPEN):
        st.badge(t("Minutes, edition {n}", n=seen.edition), color="gray")
    st.markdown(f":gray[{plain(due_told(seen.due_on))}]", width="content")


def _facts(seen: Seen) -> None:
    never_planned = seen.state == State.CALLED_OFF and not seen.chair
    lines = [(t("When"), day(day_in_office(seen.planned_for)) if never_planned else moment(seen.planned_for))]
    lines += [(t("Place"), seen.place), (t("In the chair"), seen.chair), (t("Writes"), seen.clerk)]
    if seen.state != State.CALLED_OFF:
        both = t("{first} to {last}", first=day(seen.since), last=day(seen.until))
        lines.append((t("Days looked at"), both if seen.since != seen.until else day(seen.since)))
    if seen.case_number:
        lines.append((t("Matter"), seen.case_number))
    with st.container(horizontal=True, gap="medium", key=f"meeting-facts-{seen.id}"):
        for name, value in lines:
            if value or not never_planned:
                st.markdown(fact(name, value or "–"), width="content")


def _acts(actor: Actor, seen: Seen) -> None:
    if seen.keeps and seen.state == State.PLANNED:
        begun = day_in_office(seen.planned_for) <= seen.today
        icon, said = ":material/play_arrow:", t("Open the meeting")
        act, which = keeping.open_meeting, {"meeting_id": seen.id, "version": seen.version}
        press("meetings.open", said, act, record=f"{seen.id}:{seen.version}", main=begun, icon=icon, **which)
    if seen.state in (State.OPEN, State.CLOSED):
        where = f"/present/meeting/{seen.id}?lang={language()}"
        st.link_button(t("Show on the wall"), where, icon=":material/slideshow:", key="present")
    if seen.edition:
        where = f"/minutes/{seen.id}?lang={language()}"
        st.link_button(t("Minutes as Word"), where, icon=":material/description:", key="minutes")
    said, icon = t("Open the case"), ":material/description:"
    if seen.case_id is not None and st.button(said, key=f"meeting-case-{seen.id}", icon=icon):
        open_case(seen.case_id)
    if seen.keeps:
        with st.popover(
            t("Change"), icon=":material/edit:", key=f"meeting-change-{seen.id}", on_change="rerun"
        ) as part:
            if part.open:
                correct(actor, seen)
        if not seen.edition:
            _call_off(seen)


def _call_off(seen: Seen) -> None:
    which: dict[str, Any] = {"record": seen.id, "version": seen.version}
    with (
        st.popover(t("Call off"), type="tertiary", icon=":material/event_busy:", key=f"meeting-off-{seen.id}"),
        Form("meetings.call_off", border=False, **which) as form,
    ):
        form.text("reason", t("Why it is not held"), max_chars=200)
        form.submit(t("Call it off"), keeping.call_off, meeting_id=seen.id)


def _put_back(seen: Seen) -> None:
    """Hold it after all, once somebody has read what that means."""
    with st.popover(t("Hold it after all"), icon=":material/undo:", key=f"meeting-back-{seen.id}"):
        st.markdown(plain(t("It stands again as before: {when}.", when=moment(seen.planned_for))))
        st.caption(t("Tell those again who heard that it is off."))
        which: dict[str, Any] = {"meeting_id": seen.id, "version": seen.version}
        press("meetings.put_back", t("Put it back"), keeping.put_back, record=seen.id, main=True, **which)


def _word(seen: Seen) -> None:
    """What somebody should know first: why it is off or open again, or what is missing to begin."""
    if seen.state == State.CALLED_OFF:
        said = t("This meeting was called off: {reason}", reason=seen.reason)
        st.info(plain(said), icon=":material/event_busy:")
        if seen.returns:
            _put_back(seen)
    elif seen.state == State.OPEN and seen.reason:
        st.warning(plain(t("Reopened: {reason}", reason=seen.reason)), icon=":material/lock_open:")
    elif seen.state == State.PLANNED and seen.keeps and not (seen.chair and seen.clerk):
        st.info(t("Say who chairs and who writes; then the meeting can be opened."), icon=":material/person_add:")
