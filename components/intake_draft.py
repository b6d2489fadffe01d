"""The open intake form: what was typed, kept as a draft in the database, and what is wrong with it.

Each browser tab has a draft of its own, named in the address (?draft=...), so that a refresh, a sign-in after an
idle logout or a restart finds it again and two tabs never share one. Its name is also the submission key.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from components.account import current_actor
from components.forms import plain
from components.words import t, told
from db import clock
from db.engine import current
from db.rules.cases import Channel, Grade, Kind, Procedure, Source
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.rules.problems import N_, NotThere, Problem, Problems, Refused
from db.services import intake
from db.services.files import Upload
from db.services.suggesting import Suggestion

FORM = "take_in"
STYLE = Path(__file__).parent.parent / "static" / "intake.css"
# A second click that was already on its way must not replace the receipt by an empty form.
TOLD_FOR = timedelta(seconds=30)
SPOT, REGISTER = "spot", "register"
PARTY = ("name", "contact", "address", "guardian")
DEFAULTS: dict[str, Any] = {
    "channel": Channel.VISIT.value,
    "source": Source.RESIDENT.value,
    "kind": Kind.REQUEST.value,
    "grade": Grade.GENERAL.value,
    "head_count": 1,
    "representatives": 1,
    "what_now": REGISTER,
}
FLAGS = ("earlier", "anonymous", "child", "notice_shown", "other_open", "new_facts", "camera", "repeat_exhausted")
CHOICES = ("category", "outcome", "accused_unit_id", "taken_by_id", "received_at", "repeat_of_id")


@dataclass
class OpenDraft:
    """One form on one tab. A plain object: what happens to it after a write can't be cut off by the next click."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    values: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None
    kept: str = ""
    restored: bool = False
    problems: tuple[Problem, ...] = ()
    attempts: int = 0
    case_id: int | None = None
    told_at: datetime | None = None
    likely: tuple[tuple[str, ...], pd.DataFrame | None] = ((), None)
    suggested: tuple[tuple[str, ...], tuple[Suggestion, ...]] = ((), ())

    def key(self, name: str) -> str:
        """The widget key of a field."""
        return f"{FORM}-{self.token}-{name}"

    def value(self, name: str) -> Any:
        """What stands in a field now."""
        standing = DEFAULTS.get(name, False if name in FLAGS else None if name in CHOICES else "")
        return self.values.get(name, standing)

    def gather(self) -> None:
        """Take over what the widgets hold; a field that was changed is no longer wrong."""
        prefix = self.key("")
        for key in [key for key in st.session_state if str(key).startswith(prefix)]:
            name, typed = str(key).removeprefix(prefix), st.session_state[key]
            if name.startswith("_"):
                continue
            if typed != self.values.get(name):
                self.problems = tuple(p for p in self.problems if p.field != name)
            self.values[name] = typed

    def keep(self, actor: Actor) -> None:
        """Write the draft when something was really changed."""
        typed = {name: value for name, value in self.values.items() if value != OpenDraft().value(name)}
        packed = json.dumps(typed, sort_keys=True, default=str)
        if packed == (self.kept or "{}") or self.case_id is not None:
            return
        label = str(self.value("subject") or self.value("text"))[:60]
        self.saved_at = intake.keep_draft(
            actor, form=FORM, subject=self.token, key=self.token, content=typed, label=label
        )
        self.kept = packed
        st.query_params["draft"] = self.token

    def uploads(self) -> list[Upload]:
        """The files chosen so far; they wait in memory until the matter is registered."""
        chosen = list(st.session_state.get(self.key("_files")) or [])
        photo = st.session_state.get(self.key("_photo"))
        return [Upload(file.name, file.getvalue()) for file in [*chosen, *([photo] if photo else [])]]

    def as_intake(self) -> Intake:
        """What was typed as the service takes it; fields that are not asked for stay empty."""
        value = self.value
        asks, accuses = value("kind") == Kind.REQUEST, value("kind") == Kind.ACCUSATION
        on_spot = value("what_now") == SPOT and not accuses
        other = bool(asks and value("other_open"))
        return Intake(
            channel=value("channel"),
            source=value("source"),
            source_number=value("source_number") if value("source") != Source.RESIDENT else "",
            received_at=_aware(value("received_at")) if value("earlier") else None,
            anonymous=value("anonymous"),
            parties=() if value("anonymous") else self._parties(),
            child=value("child"),
            head_count=int(value("head_count")),
            subject=value("subject"),
            text=value("text"),
            place=value("place"),
            since=value("since"),
            request=value("request"),
            kind=value("kind"),
            procedure=Procedure.OTHER if other else Procedure.ORDINARY,
            other_procedure=value("other_procedure") if other else "",
            grade=value("grade"),
            category=value("category") or "",
            accused_unit_id=value("accused_unit_id") if accuses else None,
            taken_by_id=value("taken_by_id") if accuses else None,
            repeat_of_id=value("repeat_of_id"),
            new_facts=value("new_facts"),
            notice_shown=value("notice_shown"),
            outcome=(value("outcome") or "") if on_spot else "",
            words=value("words") if on_spot else "",
        )

    def _parties(self) -> tuple[Party, ...]:
        count = min(int(self.value("representatives")), int(self.value("head_count")))
        told = [{name: self.value(f"{name}_{i}") for name in PARTY} for i in range(count)]
        if not self.value("child"):
            told = [one | {"guardian": ""} for one in told]
        return tuple(Party(**one) for one in told)


