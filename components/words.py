"""Language: the catalogue, the person's choice, labels of stored codes, dates and numbers as people read them."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from db.engine import current
from db.rules.problems import N_, Problem

LANGUAGES = {"zh": "简体中文", "en": "English"}
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
_FOLDER = Path(__file__).parent.parent / "locale"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English message to translated message; empty for English."""
    path = _FOLDER / language / "LC_MESSAGES" / "linli.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id and m.string}


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


def translate(message: str, into: str, /, **values: object) -> str:
    """The message in a given language (routes and printed sheets know no Streamlit session)."""
    text = catalogue(into).get(message, message)
    return text.format(**values) if values else text


def told(problem: Problem) -> str:
    """A problem as a sentence; values that are messages themselves are translated too."""
    return t(problem.message, **{k: t(v) if isinstance(v, str) else v for k, v in problem.values.items()})


def day(value: date | None) -> str:
    """Thu 26 Nov 2026 / 2026年11月26日 周四; an en dash when there is none."""
    if value is None:
        return "–"
    pattern = "y年M月d日 EEE" if language() == "zh" else "EEE d MMM y"
    return format_date(value, pattern, locale=LOCALES[language()])


def moment(value: datetime | None) -> str:
    """Day and minute in the office's time zone."""
    if value is None:
        return "–"
    return value.astimezone(ZoneInfo(current().settings.timezone)).strftime("%Y-%m-%d %H:%M")


def number(value: float) -> str:
    """A number with the language's grouping."""
    return str(format_decimal(value, locale=LOCALES[language()]))


__all__ = ["LANGUAGES", "N_", "catalogue", "day", "language", "moment", "number", "set_language", "t", "told"]
