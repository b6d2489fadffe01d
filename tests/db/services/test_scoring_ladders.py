"""The monthly ladder: figures row by row, nobody overwritten, and the steps, rewards and reviews that follow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.models import Assessment, Person, ScoreFigure, Unit
from db.rules.permissions import Actor, Role
from db.rules.problems import NotThere, Problems, Refused
from db.services.records import Saved
from db.services.scoring import assessments, ladder_exports, ladders, rubrics
from tests.db.services.measured import assessed_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, PEOPLE, SYSTEM, Office, a_unit, actor_of, an_assessment

ENTERED = {"before": 10, "now": 12.5}
Rows = Mapping[int, tuple[int, Mapping[str, object]]]


@pytest.fixture
def ladder_id(database: Database, office: Office) -> int:
    """Units A and B on the ladder of 2026."""
    return an_assessment(office, "ladder", name="阶梯")


@pytest.fixture
def unit_a(database: Database, ladder_id: int, office: Office) -> int:
    return assessed_of(ladder_id, office.unit_a)


@pytest.fixture
def unit_b(database: Database, ladder_id: int, office: Office) -> int:
    return assessed_of(ladder_id, office.unit_b)


def save(actor: Actor, ladder_id: int, month: int, rows: Rows, key: str = "") -> Saved:
    return ladders.save_figures(actor, assessment_id=ladder_id, month=month, rows=rows, key=key or f"{month} {rows}")


def seen(actor: Actor, ladder_id: int, month: int | None = None) -> dict[int, dict[Any, Any]]:
    """The rows of a month by assessed unit."""
    units = ladders.ladder(actor, assessment_id=ladder_id, month=month).units
    return {row["assessed_unit_id"]: row for row in units.to_dict("records")}


def entered(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ScoreFigure)) or 0


def test_figures_are_entered_and_ranked_by_their_increase(
    office: Office, ladder_id: int, unit_a: int, unit_b: int
) -> None:
    rows: Rows = {unit_a: (0, {"before": 10, "now": 12.5}), unit_b: (0, {"before": "8.00", "now": "12"})}
    assert save(office.assessor, ladder_id, 11, rows).saved == (unit_a, unit_b)
    month = seen(office.assessor, ladder_id)
    assert list(month) == [unit_b, unit_a]
    assert [(row["rank"], row["percent"], row["card"]) for row in month.values()] == [
        (1, 50.0, "notice"),
        (2, 25.0, "notice"),
    ]
    assert (month[unit_a]["before"], month[unit_a]["now"], month[unit_a]["version"]) == (10.0, 12.5, 1)


def test_equal_increases_as_shown_share_a_rank(office: Office, ladder_id: int, unit_a: int, unit_b: int) -> None:
    rows: Rows = {unit_a: (0, {"before": 300, "now": 400}), unit_b: (0, {"before": 900, "now": 1200.05})}
    save(office.assessor, ladder_id, 11, rows)
    assert [row["rank"] for row in seen(office.director, ladder_id).values()] == [1, 1]


def test_a_decrease_is_rewarded_in_its_month(office: Office, ladder_id: int, unit_a: int, unit_b: int) -> None:
    rows: Rows = {unit_a: (0, {"before": 10, "now": 5}), unit_b: (0, {"before": 10, "now": 7.01})}
    save(office.assessor, ladder_id, 10, rows)
    assert {unit: row["reward"] for unit, row in seen(office.assessor, ladder_id, 10).items()} == {
        unit_a: 270.0,
        unit_b: 0.0,
    }


def test_what_follows_of_months_running(office: Office, ladder_id: int, unit_a: int) -> None:
    steps = []
    for month in range(1, 6):
        save(office.assessor, ladder_id, month, {unit_a: (0, ENTERED)})
        steps.append(seen(office.assessor, ladder_id, month)[unit_a]["card"])
    assert steps == ["notice", "rectify", "yellow", "not_excellent", "not_excellent"]
    told = ladders.ladder(office.assessor, assessment_id=ladder_id)
    review = {(row["span"], row["assessed_unit_id"]): row for row in told.review.to_dict("records")}
    assert (review["q1", unit_a]["told"], review["q1", unit_a]["card"]) == (3, "yellow")
    assert (review["year", unit_a]["now"], review["year", unit_a]["percent"]) == (62.5, 25.0)
    assert list(told.course["month"]) == [1, 2, 3, 4, 5]


def test_a_rectification_without_effect_is_a_yellow_card_and_says_why(
    office: Office, ladder_id: int, unit_a: int
) -> None:
    for month in (1, 2):
        save(office.assessor, ladder_id, month, {unit_a: (0, ENTERED)})
    refused = save(office.assessor, ladder_id, 2, {unit_a: (1, {"ineffective": True})}).rejected[unit_a]
    assert [problem.field for problem in refused.problems] == ["note"]
    save(office.assessor, ladder_id, 2, {unit_a: (1, {"ineffective": True, "note": "逾期未整改"})})
    for month in (2, 4):
        row = seen(office.assessor, ladder_id, month)[unit_a]
        assert (row["card"], row["since"], row["since_note"]) == ("yellow", 2, "逾期未整改")
    assert ladders.ladder(office.assessor, assessment_id=ladder_id).month == 2


@pytest.mark.parametrize("typed", ["x", -1, "0.001", 10_000_000, "1e30", "nan", "Infinity"])
def test_a_figure_that_is_none_is_told_beside_its_field(
    typed: object, database: Database, office: Office, ladder_id: int, unit_a: int, unit_b: int
) -> None:
    saved = save(office.assessor, ladder_id, 11, {unit_a: (0, {"now": typed}), unit_b: (0, {"before": 1})})
    assert saved.saved == (unit_b,)
    assert [problem.field for problem in saved.rejected[unit_a].problems] == ["now"]
    assert entered(database) == 1


def test_who_saved_first_is_told_and_nothing_is_lost(office: Office, ladder_id: int, unit_a: int) -> None:
    save(office.assessor, ladder_id, 11, {unit_a: (0, {"now": 5})})
    late = save(office.assessor, ladder_id, 11, {unit_a: (0, {"now": 6, "note": "更正"})}).conflicts[unit_a]
    assert (late.theirs["now"], late.mine["now"], late.by, late.version) == (5, 6, "康考评", 1)
    save(office.assessor, ladder_id, 11, {unit_a: (1, {"now": 7})})
    stale = save(office.assessor, ladder_id, 11, {unit_a: (1, {"now": 8})}, key="stale")
    assert set(stale.conflicts) == {unit_a}
    assert seen(office.assessor, ladder_id)[unit_a]["now"] == 7.0


def test_a_double_click_writes_once(database: Database, office: Office, ladder_id: int, unit_a: int) -> None:
    for _ in range(2):
        assert save(office.assessor, ladder_id, 11, {unit_a: (0, ENTERED)}, key="same").saved == (unit_a,)
    assert seen(office.assessor, ladder_id)[unit_a]["version"] == 1


def test_a_month_to_come_is_not_entered(office: Office, database: Database, ladder_id: int, unit_a: int) -> None:
    with pytest.raises(Problems, match="has not begun"):
        save(office.assessor, ladder_id, 12, {unit_a: (0, ENTERED)})
    assert ladders.ladder(office.assessor, assessment_id=ladder_id, month=12).month == 11
    with clock.at(datetime(2025, 12, 31, tzinfo=NOW.tzinfo)):
        assert ladders.ladder(office.assessor, assessment_id=ladder_id).months == ()


def test_nobody_enters_for_the_unit_they_belong_to(
    database: Database, office: Office, ladder_id: int, unit_a: int, unit_b: int
) -> None:
    with database.transaction(SYSTEM) as session:
        unit = session.get_one(Unit, office.group_a)
        own = actor_of(session.get_one(Person, office.assessor.id), unit, {Role.ASSESSOR})
    saved = save(own, ladder_id, 11, {unit_a: (0, ENTERED), unit_b: (0, ENTERED)})
    assert saved.saved == (unit_b,)
    assert "You belong to this unit" in saved.rejected[unit_a].problems[0].message
    assert {unit: row["own"] for unit, row in seen(own, ladder_id).items()} == {unit_a: True, unit_b: False}


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "assessor"])
def test_only_assessors_enter(who: str, database: Database, office: Office, ladder_id: int, unit_a: int) -> None:
    with pytest.raises(Refused):
        save(office.people[who], ladder_id, 11, {unit_a: (0, ENTERED)})
    assert entered(database) == 0


def test_a_unit_sees_its_own_figures_and_no_rank(office: Office, ladder_id: int, unit_a: int, unit_b: int) -> None:
    save(office.assessor, ladder_id, 11, {unit_a: (0, ENTERED), unit_b: (0, {"before": 1, "now": 9})})
    told = ladders.ladder(office.head, assessment_id=ladder_id)
    assert not told.ranked
    assert not told.may_enter
    for frame in (told.units, told.course, told.review):
        assert set(frame["assessed_unit_id"]) == {unit_a}
    assert told.units["rank"].isna().all()
    assert told.units["card"].tolist() == ["notice"]
    with pytest.raises(Refused):
        ladders.ladder(office.viewer, assessment_id=ladder_id)


def test_what_is_no_ladder_is_not_there(database: Database, office: Office, ladder_id: int, unit_a: int) -> None:
    points = an_assessment(office)
    with pytest.raises(NotThere):
        ladders.ladder(office.assessor, assessment_id=points)
    with nothing_changes(database), pytest.raises(Problems, match="no ladder"):
        save(office.assessor, points, 11, {assessed_of(points, office.unit_a): (0, ENTERED)})
    other = save(office.assessor, ladder_id, 11, {assessed_of(points, office.unit_a): (0, ENTERED)})
    assert other.rejected
    assert entered(database) == 0


def test_a_retired_ladder_is_read_only(database: Database, office: Office, ladder_id: int, unit_a: int) -> None:
    with database.transaction(SYSTEM) as session:
        session.get_one(Assessment, ladder_id).active = False
    assert not ladders.ladder(office.assessor, assessment_id=ladder_id).may_enter
    saved = save(office.assessor, ladder_id, 11, {unit_a: (0, ENTERED)})
    assert "retired" in saved.rejected[unit_a].problems[0].message


def test_a_ladder_without_a_rubric_in_force(office: Office) -> None:
    drafted = assessments.add_assessment(
        office.director, preset="ladder", year=2026, name="草案", unit_ids=[office.unit_a], key="draft"
    )
    with pytest.raises(Problems, match="no rubric in force"):
        ladders.ladder(office.assessor, assessment_id=drafted)


def test_a_month_is_taken_away_once_by_who_asked(office: Office, ladder_id: int, unit_a: int) -> None:
    save(office.assessor, ladder_id, 11, {unit_a: (0, ENTERED)})
    asked = ladder_exports.ask(office.assessor, assessment_id=ladder_id, month=11, language="zh")
    assert asked.rows == 2
    with pytest.raises(NotThere):
        ladder_exports.fetch(office.director, token=asked.token)
    told, language = ladder_exports.fetch(office.assessor, token=asked.token)
    assert (told.month, language, told.units["percent"].tolist()[0]) == (11, "zh", 25.0)
    with pytest.raises(NotThere):
        ladder_exports.fetch(office.assessor, token=asked.token)


def test_only_the_three_highest_are_told(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        centre = session.get_one(Unit, office.centre)
        villages = [a_unit(session, f"村{n}", parent=centre).id for n in range(5)]
    made = assessments.add_assessment(
        office.director, preset="ladder", year=2026, name="五村", unit_ids=villages, key="five"
    )
    with database.reading() as session:
        rubric = rubrics.latest(session, made)
    rubrics.put_in_force(office.director, rubric_id=rubric.id, version=rubric.version, key="in force five")
    rises = (1, 5, 3, 3, 0)
    rows = {
        assessed_of(made, unit): (0, {"before": 10, "now": 10 + rise})
        for unit, rise in zip(villages, rises, strict=True)
    }
    save(office.assessor, made, 11, rows)
    month = ladders.ladder(office.assessor, assessment_id=made).units
    assert list(zip(month["unit"], month["rank"], month["told"], strict=True)) == [
        ("村1", 1, True),
        ("村2", 2, True),
        ("村3", 2, True),
        ("村0", 4, False),
        ("村4", 5, False),
    ]
