"""One decision as it is read everywhere: what, who, until when, how it stands, and what it led to."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_address import open_case
from components.case_texts import literal
from components.decision_labels import COLOURS, carried, label, who_owes
from components.duty_labels import is_missing
from components.forms import plain
from components.meeting_labels import named
from components.words import day, t
from db.rules.meetings.words import Became, DecisionState

Row = Mapping[str, Any]


def show(row: Row, *, key: str, of_meeting: bool = True) -> None:
    """The decision; `of_meeting` says which meeting made it. The case it names opens in this tab."""
    st.markdown(f"**{literal(row['text'])}**")
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-facts"):
        st.badge(label("state", row["state"]), color=COLOURS[row["state"]])
        st.markdown(f":material/person: {plain(who_owes(row))}", width="content")
        _due(row)
        if said := carried(int(row["carried"])):
            st.badge(said, color="orange", icon=":material/redo:")
        if row["became"]:
            number = f" {row['became_number']}" if row["became_number"] else ""
            st.badge(f"{label('became', row['became'])}{number}", color="violet", icon=":material/arrow_forward:")
        opens: dict[str, Any] = {"key": f"{key}-case", "type": "tertiary", "icon": ":material/description:"}
        if row["case_number"] and st.button(str(row["case_number"]), **opens):
            open_case(int(row["case_id"]))
    told = [named(row["kind"], row["kind_en"]) + " " + day(row["decided_at"])] if of_meeting else []
    told += [t("settled {day} by {who}", day=day(row["settled_at"]), who=row["settled_by"] or "–")] * settled(row)
    if told or row["note"]:
        head = f":gray[{plain(' · '.join(told))}]" if told else ""
        st.markdown("  \n".join(part for part in (head, literal(row["note"]) if row["note"] else "") if part))


def settled(row: Row) -> bool:
    """Whether it is done or dropped."""
    return bool(row["state"] != DecisionState.OPEN)


def leads_nowhere(row: Row) -> bool:
    """Whether it is open and led to nothing yet."""
    return not settled(row) and row["became"] not in set(Became)


def _due(row: Row) -> None:
    days = row["days_left"]
    if is_missing(row["due_on"]):
        return
    late = not is_missing(days) and int(days) < 0
    said = t("was due {day}", day=day(row["due_on"])) if late else t("due {day}", day=day(row["due_on"]))
    st.markdown(f":{'red' if late else 'gray'}[:material/event: {plain(said)}]", width="content")
