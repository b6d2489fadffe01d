"""A form that keeps what was typed, shows problems under their fields, writes once, and says what was saved.

    form = Form("people.edit", record=person_id, version=row.version)
    with form:
        form.text("name", t("Name"), row.name)
        form.submit(t("Save"), people.edit_person, person_id=person_id)

The button's callback calls `people.edit_person(actor, person_id=..., name=..., version=..., key=...)`. The names of
fields are the service's keywords. Everything is read before the call and remembered in a plain dictionary after it,
because an assignment to session state may be interrupted between the commit and the confirmation.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import TracebackType
from typing import Any, ClassVar, Self

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.account import current_actor
from components.state import receipt
from components.words import N_, moment, t, told
from db import clock
from db.engine import current
from db.rules.files import EXTENSIONS
from db.rules.problems import Changed, NotThere, Problem, Problems, Refused
from db.services.files import Upload

FRESH = timedelta(seconds=60)
MINUTES = timedelta(minutes=5)
# More than any screen draws, fewer than somebody opens in a day.
MOST = 500
_STATES = "forms"
_BUTTON = ("icon", "help", "disabled", "width", "type")


@dataclass
class State:
    """What one form remembers between runs."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    round: int = 0
    version: int | None = None
    keys: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, Mapping[Any, str]]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    changed: Changed | None = None
    refused: str = ""
    result: object = None
    saved_at: datetime | None = None

    def renew(self) -> None:
        """The next submission is another one: a new key, empty fields."""
        self.token = secrets.token_urlsafe(16)
        self.round += 1
        self.version = None
        self.keys = {}
        self.problems, self.changed, self.refused = (), None, ""


