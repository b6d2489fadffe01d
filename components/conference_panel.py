"""Joint co-ordination meetings on a case's page: proposed when worth it, each record, and the form to write one."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import case_step_state, saved_by
from components.case_labels import label
from components.case_texts import fact
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.tables import unit_names
from components.words import N_, day, language, moment, t
from db.rules.case_flow import Step
from db.rules.conferences import LONGEST, Why
from db.rules.permissions import Actor
from db.services import units
from db.services.cases import CaseView, conferences
from db.services.cases.conferences import Conference, OfCase, Present

WHY: Mapping[Why, str] = {
    Why.UNITS: N_("Several units take part in this matter: a joint co-ordination meeting may settle who does what."),
    Why.OBJECTIONS: N_("Units objected again and again: a joint co-ordination meeting may come before the ruling."),
}
CARRIES = (Step.RULE, Step.PROPOSE)


def show(actor: Actor, seen: CaseView) -> None:
    """Nothing where there is no record and none may be written."""
    told = conferences.of_case(actor, case_id=seen.id)
    if not told.conferences and not told.may_confer:
        return
    st.subheader(t("Joint co-ordination"), anchor=False)
    if told.why is not None:
        st.info(t(WHY[told.why]), icon=":material/groups:")
    names = dict(unit_names(units.units(actor))) if told.may_confer else {}
    for conference in told.conferences:
        with st.container(border=True, key=f"conference-{conference.id}"):
            if conference.removed_at is None:
                _told(conference)
                if told.may_confer:
                    _acts(actor, seen, told, conference, names)
            else:
                _taken_away(conference)
    if told.may_confer:
        said = t("Record a joint co-ordination meeting")
        behind = f"confer-{seen.id}"
        with st.popover(said, icon=":material/groups:", key=behind, on_change="rerun"):
            form = KeptForm("conferences.record", record=seen.id, border=False, behind=behind)
            with form:
                _fields(actor, seen, form, told, names, None)
                form.submit(t("Save"), conferences.record, case_id=seen.id)


def _told(conference: Conference) -> None:
    when, who = moment(conference.held_at), _of(conference.convened_by)
    st.markdown(f"**{plain(when)}** · {plain(conference.place)}")
    st.caption(plain(t("convened by {who}, recorded by {recorder}", who=who, recorder=_of(conference.recorder))))
    present = t(", ").join(_name(unit) for unit in conference.units)
    parts = [(t("Units present"), present), (t("Others present"), conference.others), (t("Topic"), conference.topic)]
    parts += [(t("Statements"), conference.statements), (t("What the units agreed"), conference.agreed)]
    parts += [(t("Lead unit"), _name(conference.lead) if conference.lead else "")]
    parts += [(t("Answer wanted by"), day(conference.due_on) if conference.due_on else "")]
    st.markdown("\n\n".join(fact(name, said) for name, said in parts if said))
    saved_by.line(conference.saved)


def _acts(actor: Actor, seen: CaseView, told: OfCase, conference: Conference, names: Mapping[int, str]) -> None:
    with st.container(horizontal=True):
        step = next((step for step in CARRIES if step in seen.steps), None)
        if conference.lead is not None and step is not None:
            st.button(
                t("Carry over into: {step}", step=label("step", step)),
                key=f"carry-{conference.id}",
                icon=":material/arrow_forward:",
                on_click=case_step_state.begin,
                args=(seen.id, str(seen.fields["number"]), seen.version, step),
                kwargs={"carried": _carried(conference)},
                help=t("Opens the step with the lead unit and the day filled in; nothing is done by itself."),
            )
        behind = f"rewrite-{conference.id}"
        with st.popover(t("Correct"), icon=":material/edit:", key=behind, on_change="rerun"):
            about: dict[str, Any] = {"record": conference.id, "version": conference.version, "behind": behind}
            form = KeptForm("conferences.rewrite", border=False, **about)
            with form:
                _fields(actor, seen, form, told, names, conference)
                form.submit(t("Save"), conferences.rewrite, conference_id=conference.id)
        press("conferences.take_away", t("Take away"), conferences.take_away, record=conference.id, type="tertiary",
              conference_id=conference.id, version=conference.version)  # fmt: skip


def _carried(conference: Conference) -> dict[str, Any]:
    """What was agreed, under the names of a step's fields."""
    return {
        "unit": conference.lead.id if conference.lead else None,
        "due_on": conference.due_on,
        "reason": conference.agreed,
    }


def _taken_away(conference: Conference) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(t("Record of {time}, taken away", time=moment(conference.held_at))))
        press("conferences.put_back", t("Put back"), conferences.put_back, record=conference.id,
              conference_id=conference.id, version=conference.version)  # fmt: skip


def _fields(
    actor: Actor, seen: CaseView, form: KeptForm, told: OfCase, names: Mapping[int, str], now: Conference | None
) -> None:
    """The record in the order it is written down; a new one begins with the units of the case."""
    people = told.conveners if now is None else {now.convened_by_id: now.convened_by} | dict(told.conveners)
    present = told.unit_ids if now is None else tuple(unit.id for unit in now.units)
    offered = names if now is None else {unit.id: _name(unit) for unit in (*now.units, *_lead(now))} | dict(names)
    left, right = st.columns(2)
    with left:
        form.day("day", t("Day"), now.held_at.date() if now else seen.today)
    with right:
        form.time("at", t("Time"), now.held_at.time() if now else None)
    form.text("place", t("Place"), now.place if now else "", max_chars=200)
    form.choose("convened_by_id", t("Convened by"), people, now.convened_by_id if now else actor.id)
    form.choose_many("unit_ids", t("Units present"), offered, present)
    form.area("others", t("Others present"), now.others if now else "", max_chars=LONGEST, height=80)
    form.area("topic", t("Topic"), now.topic if now else str(seen.fields["subject"]), max_chars=LONGEST, height=80)
    form.area("statements", t("Statements"), now.statements if now else "", max_chars=LONGEST, height=140)
    form.area("agreed", t("What the units agreed"), now.agreed if now else "", max_chars=LONGEST, height=140)
    left, right = st.columns(2)
    with left:
        form.choose("lead_unit_id", t("Lead unit agreed"), offered, now.lead.id if now and now.lead else None)
    with right:
        form.day("due_on", t("Answer wanted by"), now.due_on if now else None)


def _lead(conference: Conference) -> tuple[Present, ...]:
    return (conference.lead,) if conference.lead else ()


def _name(unit: Present) -> str:
    return (unit.name_en if language() == "en" else "") or unit.name


def _of(name: str) -> str:
    return name or t("somebody else")
