"""The registers of work: what a line may say, and how units may stand in it."""

from datetime import date, timedelta
from typing import Any

import pytest

from db.rules.problems import Check, Problems
from db.rules.scoring.works import (
    ABOUTS,
    About,
    Kind,
    Level,
    Line,
    Paper,
    Part,
    Stand,
    check_part,
    check_work,
    first_parts,
    is_missing,
    moved,
    standings,
    whole,
)

TODAY = date(2026, 11, 19)
TOMORROW = TODAY + timedelta(days=1)
GOOD: dict[str, Any] = {"kind": "meeting", "about": "regular", "on_day": TODAY, "title": "十一月例会"}


def wrong(**changes: Any) -> set[str]:
    """The fields of a line that are wrong."""
    check = Check()
    check_work(check, Line(**(GOOD | changes)), TODAY)
    return fields(check)


def wrong_part(kind: str, about: str, **changes: Any) -> set[str]:
    """The columns of a unit's part that are wrong."""
    check = Check()
    told: dict[str, Any] = {"unit_id": 1, "standing": standings(kind, about)[0]} | changes
    check_part(check, Part(**told), kind, about, TODAY)
    return fields(check)


def fields(check: Check) -> set[str]:
    try:
        check.done()
    except Problems as problems:
        return {problem.field for problem in problems.problems}
    return set()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "club"}, "kind"),
        ({"about": "monthly"}, "about"),
        ({"about": ""}, "about"),
        ({"title": "  "}, "title"),
        ({"title": "甲\n乙"}, "title"),
        ({"title": "甲" * 201}, "title"),
        ({"note": "\x00"}, "note"),
        ({"on_day": None}, "on_day"),
        ({"on_day": TOMORROW}, "on_day"),
        ({"level": "county"}, "level"),
        ({"level": "moon"}, "level"),
        ({"papers": ("plan",)}, "papers"),
        ({"kind": "activity", "about": "large", "papers": ("poem",)}, "papers"),
        ({"kind": "activity", "about": "large", "on_day": TOMORROW}, "on_day"),
        ({"kind": "inspection", "about": "month", "on_day": TOMORROW}, "on_day"),
        ({"kind": "report", "about": "information", "on_day": TOMORROW}, "on_day"),
        ({"kind": "report", "about": "monthly", "level": "town"}, "level"),
        ({"kind": "report", "about": "monthly", "on_day": date(2029, 1, 1)}, "on_day"),
    ],
)
def test_a_bad_line_is_told_beside_its_field(changes: dict[str, Any], field: str) -> None:
    assert wrong(**changes) == {field}


def test_every_kind_of_every_line_may_be_written() -> None:
    for kind, abouts in ABOUTS.items():
        for about in abouts:
            assert wrong(kind=kind, about=about) == set()


def test_a_report_may_be_due_later() -> None:
    assert wrong(kind="report", about="monthly", on_day=date(2028, 12, 31)) == set()


@pytest.mark.parametrize("level", Level)
def test_information_is_adopted_at_its_highest_level(level: Level) -> None:
    """R-12 to R-15: one level per piece, the highest."""
    assert wrong(kind="report", about="information", level=level) == set()


def test_an_activity_has_the_seven_papers() -> None:
    """R-27."""
    assert len(Paper) == 7
    assert wrong(kind="activity", about="publicity", papers=tuple(Paper)) == set()


@pytest.mark.parametrize(
    ("kind", "about", "allowed"),
    [
        ("meeting", "regular", {"present", "excused", "absent"}),
        ("meeting", "other_meeting", {"present", "excused", "absent"}),
        ("meeting", "leaders", {"led"}),
        ("report", "monthly", {"handed_in", "missing"}),
        ("report", "information", {"handed_in"}),
        ("inspection", "month", {"done"}),
        ("activity", "large", {"done"}),
    ],
)
def test_a_unit_stands_as_its_kind_allows(kind: str, about: str, allowed: set[str]) -> None:
    assert set(standings(kind, about)) == allowed
    for standing in Stand:
        persons = int(standing is Stand.ABSENT)
        fine = not wrong_part(kind, about, standing=standing, persons=persons)
        assert fine == (standing in allowed)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"standing": "absent"}, "persons"),
        ({"standing": "absent", "persons": 100}, "persons"),
        ({"standing": "absent", "persons": -1}, "persons"),
        ({"standing": "excused", "persons": 1}, "persons"),
        ({"standing": "present", "handed_in_on": TODAY}, "handed_in_on"),
        ({"note": "甲\n乙"}, "note"),
    ],
)
def test_a_bad_part_of_a_meeting(changes: dict[str, Any], field: str) -> None:
    assert wrong_part("meeting", "regular", **changes) == {field}


def test_nothing_is_handed_in_tomorrow() -> None:
    assert wrong_part("report", "monthly", standing="handed_in", handed_in_on=TOMORROW) == {"handed_in_on"}
    assert wrong_part("report", "monthly", standing="handed_in", handed_in_on=TODAY) == set()


def test_who_turns_out_absent_is_one_person_and_who_was_there_after_all_nobody() -> None:
    absent = moved(Part(1, "present", note="迟到"), "absent")
    assert absent == Part(1, "absent", 1, note="迟到")
    assert moved(Part(1, "absent", 3), "absent").persons == 3
    assert moved(Part(1, "absent", 3), "present") == Part(1, "present")
    assert moved(Part(1, "handed_in", handed_in_on=TODAY), "missing") == Part(1, "missing")


def test_a_report_is_missing_when_its_day_is_over() -> None:
    """R-20: on the day itself it may still come; late is not missing."""
    assert not is_missing("missing", TODAY, TODAY)
    assert is_missing("missing", TODAY - timedelta(days=1), TODAY)
    assert not is_missing("handed_in", TODAY - timedelta(days=9), TODAY)


def test_units_begin_as_most_end() -> None:
    assert first_parts("meeting", "regular", [3, 1, 3]) == [Part(3, "present"), Part(1, "present")]
    assert first_parts("report", "monthly", [1]) == [Part(1, "missing")]
    assert [whole(kind, ABOUTS[kind][0]) for kind in Kind] == ["present", "handed_in", "done", "done"]
    assert whole("meeting", About.LEADERS) == Stand.LED
