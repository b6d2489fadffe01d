"""What the codes that describe a case are called, for screens and for charts: by kind of code and code."""

from collections.abc import Mapping

from db.rules.problems import N_

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
}