def open_draft(actor: Actor) -> OpenDraft:
    """The form of this tab: the one being typed, the one the address names, or an empty one; kept right away."""
    asked = st.query_params.get("draft", "")
    here: OpenDraft | None = st.session_state.get(FORM)
    if here is None or (asked and asked != here.token):
        here = _restored(actor, asked) if asked else OpenDraft()
        st.session_state[FORM] = here
    here.gather()
    here.keep(actor)
    return here


def begin() -> None:
    """Begin an empty form; the draft left behind stays in the list of drafts."""
    st.session_state[FORM] = OpenDraft()
    st.query_params.clear()


def start_empty(token: str) -> None:
    """Throw this draft away and begin an empty form."""
    if (actor := current_actor()) is not None:
        intake.drop_draft(actor, form=FORM, subject=token)
    begin()


def resume(token: str) -> None:
    """Go on with a kept draft."""
    st.session_state.pop(FORM, None)
    st.query_params["draft"] = token


def throw_away(token: str) -> None:
    """Throw a kept draft away, unopened."""
    if (actor := current_actor()) is not None:
        intake.drop_draft(actor, form=FORM, subject=token)


def submit() -> None:
    """The button's callback: read everything, call one service, remember the outcome in a plain object."""
    here: OpenDraft | None = st.session_state.get(FORM)
    actor = current_actor()
    if here is None or actor is None or here.case_id is not None:
        return
    here.gather()
    told, uploads = here.as_intake(), here.uploads()
    here.attempts += 1
    try:
        here.case_id = intake.register(actor, intake=told, key=here.token, files=uploads).case_id
    except Problems as problems:
        here.problems = problems.problems
    except (Refused, NotThere):
        here.problems = (Problem("", N_("This can't be registered by you. What you typed is kept.")),)


def _restored(actor: Actor, token: str) -> OpenDraft:
    kept = intake.draft_of(actor, form=FORM, subject=token)
    if kept is None:
        st.query_params.clear()
        return OpenDraft()
    values = dict(kept.content)
    if values.get("received_at"):
        values["received_at"] = datetime.fromisoformat(str(values["received_at"]))
    return OpenDraft(
        token=kept.key,
        values=values,
        saved_at=kept.saved_at,
        kept=json.dumps(kept.content, sort_keys=True, default=str),
        restored=True,
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=ZoneInfo(current().settings.timezone)) if moment else None


def registered_here() -> int | None:
    """The matter this tab has just registered, or the one whose receipt the address names."""
    here: OpenDraft | None = st.session_state.get(FORM)
    if here is not None and here.case_id is not None:
        now = clock.now()
        here.told_at = here.told_at or now
        if "case" not in st.query_params and now - here.told_at > TOLD_FOR:
            st.session_state[FORM] = OpenDraft()
            return None
        st.query_params.from_dict({"case": str(here.case_id)})
        return here.case_id
    named = st.query_params.get("case", "")
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else None


def in_order(draft: OpenDraft) -> list[Problem]:
    """The problems in the order of the fields on the screen."""
    places = list(draft.labels)
    return sorted(draft.problems, key=lambda p: places.index(p.field) if p.field in places else len(places))


def tell_problems(draft: OpenDraft) -> None:
    """Above the button: what is wrong, by field, so that nobody has to look for it."""
    if not draft.problems:
        return
    lines = [
        f"- {f'{plain(draft.labels[p.field])}: ' if p.field in draft.labels else ''}{plain(told(p))}"
        for p in in_order(draft)
    ]
    st.error("\n".join([t("Nothing was registered yet; everything typed is still here."), *lines]))


def script(draft: OpenDraft) -> None:
    """Sends texts after a pause, and leads to the first field that is wrong."""
    wrong = next((p.field for p in in_order(draft) if p.field in draft.labels), "")
    where = escape(draft.key(wrong)) if wrong else ""
    mark = f'<span data-linli-wrong="{where}" data-linli-attempt="{draft.attempts}"></span>'
    st.html(f'{mark}<script src="/app/static/intake.js"></script>', unsafe_allow_javascript=True)
