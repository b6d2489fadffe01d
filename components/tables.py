"""Tables to read, and choosing one record by its address."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.words import language, t


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    *,
    shows: Mapping[str, Callable[[Any], object]] | None = None,
    key: str | None = None,
    whole: bool = False,
) -> None:
    """The named columns of a frame under their labels, values written as `shows` says; a sentence when empty.

    `whole` shows every row at once, for a short table that never grows.
    """
    if frame.empty:
        st.info(t("Nothing here yet."))
        return
    shown = {
        label: [_written(value, (shows or {}).get(name)) for value in frame[name]] for name, label in columns.items()
    }
    st.dataframe(pd.DataFrame(shown), hide_index=True, width="stretch", key=key, placeholder="–",
                 height="content" if whole else "auto")  # fmt: skip


def pick(name: str, label: str, options: Mapping[Any, str], *, required: bool = False) -> Any:
    """One of `options` (id to label), kept in the address as ?name=id so that a link opens the same record."""
    ids, names = list(options), told_apart(options)
    asked = st.query_params.get(name)
    found = next((place for place, one in enumerate(ids) if str(one) == asked), 0 if required and ids else None)
    chosen = st.selectbox(
        label,
        ids,
        index=found,
        format_func=lambda one: names.get(one, str(one)),
        placeholder=t("Choose"),
        key=f"pick:{name}",
    )
    if chosen is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(chosen)
    return chosen


def told_apart(options: Mapping[Any, str]) -> dict[Any, str]:
    """The labels, with the id behind those that stand more than once: a browser answers with the label alone."""
    often = Counter(options.values())
    return {one: label if often[label] == 1 else f"{label} · {one}" for one, label in options.items()}


def unit_names(units: pd.DataFrame) -> dict[int, str]:
    """Units as a tree to choose from: id to a name that shows its level."""
    return {int(row["id"]): "　" * (int(row["level"]) - 1) + unit_name(row) for _, row in units.iterrows()}


def unit_name(row: Mapping[Hashable, Any] | pd.Series) -> str:
    """A unit's name in the person's language."""
    return str((language() == "en" and row["name_en"]) or row["name"])


def _written(value: Any, show: Callable[[Any], object] | None) -> object:
    missing = value is None or value is pd.NA or value is pd.NaT
    if show is not None:
        return show(None if missing else value)
    return None if missing else value
