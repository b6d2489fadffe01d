"""Joint co-ordination meetings: recorded, corrected, taken away and put back; who may, who sees, what is proposed."""

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database, reading
from db.models import CaseEntry, CaseUnit, Person, Unit
from db.rules.conferences import Why
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.cases import conferences
from tests.db.services.test_supervision_drafting import TODAY, a_led_case
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
AGREED = "由甲单位牵头，乙单位配合，七日内办结。"


@pytest.fixture
def case_id(database: Database, office: Office) -> int:
    """A matter of unit A, which unit B helps with."""
    made = a_led_case(database, office)
    with database.transaction(SYSTEM) as session:
        session.add(CaseUnit(case_id=made, unit_id=office.unit_b, role="co", sent_on=TODAY))
    return made


def said(office: Office, **changes: Any) -> dict[str, Any]:
    """What a full record says."""
    return {
        "day": TODAY,
        "at": time(9, 30),
        "place": "二楼会议室",
        "convened_by_id": office.director.id,
        "unit_ids": [office.unit_b, office.unit_a],
        "others": "居民代表两人",
        "topic": "排水沟归谁清理",
        "statements": "双方各述意见。",
        "agreed": AGREED,
        "lead_unit_id": office.unit_a,
        "due_on": date(2026, 11, 26),
    } | changes


def test_a_record_is_written_corrected_taken_away_and_put_back(office: Office, case_id: int) -> None:
    assert conferences.of_case(office.leader, case_id=case_id).why is Why.UNITS
    made = conferences.record(office.leader, case_id=case_id, key="k", **said(office))
    assert conferences.record(office.leader, case_id=case_id, key="k", **said(office)) == made, "a double click"
    told = conferences.of_case(office.head, case_id=case_id)
    (one,) = told.conferences
    assert (told.may_confer, told.why, one) == (False, None, conferences.values_of(office.head, conference_id=made))
    assert (one.held_at.hour, one.held_at.minute, one.convened_by, one.recorder) == (9, 30, "周主任", "林带班")
    assert ([unit.id for unit in one.units], one.agreed) == ([office.unit_b, office.unit_a], AGREED)
    assert one.lead is not None
    assert one.lead.id == office.unit_a

    new = conferences.rewrite(
        office.director, conference_id=made, version=one.version, key="r", **said(office, lead_unit_id=office.unit_b)
    )
    with pytest.raises(Changed) as conflict:
        conferences.rewrite(office.leader, conference_id=made, version=one.version, key="late", **said(office))
    assert conflict.value.theirs["lead_unit_id"] == office.unit_b

    gone = conferences.take_away(office.deputy, conference_id=made, version=new, key="t")
    assert conferences.of_case(office.head, case_id=case_id).conferences == ()
    with pytest.raises(NotThere):
        conferences.values_of(office.director, conference_id=made)
    conferences.put_back(office.deputy, conference_id=made, version=gone, key="b")
    assert conferences.values_of(office.handler, conference_id=made).topic == "排水沟归谁清理"
    with reading() as session:
        lines = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)).all()
    assert [line.step for line in lines] == ["confer_record", "confer_rewrite", "confer_take_away", "confer_put_back"]
    assert not any(line.text or line.public or AGREED in line.detail for line in lines)


@SQLITE
@pytest.mark.parametrize("who", ["clerk", "handler", "head", "viewer", "admin"])
def test_only_leaders_of_the_office_record(database: Database, office: Office, case_id: int, who: str) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        conferences.record(office.people[who], case_id=case_id, key="k", **said(office))


@SQLITE
def test_a_stranger_sees_none_and_an_accusation_has_none(database: Database, office: Office) -> None:
    made = conferences.record(office.leader, case_id=a_led_case(database, office), key="k", **said(office))
    with pytest.raises(NotThere):
        conferences.values_of(office.outsider, conference_id=made)
    accusation = a_led_case(database, office, kind="accusation")
    assert not conferences.of_case(office.director, case_id=accusation).may_confer
    sealed = a_led_case(database, office, sealed=True)
    for other, wrong in ((accusation, Problems), (sealed, NotThere)):
        with nothing_changes(database), pytest.raises(wrong):
            conferences.record(office.director, case_id=other, key="k2", **said(office))


@SQLITE
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("unit_ids", {"unit_ids": [99_999]}),
        ("lead_unit_id", {"lead_unit_id": 99_999}),
        ("convened_by_id", {"convened_by_id": None}),
        ("at", {"at": None}),
    ],
)
def test_what_is_missing_is_told_and_nothing_written(
    database: Database, office: Office, case_id: int, field: str, changes: dict[str, Any]
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as told:
        conferences.record(office.leader, case_id=case_id, key="k", **said(office, **changes))
    assert [problem.field for problem in told.value.problems] == [field]


@SQLITE
def test_after_two_objections_one_is_proposed(database: Database, office: Office) -> None:
    objected = a_led_case(database, office, state="objected", bounces=2)
    assert conferences.of_case(office.director, case_id=objected).why is Why.OBJECTIONS
    closed = a_led_case(database, office, state="closed", open=False, bounces=2)
    assert conferences.of_case(office.director, case_id=closed).why is None


@SQLITE
def test_who_convenes_and_who_sits_there_is_of_today_unless_it_stands(
    database: Database, office: Office, case_id: int
) -> None:
    made = conferences.record(office.leader, case_id=case_id, key="k", **said(office))
    with database.transaction(SYSTEM) as session:
        session.get_one(Person, office.director.id).active = False
        session.get_one(Unit, office.unit_b).active = False
    today: dict[str, Any] = {"convened_by_id": office.leader.id, "unit_ids": [office.unit_a]}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("convened_by_id", {"convened_by_id": office.director.id}),
        ("convened_by_id", {"convened_by_id": office.viewer.id}),
        ("unit_ids", {"unit_ids": [office.unit_a, office.unit_b]}),
        ("lead_unit_id", {"lead_unit_id": office.unit_b}),
    ]
    for field, changes in wrong:
        with nothing_changes(database), pytest.raises(Problems) as told:
            conferences.record(office.leader, case_id=case_id, key="x", **said(office, **(today | changes)))
        assert [problem.field for problem in told.value.problems] == [field]
    conferences.rewrite(office.leader, conference_id=made, version=1, key="r", **said(office, place="三楼"))
