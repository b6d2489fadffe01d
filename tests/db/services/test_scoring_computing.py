"""Computed points: written once, replaced when a record changes, taken back when it is gone; no finished sheet."""

import json
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db import clock
from db.engine import Database, reading
from db.models import AssessedUnit, Assessment, Case, Person, Rubric, ScoreEntry, ScoreSheet, Unit
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Role
from db.rules.problems import NotThere, Problems, Refused
from db.rules.scoring.formulas import FORMULAS
from db.rules.scoring.works import Part
from db.services.mediation import training
from db.services.scoring import computing, ledger, sheets
from db.services.scoring.behind import MORE, records_of
from db.services.scoring.facts import disputes, works
from db.services.scoring.facts.fact import Fact, count
from db.services.works import keeping
from tests.db.services import stages
from tests.db.services.measured import assessed_of
from tests.db.services.stages import RATED, brought, take
from tests.factories import NOW, PEOPLE, SYSTEM, Office, a_dispute, actor_of, an_assessment

TODAY = NOW.date()


@pytest.fixture
def assessment_id(database: Database, office: Office) -> int:
    """Units A and B are scored."""
    return an_assessment(office)


def compute(office: Office, assessment_id: int, key: str) -> int:
    return computing.compute(office.assessor, assessment_id=assessment_id, key=key)


def computed(assessment_id: int, unit_id: int) -> dict[tuple[str, str], dict[str, Any]]:
    """Computed entries by sheet and item: count, value, day, what it rests on."""
    query = (
        select(ScoreSheet.period, ScoreEntry)
        .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
        .where(ScoreSheet.assessed_unit_id == assessed_of(assessment_id, unit_id), ScoreEntry.computed.is_not(None))
    )
    with reading() as session:
        rows = session.execute(query.where(ScoreEntry.removed_at.is_(None)))
        return {
            (period, row.item): {name: getattr(row, name) for name in ("id", "version", "count", "value", "on_day")}
            | {"basis": json.loads(row.basis), "author": row.author_id}
            for period, row in rows
        }


def total_of(assessment_id: int, unit_id: int) -> tuple[str, str]:
    with reading() as session:
        row = session.get_one(AssessedUnit, assessed_of(assessment_id, unit_id))
        return row.total, row.standing


def a_line(office: Office, kind: str, about: str, *parts: Part, on: date = TODAY, **more: Any) -> int:
    told: dict[str, Any] = {"kind": kind, "about": about, "on_day": on, "title": "记录", "parts": parts}
    return keeping.add(office.clerk, **(told | more), key=f"{kind} {about} {on} {parts} {more}")


def rated(office: Office, *says: str) -> list[int]:
    """Matters of unit A replied to today and rated."""
    found = [brought(office, stages.REPLIED) for _ in says]
    for case_id, said in zip(found, says, strict=True):
        take(office, "deputy", case_id, Step.VISIT, **(RATED | {"satisfaction": said}))
    return found


def test_a_point_says_what_it_rests_on(assessment_id: int, office: Office) -> None:
    good, bad = rated(office, "satisfied", "dissatisfied")
    assert compute(office, assessment_id, "first") > 0
    point = computed(assessment_id, office.unit_a)["q4", "satisfaction"]
    assert (point["value"], point["count"], point["on_day"], point["author"]) == ("1/2", 1, TODAY, None)
    assert point["basis"] == {
        "trigger": "satisfaction",
        "formula": FORMULAS["satisfaction"],
        "numerator": 1,
        "denominator": 2,
        "from": "2026-10-01",
        "until": "2026-12-31",
        "number": 2,
        "records": [["case", good], ["case", bad]],
        "missed": [["case", bad]],
        "computed_at": clock.now().isoformat(),
    }
    told = sheets.sheets(office.assessor, assessed_unit_id=assessed_of(assessment_id, office.unit_a)).told
    line = next(
        line
        for period in told["periods"]
        if period["code"] == "q4"
        for line in period["lines"]
        if line["code"] == "satisfaction"
    )
    assert Fraction(line["points"]["exact"]) == 5


