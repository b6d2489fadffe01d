"""Everything that happened to a case, newest first; what the resident reads looks different from what stays inside."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from components.case_labels import label
from components.case_texts import quoted, unit_of
from components.forms import plain
from components.words import day, language, moment, t
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import CaseView

SHOWN_FIRST = 12


def timeline(actor: Actor, seen: CaseView) -> None:
    """The latest lines, and all of them when asked for."""
    asked = f"whole-timeline:{seen.id}"
    everything = bool(st.session_state.get(asked))
    rows = cases.timeline(actor, case_id=seen.id) if everything else seen.timeline
    newest = rows[::-1] if everything else rows[::-1][:SHOWN_FIRST]
    for row in newest:
        st.markdown(line(row))
    if seen.timeline_rows > len(newest):
        st.button(
            t("Show all {n} lines", n=seen.timeline_rows), key=f"all-lines-{seen.id}", on_click=_show, args=(asked,)
        )


def _show(key: str) -> None:
    st.session_state[key] = True


def line(row: Mapping[Any, Any]) -> str:
    """One line of a timeline: what, when, who, and what was said."""
    acted = row["person"] or ""
    if row["detail"].get("for_name"):
        acted = t("{who} for {absent}", who=acted, absent=row["detail"]["for_name"])
    who = " · ".join(plain(part) for part in (acted, unit_of(row)) if part)
    head = f"**{plain(label('step', row['step']))}** :gray[{plain(moment(row['at']))}{' · ' + who if who else ''}]"
    parts = [head]
    if row["from_state"] and row["from_state"] != row["to_state"]:
        parts.append(f":gray[{plain(label('state', row['from_state']))} → {plain(label('state', row['to_state']))}]")
    if details := _details(row["detail"]):
        parts.append(details)
    if row["text"]:
        audience = t("the resident reads this") if row["public"] else t("internal")
        badge = (
            f":blue-badge[:material/record_voice_over: {audience}]"
            if row["public"]
            else f":gray-badge[:material/lock: {audience}]"
        )
        parts.append(f"{badge}\n\n{quoted(row['text'])}")
    return "  \n".join(parts)


def _details(detail: Mapping[str, Any]) -> str:
    """What a step said beside its words."""
    said = []
    if detail.get("meeting"):
        said.append(t("decided in: {meeting}", meeting=_meeting(detail)))
    if detail.get("undone"):
        said.append(t("taken back"))
    if detail.get("unit_name"):
        said.append(f"{t('Lead unit')}: {detail['unit_name']}")
    if detail.get("co_names"):
        said.append(f"{t('Co-handling units')}: {', '.join(detail['co_names'])}")
    if detail.get("person_name"):
        said.append(f"{t('Person')}: {detail['person_name']}")
    if detail.get("number"):
        said.append(str(detail["number"]))
    if detail.get("days"):
        said.append(t("{n} days", n=detail["days"]))
    for kind in ("outcome", "satisfaction", "solved", "decision", "how"):
        if detail.get(kind):
            said.append(label(kind, detail[kind]))
    if "before" in detail and "after" in detail:
        said += [_changed(name, detail["before"].get(name), after) for name, after in detail["after"].items()]
    return " · ".join(plain(line) for line in said)


def _meeting(detail: Mapping[str, Any]) -> str:
    """The meeting a change was decided in, and its day."""
    name = (detail.get("meeting_en") if language() == "en" else "") or detail["meeting"]
    return f"{name} {day(date.fromisoformat(detail['meeting_on']))}"


def _changed(name: str, before: object, after: object) -> str:
    kind = "grade" if name == "grade" else ""
    was, becomes = (label(kind, value) if kind else str(value or "–")[:200] for value in (before, after))
    return f"{label('field', name)}: {was} → {becomes}"
