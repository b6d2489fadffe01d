"""What the dispute is about: the facts in people's words, how it came, and what could go wrong."""

from typing import Any

import streamlit as st

from components.case_address import open_case
from components.case_labels import code_labels
from components.case_texts import fact, literal
from components.dispute_labels import label
from components.dispute_texts import money
from components.forms import plain
from components.words import day, moment, t
from db.rules.permissions import Actor, Permission
from db.services.mediation.read import DisputeView


def matter(actor: Actor, seen: DisputeView) -> None:
    """The risk and the ending where there are any; the matter itself folded away below the head."""
    with st.container(key=f"dispute-risk-{seen.id}"):
        if seen.fields["escalation"]:
            _risk(seen)
    with st.container(key=f"dispute-ending-{seen.id}"):
        if seen.fields["end_reason"] or seen.fields["routes_told_on"]:
            _ending(seen)
    with st.expander(t("What the dispute is about"), icon=":material/description:", key=f"dispute-matter-{seen.id}"):
        _about(actor, seen)


def _about(actor: Actor, seen: DisputeView) -> None:
    says = seen.fields
    st.markdown(literal(says["facts"]))
    if says["request"]:
        st.markdown(fact(t("What is asked for"), says["request"]))
    source = code_labels(actor, "dispute_source").get(says["source"], says["source"])
    lines: list[tuple[str, Any]] = [
        (t("Where it came from"), source),
        (t("Received"), day(says["received_on"])),
        (t("Accepted on"), day(says["accepted_on"])),
        (t("Place"), says["place"]),
        (t("People concerned"), says["head_count"]),
        (t("Amount in dispute"), money(says["amount"]) if says["amount"] else ""),
        (t("Registered by"), seen.people.get(says["registered_by_id"], "")),
    ]
    told = [fact(name, value) for name, value in lines if value not in (None, "", "–")]
    half = (len(told) + 1) // 2
    for column, part in zip(st.columns(2), (told[:half], told[half:]), strict=True):
        column.markdown("\n\n".join(part))
    if seen.case_number and actor.may(Permission.CASES_READ):
        to_case = t("Open the case {number}", number=seen.case_number)
        if st.button(to_case, key=f"dispute-case-{seen.id}", icon=":material/link:"):
            open_case(says["case_id"])


def _risk(seen: DisputeView) -> None:
    """The risk concerns the dispute, never a person."""
    says = seen.fields
    parts = [t("This dispute may escalate.")]
    if says["escalation_prevented"]:
        parts = [t("This dispute could have escalated; that was prevented.")]
    if says["escalation_measure"]:
        parts.append(t("Done about it: {measure}", measure=says["escalation_measure"]))
    if says["police_reported_at"] is not None:
        parts.append(t("Reported to the police {time}.", time=moment(says["police_reported_at"])))
    icon, colour = (
        (":material/verified_user:", "green") if says["escalation_prevented"] else (":material/warning:", "red")
    )
    st.markdown(f":{colour}[{icon}] " + "  \n".join(plain(part) for part in parts))


def _ending(seen: DisputeView) -> None:
    """How it ended without an agreement, and the other ways the parties were told of."""
    says = seen.fields
    head = f"{t('How it ended')} {day(says['ended_on'])}"
    lines = [str(says["end_reason"])] if says["end_reason"] else []
    if says["routes_told"]:
        routes = t(", ").join(label("route", route.strip()) for route in str(says["routes_told"]).split(","))
        lines.append(t("Told of other ways on {day}: {routes}", day=day(says["routes_told_on"]), routes=routes))
    st.markdown(fact(head, "\n".join(lines)))
