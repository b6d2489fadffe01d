"""Printed sheets: HTML templates in the folder sheet_pages, everything escaped, nothing fetched from outside."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from db.engine import current
from db.languages import date_in, day_in, moment_in, speaker

FOLDER = Path(__file__).parent / "sheet_pages"
Label = Callable[[str, object, str], str]


def render(template: str, language: str, *, label: Label, **values: object) -> str:
    """One sheet in one language; `label(kind, code, language)` names stored codes."""
    page = _environment().get_template(f"{template}.html")
    zone = current().settings.timezone
    return page.render(
        t=speaker(language),
        language=language,
        label=lambda kind, code: label(kind, code, language),
        day=lambda value: day_in(language, value),
        date=lambda value: date_in(language, value),
        moment=lambda value: moment_in(zone, value),
        lines=lambda text: str(text).splitlines(),
        **values,
    )


def qr_code(text: str) -> str:
    """A picture to scan, as a data address."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
