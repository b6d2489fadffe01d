"""What lies in the bin, to tick and take out again."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.case_labels import labels
from components.case_outcome import outcome
from components.due_rows import TALL_FROM
from components.forms import news_of, press
from components.grid_state import revision
from components.shown_lists import every_page, export_shown
from components.words import moment, number, t
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import Tab
from db.services.listing import Choice, Page
from db.services.records import Saved

RESTORE = "bin.restore"


def page_asked() -> int:
    """The page the address names."""
    return asked.number_of(st.query_params.get("page")) or 1


def show(actor: Actor, page: Page) -> None:
    """The rows with who put them there, when and why."""
    said = news_of(RESTORE)
    if page.rows.empty:
        st.info(t("The bin is empty."), icon=":material/delete:")
        if said is not None:
            outcome(*said)
        return
    told, config = _told(page.rows), _columns()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("{n} cases", n=number(page.total)) if page.total != 1 else t("1 case"), width="content")
        st.space("stretch")
        export_shown("bin", t("Bin"), lambda: every_page(lambda n: cases.binned(actor, page=n), _told), config)
    chosen = st.dataframe(
        told[list(config)],
        hide_index=True,
        column_config=dict(config),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"bin:{revision(page.rows.set_index('id'))}",
        alt=t("Cases in the bin, to tick"),
        placeholder="–",
        height="content" if len(told) <= TALL_FROM else 460,
    )
    ticked = page.rows.iloc[[place for place in chosen.selection.rows if place < len(told)]]
    if ticked.empty:
        st.caption(t("Tick what to take out."))
    else:
        rows = {int(one): int(version) for one, version in zip(ticked["id"], ticked["version"], strict=True)}
        label = t("Take {n} out of the bin", n=len(ticked))
        numbers = dict(zip(ticked["id"], ticked["number"], strict=True))
        press(RESTORE, label, _restore, rows=rows, numbers=numbers, main=True, icon=":material/restore_from_trash:")
    if said is not None:
        outcome(*said)
    asked.ask_page(Choice(tab=Tab.ALL), page.page, page.pages)


def _restore(
    actor: Actor, *, rows: Mapping[int, int], numbers: Mapping[int, str], key: str
) -> tuple[Saved, Mapping[int, str]]:
    """What became of each, with their numbers: what somebody else took out first is not listed any more."""
    return cases.restore(actor, rows=rows, key=key), numbers


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    states = labels("state")
    told = rows.copy()
    told["state"] = [states.get(code, code) for code in rows["state"]]
    told["gone_at"] = [moment(at) for at in rows["gone_at"]]
    return told


def _columns() -> Mapping[str, Any]:
    config = st.column_config
    return {
        "number": config.TextColumn(t("Number"), width=118),
        "subject": config.TextColumn(t("Subject"), width=220),
        "state": config.TextColumn(t("State"), width=100),
        "gone_at": config.TextColumn(t("When"), width=138),
        "gone_by": config.TextColumn(t("Who"), width=80),
        "reason": config.TextColumn(t("Reason"), width=240),
    }
