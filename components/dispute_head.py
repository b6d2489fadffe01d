"""The head of a dispute's page: what it is, how far it is, how long is left, what is still needed, what to do next."""

from datetime import timedelta
from typing import Any

import streamlit as st

from components import dispute_sheet as sheets
from components import reception
from components.case_clocks import left
from components.case_labels import code_labels
from components.dispute_labels import label
from components.dispute_progress import Next, line, next_thing, other_acts, standing, turn_of
from components.forms import plain
from components.words import day, language, t, told
from db.rules.mediation.words import Confirmation, State
from db.rules.permissions import Actor
from db.services.mediation.read import DisputeView

SOON_DAYS = 7


def head(actor: Actor, seen: DisputeView) -> None:
    """Number, state and what must not be overlooked; then the subject, the committee and its mediators."""
    says = seen.fields
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"dispute-head-{seen.id}"):
        st.markdown(f"**{plain(says['number'])}**", width="content")
        st.badge(label("state", says["state"]), color=_colour(says["state"]))
        st.badge(code_labels(actor, "dispute_category").get(says["category"], says["category"]), color="gray")
        if says["child"]:
            st.badge(t("A child is concerned"), icon=":material/child_care:", color="orange")
        if says["major"]:
            st.badge(t("Major or difficult"), icon=":material/priority_high:", color="orange")
        if says["escalation"]:
            st.badge(t("Risk of escalation"), icon=":material/warning:", color="red")
    st.subheader(plain(says["subject"]), anchor=False)
    committee = seen.committee_en if language() == "en" and seen.committee_en else seen.committee
    names = t(", ").join(str(row["name"]) for row in standing(seen)) or t("no mediator yet")
    turn = f":gray[{plain(t('Whose turn:'))}] {plain(label('turn', turn_of(seen)))}"
    st.markdown(f"{plain(committee)} :gray[·] {plain(names)} :gray[·] {turn}")


def clocks(seen: DisputeView) -> None:
    """How long is left, each as one plain sentence; always the same two places."""
    with st.container(key=f"dispute-clock-{seen.id}", gap="small"):
        if seen.fields["state"] == State.MEDIATING and seen.days_left is not None:
            _sentence(seen.days_left, _mediation(seen), provisional=seen.fields["provisional"])
        elif seen.fields["state"] == State.AGREED and seen.days_left is not None:
            _sentence(seen.days_left, _after_agreement(seen))
    with st.container(key=f"dispute-confirm-{seen.id}"):
        asked = seen.agreement is not None and seen.agreement["confirmation"] != ""
        if seen.confirm_days_left is not None and seen.confirm_days_left >= 0 and not asked:
            said = t("Judicial confirmation can be asked for until {day}: {left}", **_confirm_values(seen))
            st.markdown(f":gray[:material/gavel: {plain(said)}]")
        elif seen.agreement is not None and seen.agreement["confirmation"] == Confirmation.REQUESTED:
            st.markdown(
                f":gray[:material/gavel: {plain(t('Judicial confirmation was asked for; the court decides.'))}]"
            )


def _confirm_values(seen: DisputeView) -> dict[str, str]:
    return {"day": day(seen.confirm_by), "left": left(seen.confirm_days_left, None)}


def _mediation(seen: DisputeView) -> str:
    """12 days left to mediate, due Mon 30 Nov 2026 (30 days from acceptance on Sat 31 Oct 2026, extended by 0)."""
    says = seen.fields
    values = {
        "left": left(seen.days_left, None),
        "due": day(says["due_on"]),
        "accepted": day(says["accepted_on"]),
        "limit": seen.limit_days,
        "n": says["extended_days"],
    }
    if seen.days_left is not None and seen.days_left > 0:
        told = t("{left} to mediate, due {due} ({limit} days from acceptance on {accepted}, extended by {n})", **values)
    else:
        told = t("Mediation {left}; due {due} ({limit} days from acceptance on {accepted}, extended by {n})", **values)
    moved = says["due_on"] > says["accepted_on"] + timedelta(days=seen.limit_days + says["extended_days"])
    return told + (t("; moved to the next working day") if moved else "")


def _after_agreement(seen: DisputeView) -> str:
    owed = any(row["standing"] != "fulfilled" for row in seen.obligations)
    values = {"left": left(seen.days_left, None), "due": day(seen.fields["next_due_on"])}
    return t("Next performance: {left}, {due}", **values) if owed else t("Follow-up: {left}, {due}", **values)


def _sentence(days: int, said: str, *, provisional: bool = False) -> None:
    soft = " " + t(":orange-badge[provisional: holidays of that year are not known yet]") if provisional else ""
    if days < 0:
        st.markdown(f":red[:material/error: **{plain(said)}**]{soft}")
        return
    colour = "orange" if days <= SOON_DAYS else "green"
    st.markdown(f":{colour}[:material/schedule:] {plain(said)}{soft}")


def way(seen: DisputeView) -> None:
    """The progress line and what is still needed for the next step."""
    line(seen)
    with st.container(key=f"dispute-needs-{seen.id}"):
        if seen.needs and seen.may_keep:
            told_all = " ".join(plain(told(need)) for need in seen.needs)
            st.markdown(f":gray[{plain(t('Still needed:'))}] {told_all}")


def acts(seen: DisputeView) -> None:
    """The next sensible thing as the one primary button, everything else in a menu."""
    next_ = next_thing(seen)
    if next_ is not None:
        st.button(
            t(next_.words),
            key=f"next-thing:{seen.id}",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=_go,
            args=(seen.id, next_),
        )
    if others := other_acts(seen):
        st.menu_button(
            t("Other acts"),
            others,
            key=f"other-acts:{seen.id}",
            icon=":material/more_horiz:",
            format_func=lambda step: label("step", step),
            on_click=_go_chosen,
            args=(seen.id,),
        )


def care(seen: DisputeView) -> None:
    """How to receive people who need care first; shown, never stored."""
    key = f"dispute-care-{seen.id}"
    with st.popover(
        t("Reception care"), icon=":material/favorite:", type="tertiary", key=key, on_change="rerun"
    ) as part:
        if part.open:
            reception.care(child=bool(seen.fields["child"]))


def _go(dispute_id: int, next_: Next) -> None:
    sheets.close(dispute_id)
    sheets.show(dispute_id, next_.form, next_.record, next_.part)


def _go_chosen(dispute_id: int) -> None:
    step = st.session_state.get(f"other-acts:{dispute_id}")
    if step is not None:
        sheets.show(dispute_id, str(step))


def _colour(state: Any) -> Any:
    if state in (State.REGISTERED, State.MEDIATING):
        return "blue"
    return "green" if state == State.AGREED else "gray"
