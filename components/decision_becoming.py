"""Carrying a decision out in the system: a step in its case, a supervision notice, a change of a published rota."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels, label
from components.decision_labels import label as decision_label
from components.decision_settle import afresh
from components.duty_labels import days_told, named
from components.forms import Form
from components.kept_forms import KeptForm
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.case_flow import Step
from db.rules.meetings.words import Became
from db.rules.permissions import Actor, Permission
from db.rules.supervision import LONGEST
from db.services import cases
from db.services.duty import rotas
from db.services.duty.rows import records
from db.services.meetings import becoming

Row = Mapping[str, Any]


def show(actor: Actor, row: Row) -> None:
    """Choose what it becomes, then the form of that; nothing where this person may do none of it."""
    ways = _ways(actor, row)
    if not ways:
        return
    key = f"decision-becomes:{row['id']}"
    chosen = st.segmented_control(
        t("Carry it out as"), list(ways), format_func=lambda way: decision_label("became", way), key=key
    )
    if chosen in ways:
        ways[chosen](actor, row)


def _ways(actor: Actor, row: Row) -> dict[str, Any]:
    ways: dict[str, Any] = {}
    if row["case_number"]:
        ways[Became.STEP] = _step
        if actor.may(Permission.CASES_SUPERVISE):
            ways[Became.SUPERVISION] = _notice
    if actor.may(Permission.DUTY_PLAN):
        ways[Became.ROTA_CHANGE] = _rota
    return ways


def _seen(row: Row) -> dict[str, Any]:
    return {"decision_id": int(row["id"]), "version": int(row["version"])}


def _step(actor: Actor, row: Row) -> None:
    steps = becoming.steps_of(actor, decision_id=int(row["id"]))
    if not steps:
        st.caption(t("No step of the case is yours to take now."))
        return
    with Form("decisions.step", record=row["id"], border=False) as form:
        form.choose("step", t("Step"), {step.value: label("step", step) for step in steps}, steps[0].value)
        if Step.ASSIGN in steps:
            units = [int(row["unit_id"])] if row["unit_id"] else []
            form.choose("person_id", t("Handler"), dict(cases.handlers(actor, unit_ids=units)))
        st.caption(t("The decision's words go into the case, with the meeting that decided it."))
        form.submit(t("Write it into the case"), afresh(becoming.become_step), **_seen(row))


def _notice(_actor: Actor, row: Row) -> None:
    with KeptForm("decisions.notice", record=row["id"], border=False, behind=f"decision-acts-{row['id']}") as form:
        form.area("text", t("What the unit is asked for"), str(row["text"]), max_chars=LONGEST)
        form.day("answer_by", t("Answer by"), row["due_on"])
        form.submit(t("Draft the notice"), afresh(becoming.become_supervision), **_seen(row))


def _rota(actor: Actor, row: Row) -> None:
    today = clock.today(current().settings.timezone)
    published = rotas.rotas(actor)
    published = published[(published["state"] == "published") & (published["until_on"] >= today)]
    every = records(published)
    options = {int(one["id"]): f"{named(one, 'duty')} · {days_told(one['from_on'], one['until_on'])}" for one in every}
    if not options:
        st.caption(t("No published rota runs now or later."))
        return
    key = f"decision-rota:{row['id']}"
    rota_id = st.selectbox(t("Rota"), list(options), format_func=lambda one: options.get(one, str(one)), key=key)
    seen = rotas.rota_view(actor, rota_id=int(rota_id))
    days = sorted({place["on_day"] for place in seen.rows if place["on_day"] >= today})
    on_day = st.selectbox(t("Day"), days, format_func=day, key=f"{key}:day:{rota_id}")
    places = {int(place["id"]): place for place in seen.rows if place["on_day"] == on_day}
    roles = code_labels(actor, "duty_role")
    place_id = st.selectbox(
        t("Place to serve"),
        list(places),
        format_func=lambda one: _place(seen, places[one], roles) if one in places else str(one),
        key=f"{key}:place:{rota_id}:{on_day}",
    )
    place = places[int(place_id)]
    able = {int(one["id"]): str(one["name"]) for one in seen.people if one["active"] and place["role"] in one["roles"]}
    with Form("decisions.rota", record=f"{row['id']}:{place_id}", border=False) as form:
        form.choose("member_id", t("Serves from now on"), able)
        st.caption(t("Nobody chosen leaves the place open. The decision is the reason of the change."))
        where: dict[str, Any] = {"rota_id": seen.id, "place_id": int(place_id), "place_version": int(place["version"])}
        form.submit(t("Change the rota"), afresh(becoming.become_rota_change), **_seen(row), **where)


def _place(seen: rotas.RotaView, place: Row, roles: Mapping[str, str]) -> str:
    """Centre · Night · Leader: Li Li."""
    member = place["member_id"]
    who = t("open") if member is None or pd.isna(member) else seen.names.get(int(member), "?")
    parts = (seen.posts.get(int(place["post_id"])), seen.shifts.get(int(place["shift_id"])), roles.get(place["role"]))
    return t("{place}: {who}", place=" · ".join(str(part) for part in parts if part), who=who)