def test_nothing_to_measure_leaves_the_item_out(assessment_id: int, office: Office) -> None:
    compute(office, assessment_id, "first")
    points = computed(assessment_id, office.unit_b)
    rates = {item: point["value"] for (period, item), point in points.items() if period == "q3"}
    assert rates == dict.fromkeys(("on_time_acceptance", "on_time_completion", "rated_share", "satisfaction"), "")
    assert points["", "satisfaction_target"]["value"] == ""
    assert points["", "disputes_found"]["value"] == "0"
    assert points["", "disputes_found"]["basis"]["denominator"] is None
    assert ("", "meetings_missed") not in points


def test_only_what_has_begun_is_computed(assessment_id: int, office: Office) -> None:
    with clock.at(NOW - timedelta(days=150)):
        compute(office, assessment_id, "june")
    assert {period for period, _ in computed(assessment_id, office.unit_a)} == {"", "q1", "q2", "half", "year"}
    with clock.at(NOW - timedelta(days=400)):
        assert compute(office, assessment_id, "the year before") == 0


def test_a_number_counts_in_the_year_and_goes_when_it_is_none(assessment_id: int, office: Office) -> None:
    work = a_line(office, "meeting", "regular", Part(office.unit_b, "absent", 3))
    compute(office, assessment_id, "first")
    assert computed(assessment_id, office.unit_b)["", "meetings_missed"]["count"] == 3
    standing = json.loads(total_of(assessment_id, office.unit_b)[1])
    assert Fraction(standing["deduction"]) == Fraction(3, 2)
    keeping.remove(office.clerk, work_id=work, version=1, key="out")
    assert compute(office, assessment_id, "second") == 1
    assert ("", "meetings_missed") not in computed(assessment_id, office.unit_b)
    assert Fraction(json.loads(total_of(assessment_id, office.unit_b)[1])["deduction"]) == 0
    keeping.restore(office.clerk, work_id=work, version=2, key="in")
    assert compute(office, assessment_id, "third") == 1
    with reading() as session:
        written = session.scalars(select(ScoreEntry.id).where(ScoreEntry.item == "meetings_missed")).all()
    assert len(written) == 1


def everything(database: Database) -> list[tuple[Any, ...]]:
    """Every entry, and every sheet and assessed unit but for the moment it was computed."""
    with database.reading() as session:
        sheet = [c for c in ScoreSheet.__table__.columns if c.name != "computed_at"]
        tables = ([ScoreEntry.__table__], sheet, [AssessedUnit.__table__])
        return [tuple(row) for columns in tables for row in session.execute(select(*columns).order_by("id"))]


def test_again_is_as_before(assessment_id: int, database: Database, office: Office) -> None:
    rated(office, "satisfied", "fairly")
    a_line(office, "meeting", "regular", Part(office.unit_a, "absent", 1))
    compute(office, assessment_id, "first")
    before = everything(database)
    with clock.at(NOW + timedelta(hours=3)):
        assert compute(office, assessment_id, "second") == 0
        later = clock.now()
    assert everything(database) == before
    with database.reading() as session:
        assert set(session.scalars(select(ScoreSheet.computed_at))) == {later}


LINES = st.tuples(
    st.sampled_from(
        [
            ("meeting", "regular", "absent"),
            ("meeting", "regular", "excused"),
            ("meeting", "leaders", "led"),
            ("report", "monthly", "missing"),
            ("report", "information", "handed_in"),
            ("inspection", "month", "done"),
            ("activity", "large", "done"),
        ]
    ),
    st.dates(date(2026, 1, 1), TODAY),
    st.sampled_from(["unit_a", "unit_b", "group_a"]),
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=6))
def test_computing_twice_is_computing_once(lines: list[Any], office_and_database: tuple[Database, Office]) -> None:
    database, office = office_and_database
    seed = json.dumps(lines, default=str)
    with reading() as session:
        known = session.scalars(select(Assessment.id)).first()
    assessment_id = known or an_assessment(office)
    for number, ((kind, about, standing), on, where) in enumerate(lines):
        part = Part(getattr(office, where), standing, 1 if standing == "absent" else 0)
        a_line(office, kind, about, part, on=on, note=f"{seed[:40]}{number}")
    compute(office, assessment_id, f"once {seed}")
    before = everything(database)
    assert compute(office, assessment_id, f"twice {seed}") == 0
    assert everything(database) == before


