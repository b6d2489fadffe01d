"""The office's numbers: a set of limits in force from a day on, each with its basis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from db.rules.problems import N_, Check


class LimitUnit(StrEnum):
    """What an amount counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MINUTES = "minutes"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True)
class Limit:
    """One number; `basis` names the rule R-nn or the article it follows."""

    code: str
    amount: int
    unit: LimitUnit
    basis: str
    source: str = ""


@dataclass(frozen=True)
class Limits:
    """One version of all numbers; a record keeps the version it was made under."""

    id: int
    name: str
    effective_from: date
    rules: Mapping[str, Limit]

    def __getitem__(self, code: str) -> Limit:
        """The limit of that code; raises KeyError when the set lacks it."""
        return self.rules[code]

    def __contains__(self, code: object) -> bool:
        return code in self.rules


UNITS: Mapping[LimitUnit, str] = {
    LimitUnit.CALENDAR_DAYS: N_("calendar days"),
    LimitUnit.WORKING_DAYS: N_("working days"),
    LimitUnit.MINUTES: N_("minutes"),
    LimitUnit.COUNT: N_("times or persons"),
    LimitUnit.FLAG: N_("yes (1) or no (0)"),
}

LABELS: Mapping[str, str] = {
    "promise_simple": N_("Promise: simple matter"),
    "promise_general": N_("Promise: general matter"),
    "promise_major": N_("Promise: major or difficult matter"),
    "notice": N_("Tell the resident whether it is accepted"),
    "objection": N_("Object to a transfer"),
    "handling": N_("Handle the matter"),
    "extension_most": N_("Longest extension"),
    "review_ask": N_("Ask for a review"),
    "review": N_("Decide the review"),
    "rereview_ask": N_("Ask for a re-review"),
    "rereview": N_("Decide the re-review"),
    "roll_to_working_day": N_("A last day off moves to the next working day"),
    "representatives_most": N_("Representatives of a joint visit, at most"),
    "collective_from": N_("A joint visit counts as collective from"),
    "bounces_before_ruling": N_("Objections before the director rules"),
    "due_soon": N_("Due soon: days left"),
    "visit_after": N_("Follow-up visit after the reply"),
    "visit_tries": N_("Follow-up visits tried before closing unanswered"),
    "mediation": N_("Mediate a dispute, from acceptance"),
    "mediation_extension_most": N_("Longest extension of a mediation"),
    "confirmation": N_("Ask for judicial confirmation"),
    "mediation_visit_after": N_("Follow-up visit after an agreement"),
    "committee_least": N_("Members of a committee, at least"),
    "committee_most": N_("Members of a committee, at most"),
    "committee_women_least": N_("Women in a committee, at least"),
    "committee_term_years": N_("Years of a committee's term"),
    "score_appeal": N_("Appeal against a published score"),
    "small_counts": N_("Numbers below this are not shown to who reads figures only"),
    "supervision_answer": N_("Answer a supervision notice"),
    "bulk_most": N_("Cases changed in one act, at most"),
    "undo_within": N_("An act can be taken back for"),
    "data_request": N_("Answer a request about one's own data"),
    "emergency_reading": N_("An emergency reading lasts"),
    "coalesce_looks": N_("Looks at one case count once within"),
}

# Sanity only, not law: what the regulation of one place says is the office's own number.
HIGHEST: Mapping[LimitUnit, int] = {
    LimitUnit.CALENDAR_DAYS: 3650,
    LimitUnit.WORKING_DAYS: 2500,
    LimitUnit.MINUTES: 1440,
    LimitUnit.COUNT: 1000,
    LimitUnit.FLAG: 1,
}


def check_limit(*, code: str, amount: int, unit: str, basis: str) -> None:
    """Raise Problems unless the number makes sense in its unit and says what it rests on."""
    check = Check()
    check.that(code in LABELS, "code", "There is no limit called {code}.", code=code)
    if check.that(unit in set(LimitUnit), "unit", "There is no such unit."):
        most = HIGHEST[LimitUnit(unit)]
        check.that(0 <= amount <= most, "amount", "Give a whole number from 0 to {most}.", most=most)
    check.that(basis.strip(), "basis", "Say which law or practice this rests on.")
    check.done()
