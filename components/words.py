"""The language of this run: the person's choice, sentences, days and numbers as they read them."""

from datetime import date, datetime

import streamlit as st

from db.engine import current
from db.languages import LANGUAGES, catalogue, day_in, moment_in, number_in, translate
from db.rules.problems import N_, Problem


def set_language(chosen: str) -> None:
    """Remember the signed-in person's choice for this run ("" means the browser's)."""
    st.session_state["language"] = chosen


def language() -> str:
    """zh or en: the person's choice, else the installation's, else the browser's, else English."""
    chosen = st.session_state.get("language") or current().settings.language
    if chosen in LANGUAGES:
        return str(chosen)
    return "zh" if str(st.context.locale or "").lower().startswith("zh") else "en"


def t(message: str, /, **values: object) -> str:
    """The message in the person's language, with its {named} places filled."""
    return translate(message, language(), **values)


def told(problem: Problem) -> str:
    """A problem as a sentence; values that are messages themselves are translated too."""
    return t(problem.message, **{k: t(v) if isinstance(v, str) else v for k, v in problem.values.items()})


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
