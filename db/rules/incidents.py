"""Incidents with personal data (PIPL Art. 57): what is written down of one, and what must be said of it."""

from dataclasses import dataclass
from datetime import date

from db.rules.data_requests import check_words
from db.rules.problems import N_, Check

MOST_PEOPLE = 100_000_000
WORDS = ("what", "kinds", "harm", "measures", "advice", "why_untold")


@dataclass(frozen=True)
class Told:
    """One incident as it is written down. `happened_on` is None while nobody knows; `people` likewise.

    Art. 57 asks for what happened to which data and why, the harm there may be, what was done, what people can do.
    """

    what: str
    kinds: str
    found_on: date | None
    happened_on: date | None = None
    people: int | None = None
    harm: str = ""
    measures: str = ""
    advice: str = ""
    authority_told_on: date | None = None
    people_told_on: date | None = None
    why_untold: str = ""

    @property
    def settled(self) -> bool:
        """Whether the authority was told, and the people too or a reason why not."""
        return self.authority_told_on is not None and (self.people_told_on is not None or bool(self.why_untold))


def check_told(told: Told, today: date) -> None:
    """Raise Problems unless it is said what happened to which data and when it was found, in days that fit."""
    check = Check()
    for field in ("what", "kinds"):
        check.that(getattr(told, field), field, N_("This is needed."))
    for field in WORDS:
        check_words(check, field, getattr(told, field))
    check.that(told.found_on is not None, "found_on", N_("This is needed."))
    found = told.found_on or today
    for field in ("found_on", "happened_on", "authority_told_on", "people_told_on"):
        on = getattr(told, field)
        check.that(on is None or on <= today, field, N_("This day is yet to come."))
        late = field.endswith("_told_on")
        check.that(on is None or not late or on >= found, field, N_("Not before it was found."))
    happened = told.happened_on or found
    check.that(happened <= found, "happened_on", N_("Not after it was found."))
    fits = told.people is None or 0 <= told.people <= MOST_PEOPLE
    check.that(fits, "people", N_("Give a whole number from 0 to {most}."), most=MOST_PEOPLE)
    check.done()
