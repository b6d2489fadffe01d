"""Decisions as a list people read: their tabs, search, table, and one of them opened with what may be done."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, decision_becoming, decision_card, decision_settle, downloads
from components.decision_labels import label, times, who_owes
from components.due_rows import clicked, left_column, time_left
from components.meeting_labels import named
from components.words import N_, number, t
from db.rules.meetings.words import DecisionState
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.listing import Page
from db.services.meetings import decision_exports, decisions
from db.services.meetings.decisions import Choice, Tab

ID = "id"
EMPTY: Mapping[str, str] = {
    Tab.MINE: N_("You owe nothing. Well done."),
    Tab.UNIT: N_("Your unit owes nothing. Well done."),
    Tab.OPEN: N_("No decision is open."),
    Tab.OVERDUE: N_("No decision is past its day."),
    Tab.ALL: N_("No decisions yet. They are written down in meetings."),
}
EXPORTED = ["text", "owner", "unit", "due_on", "days_left", "state", "note", "carried", "kind", "meeting_on"]
EXPORTED += ["case_number", "became", "settled_at", "settled_by"]


def choice_asked(actor: Actor, named: Mapping[str, str] | None = None) -> Choice:
    """The choice an address names, this page's own unless one is given."""
    at = st.query_params.to_dict() if named is None else named
    first = Tab.OPEN if actor.may(Permission.MEETINGS_READ) else Tab.MINE
    tab = asked.one_of(Tab, at.get("tab")) or first
    return Choice(tab=tab, text=at.get("text", "")[:200], page=asked.number_of(at.get("page")) or 1)


def ask(choice: Choice, page: Page) -> None:
    """The tabs and the search."""
    total = number(page.total) + ("+" if page.more else "")
    tabs = {tab.value: label("tab", tab) for tab in Tab}
    asked.ask_tab(tabs | {choice.tab.value: f"{tabs[choice.tab.value]} ({total})"}, choice.tab.value)
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked.ask_words(choice.text, t("Words of the decision"))
        st.space("stretch")
        if not page.rows.empty:
            taken: dict[str, Any] = {"choice": choice, "columns": EXPORTED}
            downloads.export_button(t("Export"), decision_exports.ask, said=N_("{n} decisions exported."), **taken)


def table(choice: Choice, page: Page) -> None:
    """The rows; a click on one opens it above them."""
    rows = page.rows.reset_index(drop=True)
    if rows.empty:
        st.info(t("Nothing fits.") if choice.text else t(EMPTY[choice.tab]), icon=":material/done_all:")
        return
    every, config = records(rows), st.column_config
    told = rows.assign(
        left=pd.Series(_left(rows), index=rows.index),
        who=[who_owes(row) for row in every],
        often=[times(int(row["carried"])) for row in every],
        state=[label("state", code) for code in rows["state"]],
        meeting=[named(row["kind"], row["kind_en"]) for row in every],
    )
    columns = {
        "text": config.TextColumn(t("Decision"), width=320),
        "who": config.TextColumn(t("Who owes it"), width=135),
        "left": left_column(told),
        "state": config.TextColumn(t("State"), width=80),
        "often": config.TextColumn(t("Carried over"), width=100),
        "meeting": config.TextColumn(t("Meeting"), width=150),
        "case_number": config.TextColumn(t("Case"), width=118),
        "note": config.TextColumn(t("Note"), width=200),
    }
    if choice.tab is not Tab.ALL:
        columns.pop("state")
    place = clicked(told, columns, key=f"decisions:{choice.tab}", alt=t("Decisions; press Enter on one to open it"))
    if place is not None and st.query_params.get(ID) != str(rows["id"].iloc[place]):
        open_in_place(int(rows["id"].iloc[place]))


def _left(rows: pd.DataFrame) -> list[list[str]]:
    """The time left of those still open."""
    return [
        words if state == DecisionState.OPEN else []
        for words, state in zip(time_left(rows), rows["state"], strict=True)
    ]


def one(actor: Actor) -> None:
    """The decision the address names: what it says and what may be done."""
    decision_id = asked.number_of(st.query_params.get(ID))
    if decision_id is None:
        return
    found = decisions.one(actor, decision_id=decision_id)
    with st.container(border=True, key="decision-opened"):
        if found.empty:
            st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
        else:
            row = records(found)[0]
            decision_card.show(row, key=f"opened-{row['id']}")
            decision_settle.show(row)
            if decision_card.leads_nowhere(row):
                decision_becoming.show(actor, row)
        st.button(t("Close"), key="decision-close", on_click=_close, icon=":material/close:", type="tertiary")


def open_in_place(decision_id: int) -> None:
    """Show one decision above the list."""
    st.query_params[ID] = str(decision_id)
    st.rerun()


def open_decision(decision_id: int) -> None:
    """Go to one decision in this tab."""
    st.switch_page("pages/meetings/decisions.py", query_params={ID: str(decision_id), "tab": Tab.ALL.value})


def _close() -> None:
    st.query_params.pop(ID, None)
