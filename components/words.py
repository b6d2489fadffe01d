"""The language of this run: the person's choice, sentences, days and numbers as they read them."""

from datetime import date, datetime

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from db.engine import current
from db.languages import LANGUAGES, catalogue, day_in, moment_in, number_in, translate
from db.rules.problems import N_, Named, Problem

_KNOWN = "linli_language"


def set_language(chosen: str) -> None:
    """Remember the signed-in person's choice for this run ("" means the browser's)."""
    st.session_state["language"] = chosen
    _remember(get_script_run_ctx(suppress_warning=True), "")


def language() -> str:
    """zh or en: the person's choice, else the installation's, else the browser's, else English."""
    context = get_script_run_ctx(suppress_warning=True)
    known = getattr(context, _KNOWN, "")
    if not known:
        known = _language()
        _remember(context, known)
    return str(known)


def _language() -> str:
    chosen = st.session_state.get("language") or current().settings.language
    if chosen in LANGUAGES:
        return str(chosen)
    return "zh" if str(st.context.locale or "").lower().startswith("zh") else "en"


def _remember(context: object, chosen: str) -> None:
    """Hundreds of words are said in one run; asking session state for each would cost more than the page."""
    if context is not None:
        setattr(context, _KNOWN, chosen)


def t(message: str, /, **values: object) -> str:
    """The message in the person's language, with its {named} places filled."""
    return translate(message, language(), **values)


def told(problem: Problem) -> str:
    """A problem as a sentence; values that are messages or names are translated too, days are written out."""
    return t(problem.message, **{name: _told(value) for name, value in problem.values.items()})


def _told(value: object) -> object:
    if isinstance(value, str):
        return t(value)
    if isinstance(value, Named):
        return value.within(language())
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else value


def day(value: date | None) -> str:
    """Thu 26 Nov 2026 / 2026年11月26日 周四; an en dash when there is none."""
    return day_in(language(), value)


def moment(value: datetime | None) -> str:
    """Day and minute in the office's time zone."""
    return moment_in(current().settings.timezone, value)


def number(value: float) -> str:
    """A number with the language's grouping."""
    return number_in(language(), value)


__all__ = [
    "LANGUAGES",
    "N_",
    "catalogue",
    "day",
    "language",
    "moment",
    "number",
    "set_language",
    "t",
    "told",
    "translate",
]
