"""Ticked cases of the list: changed in one act or put into the bin, after a preview of each."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import case_batch, case_gone, case_ticks
from components.case_labels import code_labels
from components.case_outcome import outcome, some
from components.kept_forms import Kept, KeptForm, kept_state
from components.words import number, t
from db.rules.permissions import Actor, Permission
from db.services import cases, intake
from db.services.cases import Choice, Wanted
from db.services.listing import Page
from db.services.records import Saved

CHANGE, BIN = "change", "bin"
ROWS, WHERE, WAY = "rows", "where", "bulk_way"


def address_of_draft(actor: Actor, form: str) -> Mapping[str, str] | None:
    """The address of the list in which a kept form began; None for a form of another screen."""
    if form not in (f"cases.{CHANGE}", f"cases.{BIN}"):
        return None
    draft = intake.draft_of(actor, form=form)
    kept: Any = draft.content["values"] if draft is not None else {}
    return dict(kept.get(WHERE, {}))


def may_tick(actor: Actor) -> bool:
    """Whether there is anything this person could do to many cases at once."""
    return any(actor.may(one) for one in (Permission.CASES_EDIT, Permission.CASES_HANDLE, Permission.CASES_BIN))


def tick(actor: Actor, choice: Choice, page: Page) -> None:
    """The rows to tick, and below them what to do with the ticked ones."""
    rows = page.rows
    whole = page.pages > 1 and st.checkbox(
        t("Everything under this filter, not only this page"), key="bulk-all", help=t("As many as one act may change.")
    )
    ways = _ways(actor)
    asked = st.query_params.get(WAY, "")
    way = asked if asked in ways else next(iter(ways))
    if len(ways) > 1:
        st.session_state[WAY] = way
        st.segmented_control(
            t("What to do"),
            list(ways),
            format_func=lambda one: ways[one],
            key=WAY,
            on_change=_choose_way,
            required=True,
        )
    form = f"cases.{way}"
    kept: list[int] = _kept(actor, form).values.get(ROWS, [])
    if whole:
        chosen = cases.chosen(actor, choice=choice)
        st.caption(t("{n} of {total} cases are chosen.", n=number(len(chosen)), total=_total(page)))
    else:
        ids = case_ticks.ticked(actor, rows, key="bulk", before=kept)
        chosen = rows[rows["id"].isin(ids)]
    if len(chosen):
        case_batch.button(actor, choice, [int(one) for one in chosen["id"]])
    if way == BIN:
        _bin(actor, form, rows, chosen)
    else:
        _change(actor, form, rows, chosen)


def _choose_way() -> None:
    """Into the address by its code, which every language reads; the page of the list stays."""
    st.query_params[WAY] = st.session_state[WAY]


def _ways(actor: Actor) -> dict[str, str]:
    ways = {}
    if actor.may(Permission.CASES_EDIT) or actor.may(Permission.CASES_HANDLE):
        ways[CHANGE] = t("Change")
    if actor.may(Permission.CASES_BIN):
        ways[BIN] = t("Put into the bin")
    return ways


def _total(page: Page) -> str:
    return number(page.total) + ("+" if page.more else "")


def _change(actor: Actor, name: str, rows: pd.DataFrame, chosen: pd.DataFrame) -> None:
    edits = actor.may(Permission.CASES_EDIT)
    with KeptForm(name) as form:
        _keep_rows(actor, name, chosen)
        st.markdown(_chosen(chosen))
        units = sorted({int(unit) for unit in chosen["lead_unit_id"].dropna()})
        people: Mapping[Any, str] = dict(cases.handlers(actor, unit_ids=units)) if units else {}
        left, right = st.columns(2)
        with left:
            handler = form.choose("handler_id", t("Handler"), people)
            category = (
                form.choose("category", t("Category"), code_labels(actor, "category", retired=False)) if edits else None
            )
        with right:
            step = form.text("next_step", t("Agreed next step")) if edits else ""
            note = form.area("note", t("Line added to the internal note"), height=80) if edits else ""
        wanted = Wanted(handler_id=handler, category=category or "", next_step=step, note=note)
        told = form.result
        if wanted == Wanted() or chosen.empty:
            st.caption(
                t("Tick cases and say what shall change: every case is shown as it will be, before anything is saved.")
            )
        else:
            _previewed(actor, form, chosen, wanted)
    _tell(told, rows, chosen)


def _previewed(actor: Actor, form: KeptForm, chosen: pd.DataFrame, wanted: Wanted) -> None:
    rows = cases.preview(actor, case_ids=[int(one) for one in chosen["id"]], wanted=wanted)
    case_ticks.previewed(actor, rows)
    fine = rows[rows["why"].isna()]
    if len(fine):
        seen = {int(one): int(version) for one, version in zip(fine["id"], fine["version"], strict=True)}
        label = t("Change {n} cases", n=len(fine)) if len(fine) != 1 else t("Change 1 case")
        form.submit(label, change_ticked, rows=seen)


def change_ticked(actor: Actor, *, rows: Mapping[int, int], key: str, **typed: Any) -> Saved:
    """The act of the form: what was left empty stays."""
    wanted = Wanted(**{name: value for name, value in typed.items() if value})
    return some(cases.change_many(actor, rows=rows, wanted=wanted, key=key))


def _bin(actor: Actor, name: str, rows: pd.DataFrame, chosen: pd.DataFrame) -> None:
    with KeptForm(name) as form:
        _keep_rows(actor, name, chosen)
        st.markdown(_chosen(chosen))
        st.caption(t("Only what was registered by mistake. It keeps its number and can be taken out again."))
        form.area("reason", t("Reason"), height=80)
        told = form.result
        if not chosen.empty:
            found = cases.why_not_binned(actor, case_ids=[int(one) for one in chosen["id"]])
            fine = set(case_ticks.problems(found, chosen))
            pairs = zip(chosen["id"], chosen["version"], strict=True)
            seen = {int(one): int(version) for one, version in pairs if one in fine}
            if seen:
                label = t("Put {n} cases into the bin", n=len(seen)) if len(seen) != 1 else t("Put 1 case into the bin")
                form.submit(label, case_gone.put, rows=seen)
    _tell(told, rows, chosen)


def _kept(actor: Actor, name: str) -> Kept:
    """The form's memory, with its draft when there is one."""
    kept = kept_state(name, label=t("Change many cases") if name.endswith(CHANGE) else t("Put into the bin"))
    if not kept.opened:
        kept.open(actor)
    return kept


def _keep_rows(actor: Actor, name: str, chosen: pd.DataFrame) -> None:
    """The ticks are part of the draft: they are there again after a reload."""
    kept = _kept(actor, name)
    kept.first |= {ROWS: [], WHERE: {}}
    typed = bool(set(kept.typed) - {ROWS, WHERE})
    kept.values[ROWS] = [int(one) for one in chosen["id"]] if typed else []
    kept.values[WHERE] = st.query_params.to_dict() if typed else {}


def _chosen(chosen: pd.DataFrame) -> str:
    return t("**{n}** cases ticked", n=len(chosen)) if len(chosen) != 1 else t("**1** case ticked")


def _tell(told: Saved | None, *shown: pd.DataFrame) -> None:
    """After an act nothing is ticked any more; the rows of the page still have their numbers."""
    if told is not None:
        outcome(told, {one: name for rows in shown for one, name in zip(rows["id"], rows["number"], strict=True)})
