"""The step being filled in on a case page: what was typed, kept as a draft, and what is wrong with it.

A plain object per session and case: what happens to it after a write can't be cut off by the next click.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import streamlit as st

from components.account import current_actor
from components.case_labels import label
from components.state import receipt
from components.words import N_, moment, t
from db.rules.case_flow import BY_STEP, FieldKind, Step
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problem, Problems, Refused
from db.services import cases, intake
from db.services.cases import CaseView

_OPEN = "open_steps"
PREFIX = "step:"


@dataclass
class OpenStep:
    """One step of one case, as far as it was typed, and the version of the case it was typed for."""

    case_id: int
    number: str
    step: Step
    version: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    values: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    kept: str = ""
    saved_at: datetime | None = None
    problems: tuple[Problem, ...] = ()
    changed: Changed | None = None

    @property
    def form(self) -> str:
        """The draft's name."""
        return f"{PREFIX}{self.step}"

    def key(self, name: str) -> str:
        """The widget key of a field."""
        return f"step-{self.token}-{name}"

    def gather(self) -> None:
        """Take over what the widgets hold; a field that was changed is no longer wrong."""
        for name in [f.name for f in BY_STEP[self.step].fields]:
            key = self.key(name)
            if key in st.session_state and st.session_state[key] != self.values.get(name):
                self.values[name] = st.session_state[key]
                self.problems = tuple(p for p in self.problems if p.field != name)

    def keep(self, actor: Actor) -> None:
        """Write the draft when something was really typed since the last time."""
        packed = json.dumps(self.values, sort_keys=True, default=str)
        if packed == self.kept or not self.kept:
            self.kept = packed
            return
        self.saved_at = intake.keep_draft(
            actor,
            form=self.form,
            subject=self.number,
            key=self.token,
            content=self.values,
            label=label("step", self.step),
        )
        self.kept = packed


def opened(case_id: int) -> OpenStep | None:
    """The step being filled in for this case."""
    return _open().get(case_id)


def begin(
    seen_id: int,
    number: str,
    version: int,
    step: Step,
    carried: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Open the form of a step, with the kept draft when there is one; `carried` fills fields, but no typed text."""
    actor = current_actor()
    if actor is None:
        return
    form = OpenStep(seen_id, number, step, version)
    kept = intake.draft_of(actor, form=form.form, subject=number)
    if kept is not None:
        form.token, form.saved_at = kept.key, kept.saved_at
        form.values = _as_typed(step, dict(kept.content))
        form.kept = json.dumps(form.values, sort_keys=True, default=str)
    _carry(form, carried)
    _open()[seen_id] = form


def _carry(form: OpenStep, carried: Mapping[str, Any]) -> None:
    for name, kind in ((f.name, f.kind) for f in BY_STEP[form.step].fields):
        typed = kind in (FieldKind.TEXT, FieldKind.WORDS) and form.values.get(name)
        if carried.get(name) and not typed:
            form.values[name] = carried[name]
            st.session_state.pop(form.key(name), None)


def leave(case_id: int) -> None:
    """Close the form; what was typed stays in the list of drafts."""
    _open().pop(case_id, None)


def throw_away(case_id: int) -> None:
    """Close the form and forget what was typed."""
    form, actor = _open().pop(case_id, None), current_actor()
    if form is not None and actor is not None:
        intake.drop_draft(actor, form=form.form, subject=form.number)


def stand_on(case_id: int, version: int) -> None:
    """Go on with what was typed over the case as it stands now."""
    form = _open().get(case_id)
    if form is not None:
        form.version, form.changed = version, None


def take(case_id: int) -> None:
    """The button's callback: read everything, take the step, remember the outcome in plain objects."""
    form, actor = _open().get(case_id), current_actor()
    if form is None or actor is None:
        return
    form.gather()
    form.problems, form.changed = (), None
    try:
        done = cases.take_step(
            actor,
            case_id=case_id,
            version=form.version,
            step=form.step,
            values=dict(form.values),
            key=form.token,
        )
    except Problems as problems:
        form.problems = problems.problems
    except Changed as changed:
        form.changed = changed
    except (Refused, NotThere):
        form.problems = (Problem("", N_("This is not there, or not yours to do. What you typed is kept.")),)
    else:
        _open().pop(case_id, None)
        intake.drop_draft(actor, form=form.form, subject=form.number)
        state, what = label("state", done.state), label("step", form.step)
        receipt(
            t(
                "Saved {time} · {number} · {what} → {state}",
                time=moment(done.at),
                number=done.number,
                what=what,
                state=state,
            )
        )


def drafts_of(actor: Actor, seen: CaseView) -> dict[str, datetime]:
    """Forms of this case somebody began and did not finish, and when."""
    rows = intake.drafts(actor)
    mine = rows[rows["subject"] == seen.fields["number"]]
    return dict(zip(mine["form"], mine["saved_at"], strict=True))


def steps_among(kept: Mapping[str, datetime]) -> dict[Step, datetime]:
    """Those of them that are steps of the flow."""
    steps = {form.removeprefix(PREFIX): at for form, at in kept.items() if form.startswith(PREFIX)}
    return {Step(step): at for step, at in steps.items() if step in set(Step)}


def _as_typed(step: Step, content: dict[str, Any]) -> dict[str, Any]:
    """A kept draft with its days as days again."""
    for name, kind in ((f.name, f.kind) for f in BY_STEP[step].fields):
        if kind is FieldKind.DAY and isinstance(content.get(name), str):
            content[name] = date.fromisoformat(content[name])
    return content


def _open() -> dict[int, OpenStep]:
    found: dict[int, OpenStep] = st.session_state.setdefault(_OPEN, {})
    return found
