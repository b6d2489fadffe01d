"""Rows of a list: how many days each has left, in words and colours, and a click that opens one."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_clocks import left
from components.words import t

SOON_DAYS = 3
TALL_FROM = 15


def time_left(rows: pd.DataFrame) -> list[list[str]]:
    """What the column of the time left holds: the words of each row, as the one choice made in it."""
    return [
        [left(None if pd.isna(days) else int(days), None if pd.isna(working) else int(working))]
        for days, working in zip(rows["days_left"], rows["working_left"], strict=True)
    ]


def left_column(told: pd.DataFrame) -> Any:
    """The column of the time left, coloured by how near it is; `told` has the words in "left"."""
    colours: dict[str, Any] = {}
    for words, days in zip(told["left"], told["days_left"], strict=True):
        near = "gray" if pd.isna(days) else "red" if days < 0 else "orange" if days <= SOON_DAYS else "green"
        colours |= dict.fromkeys(words, near)
    return st.column_config.MultiselectColumn(
        t("Time left"), options=list(colours), color=list(colours.values()), width=fitting(colours, 120, 200)
    )


def fitting(words: Iterable[str], least: int, most: int) -> int:
    """How wide a column is to be for these words, in pixels; a Chinese character is as wide as two letters."""
    longest = max((sum(14 if one > "\u2e7f" else 7 for one in said) for said in words), default=0)
    return min(max(longest + 34, least), most)


def clicked(told: pd.DataFrame, columns: Mapping[str, Any], *, key: str, alt: str) -> int | None:
    """Draw the columns of the rows to read; answers the place of the row that was clicked."""
    chosen = st.dataframe(
        told[list(columns)],
        hide_index=True,
        column_config=dict(columns),
        on_select="rerun",
        selection_mode="single-cell",
        key=f"{key}:{'-'.join(str(i) for i in told['id'].head(3))}:{len(told)}",
        alt=alt,
        placeholder="–",
        height="content" if len(told) <= TALL_FROM else 560,
    )
    cells = chosen.selection.cells
    return int(cells[0][0]) if cells and cells[0][0] < len(told) else None


def groups(rows: pd.DataFrame) -> list[tuple[str, str, str, pd.DataFrame]]:
    """What is overdue, due soon and later: a code, its name, its colour and its rows, without empty ones."""
    days = rows["days_left"]
    parts: list[tuple[str, str, str, Any]] = [
        ("overdue", t("Overdue"), "red", days < 0),
        ("soon", t("Due soon"), "orange", (days >= 0) & (days <= SOON_DAYS)),
        ("later", t("Later"), "green", (days > SOON_DAYS) | days.isna()),
    ]
    found = [(code, name, colour, rows[mask.fillna(False)]) for code, name, colour, mask in parts]
    return [(code, name, colour, part.reset_index(drop=True)) for code, name, colour, part in found if len(part)]
