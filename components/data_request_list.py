"""Data requests as a list by their day, and taking a new one in."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.data_request_labels import labels, term
from components.due_rows import clicked, left_column, time_left
from components.forms import plain
from components.grid_state import revision
from components.kept_forms import KeptForm
from components.shown_lists import every_page, export_shown
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.data_requests import Kind
from db.rules.permissions import Actor
from db.services import data_requests
from db.services.data_requests import Tab
from db.services.listing import Choice

PAGE = "pages/office/data_requests.py"
NEW, FORM = "new", "data_requests.register"


def address_of_draft(form: str) -> Mapping[str, str] | None:
    """Where a draft of this screen is gone on with; None for one of another."""
    name, _, record = form.partition(":")
    if name == FORM:
        return {NEW: "1"}
    return {"id": record} if name.startswith("data_requests.") else None


def show(actor: Actor) -> None:
    """The tabs, the rows, a click that opens one."""
    tab = asked.one_of(Tab, st.query_params.get("tab")) or Tab.OPEN
    asked.ask_tab({Tab.OPEN.value: t("Waiting for an answer"), Tab.ALL.value: t("All")}, tab.value)
    page = data_requests.requests(actor, tab=tab, page=asked.number_of(st.query_params.get("page")) or 1)
    if page.rows.empty:
        st.info(t("No request waits for an answer."), icon=":material/done_all:")
        return
    told = _told(page.rows)
    columns = _columns(told)
    export_shown("data-requests", t("Data requests"),
                 lambda: every_page(lambda n: data_requests.requests(actor, tab=tab, page=n), _told),
                 columns, shows={"left": lambda words: words[0]})  # fmt: skip
    place = clicked(told, columns, key=f"requests:{revision(page.rows.set_index('id'))}", alt=t("Data requests"))
    if place is not None:
        st.switch_page(PAGE, query_params={"id": str(page.rows["id"].iloc[place])})
    asked.ask_page(Choice(tab=tab), page.page, page.pages)


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    kinds, states = labels("kind"), labels("state")
    told = rows.copy()
    told["left"] = time_left(rows)
    told["kind"] = [kinds[code] for code in rows["kind"]]
    told["state"] = [states[code] for code in rows["state"]]
    for name in ("received_on", "due_on", "answered_on"):
        told[name] = [day(on) if on else "" for on in rows[name]]
    return told


def _columns(told: pd.DataFrame) -> Mapping[str, Any]:
    text = st.column_config.TextColumn
    return {
        "number": text(t("Number"), width=110),
        "kind": text(t("Kind of request"), width=210),
        "name_mask": text(t("Person"), width=90),
        "left": left_column(told),
        "state": text(t("State"), width=130),
        "received_on": text(t("Received"), width=150),
        "due_on": text(t("To be answered by"), width=150),
        "answered_on": text(t("Answered"), width=150),
    }


def new(actor: Actor) -> None:
    """A request as it is told at the counter, kept while it is typed."""
    st.caption(plain(term(data_requests.term(actor))))
    with KeptForm(FORM, label=t("Data request"), border=False) as form:
        left, right = st.columns(2)
        with left:
            form.choose("kind", t("Kind of request"), labels("kind"), Kind.COPY.value)
            form.text("name", t("Whose data: name"))
            form.day("received_on", t("Received"), clock.today(current().settings.timezone))
        with right:
            form.choose("for_whom", t("For whom they ask"), labels("for_whom"), "self")
            form.text("contact", f"{t('Their telephone')} ({t('optional')})")
            form.text("applicant", t("Who asks, when it is somebody else"))
        form.area("wants", t("What they want, in their words"))
        form.submit(t("Take the request in"), data_requests.register)
        if form.result is not None:
            st.page_link(PAGE, label=t("Open the request"), query_params={"id": str(form.result)})
