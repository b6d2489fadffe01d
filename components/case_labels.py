"""What the codes of a case are called: states, steps, tabs, clocks; and the office's own code lists."""

from collections.abc import Mapping

from components.words import N_, language, t, translate
from db.rules.permissions import Actor
from db.services import office

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "registered": N_("Registered"),
        "proposed": N_("Proposed"),
        "routed": N_("Transferred"),
        "objected": N_("Objected to"),
        "handling": N_("Being handled"),
        "answered": N_("Answer drafted"),
        "signed": N_("Answer signed"),
        "confirmed": N_("Answer confirmed"),
        "replied": N_("Resident told"),
        "visited": N_("Followed up"),
        "review": N_("Under review"),
        "reviewed": N_("Review decided"),
        "rereview": N_("Under re-review"),
        "closed": N_("Closed"),
        "not_accepted": N_("Not accepted"),
        "withdrawn": N_("Withdrawn"),
        "archived": N_("Archived"),
    },
    "step": {
        "register": N_("Register"),
        "amend": N_("Correct the record"),
        "propose": N_("Propose a unit"),
        "answer_on_spot": N_("Answer on the spot"),
        "approve": N_("Approve and transfer"),
        "send_back": N_("Send the proposal back"),
        "not_accept": N_("Do not accept"),
        "give_notice": N_("Give notice of acceptance"),
        "accept": N_("Accept the matter"),
        "object": N_("Object to the transfer"),
        "agree_return": N_("Agree to the return"),
        "refuse_return": N_("Refuse the return"),
        "rule": N_("Rule who leads"),
        "assign": N_("Name the handler"),
        "co_answer": N_("Answer as co-handling unit"),
        "co_sign": N_("Sign as co-handling unit"),
        "answer": N_("Draft the answer"),
        "ask_extension": N_("Ask for an extension"),
        "decide_extension": N_("Decide on the extension"),
        "tell_extension": N_("Tell the extension"),
        "sign": N_("Sign the answer"),
        "confirm": N_("Confirm the answer"),
        "return_answer": N_("Return the answer"),
        "reply": N_("Reply to the resident"),
        "visit": N_("Follow up"),
        "close": N_("Close"),
        "ask_review": N_("Record a request for review"),
        "decide_review": N_("Decide the review"),
        "ask_rereview": N_("Record a request for re-review"),
        "start_hearing": N_("Begin a hearing"),
        "end_hearing": N_("End the hearing"),
        "decide_rereview": N_("Decide the re-review"),
        "archive": N_("Archive"),
        "reopen": N_("Reopen"),
        "withdraw": N_("Record a withdrawal"),
        "note": N_("Add a note"),
        "tell": N_("Tell the resident something"),
        "recuse": N_("Step aside"),
        "grant_access": N_("Let somebody see it"),
    },
    "acting": {
        "proposer": N_("Duty office: propose a unit"),
        "approver": N_("Duty leader: approve"),
        "accepter": N_("Lead unit: accept or object"),
        "referee": N_("Duty leader: decide on the objection"),
        "ruler": N_("Director: rule who leads"),
        "handler": N_("Handler: handle and answer"),
        "signer": N_("Head of unit: sign"),
        "confirmer": N_("Duty leader: confirm"),
        "replier": N_("Reception: tell the resident"),
        "visitor": N_("Not the handler: follow up"),
        "reviewer": N_("Director: decide the review"),
        "closer": N_("Reception: close"),
        "filer": N_("Reception: archive"),
        "nobody": N_("Nobody; it is archived"),
    },
    "tab": {
        "to_propose": N_("To propose"),
        "to_approve": N_("To approve"),
        "to_accept": N_("To accept"),
        "to_answer": N_("To answer"),
        "to_sign": N_("To sign"),
        "to_confirm": N_("To confirm"),
        "to_reply": N_("To reply"),
        "to_visit": N_("To follow up"),
        "to_review": N_("To review"),
        "to_close": N_("To close"),
        "mine": N_("Mine"),
        "my_unit": N_("My unit's"),
        "due_soon": N_("Due soon"),
        "overdue": N_("Overdue"),
        "open": N_("Open"),
        "all": N_("All"),
    },
    "sort": {"due": N_("Due next"), "received": N_("Received"), "number": N_("Number")},
    "channel": {
        "visit": N_("Visit"),
        "letter": N_("Letter"),
        "telephone": N_("Telephone"),
        "online": N_("Online"),
        "fax": N_("Fax"),
    },
    "source": {
        "resident": N_("Resident"),
        "hotline": N_("12345 hotline"),
        "superior": N_("Office above"),
        "other_unit": N_("Other unit"),
        "patrol": N_("Found on patrol"),
    },
    "kind": {
        "suggestion": N_("Suggestion"),
        "accusation": N_("Accusation"),
        "request": N_("Request"),
    },
    "procedure": {"ordinary": N_("Ordinary"), "other": N_("Another legal procedure is open")},
    "grade": {"simple": N_("Simple"), "general": N_("General"), "major": N_("Major")},
    "outcome": {
        "supported": N_("Supported"),
        "explained": N_("Reasonable, no legal basis: explained"),
        "not_supported": N_("Not supported"),
    },
    "satisfaction": {
        "satisfied": N_("Satisfied"),
        "fairly": N_("Fairly satisfied"),
        "dissatisfied": N_("Dissatisfied"),
        "no_word": N_("Did not say"),
    },
    "solved": {"yes": N_("Solved"), "partly": N_("Partly solved"), "no": N_("Not solved")},
    "how": {"telephone": N_("By telephone"), "in_person": N_("In person"), "written": N_("In writing")},
    "decision": {"upheld": N_("Upheld"), "changed": N_("Changed"), "revoked": N_("Revoked")},
    "approved": {"yes": N_("Yes"), "no": N_("No")},
    "share": {"lead": N_("Lead"), "co": N_("Co-handling")},
    "share_state": {
        "sent": N_("Sent"),
        "accepted": N_("Accepted"),
        "objected": N_("Objected"),
        "answered": N_("Answered"),
        "signed": N_("Signed"),
    },
    "link": {"repeat": N_("Repeat of"), "repeated": N_("Raised again as"), "related": N_("Related to")},
    "review": {
        "review": N_("Review"),
        "rereview": N_("Re-review"),
        "earlier_review": N_("Review of the earlier round"),
        "earlier_rereview": N_("Re-review of the earlier round"),
    },
    "clock": {
        "promise": N_("Promise"),
        "notice": N_("Notice of acceptance"),
        "objection": N_("Accept or object"),
        "handling": N_("Handling"),
        "visit": N_("Follow-up visit"),
        "review_ask": N_("Resident may ask for a review"),
        "review": N_("Review"),
        "rereview_ask": N_("Resident may ask for a re-review"),
        "rereview": N_("Re-review"),
    },
    "clock_state": {
        "running": N_("Running"),
        "paused": N_("Paused for a hearing"),
        "overdue": N_("Overdue"),
        "met": N_("Kept"),
        "met_late": N_("Late"),
    },
    "role": {"resident": N_("Resident"), "representative": N_("Representative")},
    "seen": {
        "look": N_("Looked at it"),
        "unmask": N_("Saw the identity"),
        "download": N_("Took a file"),
        "print": N_("Printed it"),
        "export": N_("Exported it with names"),
    },
    "sheet": {
        "case": N_("The case, without internal notes"),
        "acceptance": N_("Notice of acceptance"),
        "reply": N_("Written reply"),
        "transfer": N_("Transfer notice"),
        "receipt": N_("Receipt for the resident"),
    },
    "field": {
        "subject": N_("Subject"),
        "text": N_("What was said"),
        "request": N_("What is asked for"),
        "place": N_("Place"),
        "since": N_("Since when"),
        "category": N_("Category"),
        "grade": N_("Grade"),
        "note": N_("Internal note"),
        "handler_id": N_("Handler"),
        "state": N_("State"),
    },
}


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    return label_in(kind, code, language())


def label_in(kind: str, code: object, into: str) -> str:
    """The same in a given language, for routes and printed sheets."""
    if code in (None, ""):
        return "–"
    known = TABLES[kind].get(str(code))
    return translate(known, into) if known else str(code)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}


def code_labels(actor: Actor, list_name: str, *, retired: bool = True) -> dict[str, str]:
    """The office's own code list in the person's language: code to label."""
    return office.labels_of(actor, list_name=list_name, language=language(), retired=retired)
