"""Closing a meeting, its minutes by edition, and opening it again."""

import streamlit as st

from components.forms import Form, plain, press
from components.words import moment, t
from db.rules.meetings.words import AttendedBy, State
from db.rules.permissions import Actor, Permission
from db.services.meetings import attending, closing
from db.services.meetings.closing import Minutes
from db.services.meetings.keeping import Seen

EDITION = "edition"


def show(actor: Actor, seen: Seen) -> None:
    """What closing does and its button; the editions, and opening it again."""
    if seen.state == State.OPEN and seen.keeps:
        _close(actor, seen)
    if seen.edition:
        _editions(closing.minutes(actor, meeting_id=seen.id))
    elif seen.state == State.PLANNED:
        st.caption(t("Minutes begin once the meeting is open."))
    if seen.work_id is not None and actor.may(Permission.WORKS_READ):
        _to_line(seen.work_id)
    if seen.reopens:
        _reopen(seen)


def _to_line(work_id: int) -> None:
    """The way to the line of the registers of work its attendance counts as."""
    if st.button(t("Its line in the registers of work"), key="meeting-work", icon=":material/checklist:"):
        st.switch_page("pages/scoring/works.py", query_params={"id": str(work_id)})


def ask_edition(actor: Actor, seen: Seen) -> Minutes:
    """The minutes shown: the latest edition, or another one asked for."""
    chosen = st.query_params.get(EDITION, "")
    told = closing.minutes(actor, meeting_id=seen.id)
    numbers = [one.edition for one in told.editions]
    if len(numbers) == 1:
        return told
    picked = st.selectbox(
        t("Edition"),
        sorted(numbers, reverse=True),
        index=sorted(numbers, reverse=True).index(int(chosen)) if chosen in {str(n) for n in numbers} else 0,
        format_func=lambda n: _named(told, n),
        key=f"meeting-edition-{seen.id}",
        width=420,
    )
    if picked != told.edition:
        st.warning(t("This is an earlier edition; a later one stands."), icon=":material/history:")
        return closing.minutes(actor, meeting_id=seen.id, edition=picked)
    return told


def _named(told: Minutes, edition: int) -> str:
    one = next(one for one in told.editions if one.edition == edition)
    return t("Edition {n}, closed {time} by {who}", n=edition, time=moment(one.closed_at), who=one.closed_by)


def _close(actor: Actor, seen: Seen) -> None:
    roll = attending.roll(actor, meeting_id=seen.id)
    silent = int((roll["standing"] == "").sum())
    with st.container(border=True, key=f"meeting-closing-{seen.id}"):
        said = t("Closing keeps everything this meeting shows as it stands now: agenda, decisions, edits, attendance.")
        st.markdown(plain(said))
        if seen.about and seen.attended_by == AttendedBy.UNITS:
            st.markdown(plain(t("Its attendance is written into the registers of work, where scoring counts it.")))
        if silent:
            said = t("Nothing is said yet of the attendance of {n}.", n=silent)
            st.markdown(f":orange[:material/warning: {plain(said)}]")
        act, icon = closing.close_meeting, ":material/lock:"
        which = {"meeting_id": seen.id, "version": seen.version}
        press("meetings.close", t("Close the meeting"), act, record=seen.id, main=True, icon=icon, **which)


def _editions(told: Minutes) -> None:
    for one in reversed(told.editions):
        reason = "  \n" + plain(t("Reopened before: {reason}", reason=one.reason)) if one.reason else ""
        st.markdown(f":material/description: {plain(_named(told, one.edition))}{reason}")


def _reopen(seen: Seen) -> None:
    with st.popover(t("Open again …"), icon=":material/lock_open:", key=f"meeting-reopen-{seen.id}"):
        st.markdown(
            plain(t("The minutes stay readable. Closed again, there is another edition; what counts is counted once."))
        )
        with Form("meetings.reopen", record=seen.id, version=seen.version, border=False) as form:
            form.text("reason", t("Why the meeting is reopened"), max_chars=200)
            form.submit(t("Reopen the meeting"), closing.reopen, meeting_id=seen.id)
