"""What was agreed: its form and words, signatures and seal, when it takes effect, and judicial confirmation."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_texts import fact
from components.dispute_labels import label, labels
from components.dispute_sheet import ask, closing, is_open, kept, menu, opener, sheet
from components.dispute_texts import LINE, money, typed
from components.forms import Form, plain
from components.kept_forms import KeptForm
from components.words import day, t
from db.rules.mediation.agreement import copies_for, written_proposed
from db.rules.mediation.words import AgreementForm, State, Step
from db.rules.permissions import Actor
from db.services.mediation import agreement
from db.services.mediation.read import DisputeView

DONE, OPEN = ":green[:material/check_circle:]", ":gray[:material/radio_button_unchecked:]"
Words = Mapping[str, Any]


def show(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001 - every part is drawn alike
    """The agreement from its wording to the court, as far as it has come."""
    writing = is_open(seen.id, "agreement")
    with st.container(key=f"agreement-form-{seen.id}"):
        if writing:
            with sheet(seen, t("The agreement"), "agreement"):
                _form(seen)
    if writing:
        return
    if seen.agreement is None:
        _nothing_yet(seen)
        return
    _wording(seen, seen.agreement)
    _signatures(seen, seen.agreement)
    _conclusion(seen, seen.agreement)
    _confirmation(seen, seen.agreement)


def _nothing_yet(seen: DisputeView) -> None:
    if seen.fields["state"] == State.MEDIATING and seen.may_keep:
        st.info(t("Nothing is agreed yet. Once the parties agree, write it down here, in writing or orally."))
        opener(seen, t("Write down the agreement"), "agreement", icon=":material/edit_note:")
    elif seen.fields["state"] == State.REGISTERED:
        st.info(t("An agreement comes after the acceptance and a session with both sides."))
    else:
        st.info(t("There is no agreement in this file."))


def _wording(seen: DisputeView, says: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"agreement-head-{seen.id}"):
        st.badge(label("form", says["form"]), color="blue")
        if says["number"]:
            st.markdown(f"**{plain(says['number'])}**", width="content")
        if says["form"] == AgreementForm.WRITTEN:
            st.markdown(f":gray[{plain(t('{n} copies', n=says['copies']))}]", width="content")
        if says["effective_on"] is not None:
            st.badge(t("In effect since {day}", day=day(says["effective_on"])), color="green")
        if seen.may_keep and seen.fields["state"] == State.MEDIATING:
            opener(seen, t("Edit"), "agreement", icon=":material/edit:")
    told = [
        (t("Facts and what was in dispute"), says["facts"]),
        (t("What was agreed"), says["content"]),
        (t("How, where and when it is performed"), says["performance"]),
        (t("Amount agreed"), money(says["amount"]) if says["amount"] else ""),
        (t("Recorder"), says["recorder"]),
    ]
    for name, words in told:
        if words:
            st.markdown(fact(name, words))


def _form(seen: DisputeView) -> None:
    """The wording, with the form the law proposes and why."""
    says: Words = seen.agreement or {}
    version = int(says["version"]) if says else 0
    with KeptForm(
        f"dispute:{seen.id}:agreement",
        version=version,
        border=False,
        subject=str(seen.fields["number"]),
        label=t("Agreement"),
    ) as form:
        asks = form.tick("party_asks_written", t("A party asks for writing"), bool(says.get("party_asks_written")))
        at_once = form.tick("performed_at_once", t("Performed at once"), bool(says.get("performed_at_once")))
        proposed = written_proposed(party_asks=asks, at_once=at_once, major=seen.fields["major"])
        with st.container(key=f"written-proposed-{seen.id}"):
            if proposed:
                st.markdown(f":blue[:material/info:] {plain(_why_written(seen, asks, at_once))}")
        form.choose("form", t("Written or oral"), labels("form"), says.get("form", AgreementForm.WRITTEN))
        form.area("facts", t("Facts and what was in dispute"), says.get("facts", seen.fields["facts"]), height=160)
        form.area("content", t("What was agreed"), says.get("content", ""), height=200)
        form.area("performance", t("How, where and when it is performed"), says.get("performance", ""), height=100)
        left, right = st.columns(2)
        with left:
            form.text("amount", t("Amount agreed (yuan, if any)"), typed(says.get("amount", 0)))
            copies = says.get("copies") or copies_for(len(seen.parties))
            form.number("copies", t("Copies (parties + 1; of a written one)"), copies, min_value=0)
            form.text("recorder", t("Recorder"), says.get("recorder", ""), max_chars=LINE)
        with right:
            form.day("reached_on", t("Reached on"), says.get("reached_on"), max_value=seen.today)
            form.day(
                "mediator_signed_on", t("Mediator signed on"), says.get("mediator_signed_on"), max_value=seen.today
            )
            form.day("sealed_on", t("Committee's seal on"), says.get("sealed_on"), max_value=seen.today)
        excluded = {"": t("None of these")} | labels("excluded")
        what = t("Does it concern what no court confirms?")
        form.choose("excluded_matter", what, excluded, says.get("excluded_matter", ""))
        form.submit(t("Save the agreement"), closing(seen.id, agreement.write_agreement), dispute_id=seen.id)


def _why_written(seen: DisputeView, asks: bool, at_once: bool) -> str:
    reasons = []
    if asks:
        reasons.append(t("a party asks for it"))
    if not at_once:
        reasons.append(t("it is not performed at once"))
    if seen.fields["major"]:
        reasons.append(t("the dispute is major or difficult"))
    return t("In writing, because {reasons}.", reasons=t(", ").join(reasons))


def _signatures(seen: DisputeView, says: Words) -> None:
    """Who has signed and who not, the mediator and the seal; only a written one is signed."""
    if says["form"] != AgreementForm.WRITTEN:
        return
    open_ = seen.may_keep and seen.fields["state"] == State.MEDIATING
    st.markdown(f"**{plain(t('Signatures and seal'))}**")
    for row in seen.parties:
        with st.container(horizontal=True, vertical_alignment="center", key=f"sign-{row['id']}"):
            by = f" · {t('by its agent')}" if row["signed_by_agent"] and row["signed_on"] else ""
            st.markdown(_signed(row["name"], row["signed_on"], by), width="stretch")
            if open_ and row["signed_on"] is None:
                opener(seen, t("Record the signature"), "sign", row["id"])
            elif open_:
                menu(seen, {"unsign": t("Take the signature back")}, row["id"], of="sign")
        with st.container(key=f"sign-form-{row['id']}"):
            _sign_form(seen, row)
    for name, on in ((t("Mediator"), says["mediator_signed_on"]), (t("The committee's seal"), says["sealed_on"])):
        st.markdown(_signed(name, on, ""))


def _signed(name: Any, on: Any, by: str) -> str:
    if on is None:
        return f"{OPEN} {plain(name)} :gray[{plain(t('not yet'))}]"
    return f"{DONE} {plain(name)} :gray[{plain(day(on))}{plain(by)}]"


def _sign_form(seen: DisputeView, row: Words) -> None:
    party: dict[str, Any] = {"dispute_id": seen.id, "party_id": int(row["id"])}
    if is_open(seen.id, "sign", row["id"]):
        with (
            sheet(seen, t("Signature of {name}", name=row["name"]), "sign", row["id"]),
            Form("dispute.sign", record=row["id"], version=int(row["version"]), border=False) as form,
        ):
            form.day("signed_on", t("Signed on"), seen.today, max_value=seen.today)
            form.tick("signed_by_agent", t("Signed by the agent"), bool(row["signed_by_agent"]))
            form.submit(t("Save"), closing(seen.id, agreement.sign), **party)
    elif is_open(seen.id, "unsign", row["id"]):
        question, answer = t("Take the signature of {name} back?", name=row["name"]), t("Take the signature back")
        ask(seen, question, answer, agreement.unsign, "unsign", row["id"], version=int(row["version"]), **party)


def _conclusion(seen: DisputeView, says: Words) -> None:
    """The act that makes it an agreement; nothing changes in its words afterwards."""
    if Step.CONCLUDE not in seen.steps or says["effective_on"] is not None:
        return
    told = t("Concluding fixes the day it takes effect. Its words and obligations no longer change then.")
    name, which = t("Conclude the agreement"), {"dispute_id": seen.id, "version": seen.version}
    with st.container(key=f"conclude-{seen.id}"):
        if is_open(seen.id, "conclude"):
            ask(seen, told, name, agreement.conclude, "conclude", "", **which)
        else:
            st.caption(told)
            opener(seen, name, "conclude", icon=":material/check:")


def _confirmation(seen: DisputeView, says: Words) -> None:
    """Judicial confirmation: asked for jointly within its days, and what the court said."""
    if says["effective_on"] is None:
        return
    st.markdown(f"**{plain(t('Judicial confirmation'))}**")
    if says["excluded_matter"]:
        what = label("excluded", says["excluded_matter"])
        st.markdown(plain(t("No court confirms this: {what}.", what=what)))
        return
    if says["confirmation"]:
        _court(says)
    elif seen.confirm_days_left is not None and seen.confirm_days_left < 0:
        st.markdown(plain(t("The time to ask for it ended on {day}.", day=day(seen.confirm_by))))
    else:
        st.markdown(plain(t("Nobody asked yet. Both parties ask together, until {day}.", day=day(seen.confirm_by))))
    if seen.may_keep:
        opener(seen, t("Record the confirmation"), "confirm", icon=":material/gavel:")
    with st.container(key=f"confirm-form-{seen.id}"):
        if is_open(seen.id, "confirm"):
            with sheet(seen, t("Judicial confirmation"), "confirm"):
                _confirm_form(seen, says)


def _court(says: Words) -> None:
    st.badge(
        label("confirmation", says["confirmation"]), color="green" if says["confirmation"] == "confirmed" else "gray"
    )
    told = [
        t("asked for on {day}", day=day(says["requested_on"])),
        says["court"],
        says["court_number"],
        t("decided on {day}", day=day(says["decided_on"])) if says["decided_on"] else "",
    ]
    st.markdown(" · ".join(plain(part) for part in told if part))


def _confirm_form(seen: DisputeView, says: Words) -> None:
    with kept(seen, t("Judicial confirmation"), "confirm", version=int(says["version"])) as form:
        left, right = st.columns(2)
        with left:
            chosen = says["confirmation"] or "requested"
            form.choose("confirmation", t("How it stands"), labels("confirmation"), chosen)
            form.day("requested_on", t("Asked for on"), says["requested_on"] or seen.today, max_value=seen.today)
            form.tick("requested_jointly", t("Both parties asked together"), says["requested_jointly"])
        with right:
            form.text("court", t("Court"), says["court"], max_chars=LINE)
            form.text("court_number", t("The court's number"), says["court_number"], max_chars=LINE)
            form.day("decided_on", t("Decided on (if so)"), says["decided_on"], max_value=seen.today)
        form.submit(t("Save"), closing(seen.id, agreement.confirm), dispute_id=seen.id)
