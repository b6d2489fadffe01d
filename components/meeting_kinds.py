"""Kinds of meetings: the list, a new one, and one of them to correct, retire and restore."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, saved_by
from components.due_rows import clicked
from components.duty_labels import weekdays
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.meeting_labels import label, labels, named, said_of
from components.shown_lists import export_shown
from components.words import N_, day, moment, t
from db import clock
from db.engine import current
from db.rules.meetings.kinds import CHOSEN
from db.rules.meetings.rhythm import LAST_DAY
from db.rules.meetings.words import AttendedBy, Rhythm
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.meetings import kinds

ID = "id"
USUAL = 7
_OPENED, _MADE = "kinds_opened", "kinds_made"
_FIELDS: Mapping[str, str] = {
    "name": N_("Name"),
    "name_en": N_("Name in English (optional)"),
    "source": N_("Source"),
    "rhythm": N_("How often it is held"),
    "weekday": N_("Weekday"),
    "day": N_("Day"),
    "begins_on": N_("Due days count from"),
    "attended_by": N_("Who attends"),
    "about": N_("Counts as"),
    "topics": N_("Topics"),
    "active": N_("In use"),
}
Row = Mapping[str, Any]


def asked_for(found: pd.DataFrame) -> Row | None:
    """The kind of ?id=, or None when the address names none that exists."""
    wanted = asked.number_of(st.query_params.get(ID))
    return next((row for row in records(found) if row["id"] == wanted), None)


def overview(found: pd.DataFrame) -> None:
    """Every kind in a line; a click opens it."""
    rows, config = records(found), st.column_config
    told = pd.DataFrame(
        {
            "id": found["id"],
            "name": [named(row["name"], row["name_en"]) for row in rows],
            "rhythm": [said_of(row["rhythm"], row["weekday"], row["day"]) for row in rows],
            "who": [label("attended_by", row["attended_by"]) for row in rows],
            "about": [label("about", row["about"]) if row["about"] else "" for row in rows],
            "topics": [len(row["topics"]) for row in rows],
            "state": [t("In use") if row["active"] else t("Retired") for row in rows],
            "source": found["source"],
        }
    )
    columns: dict[str, Any] = {
        "name": config.TextColumn(t("Kind of meeting"), width=190),
        "rhythm": config.TextColumn(t("How often it is held"), width=215),
        "who": config.TextColumn(t("Who attends"), width=155),
        "about": config.TextColumn(t("Counts as"), width=108),
        "topics": config.NumberColumn(t("Topics"), width=60),
        "state": config.TextColumn(t("State"), width=80),
        "source": config.TextColumn(t("Source"), width=240),
    }
    if found["active"].all():
        del columns["state"]
    export_shown("meeting-kinds", t("Kinds of meetings"), told, columns)
    opened = st.session_state.setdefault(_OPENED, 0)
    place = clicked(told, columns, key=f"kinds:{opened}", alt=t("Kinds of meetings; press Enter on one to open it"))
    if place is not None:
        # The browser keeps a table's selection: back from one, the list must be another table.
        st.session_state[_OPENED] = opened + 1
        _open(int(found["id"].iloc[place]))


def usual(found: pd.DataFrame) -> None:
    """The usual kinds, for an office that has not got all of them."""
    if len(found[~found["code"].astype(str).str.startswith("own_")]) < USUAL:
        press("kinds.usual", t("Add the usual kinds"), kinds.add_usual, icon=":material/playlist_add:")


def adding(*, expanded: bool) -> None:
    """A new kind."""
    with st.expander(t("Add a kind of meeting"), icon=":material/add:", expanded=expanded, key="kinds-add"):
        form = KeptForm("kinds.add", border=False)
        with form:
            _fields(form, None)
            form.submit(t("Add"), kinds.add_kind)
        if form.result is not None and st.session_state.get(_MADE) != form.result:
            st.session_state[_MADE] = form.result
            _open(int(form.result))


def one(actor: Actor, row: Row) -> None:
    """A kind with its form, taking it out of use, and who changed what."""
    st.button(
        t("All kinds"), key="all-kinds", icon=":material/arrow_back:", type="tertiary", on_click=st.query_params.clear
    )
    st.subheader(plain(named(row["name"], row["name_en"])), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(said_of(row["rhythm"], row["weekday"], row["day"]), color="blue")
        if not row["active"]:
            st.badge(t("Retired"), color="gray")
        if row["rhythm"] != Rhythm.AS_NEEDED:
            st.markdown(f":gray[{plain(t('Due days count from {day}', day=day(row['begins_on'])))}]", width="content")
    saved_by.show(actor, "meeting_kind", int(row["id"]))
    which: dict[str, Any] = {"kind_id": int(row["id"])}
    with KeptForm("kinds.edit", record=row["id"], version=int(row["version"])) as form:
        _fields(form, row)
        form.submit(t("Save"), kinds.edit_kind, **which)
    act = kinds.retire_kind if row["active"] else kinds.restore_kind
    said = t("Retire") if row["active"] else t("Restore")
    press(f"kinds.{act.__name__}", said, act, record=row["id"], version=int(row["version"]), **which)
    st.caption(t("Of a retired kind nothing more is due; meetings held stay."))
    _history(actor, int(row["id"]))


def _fields(form: Form, row: Row | None) -> None:
    """What is said of a kind; which of weekday and day counts follows from how often it is held."""
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), row["name"] if row else "", max_chars=60)
    with right:
        form.text("name_en", t("Name in English (optional)"), row["name_en"] if row else "")
    left, middle, right = st.columns(3)
    with left:
        form.choose(
            "rhythm", t("How often it is held"), labels("rhythm"), row["rhythm"] if row else Rhythm.WEEKLY.value
        )
    with middle:
        form.choose("weekday", t("Weekday, when every week"), weekdays(), row["weekday"] if row else 0)
    with right:
        hint = t("Of the month, the half month, or a quarter's last month; in a shorter one its last day.")
        most = max(LAST_DAY.values())
        form.number(
            "day", t("Day, when less often"), _number(row), min_value=1, max_value=most, help=hint, placeholder="–"
        )
    left, middle, right = st.columns(3)
    with left:
        whose = row["attended_by"] if row else AttendedBy.PEOPLE.value
        form.choose("attended_by", t("Who attends"), labels("attended_by"), whose)
    with middle:
        form.choose("about", t("Attendance of units counts as"), labels("about"), row["about"] if row else "")
    with right:
        today = clock.today(current().settings.timezone)
        hint = t("Nothing before this day is due or missed.")
        form.day("begins_on", t("Due days count from"), row["begins_on"] if row else today, help=hint)
    topics = {code.value: label("topic", code) for code in CHOSEN}
    form.choose_many("topics", t("The agenda begins with"), topics, row["topics"] if row else ())
    form.text("source", t("Source (optional)"), row["source"] if row else "", max_chars=200)


def _number(row: Row | None) -> int | None:
    return int(row["day"]) if row and row["day"] is not None else None


def _history(actor: Actor, kind_id: int) -> None:
    """Who changed what, newest first."""
    with st.expander(t("Who changed what"), icon=":material/history:", key="kind-history", on_change="rerun") as part:
        if not part.open:
            return
        for change in records(kinds.history(actor, kind_id=kind_id)):
            fields = t(", ").join(t(_FIELDS[name]) for name in change["fields"] if name in _FIELDS)
            what = t("Added") if change["event"] == "insert" else fields
            st.markdown(f"**{plain(change['who'])}** :gray[{plain(moment(change['at']))}]  \n{plain(what)}")


def _open(kind_id: int) -> None:
    st.query_params[ID] = str(kind_id)
    st.rerun()
