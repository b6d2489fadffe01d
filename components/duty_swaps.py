"""Swaps on screen: what waits for me with its buttons, asking for one, and all of them."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads
from components.case_labels import code_labels
from components.case_texts import quoted
from components.duty_labels import Row, in_words, is_missing, label, span
from components.duty_shifts import to_come
from components.duty_take_over import published, tell_others, who_fits
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.tables import pick, table
from components.words import N_, day, moment, t
from db import clock
from db.rules.duty.swapping import Step
from db.rules.permissions import Actor
from db.services.duty import exports, swap_lists, swaps
from db.services.duty.rows import records

REASON = 200
COLOURS = {"asked": "blue", "offered": "blue", "taken": "orange", "taken_over": "red"}


def show(actor: Actor, shifts: pd.DataFrame) -> None:
    """Swaps under way that concern me, and the form to ask for one."""
    st.subheader(t("Swaps"), anchor=False)
    found = in_words(swap_lists.swaps(actor))
    roles = code_labels(actor, "duty_role")
    for row in records(found):
        with st.container(border=True, key=f"swap-{row['id']}"):
            _told(row, roles.get(row["role"], row["role"]))
            _steps(row)
    if found.empty:
        st.caption(t("No swap is under way. To ask for one, choose one of your next shifts."))
    _ask(actor, shifts)
    _all(actor)


def _told(row: Row, role: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(row['asked_by'])}**", width="content")
        st.badge(label("swap", row["state"]), color=COLOURS.get(row["state"], "gray"))  # type: ignore[arg-type]
        if row["urgent"]:
            st.badge(t("urgent"), color="red", icon=":material/priority_high:")
    place = f"{row['duty']} · {row['post']} · {row['shift']} · {role} · {span(row['begins_at'], row['ends_at'])}"
    st.markdown(plain(place))
    if row["taker"]:
        st.markdown(plain(t("To be taken by {name}.", name=row["taker"])))
    if not is_missing(row["return_place_id"]):
        back = {"day": day(row["return_day"]), "shift": row["return_shift"]}
        st.markdown(plain(t("In return: {day}, {shift}.", **back)))
    if row["reason"]:
        st.markdown(quoted(row["reason"]))


def _steps(row: Row) -> None:
    """The steps open to this person, the way forward first."""
    swap: dict[str, Any] = {"swap_id": int(row["id"]), "version": int(row["version"])}
    with st.container(horizontal=True):
        if Step.APPROVE in row["steps"]:
            press("swap.approve", t("Approve"), swaps.approve, record=row["id"], main=True, **swap)
        if Step.TAKE in row["steps"]:
            for taker_id, name in row["takers"].items():
                record = f"{row['id']}-{taker_id}"
                said = t("Take it as {name}", name=name)
                alone = len(row["takers"]) == 1
                press("swap.take", said, swaps.take_swap, record=record, main=alone, taker_id=taker_id, **swap)
        if Step.DECLINE in row["steps"]:
            press("swap.decline", t("Step back"), swaps.decline, record=row["id"], **swap)
        for step, said, act in (
            (Step.REFUSE, t("Refuse"), swaps.refuse),
            (Step.WITHDRAW, t("Withdraw"), swaps.withdraw),
            (Step.UNDO, t("Undo"), swaps.undo),
        ):
            if step in row["steps"]:
                _with_reason(step, said, act, row)


def _with_reason(step: Step, said: str, act: Callable[..., int], row: Row) -> None:
    form = Form(f"swap.{step}", record=row["id"], version=int(row["version"]), border=False)
    with st.popover(said, key=f"swap-{step}-{row['id']}"), form:
        form.text("reason", t("Reason"), max_chars=REASON)
        form.submit(said, act, main=False, swap_id=int(row["id"]))


def _ask(actor: Actor, shifts: pd.DataFrame) -> None:
    """Choose one of my next shifts, see who could take it, ask one or everybody."""
    free = to_come(shifts)
    free = free[free["swap_id"].isna()]
    if free.empty:
        return
    with st.expander(t("Ask for a swap"), icon=":material/swap_horiz:"):
        places = {
            int(row["place_id"]): f"{span(row['begins_at'], row['ends_at'])} · {row['duty']} · {row['post']}"
            for row in records(free)
        }
        place_id = pick("place", t("The shift to give away"), places)
        if place_id is not None:
            row = next(row for row in records(free) if row["place_id"] == place_id)
            _ask_form(actor, row)


def _ask_form(actor: Actor, row: Row) -> None:
    place_id = int(row["place_id"])
    found = records(swap_lists.propose(actor, place_id=place_id))
    fitting = who_fits(found)
    form = KeptForm("swap.ask", record=place_id, version=int(row["version"]), border=False)
    with form:
        form.choose("taker_id", t("Ask"), {None: t("Everybody of this role")} | fitting)
        form.choose(
            "return_place_id", t("Take in return, from the colleague asked (optional)"), _returns(actor, row, fitting)
        )
        form.text("reason", t("Reason"), max_chars=REASON)
        form.submit(t("Ask for the swap"), swaps.ask_swap, place_id=place_id)
    tell_others(found)


def _returns(actor: Actor, row: Row, fitting: Mapping[int, str]) -> dict[int | None, str]:
    """The places still to come of colleagues who could take mine, in the same rota."""
    rota = published(actor, int(row["duty_id"]), row["on_day"])
    if rota is None:
        return {None: t("Nothing")}
    ahead = rota.places[rota.places["member_id"].isin(list(fitting)) & (rota.places["begins_at"] > clock.now())]
    names = dict(zip(rota.members["id"], rota.members["name"], strict=True))
    return {None: t("Nothing")} | {
        int(one["id"]): f"{names[one['member_id']]} · {day(one['on_day'])} · {rota.shifts[one['shift_id']]}"
        for one in records(ahead)
    }


def _all(actor: Actor) -> None:
    """Every swap I have to do with, those that ended too."""
    if not st.toggle(t("Show every swap, those that ended too"), key="all-swaps-shown"):
        return
    found = in_words(swap_lists.swaps(actor, live=False))
    told_rows = found.assign(when=[span(row["begins_at"], row["ends_at"]) for row in records(found)])
    columns = {"when": t("When"), "duty": t("Duty"), "post": t("Post"), "asked_by": t("Asked by")}
    columns |= {"taker": t("Taken by"), "state": t("State"), "reason": t("Reason"), "decision": t("Decision")}
    columns |= {"decided_by": t("Decided by"), "decided_at": t("When decided")}
    shows: dict[str, Callable[[Any], object]] = {"state": lambda code: label("swap", code)}
    table(told_rows, columns, shows=shows | {"decided_at": _moment}, key="all-swaps")
    said = N_("{n} swaps exported.")
    downloads.export_button(t("Export"), exports.ask_swaps, key="swaps-export", said=said)


def _moment(value: Any) -> str:
    return "" if is_missing(value) else moment(value)
