"""One record opened in an emergency: the form with its warning, then the record without a single act."""

import streamlit as st

from components import (
    case_body,
    case_timeline,
    dispute_agreement,
    dispute_head,
    dispute_history,
    dispute_matter,
    dispute_obligations,
    dispute_sessions,
)
from components.asked import number_of
from components.dispute_labels import label
from components.forms import plain
from components.kept_forms import KeptForm
from components.words import N_, moment, t
from db.rules.emergency import SHORTEST_REASON, Register
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.services import emergency
from db.services.cases import CaseView
from db.services.mediation.read import DisputeView

ID = "reading"
REGISTERS = {Register.CASES: N_("Cases"), Register.DISPUTES: N_("Disputes")}


def show(actor: Actor) -> None:
    """The record named by ?reading=, while its time lasts; otherwise the form."""
    asked = number_of(st.query_params.get(ID))
    if asked is None or not _opened(actor, asked):
        _form()


def _form() -> None:
    st.warning(
        t("Administrators read no records. When something can't wait, you may open one: the director is told at once."),
        icon=":material/emergency_home:",
    )
    with KeptForm("emergency.open", label=t("Emergency reading")) as form:
        form.choose("register", t("Where the record is kept"), {one.value: t(REGISTERS[one]) for one in Register})
        form.text("number", t("Number"), placeholder="2026-000001")
        form.area("reason", t("Why it can't wait (at least {n} characters)", n=SHORTEST_REASON))
        form.submit(t("Open it; the director is told"), emergency.open_record)
    if form.result is not None:
        st.query_params[ID] = str(form.result)
        st.rerun()


def _opened(actor: Actor, reading_id: int) -> bool:
    try:
        seen = emergency.view(actor, reading_id=reading_id)
    except NotThere:
        st.info(t("The time for this reading is over."), icon=":material/timer_off:")
        return False
    said = t("Open until {time}, read only. The director has been told. Your reason: {reason}", **_values(seen))
    st.warning(plain(said), icon=":material/emergency_home:")
    if seen.case is not None:
        _case(actor, seen.case)
    if seen.dispute is not None:
        _dispute(actor, seen.dispute)
    return True


def _values(seen: emergency.EmergencyView) -> dict[str, str]:
    return {"time": moment(seen.until), "reason": seen.reason}


def _case(actor: Actor, seen: CaseView) -> None:
    case_body.head(seen)
    case_body.matter(actor, seen)
    st.subheader(t("Resident"), anchor=False)
    case_body.resident(actor, seen)
    case_body.answer(seen)
    case_body.extension(seen)
    case_body.after(seen)
    st.subheader(t("Units"), anchor=False)
    case_body.units(seen)
    _files([str(row["name"]) for row in seen.files])
    st.subheader(t("What happened"), anchor=False)
    for row in seen.timeline[::-1]:
        st.markdown(case_timeline.line(row))


def _dispute(actor: Actor, seen: DisputeView) -> None:
    dispute_head.head(actor, seen)
    dispute_matter.matter(actor, seen)
    st.subheader(t("Parties"), anchor=False)
    for row in seen.parties:
        st.markdown(f"**{plain(row['name'])}** :gray[{plain(label('side', row['side']))}]")
    st.subheader(t("Sessions"), anchor=False)
    dispute_sessions.show(actor, seen)
    st.subheader(t("Agreement"), anchor=False)
    dispute_agreement.show(actor, seen)
    dispute_obligations.show(actor, seen)
    _files([str(row["name"]) for row in seen.files])
    st.subheader(t("What happened"), anchor=False)
    dispute_history.timeline(seen)


def _files(names: list[str]) -> None:
    if names:
        st.subheader(t("Files"), anchor=False)
        st.markdown("\n".join(f"- {plain(name)}" for name in names))
