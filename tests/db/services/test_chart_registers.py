"""Charts on everything but matters: the same figures as the records say, each under the reach of who asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import (
    Agreement,
    CaseUnit,
    Dispute,
    DisputeMediator,
    DutyAttendance,
    Mediator,
    Meeting,
    MeetingDecision,
    MeetingKind,
    RotaPlace,
    Supervision,
    Work,
    WorkUnit,
)
from db.rules.briefings.chart import ChartSpec, Period
from db.rules.permissions import Actor
from db.rules.problems import Problems
from db.services.briefings.behind import FIGURES_ONLY, behind
from db.services.briefings.drawing import draw, values_of
from db.services.briefings.registers import measures_of, registers_of
from db.services.briefings.registers.duty import REGISTER as DUTY
from tests.db.services.on_duty import a_published_rota
from tests.db.services.scored import a_scored_year
from tests.factories import NOW, SYSTEM, Office, a_case, a_dispute

TODAY = NOW.date()


def asked(register: str, measure: str, split: str = "", **more: Any) -> ChartSpec:
    """A question of all time."""
    return ChartSpec(register=register, measure=measure, split=split, **{"period": Period.EVER.value} | more)


def told(actor: Actor, spec: ChartSpec) -> dict[str, float | None]:
    """Every figure by its code; the total under "" where it is not divided."""
    drawn = draw(actor, spec=spec)
    return {cell.at: cell.value for cell in drawn.cells if cell.n or cell.of or cell.hidden}


@pytest.fixture
def disputes(database: Database, office: Office) -> None:
    """Committee A accepted eight and agreed on six, committee B accepted one; each worth 100.50 yuan."""
    with database.transaction(SYSTEM) as session:
        for number in range(9):
            theirs = office.committee_b if number == 8 else office.committee_a
            day = TODAY - timedelta(days=number)
            dispute = a_dispute(
                session, office, committee_id=theirs, accepted_on=day, category=["neighbours", "other"][number % 2]
            )
            if number < 6:
                session.add(
                    Agreement(
                        dispute_id=dispute.id, form=["written", "oral"][number % 2], amount=10050, effective_on=day
                    )
                )


@pytest.mark.usefixtures("disputes")
def test_disputes(office: Office, database: Database) -> None:
    assert told(office.director, asked("disputes", "accepted", "category")) == {"neighbours": 5, "other": 4}
    assert told(office.director, asked("disputes", "succeeded")) == {"": 6}
    assert told(office.director, asked("disputes", "success_rate")) == {"": pytest.approx(6 / 9)}
    assert told(office.director, asked("disputes", "amount", "committee")) == {str(office.committee_a): 603.0}
    assert told(office.director, asked("disputes", "written")) == told(office.director, asked("disputes", "oral"))
    with database.transaction(SYSTEM) as session:
        a_dispute(session, office, ended_on=TODAY, routes_told="court", refused_by="respondent")
        a_dispute(session, office, ended_on=TODAY, routes_told="court")
        a_dispute(session, office, ended_on=TODAY)
    assert told(office.director, asked("disputes", "refused")) == told(office.director, asked("disputes", "failed"))
    assert told(office.director, asked("disputes", "failed", "month")) == {"2026-11": 1}


@pytest.mark.usefixtures("disputes")
def test_disputes_of_ones_committees(office: Office, database: Database) -> None:
    assert told(office.mediator, asked("disputes", "accepted")) == {"": 8}
    assert told(office.elsewhere, asked("disputes", "accepted")) == {"": 1}
    # Who may not open a file gets no small counts: 8 and 1 are 9.
    assert told(office.viewer, asked("disputes", "accepted", "committee")) == dict.fromkeys(
        (str(office.committee_a), str(office.committee_b)), None
    )
    assert behind(office.viewer, spec=asked("disputes", "accepted")).reason == FIGURES_ONLY
    assert behind(office.director, spec=asked("disputes", "accepted")).total == 9
    assert behind(office.elsewhere, spec=asked("disputes", "accepted")).total == 1
    assert behind(office.mediator, spec=asked("disputes", "accepted")).total == 8
    with database.transaction(SYSTEM) as session:
        chair = session.scalars(select(Mediator.id).where(Mediator.person_id == office.chair.id)).one()
        for dispute_id in session.scalars(select(Dispute.id).where(Dispute.committee_id == office.committee_a)).all():
            session.add(DisputeMediator(dispute_id=dispute_id, mediator_id=chair, from_on=TODAY))
    # What a colleague took on is counted, and opened by nobody else of the committee.
    assert told(office.mediator, asked("disputes", "accepted")) == {"": 8}
    assert behind(office.mediator, spec=asked("disputes", "accepted")).total == 0
    assert "disputes" not in {register.code for register in registers_of(office.handler)}


def test_shifts_by_duty_and_never_by_person(office: Office, database: Database) -> None:
    scene = a_published_rota(database, office)
    with database.transaction(SYSTEM) as session:
        places = session.query(RotaPlace).order_by(RotaPlace.on_day, RotaPlace.id).all()
        places[-1].member_id = None
        for place in places[:3]:
            session.add(
                DutyAttendance(
                    place_id=place.id, member_id=place.member_id, started_at=place.begins_at, ended_at=place.ends_at
                )
            )
    begun = 4 * 4  # four a day, from the 16th to today
    assert told(office.viewer, asked("duty", "served", "duty")) == {str(scene.duty): begun}
    assert told(office.clerk, asked("duty", "open", "role")) == {"staff": 1}
    assert told(office.director, asked("duty", "unmarked", "post")) == {str(scene.post): begun - 3}
    assert told(office.viewer, asked("duty", "served", "weekday")) == {"1": 4, "2": 4, "3": 4, "4": 4}
    assert told(office.viewer, asked("duty", "served", "night")) == {"yes": begun}
    assert "unmarked" not in measures_of(office.clerk, DUTY)
    with pytest.raises(Problems):
        draw(office.clerk, spec=asked("duty", "unmarked"))
    found = behind(office.clerk, spec=asked("duty", "open"))
    assert list(found.rows["unit"]) == ["中心值班"]


def test_points_of_what_was_published(office: Office, database: Database) -> None:
    scored = a_scored_year(database, office)
    scored.publish("q1")
    scored.correct(office.unit_b, "q1", 5)
    scored.publish("q1", key="again", reason="更正")
    units = (str(office.unit_a), str(office.unit_b))
    assert told(office.viewer, asked("scoring", "points", "unit")) == dict(zip(units, (100.0, 92.9), strict=True))
    assert told(office.head, asked("scoring", "results", "period")) == {"q1": 2}
    assert values_of(office.viewer, register="scoring", dimension="period")[0].code == "q1"
    assert told(office.viewer, asked("scoring", "total")) == {}


def test_lines_and_units_of_the_registers_of_work(office: Office, database: Database) -> None:
    units = (office.unit_a, office.unit_b)
    with database.transaction(SYSTEM) as session:
        for kind, about, day, standings in (
            ("meeting", "regular", TODAY, ("present", "excused")),
            ("meeting", "regular", TODAY, ("present", "absent")),
            ("report", "monthly", TODAY - timedelta(days=1), ("missing", "handed_in")),
            ("report", "monthly", TODAY + timedelta(days=5), ("missing", "missing")),
            ("inspection", "month", TODAY, ("done", "")),
        ):
            line = Work(kind=kind, about=about, on_day=day, title="例会")
            session.add(line)
            session.flush()
            for unit_id, standing in zip(units, standings, strict=True):
                session.add(WorkUnit(work_id=line.id, unit_id=unit_id, standing=standing))
        session.add(Work(kind="meeting", about="regular", on_day=TODAY, title="撤下", removed_at=NOW))
    assert told(office.assessor, asked("works", "lines", "kind")) == {"meeting": 2, "report": 2, "inspection": 1}
    stands = {"present": 2, "excused": 1, "absent": 1, "missing": 1, "handed_in": 1, "expected": 2, "done": 1}
    assert told(office.assessor, asked("works", "parts", "standing")) == stands
    assert told(office.assessor, asked("works", "attended_rate", "unit")) == {str(units[0]): 1.0, str(units[1]): 0.0}
    assert told(office.assessor, asked("works", "handed_in_rate")) == {"": 0.5}
    assert told(office.head, asked("works", "parts", "unit")) == {str(office.unit_a): 5}
    with database.transaction(SYSTEM) as session:
        line = Work(kind="meeting", about="regular", on_day=TODAY, title="东村会")
        session.add(line)
        session.flush()
        session.add(WorkUnit(work_id=line.id, unit_id=office.unit_b, standing="present"))
    assert told(office.assessor, asked("works", "lines", "kind"))["meeting"] == 3
    assert told(office.head, asked("works", "lines", "kind")) == {"meeting": 2, "report": 2, "inspection": 1}
    with pytest.raises(Problems):
        draw(office.assessor, spec=asked("works", "lines", "unit"))
    with pytest.raises(Problems):
        draw(office.assessor, spec=asked("works", "lines", filters=(("standing", ("done",)),)))


def test_supervision_notices(office: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        shown = a_case(session, office, lead_unit_id=office.unit_a)
        sealed = a_case(session, office, lead_unit_id=office.unit_a, sealed=True, kind="accusation")
        session.flush()
        session.add(CaseUnit(case_id=shown.id, unit_id=office.unit_a, role="lead", sent_on=TODAY))
        for number, (case, state, days, answered) in enumerate(
            (
                (shown, "answered", 9, 5),
                (shown, "answered", 9, 2),
                (shown, "issued", 9, None),
                (shown, "issued", 1, None),
                (shown, "draft", 0, None),
                (shown, "withdrawn", 9, None),
                (sealed, "issued", 9, None),
            )
        ):
            session.add(
                Supervision(
                    number=f"D{number}", case_id=case.id, unit_id=office.unit_a, state=state, why="overdue",
                    text="督办", drafted_at=NOW, issued_at=NOW - timedelta(days=days) if days else None,
                    answer_by=TODAY - timedelta(days=days - 5) if days else None,
                    answered_at=NOW - timedelta(days=answered) if answered else None,
                )
            )  # fmt: skip
    for actor in (office.director, office.head):
        assert told(actor, asked("supervisions", "issued", "unit")) == {str(office.unit_a): 4}
        assert told(actor, asked("supervisions", "answered")) == {"": 2}
        # Due were three, one of them answered by then; the fourth has time left.
        assert told(actor, asked("supervisions", "answered_rate")) == {"": pytest.approx(1 / 3)}
        assert told(actor, asked("supervisions", "waiting", "why")) == {"overdue": 2}
    assert told(office.outsider, asked("supervisions", "issued")) == {}
    assert behind(office.director, spec=asked("supervisions", "issued")).total == 4
    with database.transaction(SYSTEM) as session:
        session.add(CaseUnit(case_id=shown.id, unit_id=office.unit_b, role="co", sent_on=TODAY))
    # Who takes part in the matter counts the notices to another unit, and opens none of them.
    assert told(office.outsider, asked("supervisions", "issued", "unit")) == {str(office.unit_a): 4}
    assert behind(office.outsider, spec=asked("supervisions", "issued")).total == 0
    assert behind(office.head, spec=asked("supervisions", "issued")).total == 4


def test_decisions_of_meetings(office: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        kind = MeetingKind(code="test_weekly", name="周例会", rhythm="weekly", begins_on=date(2026, 1, 1))
        sealed = a_case(session, office, sealed=True)
        session.add(kind)
        session.flush()
        meetings = []
        for weeks in (2, 1):
            day = TODAY - timedelta(weeks=weeks)
            meetings.append(
                Meeting(
                    kind_id=kind.id,
                    due_on=day,
                    planned_for=NOW - timedelta(weeks=weeks),
                    since=day,
                    until=day,
                    state="closed",
                )
            )
        session.add_all(meetings)
        session.flush()
        for meeting, state, due, settled, more in (
            (0, "open", 3, None, {}),
            (0, "done", 3, 4, {}),
            (0, "done", 3, 1, {}),
            (1, "open", -3, None, {}),
            (1, "dropped", 3, 2, {}),
            (1, "open", 3, None, {"removed_at": NOW}),
            (1, "open", 3, None, {"case_id": sealed.id}),
        ):
            session.add(
                MeetingDecision(
                    meeting_id=meetings[meeting].id, text="修路", unit_id=office.unit_a, state=state,
                    due_on=TODAY - timedelta(days=due), decided_at=NOW - timedelta(weeks=2 - meeting),
                    settled_at=NOW - timedelta(days=settled) if settled else None, **more,
                )
            )  # fmt: skip
        kind_id = str(kind.id)
    director = office.director
    assert told(director, asked("decisions", "decided", "kind")) == {kind_id: 5}
    assert told(director, asked("decisions", "open", "unit")) == {str(office.unit_a): 2}
    assert told(director, asked("decisions", "carried_over")) == {"": 1}
    assert told(director, asked("decisions", "done")) == {"": 2}
    # Due were three: one done by then, one later, one not; what was dropped is nobody's.
    assert told(director, asked("decisions", "on_time_rate")) == {"": pytest.approx(1 / 3)}
    assert list(behind(director, spec=asked("decisions", "carried_over")).rows["subject"]) == ["修路"]
    assert "decisions" not in {register.code for register in registers_of(office.viewer)}


def test_a_dispute_that_was_never_accepted_stands_in_no_figure(office: Office, database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        a_dispute(session, office)
        assert session.query(Dispute).count() == 1
    assert told(office.director, asked("disputes", "accepted")) == {}
