"""The next step of a case as one primary button, the others in a menu, and the form a step asks for."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from components import case_step_state as state
from components import suggestion_offer
from components.case_labels import code_labels, label
from components.case_step_state import OpenStep
from components.forms import plain
from components.tables import unit_names
from components.words import moment, t, told
from db.rules.case_flow import BY_STEP, Field, FieldKind, Step
from db.rules.cases import Share
from db.rules.permissions import Actor
from db.rules.problems import Problem
from db.services import cases, units
from db.services.cases import CaseView

LISTS = {
    "how": "how",
    "outcome": "outcome",
    "satisfaction": "satisfaction",
    "solved": "solved",
    "decision": "decision",
    "approved": "approved",
}


def buttons(seen: CaseView) -> None:
    """What this person may do now: the next step first, everything else in one menu."""
    main, rest = split(seen)
    form = state.opened(seen.id)
    number = str(seen.fields["number"])
    if main is not None and form is None:
        st.button(
            label("step", main),
            key=f"next-step:{seen.id}",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=state.begin,
            args=(seen.id, number, seen.version, main),
        )
    if rest:
        st.menu_button(
            t("Other steps"),
            rest,
            key=f"other-steps:{seen.id}",
            icon=":material/more_horiz:",
            format_func=lambda step: label("step", step),
            on_click=_begin_chosen,
            args=(seen.id, number, seen.version),
        )


def split(seen: CaseView) -> tuple[Step | None, tuple[Step, ...]]:
    """The next step, when there is a main one, and the others."""
    steps = seen.steps
    if steps and BY_STEP[steps[0]].main:
        return steps[0], steps[1:]
    return None, steps


def _begin_chosen(case_id: int, number: str, version: int) -> None:
    chosen = st.session_state.get(f"other-steps:{case_id}")
    if chosen is not None:
        state.begin(case_id, number, version, Step(chosen))


def drafts(actor: Actor, seen: CaseView) -> Collection[str]:
    """Steps begun and not finished, to go on with; answers every form of the case that keeps a draft."""
    form, kept = state.opened(seen.id), state.drafts_of(actor, seen)
    for step, at in state.steps_among(kept).items():
        if form is None or form.step is not step:
            with st.container(horizontal=True, vertical_alignment="center", key=f"kept-{seen.id}-{step}"):
                began = t("You began: {what} (kept {time})", what=label("step", step), time=moment(at))
                st.markdown(f":material/edit_note: {plain(began)}")
                st.button(
                    t("Continue"),
                    key=f"continue-{seen.id}-{step}",
                    on_click=state.begin,
                    args=(seen.id, str(seen.fields["number"]), seen.version, step),
                )
    return kept


def step_form(actor: Actor, seen: CaseView) -> None:
    """The form of the opened step: its fields, what is wrong, and the button that takes the step."""
    form = state.opened(seen.id)
    if form is None:
        return
    form.gather()
    with st.container(border=True, key=f"step-form-{seen.id}"):
        st.subheader(label("step", form.step), anchor=False)
        if form.step not in seen.steps:
            st.warning(t("This step is no longer open. What you typed is still here to copy."))
        _tell_conflict(form, seen)
        if any(p.field for p in form.problems):
            st.error(t("Nothing was saved yet. Please look at what is marked."), icon=":material/error:")
        for problem in form.problems:
            if problem.field not in [f.name for f in BY_STEP[form.step].fields]:
                _mark(problem)
        for field in BY_STEP[form.step].fields:
            _draw(actor, seen, form, field)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                label("step", form.step),
                key=form.key("-take"),
                type="primary",
                icon=":material/check:",
                on_click=state.take,
                args=(seen.id,),
                disabled=form.step not in seen.steps,
            )
            st.button(t("Later"), key=form.key("-later"), on_click=state.leave, args=(seen.id,))
            st.button(
                t("Discard"), key=form.key("-discard"), type="tertiary", on_click=state.throw_away, args=(seen.id,)
            )
            if form.saved_at is not None:
                st.caption(t("Draft kept {time}", time=moment(form.saved_at)))
    form.keep(actor)
    st.html('<script src="/app/static/intake.js"></script>', unsafe_allow_javascript=True)


def _tell_conflict(form: OpenStep, seen: CaseView) -> None:
    """Somebody saved meanwhile: who, what stands now, and the choice to go on."""
    if form.changed is None and form.version == seen.version:
        return
    who = seen.last_saved_by or t("somebody else")
    with st.container(border=True, key=form.key("-conflict")):
        st.markdown(
            f":orange[:material/sync_problem:] **{plain(t('{who} saved first. Nothing of yours is lost.', who=who))}**"
        )
        st.dataframe(
            {
                t("What"): [label("field", "state"), label("field", "handler_id"), t("Last saved")],
                t("As it stands now"): [
                    label("state", seen.fields["state"]),
                    seen.people.get(_id(seen.fields["handler_id"]), "–"),
                    moment(seen.last_saved_at),
                ],
            },
            hide_index=True,
            key=form.key("-theirs"),
        )
        st.button(
            t("I have seen it: go on with mine"),
            key=form.key("-go-on"),
            on_click=state.stand_on,
            args=(seen.id, seen.version),
        )


def _draw(actor: Actor, seen: CaseView, form: OpenStep, field: Field) -> None:
    words = field.kind is FieldKind.WORDS
    name = t(field.label) if field.required else f"{t(field.label)} ({t('optional')})"
    if words:
        st.badge(t("The resident will read this"), icon=":material/record_voice_over:", color="blue")
    elif field.kind is FieldKind.TEXT:
        name = f"{name} · {t('internal')}"
    form.values.setdefault(field.name, _first_value(actor, seen, form.step, field))
    value, key = form.first.setdefault(field.name, form.values[field.name]), form.key(field.name)
    match field.kind:
        case FieldKind.TEXT | FieldKind.WORDS:
            st.text_area(name, value or "", key=key, height=140 if words else 100)
        case FieldKind.DAY:
            last = seen.today if field.name == "on" else None
            st.date_input(name, value, key=key, format="YYYY-MM-DD", max_value=last)
        case FieldKind.DAYS:
            st.number_input(name, value=value, step=1, min_value=1, key=key)
        case FieldKind.FLAG:
            st.checkbox(name, bool(value), key=key)
        case FieldKind.UNITS:
            options = unit_names(units.units(actor))
            kept = [unit for unit in value or () if unit in options]
            st.multiselect(
                name,
                list(options),
                kept,
                key=key,
                format_func=lambda c: options[c].strip("　"),
                placeholder=t("Choose"),
            )
        case _:
            options = _options(actor, seen, form.step, field)
            _choose(name, options, value, key)
            if form.step is Step.PROPOSE and field.name == "unit":
                suggestion_offer.unit(actor, seen, form, options)
    for problem in form.problems:
        if problem.field == field.name:
            _mark(problem)


def _choose(name: str, options: Mapping[Any, str], value: object, key: str) -> None:
    codes = list(options)
    index = codes.index(value) if value in codes else None
    if len(codes) <= 4 and codes and isinstance(codes[0], str):
        st.radio(name, codes, index, key=key, format_func=lambda c: options[c], horizontal=True)
    else:
        st.selectbox(name, codes, index, key=key, format_func=lambda c: options.get(c, str(c)), placeholder=t("Choose"))


def _options(actor: Actor, seen: CaseView, step: Step, field: Field) -> dict[Any, str]:
    match field.kind:
        case FieldKind.UNIT:
            return dict(unit_names(units.units(actor)))
        case FieldKind.PERSON:
            if step is Step.GRANT_ACCESS:
                return dict(cases.nameable(actor, case_id=seen.id))
            return dict(cases.handlers(actor, unit_ids=_lead(seen)))
        case FieldKind.CODE:
            return dict(code_labels(actor, field.name, retired=False))
        case _:
            return {code: label(LISTS[field.name], code) for code in field.choices}


def _first_value(actor: Actor, seen: CaseView, step: Step, field: Field) -> Any:
    """What a field begins with: today, oneself, the words already drafted."""
    if field.kind is FieldKind.DAY:
        return seen.today if field.name == "on" else None
    if field.kind is FieldKind.FLAG:
        return field.name == "reached"
    if step is Step.ACCEPT and field.name == "person":
        return seen.fields["handler_id"] if seen.stands_in_for else actor.id
    if step is Step.REPLY and field.name == "words":
        return str(seen.fields["answer"])
    if step is Step.ANSWER and field.kind in (FieldKind.TEXT, FieldKind.WORDS, FieldKind.CHOICE):
        return seen.fields["answer" if field.name == "words" else field.name] or None
    return () if field.kind is FieldKind.UNITS else None


def _lead(seen: CaseView) -> list[int]:
    return [int(row["unit_id"]) for row in seen.units if row["role"] == Share.LEAD]


def _id(value: object) -> int:
    return value if isinstance(value, int) else 0


def _mark(problem: Problem) -> None:
    st.markdown(f":red[:material/error: {plain(told(problem))}]")
