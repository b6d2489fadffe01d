"""What a committee and its members must say, and what the law would see otherwise (Art. 8, 9): warnings, not blocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from db.rules.intake import LONGEST_LINE, UNFIT
from db.rules.limits import Limits
from db.rules.mediation.words import Position, Sex
from db.rules.problems import N_, Check, Problem
from db.rules.text import is_fit, is_fit_line

SPECIALISED = "specialised"
# Sanity only: hours of one training, disputes of one search.
MOST = 1000
MOST_NAME = 60
STILL_TO_COME = N_("This day is still to come.")


@dataclass(frozen=True)
class Standing:
    """How a committee is composed now, and when its term began."""

    members: int
    women: int
    chairs: int
    term_from: date | None


def term_until(term_from: date | None, years: int) -> date | None:
    """The last day of a term of so many years: the same day of that year, or 28 February (Civil Code Art. 202)."""
    if term_from is None:
        return None
    try:
        return term_from.replace(year=term_from.year + years)
    except ValueError:
        return term_from.replace(year=term_from.year + years, day=28)


def warnings(standing: Standing, limits: Limits, today: date) -> tuple[Problem, ...]:
    """What the committee should look at (Art. 8, 9); nothing of it stops anybody's work."""
    least, most = limits["committee_least"].amount, limits["committee_most"].amount
    women = limits["committee_women_least"].amount
    until = term_until(standing.term_from, limits["committee_term_years"].amount)
    count = {"count": standing.members}
    found = [
        (
            standing.members < least,
            Problem("members", "Members: {count}; the law asks for at least {least}.", count | {"least": least}),
        ),
        (
            standing.members > most,
            Problem("members", "Members: {count}; the law allows at most {most}.", count | {"most": most}),
        ),
        (
            standing.women < women,
            Problem(
                "women",
                "Women among the members: {count}; the law asks for at least {least}.",
                {"count": standing.women, "least": women},
            ),
        ),
        (not standing.chairs, Problem("chair", "No chair is named yet.")),
        (
            standing.chairs > 1,
            Problem("chair", "Chairs: {count}; the law knows one.", {"count": standing.chairs}),
        ),
        (until is None, Problem("term_from", "The day the term began is not written down.")),
        (until is not None and until < today, Problem("term_from", "The term ended on {day}.", {"day": until})),
    ]
    return tuple(problem for wrong, problem in found if wrong)


def check_committee(
    check: Check,
    *,
    name: str,
    name_en: str,
    kind: str | None,
    kinds: Collection[str],
    field: str | None,
    fields: Collection[str],
    set_up_on: date | None,
    term_from: date | None,
    today: date,
) -> None:
    """A name, a known kind, the field of a specialised one, and days that have come in their order."""
    check_line(check, "name", name, most=MOST_NAME, least=1)
    check_line(check, "name_en", name_en)
    check.that(kind in kinds, "kind", "Choose a kind of committee.")
    if check.that(field or kind != SPECIALISED, "field", "Say which field this committee is for."):
        check.that(not field or field in fields, "field", "Choose a field from the list.")
    check.that(set_up_on is None or set_up_on <= today, "set_up_on", STILL_TO_COME)
    check.that(term_from is None or term_from <= today, "term_from", STILL_TO_COME)
    ordered = set_up_on is None or term_from is None or set_up_on <= term_from
    check.that(ordered, "term_from", "A term can't begin before the committee was set up.")


def check_member(
    check: Check,
    *,
    name: str,
    sex: str | None,
    position: str | None,
    from_on: date | None,
    until_on: date | None,
    today: date,
) -> None:
    """A name, a known place in the committee, and days in their order."""
    check_line(check, "name", name, most=MOST_NAME, least=1)
    check.that(not sex or sex in set(Sex), "sex", "Choose one of the list.")
    check.that(position in set(Position), "position", "Choose a place in the committee.")
    check.that(from_on is None or from_on <= today, "from_on", STILL_TO_COME)
    ordered = from_on is None or until_on is None or from_on <= until_on
    check.that(ordered, "until_on", "The last day can't be before the first.")


def check_training(
    check: Check, *, held_on: date | None, subject: str, hours: int | None, organiser: str, today: date
) -> None:
    """A day that has come, what it was about, and whole hours."""
    check_day(check, "held_on", held_on, today)
    check_line(check, "subject", subject)
    check.that(subject.strip(), "subject", "Say what the training was about.")
    check_count(check, "hours", hours)
    check_line(check, "organiser", organiser)


def check_search(
    check: Check, *, held_on: date | None, found: int | None, prevented: int | None, note: str, today: date
) -> None:
    """A day that has come, and two counts."""
    check_day(check, "held_on", held_on, today)
    check_count(check, "found", found)
    check_count(check, "prevented", prevented)
    check.that(is_fit(note), "note", UNFIT)


def check_day(check: Check, field: str, day: date | None, today: date) -> None:
    """A day that is given and has come."""
    if check.that(day is not None, field, "Give the day.") and day is not None:
        check.that(day <= today, field, STILL_TO_COME)


def check_count(check: Check, field: str, count: int | None) -> None:
    """A whole number that makes sense."""
    fine = isinstance(count, int) and 0 <= count <= MOST
    check.that(fine, field, "Give a whole number from 0 to {most}.", most=MOST)


def check_line(check: Check, field: str, line: str, *, most: int = LONGEST_LINE, least: int = 0) -> None:
    """One line of text that may be kept."""
    length = len(line.strip())
    if least:
        check.that(least <= length <= most, field, "Give a name of at most {most} characters.", most=most)
    else:
        check.that(length <= most, field, "At most {most} characters.", most=most)
    check.that(is_fit_line(line), field, UNFIT)
