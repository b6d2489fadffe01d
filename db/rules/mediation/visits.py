"""What a follow-up visit writes down (form 14, Art. 31)."""

from dataclasses import dataclass
from datetime import date

from db.rules.cases import How, Satisfaction
from db.rules.mediation.words import VisitPerformance
from db.rules.mediation.writing import NO_CHOICE, check_day, check_line, check_order, check_text
from db.rules.problems import N_, Check


@dataclass(frozen=True)
class Visit:
    """A visit as written down."""

    visited_on: date | None
    how: str
    reason: str
    performance: str
    satisfaction: str = ""
    court_case: bool = False
    recurrence: bool = False
    words: str = ""


def check_visit(visit: Visit, *, effective: date | None, today: date) -> None:
    """Raise Problems with everything wrong, each beside its field; no visit before the agreement takes effect."""
    check = Check()
    if check_day(check, "visited_on", visit.visited_on, today):
        check_order(check, "visited_on", visit.visited_on, effective, N_("The agreement took effect on {day}."))
    check.that(visit.how in tuple(How), "how", NO_CHOICE)
    check.that(visit.performance in tuple(VisitPerformance), "performance", NO_CHOICE)
    check.that(visit.satisfaction in ("", *Satisfaction), "satisfaction", NO_CHOICE)
    check_line(check, "reason", visit.reason)
    check_text(check, "words", visit.words)
    check.done()
