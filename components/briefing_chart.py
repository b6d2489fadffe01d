"""A chart of a draft: what it is called, how it is drawn, which days it is about and what it stands beside."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components import briefing_undo, chart_address
from components.briefing_address import FORM
from components.briefing_labels import label, labels
from components.chart_labels import kind_word
from components.kept_forms import KeptForm
from components.words import t
from db.rules.briefings.chart import ChartSpec, Period
from db.rules.briefings.parts import Part
from db.rules.briefings.recommending import kinds_for
from db.rules.permissions import Actor
from db.services.briefings import blocks
from db.services.briefings.asking import LONGEST_TITLE
from db.services.briefings.registers import registers_of
from db.services.briefings.scope import Head

_KEEP = "keep"


def chart_form(actor: Actor, seen: Head, part: Part) -> None:
    """The form; a question its register can't answer any more can only be taken out."""
    spec = blocks.spec_of(actor, block_id=part.block_id)
    register = next((one for one in registers_of(actor) if one.code == spec.register), None)
    form = KeptForm(
        f"{FORM}{seen.id}:{part.block_id}", version=part.version, border=False, subject=seen.title, label=t("Chart")
    )
    with form:
        form.text("title", t("Title (may stay empty)"), spec.title, max_chars=LONGEST_TITLE)
        if register is not None:
            kinds = {kind: kind_word(kind) for kind in kinds_for(register, spec)}
            form.choose("kind", t("Drawn as"), kinds, spec.kind or next(iter(kinds)))
        form.choose("period", t("Days"), _periods(spec), _period(spec))
        form.choose("compare", t("Beside it"), labels("compare"), spec.compare)
        form.submit(t("Save"), _save, briefing_id=seen.id, block_id=part.block_id, before=spec)
    if register is not None and st.button(t("Open among the charts"), key=f"open-{part.block_id}", type="tertiary"):
        chart_address.open_chart(spec)


def _save(
    actor: Actor, *, before: ChartSpec, period: str, compare: str, title: str, kind: str = "", **which: Any
) -> int:
    told = replace(before, title=title.strip(), kind=kind or before.kind, compare=compare or "")
    if period not in (None, _KEEP):
        told = replace(told, period=period, first=None, last=None)
    return briefing_undo.chart_saved(actor, before=before, spec=told, **which)


def _periods(spec: ChartSpec) -> dict[str, str]:
    own = {code: label("period", code) for code in labels("period")}
    return own if _period(spec) != _KEEP else {_KEEP: t("As it was asked"), **own}


def _period(spec: ChartSpec) -> str:
    if spec.period in (Period.CHOSEN, Period.EVER, Period.LAST_YEAR):
        return _KEEP
    return spec.period if spec.period in labels("period") else Period.THIS_MONTH.value
