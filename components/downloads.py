"""Taking the list on screen away as a workbook: masked, or with names for those who may."""

import streamlit as st

from components import forms, state
from components.account import current_actor
from components.case_table import EXPORTED
from components.words import language, t, told
from db.rules.permissions import Actor, Permission
from db.rules.problems import LinliError, Problems
from db.services import exports
from db.services.cases import Choice

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
        mark = f'<span data-linli-post="/export" data-field-token="{token}"></span>'
        st.html(mark + '<script src="/app/static/front_door.js"></script>', unsafe_allow_javascript=True)


def _ask(choice: Choice) -> None:
    actor, plain = current_actor(), st.session_state.get("export-list")
    if actor is None or plain is None:
        return
    try:
        made = exports.ask(actor, choice=choice, columns=EXPORTED, language=language(), plain=bool(plain))
    except Problems as problems:
        st.session_state[_SAID] = [told(problem) for problem in problems.problems]
    except LinliError:
        st.session_state[_SAID] = [t("Not possible just now. Please try again later.")]
    else:
        st.session_state[_READY] = made.token
        said = t("{n} cases exported.", n=made.rows)
        if made.left_out:
            said += " " + t("{n} sealed cases are left out.", n=made.left_out)
        state.receipt(said)
