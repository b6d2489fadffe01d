"""Who came: every unit or member of staff in a grid, or all of them in one click that can be taken back."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked, everybody
from components.grids import edit_grid
from components.meeting_labels import label, labels, named
from components.tables import table
from components.words import number, t
from db.rules.meetings.words import AttendedBy, Standing, State
from db.rules.permissions import Actor
from db.rules.scoring.works import MOST_PERSONS
from db.services.duty.rows import records
from db.services.meetings import attending, people
from db.services.meetings.keeping import Seen

GRID_ROWS = 100
SHOWN_WHOLE = 25
COLOURS: Mapping[str, Any] = {Standing.PRESENT: "green", Standing.EXCUSED: "gray", Standing.ABSENT: "red"}


def show(actor: Actor, seen: Seen) -> None:
    """The numbers, the click for everybody and the grid; to read where nothing may be changed now."""
    every = attending.roll(actor, meeting_id=seen.id)
    edits = seen.keeps and seen.state == State.OPEN
    with st.container(horizontal=True, vertical_alignment="center", key=f"attendance-tools-{seen.id}"):
        _numbers(every)
        st.space("stretch")
        if edits:
            everybody.take_back(f"attendance:{seen.id}", attending.attend, meeting_id=seen.id)
            _everybody_button(seen, every)
    if every.empty:
        st.info(
            t("Nobody's attendance is kept: no unit or nobody of the staff is in use."), icon=":material/group_off:"
        )
    elif edits:
        _grid(actor, seen, every)
    else:
        if seen.state == State.PLANNED:
            st.caption(t("Attendance is entered once the meeting is open."))
        told(every, seen.attended_by)


def told(rows: pd.DataFrame, attended_by: str) -> None:
    """Who stood how, to read: rows of attending.ROLL."""
    shown = rows.assign(
        name=[named(row["name"], row["name_en"]) for row in records(rows)],
        standing=[label("standing", code) for code in rows["standing"]],
        persons=pd.array([persons or None for persons in rows["persons"]], dtype="Int64"),
    )
    columns = {"name": _whose(attended_by), "standing": t("Standing")}
    columns |= {"persons": t("People absent")} if shown["persons"].notna().any() else {}
    columns |= {"approved_by": t("Excuse approved by")} if (shown["approved_by"] != "").any() else {}
    table(pd.DataFrame(shown), columns | {"note": t("Note")}, key="attendance-told")


def _whose(attended_by: str) -> str:
    return t("Unit") if attended_by == AttendedBy.UNITS else t("Person")


def _numbers(every: pd.DataFrame) -> None:
    for code, words in labels("standing").items():
        n = int((every["standing"] == code).sum())
        if n:
            st.badge(f"{words} {number(n)}", color=COLOURS[code])
    silent = int((every["standing"] == "").sum())
    if silent:
        st.badge(t("{n} not said yet", n=number(silent)), color="orange")


def _grid(actor: Actor, seen: Seen, every: pd.DataFrame) -> None:
    pages = -(-len(every) // GRID_ROWS)
    page = st.pagination(pages, key=f"attendance-page-{seen.id}-{pages}") if pages > 1 else 1
    part = every.iloc[(page - 1) * GRID_ROWS : page * GRID_ROWS]
    of_units = seen.attended_by == AttendedBy.UNITS
    names, leaders, config = labels("standing"), people.leaders(actor), st.column_config
    columns: dict[str, Any] = {
        "name": config.TextColumn(_whose(seen.attended_by), width=190),
        "standing": config.SelectboxColumn(
            t("Standing"), options=list(names), format_func=lambda code: names.get(str(code), str(code)), width=120
        ),
    }
    if of_units:
        columns["persons"] = config.NumberColumn(
            t("People absent"), min_value=0, max_value=MOST_PERSONS, step=1, width=110
        )
    columns["approved_by_id"] = config.SelectboxColumn(
        t("Excuse approved by"),
        options=list(leaders),
        format_func=lambda person_id: leaders.get(int(person_id), str(person_id)),
        width=150,
    )
    columns["note"] = config.TextColumn(t("Note"), max_chars=200, width=260)
    frame = part.assign(
        name=[named(row["name"], row["name_en"]) for row in records(part)],
        standing=part["standing"].replace("", None),
        persons=pd.array([persons or None for persons in part["persons"]], dtype="Int64"),
    ).set_index("id")
    edit_grid(
        f"meetings.attendance:{seen.id}",
        frame,
        editable=tuple(name for name in attending.QUICK if name in columns),
        config=columns,
        save=attending.attend,
        label="name",
        height="content" if len(frame) <= SHOWN_WHOLE else "auto",
        at={asked.PART: "attendance"},
        meeting_id=seen.id,
    )


def _everybody_button(seen: Seen, every: pd.DataFrame) -> None:
    """Everybody was present; gone when everybody is."""
    if (every["standing"] == Standing.PRESENT).all():
        return
    versions = {int(one): int(version) for one, version in zip(every["id"], every["version"], strict=True)}
    named_so, act = f"attendance:{seen.id}", attending.everybody
    everybody.click(named_so, t("Everybody present"), versions, act, _present, meeting_id=seen.id)


def _present(n: int) -> str:
    return t("{n} marked as present.", n=number(n))
