"""Leave, unavailable days and wishes of a duty's people: listed, entered and taken back."""

from datetime import timedelta
from typing import Any

import streamlit as st

from components import duty_import
from components.duty_labels import days_told, label, labels
from components.duty_parts import names_of, stands, take_back
from components.kept_forms import KeptForm
from components.tables import table
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.problems import Check
from db.services.duty import absences, members
from db.services.duty.describing import DutyView
from db.services.duty.rows import records

AHEAD = timedelta(days=366)


def show(actor: Actor, seen: DutyView) -> None:
    """What is entered from some day on, and the forms of who plans the duty."""
    today = clock.today(current().settings.timezone)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        since = st.date_input(t("From this day on"), today, format="YYYY-MM-DD", key="leave:since", width=170) or today
        removed = seen.may_plan and st.toggle(t("Also what was taken back"), key="leave:removed")
    found = absences.absences(actor, duty_id=seen.id, from_on=since, until_on=since + AHEAD, removed=bool(removed))
    shifts = names_of(seen.shifts)
    if found.empty:
        st.info(t("No leave and no wish from this day on. A rota plans nobody on days of leave."))
    else:
        columns = {"member": t("Name"), "kind": t("Kind"), "from_on": t("From"), "until_on": t("Until")}
        columns |= {"shift_id": t("Shift"), "weight": t("Weight"), "reason": t("Reason")}
        columns |= {"removed": t("State")} if removed else {}
        shows = {"kind": lambda code: label("absence", code), "from_on": day, "until_on": day, "removed": stands}
        table(found, columns, shows=shows | {"shift_id": lambda one: shifts.get(one, t("All shifts"))})
    if not seen.may_plan or not seen.active:
        return
    _add_form(actor, seen)
    duty_import.show(actor, seen, duty_import.LEAVE)
    names = {
        int(row["id"]): f"{row['member']} · {label('absence', row['kind'])} · "
        f"{days_told(row['from_on'], row['until_on'])}"
        for row in records(found)
    }
    acts = (absences.remove_absence, absences.restore_absence)
    take_back("absence", found, names, acts)


def _add_form(actor: Actor, seen: DutyView) -> None:
    names = members.member_names(actor, duty_id=seen.id)
    if not names:
        st.caption(t("Enter the people first."))
        return
    shifts = {None: t("All shifts")} | names_of(seen.shifts[seen.shifts["active"].astype(bool)])
    with st.expander(t("Enter leave or a wish"), icon=":material/event_busy:"):
        form = KeptForm("absences.add", record=seen.id, border=False)
        with form:
            left, right = st.columns(2)
            with left:
                form.choose("member_id", t("Name"), names)
                form.choose("kind", t("Kind"), labels("absence"), "leave")
                form.choose("shift_id", t("Shift"), shifts)
            with right:
                form.day("from_on", t("From"))
                form.day("until_on", t("Until (empty: one day)"))
                form.number("weight", t("Weight of a wish"), 1, min_value=1)
            form.text("reason", t("Reason (optional; only planners and the person see it)"))
            form.submit(t("Enter"), add_absence)


def add_absence(actor: Actor, *, member_id: int | None, **days: Any) -> int:
    """Enter days of a member who must be named."""
    check = Check()
    check.that(member_id is not None, "member_id", "Choose a member.")
    check.done()
    return absences.add_absence(actor, member_id=member_id or 0, **days)