def plain(text: object) -> str:
    """Text that Markdown takes literally: nobody's words may draw links, colours or headings."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])", r"\\\1", str(text)).replace("\n", " ")


class Form:
    """One form on one page; `record` tells the same form of two records apart, `version` is the one shown."""

    _button: ClassVar[Callable[..., object]] = staticmethod(st.form_submit_button)

    def __init__(self, name: str, *, record: object = "", version: int | None = None, border: bool = True) -> None:
        self._id = id_of(name, record)
        self._state = state_of(self._id)
        self._border = border
        self._fields: dict[str, str] = {}
        self._labels: dict[str, tuple[str, Mapping[Any, str]]] = {}
        self._form: Any = None
        if not any(key in st.session_state for key in self._state.keys.values()):
            # Nobody has typed here since the page was opened: begin with what stands now.
            self._state.problems, self._state.changed, self._state.refused = (), None, ""
            self._state.version = version

    @property
    def result(self) -> Any:
        """What the last submission answered, for as long as it is news; otherwise None."""
        return self._state.result if is_fresh(self._state) else None

    def __enter__(self) -> Self:
        tell_conflict(self._id, self._state)
        self._form = st.form(key=f"{self._id}:{self._state.round}", border=self._border)
        self._form.__enter__()
        if self._state.problems:
            st.error(t("Nothing was saved yet. Please look at what is marked."), icon=":material/error:")
        if self._state.refused:
            st.error(t(self._state.refused))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._form.__exit__(kind, error, trace)
        if kind is None:
            self._state.keys, self._state.labels = dict(self._fields), self._labels

    def text(self, name: str, label: str, value: str = "", **options: Any) -> str:
        """One line."""
        return str(self._draw(name, st.text_input, label, value=value, **options))

    def number(self, name: str, label: str, value: int | None = 0, **options: Any) -> int | None:
        """A whole number; None when it begins empty and stays so."""
        typed = self._draw(name, st.number_input, label, value=value, step=1, **options)
        return None if typed is None else int(typed)

    def tick(self, name: str, label: str, value: bool = False, **options: Any) -> bool:
        """Yes or no."""
        return bool(self._draw(name, st.checkbox, label, value=value, **options))

    def day(self, name: str, label: str, value: Any = None, **options: Any) -> Any:
        """A calendar day, or None."""
        return self._draw(name, st.date_input, label, value=value, format="YYYY-MM-DD", **options)

    def time(self, name: str, label: str, value: Any = None, **options: Any) -> Any:
        """A time of day, or None."""
        return self._draw(name, st.time_input, label, value=value, step=MINUTES, **options)

    def files(self, name: str, label: str, **options: Any) -> Any:
        """Files to hand in; the act gets them as a list of Upload."""
        options = {"type": list(EXTENSIONS), "accept_multiple_files": True, "max_upload_size": megabytes()} | options
        return self._draw(name, st.file_uploader, label, **options)

    def choose(self, name: str, label: str, options: Mapping[Any, str], value: Any = None, **more: Any) -> Any:
        """One of `options` (stored code to label); None when nothing is chosen yet."""
        self._labels[name] = (label, options)
        codes = list(options)
        index = codes.index(value) if value in codes else None
        draw = {"index": index, "format_func": lambda code: options.get(code, str(code))}
        return self._draw(name, st.selectbox, label, options=codes, placeholder=t("Choose"), **draw, **more)

    def choose_many(self, name: str, label: str, options: Mapping[Any, str], value: Any = (), **more: Any) -> Any:
        """Any of `options` (stored code to label)."""
        self._labels[name] = (label, options)
        draw = {"default": list(value), "format_func": lambda code: options.get(code, str(code))}
        codes = list(options)
        return self._draw(name, st.multiselect, label, options=codes, placeholder=t("Choose"), **draw, **more)

    def submit(
        self, label: str, act: Callable[..., object], *, main: bool = True, icon: str | None = None, **fixed: object
    ) -> None:
        """A button that calls `act(actor, **fixed, **fields, key=...)`, with `version` when the form has one."""
        self._tell_rest()
        if self._state.version is not None:
            fixed = {"version": self._state.version} | fixed
        self._button(
            label,
            key=self._key(getattr(act, "__name__", "submit")),
            type="primary" if main else "secondary",
            icon=icon,
            on_click=self._run,
            args=(self._id, self._state.token, dict(self._fields), act, fixed),
        )

    def _run(self, *what: Any) -> None:
        run(*what)

    def _key(self, name: str) -> str:
        return f"{self._id}:{self._state.round}:{name}"

    def _draw(self, name: str, widget: Callable[..., Any], label: str, **options: Any) -> Any:
        key = self._key(name)
        value = widget(label, key=key, **options)
        self._fields[name] = key
        self._labels.setdefault(name, (label, {}))
        self._tell(name)
        return value

    def _tell(self, name: str) -> None:
        """What is wrong with one field, below it."""
        for problem in self._state.problems:
            if problem.field == name:
                mark_problem(problem)

    def _tell_rest(self) -> None:
        """Problems of fields this form does not draw."""
        for problem in self._state.problems:
            if problem.field not in self._fields:
                mark_problem(problem)


def press(
    name: str, label: str, act: Callable[..., object], /, *, record: object = "", main: bool = False, **fixed: Any
) -> Any:
    """A single button with the same care as a form; answers what the act answered while that is news."""
    options: dict[str, Any] = {"type": "primary" if main else "secondary"}
    options |= {option: fixed.pop(option) for option in _BUTTON if option in fixed}
    form_id = id_of(name, record)
    state = state_of(form_id)
    st.button(
        label,
        key=f"{form_id}:{state.round}",
        on_click=run,
        args=(form_id, state.token, {}, act, fixed),
        **options,
    )
    for problem in state.problems:
        mark_problem(problem)
    if state.refused:
        st.error(t(state.refused))
    if state.changed is not None:
        st.warning(t("Somebody saved first. Look at what stands now, then try again."))
        state.changed = None
    return news_of(form_id)


def news_of(form_id: str) -> Any:
    """What a form or button answered while that is news, even where it is not drawn any more."""
    state = state_of(form_id)
    return state.result if is_fresh(state) else None


def run(form_id: str, token: str, keys: Mapping[str, str], act: Callable[..., object], fixed: dict[str, Any]) -> None:
    """The callback of every submission: read all, call one service, remember in plain variables."""
    state = state_of(form_id)
    values = {name: _read(st.session_state.get(key)) for name, key in keys.items()}
    actor = current_actor()
    if actor is None:
        state.refused = N_("Please sign in.")
        return
    state.problems, state.changed, state.refused = (), None, ""
    try:
        result = act(actor, **(values | fixed), key=token)
    except Problems as problems:
        state.problems = problems.problems
    except Changed as changed:
        state.changed = changed
    except (Refused, NotThere):
        state.refused = N_("This is not there, or not yours to change.")
    else:
        if state.token == token:
            state.result, state.saved_at = result, clock.now()
            receipt(t("Saved at {time}.", time=moment(state.saved_at)))
            state.renew()


def _read(value: Any) -> Any:
    """What a field holds, files as the services take them."""
    if isinstance(value, UploadedFile):
        return Upload(value.name, value.getvalue())
    return [_read(one) for one in value] if isinstance(value, list) else value


def megabytes() -> int:
    """The largest file this office attaches, in megabytes."""
    return current().settings.upload_megabytes


def attempt(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a reading service answers, or None after telling why it can't (a preview of a file, say)."""
    try:
        return act(*args, **kwargs)
    except Problems as problems:
        for problem in problems.problems:
            mark_problem(problem)
        return None


