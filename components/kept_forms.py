"""A form for long texts: what is typed is kept, encrypted, from the first pause until it is saved or discarded.

    with KeptForm(f"dispute:{seen.id}:visit", version=seen.version, subject=number, label=t("Follow-up visit")) as form:
        form.area("words", t("What was said"))
        form.submit(t("Save"), visits.add_visit, dispute_id=seen.id)

The same calls as forms.Form. Its widgets stand outside any st.form, so that every run knows what was typed; each tab
goes on with the one draft of this person, form, record and subject. The draft's key is the submission's key.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from html import escape
from types import TracebackType
from typing import Any, ClassVar, Self, cast

import streamlit as st

from components.account import current_actor
from components.forms import Form, State, conflict_key, id_of, mark_problem, run, state_of, tell_conflict
from components.screens import here
from components.words import moment, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.problems import Problem, Problems
from db.services import intake

# A line is sent after this pause; a text by static/intake.js, which waits as long.
PAUSE = "1200ms"
SHOWN = 40
# The key of the draft somebody came back for from their desk: its form is brought into sight, once.
CONTINUED = "draft_continued"
_TEXTS = (st.text_input, st.text_area)
_AS_TYPED: Mapping[Any, Callable[[str], Any]] = {st.date_input: date.fromisoformat, st.time_input: time.fromisoformat}


@dataclass
class Kept(State):
    """What a kept form remembers: every value, what it began with, and the draft as it was last written."""

    form: str = ""
    subject: str = ""
    label: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, Any] = field(default_factory=dict)
    packed: str = ""
    kept_at: datetime | None = None
    unkept: tuple[Problem, ...] = ()
    attempts: int = 0
    opened: bool = False
    behind: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, Any]:
        """The values somebody changed."""
        first = self.first
        return {name: value for name, value in self.values.items() if name not in first or value != first[name]}

    def key(self, name: str) -> str:
        """The widget key of a field."""
        return f"kept-{self.token}-{name}"

    def open(self, actor: Actor) -> None:
        """Begin with the kept draft, if there is one."""
        self.opened = True
        draft = intake.draft_of(actor, form=self.form, subject=self.subject)
        if draft is None:
            return
        content: Mapping[str, Any] = draft.content
        self.token, self.kept_at = draft.key, draft.saved_at
        self.version, self.values = content["version"], dict(content["values"])
        self.packed = self._pack()

    def follow(self, version: int | None) -> None:
        """Stand on the version shown as long as nothing was typed."""
        if self.typed:
            return
        if self.version not in (None, version):
            self.renew()
        if not any(self.key(name) in st.session_state for name in self.begun):
            self.problems, self.changed, self.refused = (), None, ""
        self.version = version

    def gather(self) -> None:
        """Take over what the widgets hold; a field that was changed is no longer wrong."""
        for name in self.begun:
            typed = st.session_state.get(self.key(name), self.values.get(name))
            if typed != self.values.get(name):
                self.values[name] = typed
                self.problems = tuple(p for p in self.problems if p.field != name)

    def put(self, name: str, value: Any) -> None:
        """Write into a field for who types there; its widget is built anew, what was typed stays."""
        self.gather()
        self.values[name] = value
        self.token, self.begun = secrets.token_urlsafe(16), {}

    def keep(self, actor: Actor) -> None:
        """Write the draft when something was changed since the last time; nothing typed, no draft."""
        if not self.typed:
            self.drop(actor)
        elif self._pack() != self.packed and not self._write(actor):
            # Saved under this key already. What was typed here since is another record, or another version.
            self.token, self.begun = secrets.token_urlsafe(16), {}
            self._write(actor)

    def drop(self, actor: Actor) -> None:
        """Throw the draft away."""
        if self.kept_at is not None:
            intake.drop_draft(actor, form=self.form, subject=self.subject)
        self.packed, self.kept_at, self.unkept = "", None, ()

    def renew(self) -> None:
        """The next submission is another one, and there is no draft any more."""
        super().renew()
        self.values, self.first, self.begun = {}, {}, {}
        if (actor := current_actor()) is not None:
            self.drop(actor)

    def _pack(self) -> str:
        return json.dumps({"version": self.version, "values": self.typed}, sort_keys=True, default=str)

    def _write(self, actor: Actor) -> bool:
        """Write the draft; no when its key has been used."""
        self.packed, self.unkept = self._pack(), ()
        content: dict[str, Any] = {"version": self.version, "values": self.typed}
        if (screen := here()) is not None:
            query = st.query_params.to_dict() | dict(self.at)
            content["where"] = {"screen": screen.path, "query": query, "open": self.behind}
        names = {"form": self.form, "subject": self.subject, "label": self.label or self._named()}
        try:
            self.kept_at = intake.keep_draft(actor, key=self.token, content=content, **names)
        except Problems as problems:
            self.unkept = problems.problems
            return True
        return self.kept_at is not None

    def _named(self) -> str:
        """What tells a draft without a name of its own apart: its screen and how its first words begin."""
        screen = here()
        typed = next((str(self.typed[name]) for name in self.texts if self.typed.get(name)), "")
        begins = typed if len(typed) <= SHOWN else f"{typed[:SHOWN]}…"
        parts = ("" if screen is None else t(screen.title), begins)
        return " · ".join(part for part in parts if part)


class KeptForm(Form):
    """A form whose draft is kept under its name and record; `subject` and `label` tell it apart in a list of drafts.

    For the form to be drawn, `behind` is the key of a fold or popover that must be open, and `at` is what the address
    must say beside what it says now.
    """

    _button: ClassVar[Callable[..., object]] = staticmethod(st.button)

    def __init__(
        self,
        name: str,
        *,
        record: object = "",
        version: int | None = None,
        border: bool = True,
        subject: str = "",
        label: str = "",
        behind: str = "",
        at: Mapping[str, str] | None = None,
    ) -> None:
        self._id = id_of(name, record)
        self._kept = kept_state(self._id, subject, label)
        self._kept.behind, self._kept.at = behind, at or {}
        self._state, self._border, self._fields, self._labels = self._kept, border, {}, {}
        self._actor = current_actor()
        if self._actor is not None and not self._kept.opened:
            self._kept.open(self._actor)
        self._kept.gather()
        self._kept.follow(version)

    def __enter__(self) -> Self:
        self._form = st.container(border=self._border, key=f"kept_form-{self._kept.token}")
        self._form.__enter__()
        # What comes and goes has a place of its own: if fields moved, the browser would build them anew.
        with st.container():
            tell_conflict(self._id, self._kept)
            if self._kept.problems:
                st.error(t("Nothing was saved yet. Please look at what is marked."), icon=":material/error:")
            if self._kept.refused:
                st.error(t(self._kept.refused))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._kept.keys, self._kept.labels = dict(self._fields), self._labels
            if self._actor is not None:
                self._kept.keep(self._actor)
            self._tell_kept()
        self._form.__exit__(kind, error, trace)

    def text(self, name: str, label: str, value: str = "", **options: Any) -> str:
        """One line, known after a short pause."""
        return super().text(name, label, value, **{"live": PAUSE, "autocomplete": "off"} | options)

    def area(self, name: str, label: str, value: str = "", **options: Any) -> str:
        """Several lines: only here, because what takes long to type is kept."""
        return str(self._draw(name, st.text_area, label, value=value, **options))

    def day(self, name: str, label: str, value: Any = None, **options: Any) -> Any:
        """A calendar day, or None; "today" is the office's."""
        value = clock.today(current().settings.timezone) if value == "today" else value
        return super().day(name, label, value, **options)

    def _key(self, name: str) -> str:
        return self._kept.key(name)

    def _draw(self, name: str, widget: Callable[..., Any], label: str, **options: Any) -> Any:
        if widget is not st.file_uploader:
            slot = next(slot for slot in ("index", "default", "value") if slot in options)
            options[slot] = self._begin(name, widget, options[slot], options.get("options"))
        with st.container(gap="small"):
            value = super()._draw(name, widget, label, **options)
        if name in self._kept.begun:
            self._kept.values[name] = value
            self._kept.first.setdefault(name, value)
        if widget in _TEXTS and name not in self._kept.texts:
            self._kept.texts.append(name)
        return value

    def _begin(self, name: str, widget: Callable[..., Any], given: Any, codes: list[Any] | None) -> Any:
        """What the widget is drawn with: the same on every run until it is built anew, then what was typed."""
        kept, one_of_many = self._kept, widget is st.selectbox
        given = codes[given] if one_of_many and codes and given is not None else None if one_of_many else given
        if name not in kept.begun or self._key(name) not in st.session_state:
            if name in kept.typed:
                kept.first[name] = given
            else:  # nobody typed here: as the record says now, and as the widget gives it back
                kept.values.pop(name, None)
                kept.first.pop(name, None)
            value = kept.values.get(name, given)
            kept.begun[name] = _AS_TYPED[widget](value) if isinstance(value, str) and widget in _AS_TYPED else value
        begun = kept.begun[name]
        if one_of_many:
            return codes.index(begun) if codes and begun in codes else None
        return [code for code in begun if code in codes] if codes is not None else begun

    def _run(self, *what: Any) -> None:
        submit(*what)

    def _tell_rest(self) -> None:
        with st.container():
            super()._tell_rest()

    def _tell_kept(self) -> None:
        kept = self._kept
        with st.container(horizontal=True, vertical_alignment="center", key=kept.key("-foot")):
            for problem in kept.unkept:
                mark_problem(problem)
            if kept.kept_at is not None:
                st.caption(t("Draft kept {time}", time=moment(kept.kept_at)), width="content")
                st.button(t("Discard"), key=kept.key("-discard"), type="tertiary", on_click=kept.renew)
            self._lead_to_problem()

    def _lead_to_problem(self) -> None:
        """Sends texts after a pause, and leads to the first field that is wrong, or to both versions of a conflict."""
        wrong = {problem.field for problem in self._kept.problems}
        where = next((key for name, key in self._fields.items() if name in wrong), "")
        if self._kept.changed is not None:
            where = conflict_key(self._id)
        mark = ""
        if where:
            attempt = escape(f"{self._kept.token}-{self._kept.attempts}")
            mark = f'<span data-linli-wrong="{escape(where)}" data-linli-attempt="{attempt}"></span>'
        if st.session_state.get(CONTINUED) == self._kept.token:
            mark += f'<span data-linli-continued="{escape(self._kept.token)}"></span>'
        st.html(f'{mark}<script src="/app/static/intake.js"></script>', unsafe_allow_javascript=True)


def kept_state(form_id: str, subject: str = "", label: str = "") -> Kept:
    """The kept form's memory of this session."""
    return cast(Kept, state_of(form_id, lambda: Kept(form=form_id, subject=subject, label=label)))


def submit(
    form_id: str, token: str, keys: Mapping[str, str], act: Callable[..., object], fixed: dict[str, Any]
) -> None:
    """The callback of every submission; a click that was still on its way when its record was saved does nothing."""
    kept, actor = kept_state(form_id), current_actor()
    if kept.token != token:
        return
    kept.gather()
    if actor is not None:
        kept.keep(actor)
    kept.attempts += 1
    run(form_id, kept.token, keys, act, fixed)