@given(
    facts=st.lists(
        st.builds(
            Fact,
            st.just(1),
            st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            st.just("case"),
            st.integers(1, 9),
            st.integers(1, 5),
            st.booleans(),
            st.none(),
        ),
        max_size=12,
        unique_by=lambda fact: fact.record_id,
    ),
    dice=st.randoms(use_true_random=False),
)
def test_order_and_repetition_change_no_count(facts: list[Fact], dice: Any) -> None:
    first, last = date(2026, 3, 1), date(2026, 9, 30)
    mixed = facts * 2
    dice.shuffle(mixed)
    told = count(mixed, first, last)
    assert told == count(facts, first, last)
    assert told.numerator <= told.denominator == sum(f.amount for f in facts if first <= f.on <= last)


def test_an_accusation_changes_nothing(assessment_id: int, database: Database, office: Office) -> None:
    rated(office, "satisfied")
    compute(office, assessment_id, "first")
    before = everything(database)
    brought(office, sealed=True)
    with clock.at(NOW - timedelta(days=90)):
        brought(office, sealed=True)
    assert compute(office, assessment_id, "second") == 0
    assert everything(database) == before


def test_a_finished_sheet_is_left_alone(assessment_id: int, database: Database, office: Office) -> None:
    compute(office, assessment_id, "first")
    with database.transaction(SYSTEM) as session:
        own = (ScoreSheet.assessed_unit_id == assessed_of(assessment_id, office.unit_a), ScoreSheet.period == "q4")
        session.scalars(select(ScoreSheet).where(*own)).one().finished_at = NOW
    finished = {one: point for one, point in computed(assessment_id, office.unit_a).items() if one[0] == "q4"}
    rated(office, "dissatisfied")
    with clock.at(NOW + timedelta(hours=1)):
        assert compute(office, assessment_id, "second") > 0
    after = computed(assessment_id, office.unit_a)
    assert {one: point for one, point in after.items() if one[0] == "q4"} == finished
    assert after["year", "satisfaction"]["value"] == "0"


def test_stopped_in_the_middle_it_is_begun_again(
    assessment_id: int, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "CHUNK", 1)
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        computing.compute(office.assessor, assessment_id=assessment_id, key="same", tell=stop)
    assert told == [(1, 2)]
    assert computed(assessment_id, office.unit_a)
    assert not computed(assessment_id, office.unit_b)
    done: list[tuple[int, int]] = []
    first = computing.compute(
        office.assessor, assessment_id=assessment_id, key="same", tell=lambda a, b: done.append((a, b))
    )
    assert done == [(1, 2), (2, 2)]
    assert first == len(computed(assessment_id, office.unit_b))
    assert computing.compute(office.assessor, assessment_id=assessment_id, key="same") == first


def test_one_unit_alone_and_the_assessors_own(assessment_id: int, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        unit = session.get_one(Unit, office.unit_a)
        own = actor_of(session.get_one(Person, office.assessor.id), unit, {Role.ASSESSOR})
    unit_a = assessed_of(assessment_id, office.unit_a)
    assert computing.compute_unit(own, assessed_unit_id=unit_a, key="own") > 0
    assert computed(assessment_id, office.unit_a)
    assert not computed(assessment_id, office.unit_b)
    assert computing.compute_unit(own, assessed_unit_id=unit_a, key="again") == 0


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "assessor"])
def test_nobody_else_computes(who: str, assessment_id: int, office: Office) -> None:
    actor = office.people[who]
    with pytest.raises(Refused):
        computing.compute(actor, assessment_id=assessment_id, key="k")
    with pytest.raises((Refused, NotThere)):
        computing.compute_unit(actor, assessed_unit_id=assessed_of(assessment_id, office.unit_a), key="k")


def test_what_cannot_be_computed(assessment_id: int, database: Database, office: Office) -> None:
    with pytest.raises(NotThere):
        compute(office, 99, "nothing")
    with pytest.raises(Problems, match="adds nothing up"):
        compute(office, an_assessment(office, "ladder", name="阶梯"), "ladder")
    with database.transaction(SYSTEM) as session:
        session.get_one(Assessment, assessment_id).active = False
    with pytest.raises(Problems, match="retired"):
        compute(office, assessment_id, "retired")


# --- the records behind a point ---


SEEN: dict[str, set[str]] = {
    "director": {disputes.DISPUTE, disputes.SEARCH, works.WORK},
    "deputy": {disputes.SEARCH, works.WORK},
    "assessor": {works.WORK},
    "head": set(),
}


