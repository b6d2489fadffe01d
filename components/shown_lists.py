"""Export what you see: the button above any list that takes its rows and columns away as a workbook."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from components import downloads
from components.words import N_, t
from db.engine import current
from db.rules.permissions import Actor
from db.services import shown_lists
from db.services.exports import Asked
from db.services.listing import PAGE_ROWS, Page
from db.services.shown_lists import MOST_ROWS, Cell

Shows = Mapping[str, Callable[[Any], object]]


def export_shown(
    shown: str,
    title: str,
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    columns: Mapping[str, Any],
    *,
    shows: Shows | None = None,
    about: Sequence[tuple[str, str]] = (),
    key: str = "",
) -> None:
    """The button of a list; `frame` holds what is drawn, or fetches every page of it when the button is pressed.

    `columns` are the list's own, name to label or to a column of a grid; `shows` says how values are written. The file
    comes at the next `fetch_now`, which this calls.
    """
    headings = {name: _heading(name, column) for name, column in columns.items()}

    def make(actor: Actor, *, language: str) -> Asked:
        rows = frame() if callable(frame) else frame
        known = {name: heading for name, heading in headings.items() if name in rows.columns}
        told = [[_cell(value, (shows or {}).get(name)) for value in rows[name]] for name in known]
        cells = [list(row) for row in zip(*told, strict=True)]
        asked = {"title": title, "headings": list(known.values()), "rows": cells, "about": about}
        return shown_lists.ask(actor, shown=shown, language=language, **asked)  # type: ignore[arg-type]

    with st.container(horizontal=True, horizontal_alignment="right", key=f"take-{key or shown}"):
        downloads.export_button(t("Export"), make, said=N_("{n} rows exported."), key=f"export-{key or shown}")
    downloads.fetch_now()


def every_page(page: Callable[[int], Page], told: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """The rows of all pages of a list as they would be drawn, at most one page more than may leave."""
    first = page(1)
    pages = min(first.pages, MOST_ROWS // PAGE_ROWS + 1)
    frames = [told(first.rows), *(told(page(n).rows) for n in range(2, pages + 1))]
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def _heading(name: str, column: Any) -> str:
    return str(column) if isinstance(column, str) else str((column or {}).get("label") or name)


def _cell(value: Any, show: Callable[[Any], object] | None) -> Cell:
    """A value as its cell: days and counts stay what they are, lists and codes become words."""
    if isinstance(value, (list, tuple)):
        if show is None:
            return t(", ").join(str(one) for one in value)
        value = show(value)
    missing = value is None or value is pd.NaT or (not isinstance(value, str) and bool(pd.isna(value)))
    if show is not None and not isinstance(value, (date, datetime)):
        value = show(None if missing else value)
    elif missing:
        return None
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return t("Yes") if value else t("No")
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(current().settings.timezone))
    if value is None or isinstance(value, (str, int, float, date)):
        return value
    return value.item() if hasattr(value, "item") else str(value)
