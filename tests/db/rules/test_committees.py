"""Committees: terms that end on their day, warnings that block nothing, and what is refused."""

from datetime import date
from typing import Any

import pytest

from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.mediation.committees import (
    Standing,
    check_committee,
    check_member,
    check_search,
    check_training,
    term_until,
    warnings,
)
from db.rules.problems import Check, Problems

TODAY = date(2026, 11, 19)
NUMBERS = {"committee_least": 3, "committee_most": 9, "committee_women_least": 1, "committee_term_years": 3}
LIMITS = Limits(1, "", TODAY, {code: Limit(code, n, LimitUnit.COUNT, "law") for code, n in NUMBERS.items()})
FINE = Standing(members=3, women=1, chairs=1, term_from=TODAY)


def fields(standing: Standing) -> list[str]:
    return [problem.field for problem in warnings(standing, LIMITS, TODAY)]


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 11, 19), date(2029, 11, 19)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 28)),
        (None, None),
    ],
)
def test_a_term_ends_on_its_day(begins: date | None, ends: date | None) -> None:
    assert term_until(begins, 3) == ends


def test_29_february_stays_where_the_year_has_one() -> None:
    assert term_until(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (FINE, []),
        (Standing(9, 9, 1, TODAY), []),
        (Standing(2, 1, 1, TODAY), ["members"]),
        (Standing(10, 1, 1, TODAY), ["members"]),
        (Standing(3, 0, 1, TODAY), ["women"]),
        (Standing(3, 1, 0, TODAY), ["chair"]),
        (Standing(3, 1, 2, TODAY), ["chair"]),
        (Standing(3, 1, 1, date(2023, 11, 19)), []),
        (Standing(3, 1, 1, date(2023, 11, 18)), ["term_from"]),
        (Standing(3, 1, 1, None), ["term_from"]),
        (Standing(0, 0, 0, None), ["members", "women", "chair", "term_from"]),
    ],
)
def test_what_is_off_is_told(standing: Standing, told: list[str]) -> None:
    assert fields(standing) == told


COMMITTEE: dict[str, Any] = {
    "name": "东村调委会",
    "name_en": "",
    "kind": "village",
    "kinds": {"village", "specialised"},
    "field": "",
    "fields": {"property_service"},
    "set_up_on": date(2020, 1, 1),
    "term_from": date(2025, 1, 1),
    "today": TODAY,
}
MEMBER: dict[str, Any] = {
    "name": "马调解",
    "sex": "",
    "position": "member",
    "from_on": TODAY,
    "until_on": None,
    "today": TODAY,
}
TRAINING: dict[str, Any] = {"held_on": TODAY, "subject": "文书", "hours": 4, "organiser": "", "today": TODAY}
SEARCH: dict[str, Any] = {"held_on": TODAY, "found": 6, "prevented": 2, "note": "入户走访", "today": TODAY}
CHECKS = {
    "committee": (check_committee, COMMITTEE),
    "member": (check_member, MEMBER),
    "training": (check_training, TRAINING),
    "search": (check_search, SEARCH),
}


def problems_of(what: str, changes: dict[str, object]) -> set[str]:
    check = Check()
    rule, values = CHECKS[what]
    rule(check, **(values | changes))  # type: ignore[operator]
    try:
        check.done()
    except Problems as problems:
        return {problem.field for problem in problems.problems}
    return set()


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        *[(what, {}) for what in CHECKS],
        ("committee", {"kind": "specialised", "field": "property_service"}),
        ("committee", {"set_up_on": None, "term_from": None}),
        ("member", {"sex": "female", "position": "chair", "until_on": date(2029, 11, 19)}),
        ("training", {"hours": 0}),
        ("search", {"found": 0, "prevented": 0, "note": "一\n" * 5000}),
    ],
)
def test_what_fits_is_taken(what: str, changes: dict[str, object]) -> None:
    assert problems_of(what, changes) == set()


LATER = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("what", "changes", "field"),
    [
        ("committee", {"name": " "}, "name"),
        ("committee", {"name": "长" * 61}, "name"),
        ("committee", {"name": "两\n行"}, "name"),
        ("committee", {"name_en": "x" * 201}, "name_en"),
        ("committee", {"kind": None}, "kind"),
        ("committee", {"kind": "club"}, "kind"),
        ("committee", {"kind": "specialised"}, "field"),
        ("committee", {"field": "magic"}, "field"),
        ("committee", {"set_up_on": LATER}, "set_up_on"),
        ("committee", {"term_from": LATER}, "term_from"),
        ("committee", {"term_from": date(2019, 12, 31)}, "term_from"),
        ("member", {"name": ""}, "name"),
        ("member", {"sex": "x"}, "sex"),
        ("member", {"position": None}, "position"),
        ("member", {"from_on": LATER}, "from_on"),
        ("member", {"until_on": date(2026, 11, 18)}, "until_on"),
        ("training", {"held_on": None}, "held_on"),
        ("training", {"held_on": LATER}, "held_on"),
        ("training", {"subject": " "}, "subject"),
        ("training", {"hours": -1}, "hours"),
        ("training", {"hours": None}, "hours"),
        ("training", {"hours": 1001}, "hours"),
        ("training", {"organiser": "x\ty"}, "organiser"),
        ("search", {"held_on": LATER}, "held_on"),
        ("search", {"found": -1}, "found"),
        ("search", {"prevented": None}, "prevented"),
        ("search", {"note": "\x00"}, "note"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(what: str, changes: dict[str, object], field: str) -> None:
    assert field in problems_of(what, changes)
