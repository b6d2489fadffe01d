"""How far a dispute has come, and the one thing to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.dispute_labels import TABLES, label
from components.forms import plain
from components.words import N_
from db.rules.mediation.words import ENDED, AgreementForm, Consent, Standing, State, Step
from db.services.mediation.read import DisputeView

ENDINGS = ENDED - {State.AGREED}


@dataclass(frozen=True)
class Next:
    """What to do next: the button's words, the form it opens, of which record, and the part that stands in."""

    words: str
    form: str
    record: object = ""
    part: str = ""


def next_thing(seen: DisputeView) -> Next | None:
    """The next sensible thing this person may do, or None."""
    match State(str(seen.fields["state"])):
        case State.REGISTERED if seen.may_keep:
            return _before_acceptance(seen)
        case State.MEDIATING if seen.may_keep:
            return _while_mediating(seen)
        case State.AGREED:
            return _after_agreement(seen)
        case State.REFUSED | State.FAILED | State.WITHDRAWN if Step.ARCHIVE in seen.steps:
            return _TO_ARCHIVE
    return None


_TO_ARCHIVE = Next(N_("Complete and archive the file"), "archive", part="file")


def other_acts(seen: DisputeView) -> list[Step]:
    """What else can be done to the dispute as a whole; the agreement and the archive have parts of their own."""
    next_ = next_thing(seen)
    proposed = {Step.CONCLUDE, Step.ARCHIVE} | ({Step(next_.form)} if next_ and next_.form in seen.steps else set())
    always = [Step.CORRECT, Step.ESCALATION, Step.NOTE] if seen.may_keep else []
    return [*(step for step in seen.steps if step not in proposed), *always]


def _before_acceptance(seen: DisputeView) -> Next | None:
    if not standing(seen):
        return Next(N_("Assign a mediator"), "assign", part="mediators")
    return Next(N_("Accept for mediation"), Step.ACCEPT) if Step.ACCEPT in seen.steps else _rights(seen)


def _while_mediating(seen: DisputeView) -> Next | None:
    if not standing(seen):
        return Next(N_("Assign a mediator"), "assign", part="mediators")
    if (rights := _rights(seen)) is not None:
        return rights
    if not any(row["kind"] == "session" for row in seen.sessions):
        return Next(N_("Write down the session"), "session", part="sessions")
    if seen.agreement is None:
        return Next(N_("Write down the agreement"), "agreement", part="agreement")
    if not seen.needs and Step.CONCLUDE in seen.steps:
        return Next(N_("Conclude the agreement"), "conclude", part="agreement")
    unsigned = [row["id"] for row in seen.parties if row["signed_on"] is None]
    if seen.agreement["form"] == AgreementForm.WRITTEN and unsigned:
        return Next(N_("Record the signatures"), "sign", unsigned[0], part="agreement")
    return Next(N_("Complete the agreement"), "agreement", part="agreement")


def _rights(seen: DisputeView) -> Next | None:
    for row in seen.parties:
        if row["told_on"] is None:
            return Next(N_("Tell the parties their rights"), "tell", row["id"], part="parties")
    for row in seen.parties:
        if not row["consent"]:
            return Next(N_("Record the consent"), "consent", row["id"], part="parties")
    return None


def _after_agreement(seen: DisputeView) -> Next | None:
    due = [row for row in seen.obligations if row["standing"] != Standing.FULFILLED]
    if due and seen.may_keep:
        return Next(N_("Record a performance"), "perform", due[0]["id"], part="performance")
    if seen.may_visit and not seen.visits:
        return Next(N_("Record the follow-up"), "visit", part="follow_up")
    if seen.may_keep and not seen.visits and seen.fields["visitor_id"] is None:
        return Next(N_("Name who follows up"), "visitor", part="follow_up")
    return _TO_ARCHIVE if seen.visits and Step.ARCHIVE in seen.steps else None


def standing(seen: DisputeView) -> list[Mapping[str, Any]]:
    """The mediators on the file now."""
    return [row for row in seen.mediators if row["ended_on"] is None]


def turn_of(seen: DisputeView) -> str:
    """Whose turn it is."""
    state = State(str(seen.fields["state"]))
    if state is State.ARCHIVED:
        return "nobody"
    if state is State.AGREED and not seen.visits:
        return "debtors" if stage_of(seen) == "performance" else "visitor"
    if state in ENDED:
        return "debtors" if stage_of(seen) == "performance" else "filer"
    return "mediators" if standing(seen) else "committee"


def stage_of(seen: DisputeView) -> str:
    """Where the dispute stands on its way."""
    match State(str(seen.fields["state"])):
        case State.REGISTERED:
            return "application"
        case State.MEDIATING:
            if seen.agreement is not None:
                return "agreement"
            return "mediation" if all(row["consent"] == Consent.YES for row in seen.parties) else "consent"
        case State.AGREED:
            owed = any(row["standing"] != Standing.FULFILLED for row in seen.obligations)
            return "performance" if owed else "archive" if seen.visits else "follow_up"
        case State.ARCHIVED:
            return "archived"
        case ended:
            return ended.value


def line(seen: DisputeView) -> None:
    """The way in one line: what is behind, where it stands, what is ahead; an ending takes the agreement's place."""
    stages, stands = _way(seen), stage_of(seen)
    here = stages.index(stands) if stands in stages else len(stages)
    told = []
    for place, stage in enumerate(stages):
        name = plain(label("state" if stage in ENDINGS else "stage", stage))
        if place < here:
            told.append(f":gray[:material/check: {name}]")
        elif place == here:
            told.append(f":blue-badge[:material/location_on: {name}]")
        else:
            told.append(f":gray[{name}]")
    st.markdown(" :gray[›] ".join(told))


def _way(seen: DisputeView) -> list[str]:
    """The stages of this dispute; one that ended without an agreement has no performance and no follow-up."""
    ending = next((state.value for state in ENDINGS if state == seen.fields["state"]), "")
    if ending or (seen.fields["state"] == State.ARCHIVED and seen.agreement is None):
        consented = ["consent"] if all(row["consent"] == Consent.YES for row in seen.parties) else []
        met = ["mediation"] if seen.sessions else []
        return ["application", *consented, *met, *([ending] if ending else []), "archive"]
    return list(TABLES["stage"])
