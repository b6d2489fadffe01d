"""What a desk shows: what needs me today, what I began, what I did last, and the figures of my unit."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from components import backups, charts
from components.case_address import open_case, open_list
from components.case_labels import label
from components.case_table import table
from components.due_rows import groups
from components.forms import plain
from components.words import moment, number, t
from db.rules.permissions import Actor, Permission
from db.services import calendar, cases, figures, journal
from db.services.cases import Tab

COLUMNS = ("number", "tab", "subject", "left", "state", "lead_unit", "handler")


def needs_me(actor: Actor) -> None:
    """Every case that waits for this person's step: overdue, due soon, later."""
    rows = cases.waiting(actor)
    st.subheader(t("What needs me"), anchor=False)
    if rows.empty:
        st.info(t("Nothing waits for you. Everything that needed you is done."), icon=":material/done_all:")
        _go_on(actor)
        return
    for code, name, colour, part in groups(rows):
        st.markdown(f":{colour}[**{plain(name)}**] :{colour}-badge[{len(part)}]")
        told = part.assign(tab=[label("tab", tab) for tab in part["tab"]])
        table(actor, told, key=f"desk-{code}", columns=COLUMNS)


def _go_on(actor: Actor) -> None:
    with st.container(horizontal=True, key="desk-go-on"):
        if actor.may(Permission.INTAKE_REGISTER) and st.button(
            t("Take in a matter"), key="desk-take-in", type="primary"
        ):
            st.switch_page("pages/intake/take_in.py")
        if st.button(t("To the list of cases"), key="desk-to-list"):
            open_list()


def done_lately(actor: Actor) -> None:
    """The last things I did; a click opens the case."""
    rows = cases.done_lately(actor)
    if rows.empty:
        return
    st.subheader(t("What I did last"), anchor=False)
    told = {
        t("When"): [moment(at) for at in rows["at"]],
        t("What"): [label("step", step) for step in rows["step"]],
        t("Number"): rows["number"],
        t("Subject"): rows["subject"],
    }
    chosen = st.dataframe(
        pd.DataFrame(told),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key="desk-done",
        alt=t("What I did last; press Enter on one to open it"),
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(rows):
        open_case(int(rows["case_id"].iloc[cells[0][0]]))


def numbers(actor: Actor) -> None:
    """Figures of my unit or the office, each opening its cases, and twelve weeks as bars."""
    told = figures.desk(actor)
    st.subheader(t("Figures of the office") if told.whole_office else t("Figures of my unit"), anchor=False)
    opens = actor.may(Permission.CASES_READ)
    monday = str(told.weekly["week"].iloc[-1])
    shown: list[tuple[str, int | None, dict[str, str]]] = [
        (t("Open"), told.open, {"tab": Tab.OPEN}),
        (t("Overdue"), told.overdue, {"tab": Tab.OVERDUE}),
        (t("Due soon"), told.due_soon, {"tab": Tab.DUE_SOON}),
        (t("New this week"), told.registered, {"tab": Tab.ALL, "received_from": monday}),
        (t("Closed this week"), told.closed, {"tab": Tab.ALL, "closed_from": monday}),
    ]
    for place, (column, (name, value, asked)) in enumerate(zip(st.columns(len(shown)), shown, strict=True)):
        with column.container(border=True, key=f"figure-{place}"):
            st.metric(name, t("1 or 2") if value is None else number(value))
            if opens and st.button(t("Show"), key=f"show-{place}", type="tertiary", icon=":material/arrow_forward:"):
                open_list(**asked)
    _weeks(told.weekly)


def _weeks(weekly: pd.DataFrame) -> None:
    came, went = t("Registered"), t("Closed")
    rows: list[dict[str, object]] = [
        {"at": _week(row["week"]), "what": name, "n": None if pd.isna(row[column]) else int(row[column])}
        for _, row in weekly.iterrows()
        for column, name in (("registered", came), ("closed", went))
    ]
    total = {name: sum(int(r["n"] or 0) for r in rows if r["what"] == name) for name in (came, went)}  # type: ignore[call-overload]
    described = t(
        "Registered and closed cases per week, last 12 weeks: {came} registered, {went} closed",
        came=total[came],
        went=total[went],
    )
    charts.chart(
        charts.paired_bars(came, went, t("Week from"), t("Cases")), rows, alt=described, key="desk-weeks", height=240
    )
    said = t("Registered and closed per week, last 12 weeks.")
    if weekly["registered"].isna().any() or weekly["closed"].isna().any():
        said += " " + t("Numbers of 1 or 2 are not shown to readers of figures.")
    st.caption(said)


def _week(monday: date) -> str:
    return f"{monday:%m-%d}"


def upkeep(actor: Actor) -> None:
    """What an administrator or auditor looks after."""
    if actor.may(Permission.CALENDAR_MANAGE):
        years: Mapping[int, int] = calendar.unknown_years(actor)
        for year, count in years.items():
            message = t("{year}: no official days off yet; {n} due days are provisional.", year=year, n=count)
            st.warning(message, icon=":material/calendar_month:")
        if not years:
            st.success(t("The working calendar knows every year cases fall due in."), icon=":material/check:")
        st.page_link("pages/office/calendar.py", label=t("Working calendar"), icon=":material/calendar_month:")
    if actor.may(Permission.BACKUPS_MANAGE):
        backups.on_desk(actor)
    if actor.may(Permission.PEOPLE_MANAGE):
        st.page_link("pages/office/people.py", label=t("People"), icon=":material/group:")
    if actor.may(Permission.JOURNAL_READ):
        checks = journal.entries(actor, event="journal_verified").rows
        if checks.empty:
            st.warning(t("The journal has never been verified."), icon=":material/history:")
        else:
            row = checks.iloc[0]
            st.success(t("Journal last verified {time} by {who}.", time=moment(row["at"]), who=row["actor"]))
        st.page_link("pages/records/journal.py", label=t("Journal"), icon=":material/history:")
