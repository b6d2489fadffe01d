"""Enquiries, sessions and caucuses: read with their paragraphs, written without a limit, kept while typing."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_texts import fact
from components.dispute_labels import label, labels
from components.dispute_progress import standing
from components.dispute_sheet import ask, closing, is_open, menu, opener, sheet
from components.dispute_texts import LINE, local, parties
from components.forms import plain
from components.kept_forms import KeptForm
from components.words import day, t
from db.rules.mediation.words import SessionKind
from db.rules.permissions import Actor
from db.services.mediation import sessions
from db.services.mediation.read import DisputeView

Record = Mapping[str, Any]
ICONS = {"enquiry": ":material/search:", "session": ":material/groups:", "caucus": ":material/lock:"}


def show(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001 - every part is drawn alike
    """What was recorded, in the order it was held, and a form for the next."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"sessions-acts-{seen.id}"):
        if seen.may_keep:
            opener(seen, t("Write down a session"), "session", icon=":material/edit_note:")
    with st.container(key=f"session-new-{seen.id}"):
        if is_open(seen.id, "session"):
            with sheet(seen, t("Write down a session"), "session"):
                _form(seen, None)
    if not seen.sessions:
        st.info(t("Nothing recorded yet. An enquiry needs the acceptance, a session the consent of both sides."))
    for place, row in enumerate(seen.sessions, start=1):
        _record(seen, row, last=place == len(seen.sessions))


def _record(seen: DisputeView, row: Record, *, last: bool) -> None:
    """One record: its day and people, then its words."""
    with st.expander(_title(row), icon=ICONS.get(row["kind"]), expanded=last, key=f"session-{row['id']}"):
        if row["kind"] == SessionKind.CAUCUS:
            st.badge(t("only its mediators see this"), icon=":material/lock:", color="violet")
        lines = [
            (t("Present"), t(", ").join(row["party_names"])),
            (t("Mediators"), t(", ").join(row["mediator_names"])),
            (t("Invited participants"), row["invited"]),
            (t("Recorder"), row["recorder"]),
        ]
        lines += [(t("Open to others"), t("Yes"))] if row["open_to_others"] else []
        about = " ".join(f":gray[{plain(name)}] {plain(value)}  \n" for name, value in lines if value)
        st.markdown(about)
        for name, words in _words(row):
            st.markdown(fact(name, words))
        if seen.may_keep:
            menu(
                seen, {"edit_session": t("Edit"), "remove_session": t("Take out of the file")}, row["id"], of="session"
            )
        with st.container(key=f"session-forms-{row['id']}"):
            if is_open(seen.id, "edit_session", row["id"]):
                with sheet(seen, t("Edit the record"), "edit_session", row["id"]):
                    _form(seen, row)
            elif is_open(seen.id, "remove_session", row["id"]):
                _remove(seen, row)


def _title(row: Record) -> str:
    hours = "–".join(f"{at:%H:%M}" for at in (local(row["held_at"]), local(row["ended_at"])) if at is not None)
    parts = (label("session", row["kind"]), day(row["held_on"]), hours, row["place"])
    return " · ".join(plain(part) for part in parts if part)


def _words(row: Record) -> list[tuple[str, str]]:
    named = [
        (t("What the parties were told"), row["notices"]),
        (t("Statements of the parties"), row["statements"]),
        (t("Facts checked"), row["checked"]),
        (t("Result of the session"), row["result"]),
    ]
    return [(name, words) for name, words in named if words]


def _form(seen: DisputeView, row: Record | None) -> None:
    """The fields of forms 8 and 10, in the order they are filled in."""
    says: Record = row or {}
    begins, ends = local(says.get("held_at")), local(says.get("ended_at"))
    with KeptForm(
        f"dispute:{seen.id}:session" if row is None else f"dispute:{seen.id}:edit_session",
        record="" if row is None else row["id"],
        version=None if row is None else int(row["version"]),
        border=False,
        subject=str(seen.fields["number"]),
        label=t("Session"),
    ) as form:
        left, right = st.columns(2)
        with left:
            form.choose("kind", t("What it was"), labels("session"), says.get("kind", SessionKind.SESSION))
            form.day("held_on", t("Day"), begins.date() if begins else seen.today, max_value=seen.today)
            form.time("held_time", t("Begun at"), begins and begins.time())
            form.time("ended_time", t("Ended at"), ends and ends.time())
            form.text("place", t("Place"), says.get("place", ""), max_chars=LINE)
        with right:
            everybody = parties(seen)
            form.choose_many("present", t("Parties present"), everybody, says.get("present", tuple(everybody)))
            names = {int(one["mediator_id"]): str(one["name"]) for one in seen.mediators}
            on_file = tuple(int(one["mediator_id"]) for one in standing(seen))
            form.choose_many("mediators", t("Mediators"), names, says.get("mediators", on_file))
            form.text("recorder", t("Recorder"), says.get("recorder", ""), max_chars=LINE)
            form.area("invited", t("Invited participants (none of the above)"), says.get("invited", ""), height=80)
            form.tick("open_to_others", t("Open to others"), bool(says.get("open_to_others")))
        st.caption(t("The words of a caucus are seen by its mediators only and are never printed."))
        form.area("notices", t("What the parties were told"), says.get("notices", ""), height=100)
        form.area("statements", t("Statements of the parties"), says.get("statements", ""), height=280)
        form.area("checked", t("Facts checked"), says.get("checked", ""), height=140)
        form.area("result", t("Result, or why there was none"), says.get("result", ""), height=100)
        if row is None:
            form.submit(t("Save the record"), closing(seen.id, sessions.add_session), dispute_id=seen.id)
        else:
            act = closing(seen.id, sessions.edit_session)
            form.submit(t("Save the record"), act, dispute_id=seen.id, session_id=int(row["id"]))


def _remove(seen: DisputeView, row: Record) -> None:
    ask(
        seen,
        t("Take this record out of the file? It can be put back under “What happened”."),
        t("Take out of the file"),
        sessions.remove_session,
        "remove_session",
        row["id"],
        dispute_id=seen.id,
        session_id=int(row["id"]),
        version=int(row["version"]),
    )
