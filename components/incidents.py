"""Incidents with personal data: the list, writing one down, going on with it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.due_rows import clicked
from components.grid_state import revision
from components.kept_forms import KeptForm
from components.shown_lists import every_page, export_shown
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.incidents import Told
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services import incidents
from db.services.data_requests import Tab
from db.services.listing import Choice

PAGE = "pages/office/protection.py"
_DAYS = ("found_on", "happened_on", "authority_told_on", "people_told_on")


def show(actor: Actor) -> None:
    """The list, a click that opens one, and a form for a new one."""
    st.caption(t("Whatever leaked, was lost or changed: put it right and tell the authority and the people at once "
                 "(PIPL Art. 57)."))  # fmt: skip
    page = incidents.incidents(actor, page=asked.number_of(st.query_params.get("page")) or 1)
    if page.rows.empty:
        st.info(t("No incident was written down."), icon=":material/done_all:")
    else:
        _list(actor, page.rows)
        asked.ask_page(Choice(tab=Tab.ALL), page.page, page.pages)
    with st.expander(t("Write an incident down"), "new" in st.query_params, icon=":material/add:", key="new-incident"):
        _form(None)


def one(actor: Actor, incident_id: int) -> None:
    """One incident, to be gone on with."""
    st.page_link(PAGE, label=t("All incidents"), icon=":material/arrow_back:", query_params={"tab": "incidents"})
    try:
        seen = incidents.incident(actor, incident_id=incident_id)
    except NotThere:
        st.info(t("This does not exist, or it is not yours to see."))
        return
    st.subheader(seen.number, anchor=False)
    if not seen.told.settled:
        st.warning(t("Not told in full yet: the authority, and the people or why not."), icon=":material/campaign:")
    _form(seen)


def _list(actor: Actor, rows: pd.DataFrame) -> None:
    text = st.column_config.TextColumn
    widths = {"number": (t("Number"), 110), "what": (t("What went wrong"), 300), "kinds": (t("Which data"), 180)}
    widths |= {
        "people": (t("People touched"), 110),
        "found_on": (t("Found on"), 150),
        "happened_on": (t("Happened"), 150),
    }
    widths |= {"authority_told_on": (t("Authority told"), 150), "people_told_on": (t("People told"), 150)}
    columns: Mapping[str, Any] = {name: text(label, width=width) for name, (label, width) in widths.items()}
    every = {
        **columns,
        "measures": t("Measures taken"),
        "harm": t("Harm there may be"),
        "advice": t("What people can do"),
    }
    every |= {"why_untold": t("Why the people are not told"), "by": t("Written down by")}
    export_shown("protection", t("Incidents"),
                 lambda: every_page(lambda n: incidents.incidents(actor, page=n), _told), every)  # fmt: skip
    place = clicked(
        _told(rows), columns, key=f"incidents:{revision(rows.set_index('id')[['version']])}", alt=t("Incidents")
    )
    if place is not None:
        st.switch_page(PAGE, query_params={"id": str(rows["id"].iloc[place])})


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    told = rows.copy()
    for name in _DAYS:
        told[name] = [day(on) if on else "" for on in rows[name]]
    told["people"] = ["" if pd.isna(n) else str(n) for n in rows["people"]]
    return told


def _form(seen: incidents.Incident | None) -> None:
    today = clock.today(current().settings.timezone)
    told = seen.told if seen else Told("", "", today)
    about: dict[str, Any] = {"record": seen.id, "version": seen.version} if seen else {}
    name = "incidents.edit" if seen else "incidents.record"
    with KeptForm(name, label=seen.number if seen else t("Incident"), border=False, **about) as form:
        form.area("what", t("What happened, and why"), told.what)
        form.text("kinds", t("Which data"), told.kinds)
        left, right = st.columns(2)
        with left:
            form.day("found_on", t("Found on"), told.found_on)
        with right:
            form.day("happened_on", f"{t('Happened')} ({t('optional')})", told.happened_on)
        form.number("people", f"{t('How many people')} ({t('optional')})", told.people, min_value=0)
        form.area("harm", f"{t('Harm there may be')} ({t('optional')})", told.harm)
        form.area("measures", f"{t('Measures taken')} ({t('optional')})", told.measures)
        form.area("advice", f"{t('What people can do')} ({t('optional')})", told.advice)
        left, right = st.columns(2)
        with left:
            form.day("authority_told_on", f"{t('Authority told')} ({t('optional')})", told.authority_told_on)
        with right:
            form.day("people_told_on", f"{t('People told')} ({t('optional')})", told.people_told_on)
        form.area("why_untold", f"{t('Why the people are not told')} ({t('optional')})", told.why_untold)
        if seen:
            form.submit(t("Save"), incidents.edit, incident_id=seen.id)
        else:
            form.submit(t("Write down"), incidents.record)
