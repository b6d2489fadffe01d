"""The message catalogues: English sentence in, the reader's language out; no Streamlit, so that sheets can use it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"zh": "简体中文", "en": "English"}
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
FOLDER = Path(__file__).parent.parent / "locale"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English message to translated message; empty for English."""
    path = FOLDER / language / "LC_MESSAGES" / "linli.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=LOCALES[language]) if m.id and m.string}


def translate(message: str, into: str, /, **values: object) -> str:
    """The message in a language, with its {named} places filled."""
    text = catalogue(into).get(message, message)
    return text.format(**values) if values else text


def speaker(language: str) -> Callable[..., str]:
    """A t() that speaks one language, for templates and routes."""
    return lambda message, **values: translate(message, language, **values)


@lru_cache(maxsize=4096)
def day_in(language: str, value: date | None) -> str:
    """Thu 26 Nov 2026 / 2026年11月26日 周四; an en dash when there is none."""
    if value is None:
        return "–"
    pattern = "y年M月d日 EEE" if language == "zh" else "EEE d MMM y"
    return format_date(value, pattern, locale=LOCALES[language])


def date_in(language: str, value: date | None) -> str:
    """The same without the day of the week, as documents write it; nothing when there is none."""
    pattern = "y年M月d日" if language == "zh" else "d MMMM y"
    return format_date(value, pattern, locale=LOCALES[language]) if value is not None else ""


def weekday_in(language: str, value: date) -> str:
    """Thu / 周四."""
    return str(format_date(value, "EEE", locale=LOCALES[language]))


def month_in(language: str, value: date) -> str:
    """November 2026 / 2026年11月."""
    return str(format_date(value, "y年M月" if language == "zh" else "MMMM y", locale=LOCALES[language]))


def month_day_in(language: str, value: date, *, month: bool) -> str:
    """26 / 26日, and with its month 26 Nov / 11月26日."""
    pattern = ("M月d日" if month else "d日") if language == "zh" else ("d MMM" if month else "d")
    return str(format_date(value, pattern, locale=LOCALES[language]))


def moment_in(zone: str, value: datetime | None) -> str:
    """Day and minute in the office's time zone; an en dash when there is none."""
    return "–" if value is None else value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=4096)
def number_in(language: str, value: float) -> str:
    """A number with the language's grouping."""
    return str(format_decimal(value, locale=LOCALES[language]))