def rows_behind(actor: Actor, entry_id: int) -> list[dict[Any, Any]]:
    return records_of(actor, entry_id=entry_id).to_dict("records")


def test_a_reader_sees_the_records_they_may_open(assessment_id: int, office: Office) -> None:
    good, bad = rated(office, "satisfied", "dissatisfied")
    compute(office, assessment_id, "first")
    point = computed(assessment_id, office.unit_a)["q4", "satisfaction"]["id"]
    seen = rows_behind(office.director, point)
    assert [(row["kind"], row["id"], row["met"], row["count"]) for row in seen] == [
        ("case", good, True, 1),
        ("case", bad, False, 1),
    ]
    assert all(row["number"] for row in seen)
    assert [(row["kind"], row["number"], row["count"]) for row in rows_behind(office.assessor, point)] == [
        ("case", "", 2)
    ]
    assert [row["id"] for row in rows_behind(office.head, point)] == [good, bad]


def test_a_matter_that_became_an_accusation_is_not_told(assessment_id: int, database: Database, office: Office) -> None:
    (case_id,) = rated(office, "satisfied")
    compute(office, assessment_id, "first")
    point = computed(assessment_id, office.unit_a)["q4", "satisfaction"]["id"]
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).kind = "accusation"
    assert [row["number"] for row in rows_behind(office.director, point)] == [""]


def test_of_many_records_the_rest_is_a_number(
    assessment_id: int, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "MOST_RECORDS", 1)
    rated(office, "satisfied", "satisfied", "dissatisfied")
    compute(office, assessment_id, "first")
    rows = rows_behind(office.director, computed(assessment_id, office.unit_a)["q4", "satisfaction"]["id"])
    assert [(row["kind"], row["count"]) for row in rows] == [("case", 1), (MORE, 2)]


def test_another_units_point_is_not_there(assessment_id: int, office: Office) -> None:
    compute(office, assessment_id, "first")
    other = computed(assessment_id, office.unit_b)["q4", "satisfaction"]["id"]
    with pytest.raises(NotThere):
        records_of(office.head, entry_id=other)
    with pytest.raises(NotThere):
        records_of(office.assessor, entry_id=9999)
    with pytest.raises(Refused):
        records_of(office.viewer, entry_id=other)


def test_every_kind_of_record_is_told(assessment_id: int, office: Office) -> None:
    a_line(office, "meeting", "leaders", Part(office.unit_a, "led"))
    compute(office, assessment_id, "first")
    point = computed(assessment_id, office.unit_a)["", "meetings_led"]["id"]
    assert [(row["kind"], row["number"], row["day"]) for row in rows_behind(office.head, point)] == [
        ("work", "记录", TODAY)
    ]


def test_a_dispute_and_a_line_of_work_are_told_to_their_readers(
    assessment_id: int, database: Database, office: Office
) -> None:
    rated(office, "satisfied")
    work = a_line(office, "meeting", "leaders", Part(office.unit_b, "led"))
    held: dict[str, Any] = {"committee_id": office.committee_a, "held_on": TODAY, "found": 1, "prevented": 0}
    search = training.add_search(office.director, key="search", **held)
    compute(office, assessment_id, "first")
    point = computed(assessment_id, office.unit_a)["q4", "satisfaction"]["id"]
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office).id
        records = [[disputes.DISPUTE, dispute], [disputes.SEARCH, search], [works.WORK, work]]
        entry = session.get_one(ScoreEntry, point)
        entry.basis = json.dumps(json.loads(entry.basis) | {"records": records, "missed": [], "number": 3})
    told = {name: {row["kind"] for row in rows_behind(office.people[name], point) if row["number"]} for name in SEEN}
    assert told == SEEN


def test_a_retired_items_point_is_taken_back(assessment_id: int, database: Database, office: Office) -> None:
    a_line(office, "meeting", "leaders", Part(office.unit_a, "led"))
    compute(office, assessment_id, "first")
    with database.transaction(SYSTEM) as session:
        edition = ledger.must_be_in_force(session, assessment_id)
        row = session.get_one(Rubric, edition.rubric_id)
        document = json.loads(row.document)
        for item in document["items"]:
            item["active"] = item["code"] != "meetings_led"
        row.document = json.dumps(document, ensure_ascii=False)
    compute(office, assessment_id, "second")
    assert ("", "meetings_led") not in computed(assessment_id, office.unit_a)
