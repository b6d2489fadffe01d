"""The days of a dispute: the time limit rolls to a working day, obligations stay where they were promised."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.mediation.days import DayFacts, Days, MoreTime, check_more_time, confirm_by, days_of
from db.rules.mediation.words import State
from db.rules.problems import Problems
from db.rules.working_calendar import WorkingCalendar

THURSDAY = date(2026, 11, 19)
SATURDAY, MONDAY = date(2026, 12, 19), date(2026, 12, 21)
CALENDAR = WorkingCalendar(years=frozenset({2026}))
DAY = timedelta(days=1)


def limits(*, roll: int = 1, unit: LimitUnit = LimitUnit.CALENDAR_DAYS) -> Limits:
    """Thirty days for everything, and whether a last day off moves."""
    codes = {"mediation": 30, "mediation_visit_after": 30, "confirmation": 30}
    rules = {code: Limit(code, amount, unit, "basis") for code, amount in codes.items()}
    rules["roll_to_working_day"] = Limit("roll_to_working_day", roll, LimitUnit.FLAG, "basis")
    return Limits(1, "limits", date(2022, 5, 1), rules)


def days(facts: DayFacts, *, roll: int = 1) -> Days:
    """The days under thirty days each."""
    return days_of(facts, limits(roll=roll), CALENDAR)


def test_nothing_is_due_before_it_is_accepted() -> None:
    assert days(DayFacts(State.REGISTERED)) == Days(None, None, False)


def test_thirty_days_from_the_day_after_acceptance_and_on_to_a_working_day() -> None:
    facts = DayFacts(State.MEDIATING, accepted_on=THURSDAY)
    assert THURSDAY + 30 * DAY == SATURDAY
    assert days(facts) == Days(MONDAY, MONDAY, False)
    assert days(facts, roll=0) == Days(SATURDAY, SATURDAY, False)


def test_an_extension_lengthens_the_time_and_not_the_rolled_day() -> None:
    facts = DayFacts(State.MEDIATING, accepted_on=THURSDAY, extended_days=3)
    assert days(facts).due_on == SATURDAY + 3 * DAY


def test_a_year_whose_holidays_are_not_known_makes_it_provisional() -> None:
    facts = DayFacts(State.MEDIATING, accepted_on=THURSDAY, extended_days=30)
    assert days(facts) == Days(date(2027, 1, 18), date(2027, 1, 18), True)


def test_the_limit_may_be_in_working_days() -> None:
    facts = DayFacts(State.MEDIATING, accepted_on=THURSDAY)
    found = days_of(facts, limits(unit=LimitUnit.WORKING_DAYS), CALENDAR)
    assert found.due_on == date(2026, 12, 31)


@pytest.mark.parametrize("state", [State.REFUSED, State.FAILED, State.WITHDRAWN, State.ARCHIVED])
def test_after_any_other_end_nothing_is_due_but_the_limit_stays_on_record(state: State) -> None:
    assert days(DayFacts(state, accepted_on=THURSDAY)) == Days(MONDAY, None, False)
    assert days(DayFacts(state, THURSDAY, 0, THURSDAY, (THURSDAY,))).next_on is None


def test_while_something_is_owed_its_earliest_day_counts_even_on_a_day_off() -> None:
    agreed = DayFacts(State.AGREED, THURSDAY, 0, THURSDAY, (MONDAY, SATURDAY))
    assert days(agreed).next_on == SATURDAY
    assert days(replace(agreed, visited=True)).next_on == SATURDAY


def test_when_nothing_is_owed_the_visit_is_due_until_there_was_one() -> None:
    agreed = DayFacts(State.AGREED, THURSDAY - 20 * DAY, effective_on=THURSDAY)
    assert days(agreed).next_on == MONDAY
    assert days(replace(agreed, visited=True)).next_on is None
    assert days(replace(agreed, effective_on=None)).next_on is None
    assert days(replace(agreed, effective_on=date(2026, 12, 15))).provisional


def test_confirmation_is_asked_for_within_thirty_days_of_the_effective_day() -> None:
    assert confirm_by(THURSDAY, limits(), CALENDAR) == MONDAY
    assert confirm_by(THURSDAY, limits(roll=0), CALENDAR) == SATURDAY


@given(st.sampled_from(State), st.integers(0, 400), st.integers(0, 90), st.lists(st.integers(-30, 90), max_size=4))
def test_what_is_due_next_is_never_before_acceptance_and_only_while_it_goes_on(
    state: State, accepted: int, more: int, owed: list[int]
) -> None:
    accepted_on = THURSDAY + accepted * DAY
    facts = DayFacts(state, accepted_on, more, accepted_on, tuple(accepted_on + n * DAY for n in owed))
    found = days(facts)
    assert found.due_on is not None
    assert found.due_on >= accepted_on + (30 + more) * DAY
    assert CALENDAR.is_working(found.due_on)
    assert (found.next_on is not None) == (state in (State.MEDIATING, State.AGREED))
    if state is State.AGREED and owed:
        assert found.next_on == accepted_on + min(owed) * DAY


ASKED = MoreTime(15, "一方在外地", THURSDAY, "telephone")


def problems_of(asked: MoreTime, missing: tuple[str, ...] = ()) -> dict[str, str]:
    """Field to sentence of what is wrong with an extension."""
    try:
        check_more_time(asked, accepted_on=THURSDAY - 9 * DAY, most=30, missing=missing, today=THURSDAY)
    except Problems as wrong:
        return {problem.field: problem.message for problem in wrong.problems}
    return {}


def test_an_extension_every_party_agreed_to() -> None:
    assert problems_of(ASKED) == {}
    assert problems_of(replace(ASKED, days=30, consented_on=THURSDAY - 9 * DAY)) == {}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"days": 0}, "days", "Between 1"),
        ({"days": 31}, "days", "Between 1"),
        ({"reason": " "}, "reason", "needed"),
        ({"reason": "\u202e"}, "reason", "can't be kept"),
        ({"consented_on": None}, "consented_on", "Choose the day"),
        ({"consented_on": THURSDAY + DAY}, "consented_on", "still to come"),
        ({"consented_on": THURSDAY - 10 * DAY}, "consented_on", "accepted"),
        ({"consented_how": "nod"}, "consented_how", "not one of the choices"),
    ],
)
def test_an_extension_that_cannot_be(changes: dict[str, object], field: str, sentence: str) -> None:
    found = problems_of(replace(ASKED, **changes))  # type: ignore[arg-type]
    assert list(found) == [field]
    assert sentence in found[field]


def test_an_extension_names_who_did_not_consent() -> None:
    assert "No consent on record" in problems_of(ASKED, missing=("乙**",))["consented_on"]
