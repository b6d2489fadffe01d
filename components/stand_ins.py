"""Who stands in for whom: the arrangements to come, a new one, and handing everything open over to somebody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import case_ticks
from components.case_outcome import outcome, some
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.shown_lists import export_shown
from components.tables import pick
from components.words import day, moment, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import Choice, Kind, Tab, Wanted, stand_in
from db.services.records import Saved

EDIT, PERSON, FROM = "edit", "person", "from"
# What a draft of each form is opened by.
_FORMS = {"stand_in.edit": EDIT, "stand_in.new": PERSON, "stand_in.hand_over": FROM}


def address_of_draft(form: str) -> Mapping[str, str] | None:
    """What the address of a kept form of this screen says; None for a form of another."""
    name, _, record = form.partition(":")
    return {_FORMS[name]: record} if name in _FORMS else None


def arranged(actor: Actor) -> None:
    """What is arranged, with the ways to change and end it."""
    rows = stand_in.stand_ins(actor)
    if rows.empty:
        st.info(t("Nobody is represented at present."), icon=":material/event_available:")
        return
    export_shown("stand_ins", t("Stand-ins"), rows, _columns(), shows={"begins": day, "ends": day})
    asked = st.query_params.get(EDIT, "")
    for _, row in rows.iterrows():
        with st.container(border=True, key=f"stand-in-{row['id']}"):
            _one(row, opened=asked == str(row["id"]))
            if asked == str(row["id"]) and row["mine"]:
                _edit(actor, row)


def _columns() -> Mapping[str, str]:
    return {
        "person": t("Who is away"),
        "stand_in": t("Stand-in"),
        "begins": t("From"),
        "ends": t("Until"),
        "note": t("Note"),
        "made_by": t("Arranged by"),
    }


def _one(row: Any, *, opened: bool) -> None:
    who = t("{who} for {absent}", who=row["stand_in"], absent=row["person"])
    running = row["begins"] <= clock.today(current().settings.timezone)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(who)}**", width="content")
        st.badge(t("acting now") if running else t("to come"), color="green" if running else "gray")
    st.caption(plain(_about(row)))
    if row["mine"]:
        with st.container(horizontal=True):
            st.button(
                t("Close") if opened else t("Change"), key=f"edit-{row['id']}", on_click=_open, args=(row["id"], opened)
            )
            press(
                "stand_in.end",
                t("End now") if running else t("Cancel this stand-in"),
                stand_in.end,
                record=int(row["id"]),
                arrangement_id=int(row["id"]),
                version=int(row["version"]),
            )


def _about(row: Any) -> str:
    """Its days, who arranged it and why."""
    days = f"{day(row['begins'])} – {day(row['ends'])}"
    return " · ".join(part for part in (days, t("arranged by {who}", who=row["made_by"]), row["note"]) if part)


def over(actor: Actor) -> None:
    """The latest that are over, by their last day or because somebody ended them; nothing when there are none."""
    rows = stand_in.stand_ins(actor, over=True)
    if rows.empty:
        return
    with st.expander(t("Stand-ins that are over"), icon=":material/history:", key="stand-ins-over"):
        for _, row in rows.iterrows():
            who = t("{who} for {absent}", who=row["stand_in"], absent=row["person"])
            ended = t("ended early, {time}", time=moment(row["ended_at"])) if row["ended_at"] is not None else ""
            about = " · ".join(part for part in (_about(row), ended) if part)
            st.markdown(f"{plain(who)}  \n:gray[{plain(about)}]")


def _open(row_id: int, opened: bool) -> None:
    if opened:
        st.query_params.pop(EDIT, None)
    else:
        st.query_params[EDIT] = str(row_id)


def _edit(actor: Actor, row: Any) -> None:
    people = stand_in.may_stand_in(actor, person_id=int(row["person_id"]))
    name = t("Stand-in for {name}", name=row["person"])
    with KeptForm(
        "stand_in.edit", record=int(row["id"]), version=int(row["version"]), label=name, border=False
    ) as form:
        _fields(form, people, row["stand_in_id"], row["begins"], row["ends"], str(row["note"]))
        form.submit(t("Save"), stand_in.rearrange, arrangement_id=int(row["id"]))


def new(actor: Actor) -> None:
    """Who is away, who acts, from when until when; days of leave on the duty rota are offered."""
    people = stand_in.absent_people(actor)
    person_id = pick(PERSON, t("Who is away"), people, required=len(people) == 1)
    if person_id is None:
        return
    leave = stand_in.days_of_leave(actor, person_id=person_id)
    if leave:
        days = t(", ").join(f"{day(first)} – {day(last)}" for first, last in leave)
        st.caption(t("On leave by the duty rota: {days}", days=days))
    first, last = leave[0] if leave else (None, None)
    acting = stand_in.may_stand_in(actor, person_id=person_id)
    with KeptForm("stand_in.new", record=person_id, label=t("Stand-in for {name}", name=people[person_id])) as form:
        _fields(form, acting, None, first, last, "")
        form.submit(t("Arrange"), stand_in.arrange, person_id=person_id)


def _fields(
    form: KeptForm, people: Mapping[int, str], stand_in_id: Any, begins: date | None, ends: date | None, note: str
) -> None:
    form.choose("stand_in_id", t("Stand-in"), people, stand_in_id)
    left, right = st.columns(2)
    with left:
        form.day("begins", t("First day"), begins)
    with right:
        form.day("ends", t("Last day"), ends)
    form.text("note", f"{t('Note')} ({t('optional')})", note)


def hand_over(actor: Actor) -> None:
    """Everything open of one person to another, without the rows left out."""
    people = stand_in.absent_people(actor)
    person_id = pick(FROM, t("Whose open cases"), people, required=len(people) == 1)
    if person_id is None:
        return
    rows = cases.chosen(actor, choice=Choice(tab=Tab.OPEN, handler_id=person_id))
    if rows.empty:
        st.info(t("{name} handles no open case.", name=people[person_id]), icon=":material/done_all:")
        return
    st.caption(t("Take the tick away from what shall stay."))
    ids = case_ticks.ticked(actor, rows, key=f"hand-over-{person_id}", before=[int(one) for one in rows["id"]])
    chosen = rows[rows["id"].isin(ids)]
    units = sorted({int(unit) for unit in rows["lead_unit_id"].dropna()})
    others = {one: name for one, name in cases.handlers(actor, unit_ids=units).items() if one != person_id}
    with KeptForm("stand_in.hand_over", record=person_id, label=t("Hand open cases over")) as form:
        to_id = form.choose("to_id", t("Hand over to"), others)
        if to_id is not None and not chosen.empty:
            _over(actor, form, chosen, Wanted(handler_id=to_id))
        told: Saved | None = form.result
    if told is not None:
        outcome(told, dict(zip(rows["id"], rows["number"], strict=True)))


def _over(actor: Actor, form: KeptForm, chosen: pd.DataFrame, wanted: Wanted) -> None:
    rows = cases.preview(actor, case_ids=[int(one) for one in chosen["id"]], wanted=wanted)
    case_ticks.previewed(actor, rows)
    fine = rows[rows["why"].isna()]
    if len(fine):
        seen = {int(one): int(version) for one, version in zip(fine["id"], fine["version"], strict=True)}
        label = t("Hand {n} cases over", n=len(fine)) if len(fine) != 1 else t("Hand 1 case over")
        form.submit(label, hand_over_ticked, rows=seen)


def hand_over_ticked(actor: Actor, *, rows: Mapping[int, int], to_id: int | None, key: str) -> Saved:
    """The act of the form."""
    return some(cases.change_many(actor, rows=rows, wanted=Wanted(handler_id=to_id), key=key, kind=Kind.HANDOVER))
