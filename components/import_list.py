"""Every import as a list: file, who, when, what came of it; a click opens one."""

from typing import Any

import pandas as pd
import streamlit as st

from components.asked import number_of
from components.due_rows import clicked
from components.import_address import open_import
from components.import_file import explain
from components.import_labels import COLOURS, label, labels
from components.shown_lists import every_page, export_shown
from components.words import moment, t
from db.rules.permissions import Actor
from db.services.importing import lists

_OPENED = "imports_opened"
_PAGE = "page"


def show(actor: Actor) -> None:
    """The button for a new one, the list, its pages; what can be brought in where there is none yet."""
    new = st.button(t("Bring in a file"), key="import-new", type="primary", icon=":material/upload_file:")
    if new:
        open_import()
    page = lists.imports(actor, page=number_of(st.query_params.get(_PAGE)) or 1)
    if page.rows.empty:
        st.info(t("Nothing was brought in yet."), icon=":material/upload_file:")
        explain()
        return
    told, columns = _told(page.rows), _columns()
    opened = st.session_state.setdefault(_OPENED, 0)
    place = clicked(told, columns, key=f"imports:{opened}", alt=t("Imports; press Enter on one to open it"))
    export_shown("imports", t("Imports"), lambda: every_page(lambda n: lists.imports(actor, page=n), _told), columns)
    if page.pages > 1:
        st.pagination(page.pages, default=page.page, key="imports-page", on_change=_turn)
    if place is not None:
        # The browser keeps a table's selection: back from one, the list must be another table.
        st.session_state[_OPENED] = opened + 1
        open_import(int(page.rows["id"].iloc[place]))


def _turn() -> None:
    st.query_params[_PAGE] = str(st.session_state["imports-page"])


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    every: list[dict[str, Any]] = rows.to_dict("records")  # type: ignore[assignment]
    return pd.DataFrame(
        {
            "id": rows["id"],
            "file_name": rows["file_name"],
            "state": [[label("state", row["state"])] for row in every],
            "asked_at": [moment(row["asked_at"]) for row in every],
            "asked_by": rows["asked_by"],
            **{
                name: [row["counts"].get(name) if row["state"] != "new" else None for row in every]
                for name in ("read", "added", "updated", "skipped_duplicate", "rejected")
            },
        }
    )


def _columns() -> dict[str, Any]:
    config, states, verdicts = st.column_config, labels("state"), labels("verdict")
    colours = {states[state]: COLOURS[state] for state in states}
    counts = {"read": t("Rows read"), **verdicts}
    return {
        "file_name": config.TextColumn(t("File name"), width=260),
        "state": config.MultiselectColumn(t("State"), options=list(colours), color=list(colours.values()), width=140),
        "asked_at": config.TextColumn(t("When"), width=140),
        "asked_by": config.TextColumn(t("Who"), width=100),
        **{name: config.NumberColumn(words, width=110) for name, words in counts.items()},
    }
