"""Meetings that are over as a table people search; a click opens one."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.due_rows import clicked
from components.meeting_address import open_meeting
from components.meeting_labels import COLOURS, label, labels, named
from components.shown_lists import every_page, export_shown
from components.words import moment, number, t
from db.rules.meetings.words import Slot, State
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.listing import Page
from db.services.meetings import lists
from db.services.meetings.lists import Choice, Tab

_OPENED = "meetings_opened"


def choice_asked(named_there: Mapping[str, str] | None = None) -> Choice:
    """The list an address names, this page's own unless one is given; what makes no sense there is left out."""
    named_there = st.query_params.to_dict() if named_there is None else named_there
    alike = asked.named_alike(named_there, ("text", "state"))
    tab = asked.one_of(Tab, named_there.get("tab")) or Tab.CALENDAR
    return Choice(tab=tab, kind_id=asked.number_of(named_there.get("kind_id")), **alike)


def ask_tab(choice: Choice) -> None:
    """What is coming, or what is over."""
    asked.ask_tab({Tab.CALENDAR: t("Coming and missed"), Tab.PAST: t("Past meetings")}, choice.tab.value)


def show(actor: Actor, choice: Choice) -> None:
    """The search, the table, its pages."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-tools"):
        asked.ask_words(choice.text, t("Words of titles, reasons and decisions"))
        states = {state: label("state", state) for state in lists.OVER}
        asked.any_of("state", t("State"), states, choice.state)
    page = lists.past(actor, choice=choice)
    if page.rows.empty and (choice.text or choice.state or choice.kind_id):
        st.info(t("Nothing fits. Clear the search and the filters."), icon=":material/search_off:")
        return
    if page.rows.empty:
        st.info(t("No meeting was held or called off yet."), icon=":material/groups:")
        return
    total = number(page.total) + ("+" if page.more else "")
    st.markdown(t("{n} meetings", n=total) if page.total != 1 else t("1 meeting"))
    columns = _columns()
    pages = partial(_page, actor, choice)
    export_shown("meetings", t("Meetings"), lambda: every_page(pages, _told), columns)
    _table(page.rows, columns)
    asked.ask_page(choice, page.page, page.pages)


def _page(actor: Actor, choice: Choice, number: int) -> Page:
    return lists.past(actor, choice=replace(choice, page=number))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """What the table says of each meeting."""
    every = records(rows)
    return pd.DataFrame(
        {
            "id": rows["id"],
            "when": [_when(row) for row in every],
            "name": [named(row["name"], row["name_en"]) for row in every],
            "title": [row["title"] or row["reason"] for row in every],
            "state": [[label("state", row["state"])] for row in every],
            "chair": rows["chair"],
            "came": [_came(row) for row in every],
            "decisions": rows["decisions"],
        }
    )


def _columns() -> dict[str, Any]:
    states, config = labels("state"), st.column_config
    colours = {states[State.CLOSED]: COLOURS[Slot.HELD], states[State.CALLED_OFF]: COLOURS[Slot.CALLED_OFF]}
    return {
        "when": config.TextColumn(t("When"), width=132),
        "name": config.TextColumn(t("Meeting"), width=148),
        "title": config.TextColumn(t("Title or reason"), width=115),
        "state": config.MultiselectColumn(t("State"), options=list(colours), color=list(colours.values()), width=95),
        "chair": config.TextColumn(t("In the chair"), width=85),
        "came": config.TextColumn(t("Who came"), width=245),
        "decisions": config.NumberColumn(t("Decisions"), width=80),
    }


def _table(rows: pd.DataFrame, columns: dict[str, Any]) -> None:
    opened = st.session_state.setdefault(_OPENED, 0)
    place = clicked(_told(rows), columns, key=f"meetings:{opened}", alt=t("Meetings; press Enter on one to open it"))
    if place is not None:
        # The browser keeps a table's selection: back from one, the list must be another table.
        st.session_state[_OPENED] = opened + 1
        open_meeting(int(rows["id"].iloc[place]))


def _when(row: dict[str, Any]) -> str:
    """Its moment; only its day where nothing had been planned for a due day."""
    told = moment(row["planned_for"])
    return told if row["chair"] or row["state"] == State.CLOSED else told.partition(" ")[0]


def _came(row: dict[str, Any]) -> str:
    counted = [f"{words} {number(row[code])}" for code, words in labels("standing").items() if row[code]]
    return " · ".join(counted)