def id_of(name: str, record: object) -> str:
    """What a form is remembered under."""
    return f"{name}:{record}" if record != "" else name


def state_of(form_id: str, make: Callable[[], State] = State) -> State:
    """The form's memory of this session, which remembers the forms drawn last."""
    states: dict[str, State] = st.session_state.setdefault(_STATES, {})
    states[form_id] = state = states.pop(form_id, None) or make()
    while len(states) > MOST:
        del states[next(iter(states))]
    return state


def is_fresh(state: State) -> bool:
    """Whether the last submission is still news."""
    return state.saved_at is not None and clock.now() - state.saved_at < FRESH


def mark_problem(problem: Problem) -> None:
    """A problem in red, where it is drawn."""
    st.markdown(f":red[:material/error: {plain(told(problem))}]")


def tell_conflict(form_id: str, state: State) -> None:
    """Theirs beside yours, and the choice between them."""
    conflict = state.changed
    if conflict is None:
        return
    with st.container(border=True, key=conflict_key(form_id)):
        who = conflict.by or t("somebody else")
        said = t("{who} saved first. Nothing of yours is lost: choose.", who=who)
        st.markdown(f"**{plain(said)}**")
        differing = [name for name in conflict.mine if conflict.mine[name] != conflict.theirs.get(name)]
        st.table(
            {
                t("Field"): [plain(state.labels.get(name, (name, {}))[0]) for name in differing],
                t("Theirs"): [_shown(state, name, conflict.theirs.get(name)) for name in differing],
                t("Yours"): [_shown(state, name, conflict.mine[name]) for name in differing],
            },
            hide_index=True,
            alt=said,
        )
        with st.container(horizontal=True):
            st.button(t("Keep mine: save again"), key=f"{form_id}:mine", on_click=_keep_mine, args=(form_id,))
            st.button(t("Take theirs"), key=f"{form_id}:theirs", on_click=_take_theirs, args=(form_id,))


def conflict_key(form_id: str) -> str:
    """What the frame around both versions is called on the page."""
    return re.sub(r"\W", "-", f"{form_id}:conflict")


def _shown(state: State, name: str, value: object) -> str:
    """A value as its field shows it, lines of a text kept."""
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if isinstance(value, list):
        return t(", ").join(_shown(state, name, one) for one in value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    _, options = state.labels.get(name, ("", {}))
    said = str(options.get(value, "–" if value in (None, "") else value))
    return "  \n".join(plain(line) for line in said.splitlines())


def _keep_mine(form_id: str) -> None:
    state = state_of(form_id)
    if state.changed is not None:
        state.version, state.changed = state.changed.version, None


def _take_theirs(form_id: str) -> None:
    state_of(form_id).renew()
