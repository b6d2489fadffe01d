"""What the codes of a dispute are called: states, acts, lines of the timeline, parties, sessions, agreements."""

from collections.abc import Mapping

from components.case_labels import code_labels
from components.words import N_, language, t, translate

__all__ = ["TABLES", "code_labels", "label", "label_in", "labels"]

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "registered": N_("Registered"),
        "mediating": N_("Being mediated"),
        "agreed": N_("Agreed"),
        "refused": N_("Mediation refused"),
        "failed": N_("Ended without agreement"),
        "withdrawn": N_("Withdrawn"),
        "archived": N_("Archived"),
    },
    # What a button does to the dispute as a whole.
    "step": {
        "accept": N_("Accept for mediation"),
        "extend": N_("Extend the time"),
        "conclude": N_("Conclude the agreement"),
        "refuse": N_("Record a refusal"),
        "terminate": N_("End without agreement"),
        "withdraw": N_("Record the withdrawal"),
        "archive": N_("Archive the file"),
        "reopen": N_("Reopen the file"),
        "correct": N_("Correct the record"),
        "escalation": N_("Risk of escalation"),
        "note": N_("Add a note"),
    },
    # What the timeline says was done.
    "line": {
        "open": N_("Dispute opened"),
        "correct": N_("Record corrected"),
        "accept": N_("Accepted for mediation"),
        "extend": N_("Time extended"),
        "refuse": N_("Refused by a party"),
        "terminate": N_("Ended without agreement"),
        "withdraw": N_("Application withdrawn"),
        "conclude": N_("Agreement concluded"),
        "archive": N_("File archived"),
        "reopen": N_("File reopened"),
        "party": N_("Party written down"),
        "tell": N_("Party told its rights"),
        "consent": N_("Party consented"),
        "assign": N_("Mediator assigned"),
        "step_aside": N_("Mediator stepped aside"),
        "object": N_("Party objected to a mediator"),
        "replace": N_("Mediator replaced"),
        "session": N_("Session written down"),
        "agreement": N_("Agreement written down"),
        "sign": N_("Agreement signed"),
        "obligation": N_("Obligation written down"),
        "perform": N_("Performance recorded"),
        "confirm": N_("Judicial confirmation"),
        "visit": N_("Follow-up recorded"),
        "escalation": N_("Risk of escalation"),
        "paper": N_("Paper filed"),
        "note": N_("Note"),
        "remove": N_("Taken out of the file"),
        "restore": N_("Put back into the file"),
    },
    "stage": {
        "application": N_("Application"),
        "consent": N_("Consent"),
        "mediation": N_("Mediating"),
        "agreement": N_("Agreement"),
        "performance": N_("Performing"),
        "follow_up": N_("Follow-up"),
        "archive": N_("Archive"),
    },
    # Whose turn it is.
    "turn": {
        "committee": N_("the committee: assign a mediator"),
        "mediators": N_("the mediators"),
        "debtors": N_("the parties: perform what was agreed"),
        "visitor": N_("whoever follows up"),
        "filer": N_("the mediators: archive the file"),
        "nobody": N_("nobody; it is archived"),
    },
    "part": {
        "parties": N_("Parties"),
        "mediators": N_("Mediators"),
        "sessions": N_("Sessions"),
        "agreement": N_("Agreement"),
        "performance": N_("Performance"),
        "follow_up": N_("Follow-up"),
        "file": N_("File and archive"),
        "history": N_("What happened"),
    },
    "tab": {
        "mine": N_("My files"),
        "to_take_on": N_("To take on"),
        "due_soon": N_("Due soon"),
        "overdue": N_("Overdue"),
        "obligations": N_("Obligations overdue"),
        "to_visit": N_("To follow up"),
        "open": N_("Open"),
        "all": N_("All"),
    },
    "side": {"applicant": N_("Applicant"), "respondent": N_("Respondent")},
    "party_kind": {"person": N_("A person"), "organisation": N_("An organisation")},
    "sex": {"female": N_("Female"), "male": N_("Male")},
    "how": {"in_person": N_("In person"), "written": N_("In writing"), "telephone": N_("By telephone")},
    "consent": {"yes": N_("Consents"), "no": N_("Refuses")},
    "position": {"chair": N_("Chair"), "deputy": N_("Deputy chair"), "member": N_("Member")},
    "come_by": {"assigned": N_("Assigned by the committee"), "chosen": N_("Chosen by a party")},
    "end_kind": {
        "stepped_aside": N_("Stepped aside"),
        "objected": N_("A party objected"),
        "replaced": N_("Replaced"),
    },
    "session": {
        "enquiry": N_("Enquiry"),
        "session": N_("Session with both sides"),
        "caucus": N_("Caucus with one side"),
    },
    "form": {"written": N_("Written agreement"), "oral": N_("Oral agreement, registered")},
    "obligation": {"money": N_("Pay an amount"), "act": N_("Do something")},
    "standing": {"due": N_("To be fulfilled"), "part": N_("Partly fulfilled"), "fulfilled": N_("Fulfilled")},
    "confirmation": {
        "requested": N_("Requested"),
        "confirmed": N_("Confirmed by the court"),
        "rejected": N_("Rejected by the court"),
        "not_accepted": N_("Not accepted by the court"),
    },
    "excluded": {
        "identity": N_("Confirming an identity"),
        "adoption": N_("Adoption"),
        "marriage": N_("Marriage relations"),
    },
    "route": {
        "arbitration": N_("Arbitration"),
        "administrative": N_("Administrative procedure"),
        "court": N_("Court"),
    },
    "visit_performance": {
        "full": N_("Performed in full"),
        "part": N_("Performed in part"),
        "none": N_("Not performed"),
        "not_applicable": N_("Nothing to perform"),
    },
    "satisfaction": {
        "satisfied": N_("Satisfied"),
        "fairly": N_("Fairly satisfied"),
        "dissatisfied": N_("Dissatisfied"),
        "no_word": N_("Did not say"),
    },
    "seen": {
        "look": N_("Opened the file"),
        "unmask": N_("Saw the identity"),
        "download": N_("Took a file"),
        "print": N_("Printed it"),
        "export": N_("Exported it with names"),
    },
    "field": {
        "subject": N_("Subject"),
        "facts": N_("Facts of the dispute"),
        "request": N_("What is asked for"),
        "place": N_("Place"),
        "category": N_("Category"),
        "source": N_("Where it came from"),
        "child": N_("A child is concerned"),
        "major": N_("Major or difficult"),
        "head_count": N_("People concerned"),
        "amount": N_("Amount (yuan)"),
        "state": N_("State"),
        "visitor_id": N_("Who follows up"),
        "escalation": N_("The dispute may escalate"),
        "escalation_measure": N_("What was done about it"),
        "escalation_prevented": N_("The escalation was prevented"),
        "police_reported_at": N_("Reported to the police"),
    },
}


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    return label_in(kind, code, language())


def label_in(kind: str, code: object, into: str) -> str:
    """The same in a given language, for routes, prints and workbooks."""
    if code in (None, ""):
        return "–"
    known = TABLES[kind].get(str(code))
    return translate(known, into) if known else str(code)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}
