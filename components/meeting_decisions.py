"""What a meeting decides: written down while it is open, corrected until it is closed, carried out from here."""

from typing import Any

import streamlit as st

from components import decision_becoming, decision_card, decision_settle
from components.decision_labels import owner_names
from components.decision_settle import REWORD, afresh
from components.forms import press
from components.kept_forms import KeptForm
from components.meeting_labels import label
from components.tables import unit_names
from components.words import t
from db.rules.meetings.deciding import LONGEST_TEXT
from db.rules.meetings.words import State
from db.rules.permissions import Actor
from db.services import units
from db.services.duty.rows import records
from db.services.meetings import deciding, decisions
from db.services.meetings.agenda import topics
from db.services.meetings.keeping import Seen


def show(actor: Actor, seen: Seen) -> None:
    """Every decision of the meeting, and the form of the next one."""
    found = records(decisions.of_meeting(actor, meeting_id=seen.id))
    open_now = seen.keeps and seen.state == State.OPEN
    if not found and not open_now:
        said = t("Nothing is decided yet. Decisions are written down once the meeting is open.")
        st.info(said, icon=":material/gavel:")
    for row in found:
        if row["removed"]:
            _removed(seen, row)
            continue
        with st.container(border=True, key=f"decision-{row['id']}"):
            decision_card.show(row, key=f"decision-{row['id']}", of_meeting=False)
            _acts(actor, seen, row)
    if open_now:
        _new(actor, seen)


def _acts(actor: Actor, seen: Seen, row: dict[str, Any]) -> None:
    """What may be done with one: carried out, settled, corrected, removed."""
    with st.expander(t("Carry out, settle or correct"), key=f"decision-acts-{row['id']}", on_change="rerun") as part:
        if not part.open:
            return
        if decision_card.leads_nowhere(row):
            decision_becoming.show(actor, row)
        decision_settle.show(row)
        if seen.keeps and not decision_card.settled(row):
            _correct(actor, row)
            if not row["became"]:
                press("decisions.remove", t("Remove"), deciding.remove, record=row["id"], **_seen(row, "delete"))


def _correct(actor: Actor, row: dict[str, Any]) -> None:
    behind = f"decision-acts-{row['id']}"
    with KeptForm(REWORD, record=row["id"], version=int(row["version"]), behind=behind) as form:
        _fields(actor, form, row)
        form.submit(t("Correct"), afresh(deciding.reword), main=False, decision_id=int(row["id"]))


def _removed(seen: Seen, row: dict[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"decision-removed-{row['id']}"):
        st.text(t("Removed: {text}", text=row["text"]), width="stretch")
        if seen.keeps:
            press("decisions.restore", t("Restore"), deciding.restore, record=row["id"], **_seen(row, "undo"))


def _seen(row: dict[str, Any], icon: str) -> dict[str, Any]:
    return {"decision_id": int(row["id"]), "version": int(row["version"]), "icon": f":material/{icon}:"}


def _new(actor: Actor, seen: Seen) -> None:
    st.subheader(t("Write down a decision"), anchor=False)
    every = records(topics.standing(actor, meeting_id=seen.id))
    lines = {int(line["id"]): line["title"] or label("topic", line["code"]) for line in every}
    with KeptForm("decisions.decide", record=seen.id) as form:
        _fields(actor, form, {})
        form.choose("topic_id", t("Line of the agenda"), lines)
        form.submit(t("Write it down"), deciding.decide, meeting_id=seen.id)


def _fields(actor: Actor, form: KeptForm, row: dict[str, Any]) -> None:
    """What, who, until when, and the matter it is about."""
    people, named = owner_names(actor), unit_names(units.units(actor))
    form.area("text", t("What was decided"), str(row.get("text") or ""), height=90, max_chars=LONGEST_TEXT)
    columns = st.columns([2, 2, 1])
    with columns[0]:
        form.choose("owner_id", t("Person who owes it"), people, row.get("owner_id"))
    with columns[1]:
        form.choose("unit_id", t("Unit that owes it"), named, row.get("unit_id"))
    with columns[2]:
        form.day("due_on", t("Until"), row.get("due_on"))
    columns = st.columns([1, 3])
    with columns[0]:
        form.text("case_number", t("Number of the matter"), str(row.get("case_number") or ""), max_chars=40)
    with columns[1]:
        form.text("note", t("Note"), str(row.get("note") or ""), max_chars=LONGEST_TEXT)
