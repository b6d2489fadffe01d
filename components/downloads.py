"""Taking the list on screen away as a workbook: masked, or with names for those who may."""

from collections.abc import Callable, Mapping

import streamlit as st

from components import forms, state
from components.account import current_actor
from components.case_table import EXPORTED
from components.words import N_, language, t, told
from db.rules.permissions import Actor, Permission
from db.rules.problems import LinliError, Problems
from db.services import exports
from db.services.cases import Choice
from db.services.exports import Asked

_READY = "export_ready"
_SAID = "export_said"


def export_menu(actor: Actor, choice: Choice) -> None:
    """The export button; what it made is fetched by the browser itself, once."""
    if not actor.may(Permission.CASES_EXPORT):
        return
    kinds = [False, True] if actor.may(Permission.CASES_EXPORT_PLAIN) else [False]
    names = {False: t("Masked (.xlsx)"), True: t("With names and contacts (.xlsx)")}
    st.menu_button(
        t("Export"),
        kinds,
        key="export-list",
        icon=":material/download:",
        format_func=lambda plain: names[plain],
        on_click=_ask,
        args=(choice,),
    )


def fetch_now() -> None:
    """Let the browser fetch what was made, and say what is in it."""
    for problem in st.session_state.pop(_SAID, ()):
        st.markdown(f":red[:material/error: {forms.plain(problem)}]")
    token = st.session_state.pop(_READY, "")
    if token:
        hand_over(token)


def hand_over(token: str) -> None:
    """Let the browser fetch what waits under a one-time id."""
    mark = f'<span data-linli-post="/export" data-field-token="{token}"></span>'
    st.html(mark + '<script src="/app/static/front_door.js"></script>', unsafe_allow_javascript=True)


def export_button(
    label: str, make: Callable[..., Asked], *, said: str, left_out: str = "", key: str = "export-now", **asked: object
) -> None:
    """A button that takes one thing away; `make(actor, language=..., **asked)` prepares it."""
    st.button(label, key=key, icon=":material/download:", on_click=_take, args=(make, asked, said, left_out))


def _ask(choice: Choice) -> None:
    plain = st.session_state.get("export-list")
    if plain is not None:
        asked: dict[str, object] = {"choice": choice, "columns": EXPORTED, "plain": bool(plain)}
        _take(exports.ask, asked, N_("{n} cases exported."), N_("{n} sealed cases are left out."))


def _take(make: Callable[..., Asked], asked: Mapping[str, object], said: str, left_out: str) -> None:
    """Prepare it, to be fetched at the end of this run; `said` and `left_out` are messages told with their {n}."""
    actor = current_actor()
    if actor is None:
        return
    try:
        made = make(actor, language=language(), **asked)
    except Problems as problems:
        st.session_state[_SAID] = [told(problem) for problem in problems.problems]
    except LinliError:
        st.session_state[_SAID] = [t("Not possible just now. Please try again later.")]
    else:
        st.session_state[_READY] = made.token
        more = f" {t(left_out, n=made.left_out)}" if left_out and made.left_out else ""
        state.receipt(t(said, n=made.rows) + more)
