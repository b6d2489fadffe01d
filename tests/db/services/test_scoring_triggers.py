"""What each trigger counts of records made as the office makes them, on both engines: above, below, and which."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from db import clock
from db.engine import Database
from db.models import Case, Committee, Dispute, DutyAttendance, DutyHandover, DutyMember, RotaPlace, SignInSession
from db.rules.case_flow import Step
from db.rules.cases import Kind
from db.rules.scoring.formulas import FORMULAS
from db.rules.scoring.triggers import NEVER, TRIGGERS, Measure
from db.rules.scoring.works import Part
from db.services.mediation import training
from db.services.scoring import behind, entries
from db.services.scoring.facts import cases, disputes, duty, works
from db.services.scoring.triggers import READERS
from db.services.supervision import drafting, issuing
from db.services.works import attending, keeping
from tests.db.services import stages
from tests.db.services.measured import assessed_of, comes_to
from tests.db.services.mediating import SEALED, a_mediation, an_agreement
from tests.db.services.mediating import Scene as Mediation
from tests.db.services.on_duty import Scene, a_published_rota, at
from tests.db.services.stages import RATED, brought, take
from tests.factories import NOW, SYSTEM, Office, an_assessment

TODAY = NOW.date()


@pytest.fixture
def assessment_id(database: Database, office: Office) -> int:
    """Units A and B are scored."""
    return an_assessment(office)


@contextmanager
def ago(days: int) -> Iterator[date]:
    """So many days before today."""
    moment = NOW - timedelta(days=days)
    with clock.at(moment):
        yield moment.date()


def changed(database: Database, case_id: int, **values: object) -> None:
    """Set columns of a case behind the services' back."""
    with database.transaction(SYSTEM) as session:
        case = session.get_one(Case, case_id)
        for name, value in values.items():
            setattr(case, name, value)


def replied(office: Office, *, days: int, rated: str = "") -> int:
    """A matter of unit A brought, answered and replied to on one day, and rated there and then when told so."""
    with ago(days) as day:
        case_id = brought(office, stages.CONFIRMED)
        take(office, "clerk", case_id, Step.REPLY, **{**stages.TOLD, "on": day})
        if rated:
            take(office, "deputy", case_id, Step.VISIT, **{**RATED, "on": day, "satisfaction": rated})
    return case_id


def test_every_trigger_is_read_and_says_what_it_counts() -> None:
    assert set(READERS) == set(TRIGGERS) == set(FORMULAS)
    for code, trigger in TRIGGERS.items():
        assert ("÷" in FORMULAS[code]) is (trigger.measure is Measure.RATE)
    assert not {trigger for trigger, told in TRIGGERS.items() if told.of in NEVER}
    assert {cases.CASE, disputes.DISPUTE, disputes.SEARCH, duty.PLACE, works.WORK} == set(behind._ASKED)


# --- matters ---


def test_on_time_acceptance(assessment_id: int, office: Office) -> None:
    with ago(30):
        late, kept = brought(office, stages.ROUTED), brought(office, stages.ROUTED)
    with ago(20) as day:
        take(office, "clerk", kept, Step.GIVE_NOTICE, **{**stages.TOLD, "on": day})
    with ago(15):
        today = brought(office, stages.ROUTED)
    with ago(5):
        brought(office, stages.ROUTED)
    take(office, "clerk", late, Step.GIVE_NOTICE, **stages.TOLD)
    assert comes_to(assessment_id, office.unit_a, "on_time_acceptance") == (1, 2, [late, kept])
    assert comes_to(assessment_id, office.unit_b, "on_time_acceptance") == (0, 0, [])
    with clock.at(NOW + timedelta(days=1)):
        assert comes_to(assessment_id, office.unit_a, "on_time_acceptance") == (1, 3, [late, kept, today])


def test_on_time_completion_and_overdue(assessment_id: int, office: Office) -> None:
    with ago(75):
        late, longer = brought(office, stages.HANDLING), brought(office, stages.EXTENDED)
        brought(office, stages.ROUTED)  # not accepted: its 60 days have not begun
    answered = replied(office, days=85)
    with ago(20):
        brought(office, stages.HANDLING)
    assert comes_to(assessment_id, office.unit_a, "on_time_completion") == (1, 2, [answered, late])
    assert comes_to(assessment_id, office.unit_a, "overdue") == (1, 1, [late])
    with clock.at(NOW + timedelta(days=10)):
        numbers = comes_to(assessment_id, office.unit_a, "on_time_completion")
    assert numbers == (1, 3, [answered, late, longer])


def test_what_falls_due_by_the_promise_alone(assessment_id: int, office: Office) -> None:
    with ago(30):
        suggestion = brought(office, stages.ROUTED, kind=Kind.SUGGESTION)
    assert comes_to(assessment_id, office.unit_a, "on_time_completion") == (0, 1, [suggestion])


def test_late_acceptance_counts_a_matter_once(assessment_id: int, office: Office) -> None:
    with ago(120):
        both = brought(office, stages.HANDLING)
    with ago(30):
        unaccepted = brought(office, stages.ROUTED)
    assert comes_to(assessment_id, office.unit_a, "late_acceptance") == (2, 2, [both, unaccepted])
    assert comes_to(assessment_id, office.unit_a, "late_acceptance", last=date(2026, 9, 30))[2] == [both]


def test_rated_share_and_satisfaction(assessment_id: int, database: Database, office: Office) -> None:
    good = replied(office, days=30, rated="satisfied")
    fair = replied(office, days=20, rated="fairly")
    bad = replied(office, days=15, rated="dissatisfied")
    silent = replied(office, days=10, rated="no_word")
    unasked = replied(office, days=5)
    elsewhere = replied(office, days=4, rated="satisfied")
    nameless = replied(office, days=3, rated="satisfied")
    changed(database, elsewhere, procedure="other")
    changed(database, nameless, anonymous=True)
    share = comes_to(assessment_id, office.unit_a, "rated_share")
    assert share == (3, 5, [good, fair, bad, silent, unasked])
    assert comes_to(assessment_id, office.unit_a, "satisfaction") == (1, 3, [good, fair, bad])
    assert comes_to(assessment_id, office.unit_a, "satisfied_or_fairly") == (2, 3, [good, fair, bad])
    assert comes_to(assessment_id, office.unit_a, "satisfaction", first=date(2026, 11, 1)) == (0, 1, [bad])


def test_supervised_is_where_a_leader_stepped_in(assessment_id: int, office: Office) -> None:
    brought(office, stages.SIGNED)
    returned = brought(office, stages.SIGNED)
    for _ in range(2):
        take(office, "leader", returned, Step.RETURN_ANSWER, reason="请补充依据")
        take(office, "handler", returned, Step.ANSWER, **stages.ANSWER)
        take(office, "head", returned, Step.SIGN)
    assert comes_to(assessment_id, office.unit_a, "supervised") == (1, 1, [returned])


def test_supervised_is_also_where_a_notice_was_issued(assessment_id: int, office: Office) -> None:
    told, drafted, taken_back = (brought(office, stages.HANDLING) for _ in range(3))
    ids = {
        case_id: drafting.draft(office.leader, case_id=case_id, text="请抓紧办理。", key=f"draft {case_id}")
        for case_id in (told, drafted, taken_back)
    }
    for case_id in (told, taken_back):
        issuing.issue(office.director, supervision_id=ids[case_id], version=1, key=f"issue {case_id}")
    issuing.repeat(office.director, supervision_id=ids[told], version=2, text="再次督办。", key="again")
    issuing.withdraw(office.director, supervision_id=ids[taken_back], version=2, key="withdraw")
    assert comes_to(assessment_id, office.unit_a, "supervised") == (1, 1, [told]), "repeated or not, one matter"


HANDLED = [code for code, trigger in TRIGGERS.items() if trigger.of.value in ("handling", "opinion")]


@pytest.mark.parametrize("hidden", [{"kind": "accusation"}, {"sealed": True}])
def test_an_accusation_changes_no_figure(
    hidden: dict[str, object], assessment_id: int, database: Database, office: Office
) -> None:
    with ago(90):
        matters = [brought(office, stages.HANDLING), brought(office, stages.SIGNED)]
    matters.append(replied(office, days=80, rated="satisfied"))
    take(office, "leader", matters[1], Step.RETURN_ANSWER, reason="请补充依据")
    assert all(comes_to(assessment_id, office.unit_a, trigger)[1] for trigger in HANDLED)
    for case_id in matters:
        changed(database, case_id, **hidden)
    for trigger in HANDLED:
        assert comes_to(assessment_id, office.unit_a, trigger) == (0, 0, []), trigger


NUMBERS = [code for code, trigger in TRIGGERS.items() if trigger.measure is Measure.NUMBER]


def test_more_matters_sign_ins_and_entries_change_no_number(
    assessment_id: int, database: Database, office: Office
) -> None:
    """What is brought to a unit and handled in time, and how much is typed, moves nothing but shares that are whole."""
    before = {trigger: comes_to(assessment_id, office.unit_a, trigger) for trigger in NUMBERS}
    for _ in range(3):
        replied(office, days=30, rated="satisfied")
        brought(office, stages.ROUTED)
    with database.transaction(SYSTEM) as session:
        times = dict.fromkeys(("created_at", "seen_at", "expires_at"), NOW)
        session.add(SignInSession(token_hash="x", person_id=office.handler.id, epoch=0, **times))
    plans: dict[str, Any] = {"item": "plans", "on_day": TODAY, "points": "10", "reason": "齐全"}
    one: dict[str, Any] = {"assessed_unit_id": assessed_of(assessment_id, office.unit_a), "period": "q4"}
    entries.add_entry(office.assessor, **one, key="entry", **plans)
    assert {trigger: comes_to(assessment_id, office.unit_a, trigger) for trigger in NUMBERS} == before
    for trigger in ("rated_share", "satisfaction", "on_time_completion"):
        above, below, _ = comes_to(assessment_id, office.unit_a, trigger)
        assert above == below


def test_what_a_group_does_counts_for_the_unit_above(assessment_id: int, database: Database, office: Office) -> None:
    with ago(30):
        case_id = brought(office, stages.ROUTED)
    changed(database, case_id, lead_unit_id=office.group_a)
    assert comes_to(assessment_id, office.unit_a, "on_time_acceptance") == (0, 1, [case_id])
    changed(database, case_id, lead_unit_id=office.centre)
    assert comes_to(assessment_id, office.unit_a, "on_time_acceptance") == (0, 0, [])


# --- mediation ---


def searched(office: Office, found: int, on: date) -> int:
    values: dict[str, Any] = {"committee_id": office.committee_a, "held_on": on, "found": found, "prevented": 0}
    return training.add_search(office.director, key=f"search {on} {found}", **values)


def test_disputes_found(assessment_id: int, office: Office) -> None:
    first, second = searched(office, 2, date(2026, 3, 1)), searched(office, 3, TODAY)
    searched(office, 0, TODAY)
    searched(office, 9, date(2025, 12, 31))
    taken_out = searched(office, 4, TODAY)
    training.remove_search(office.director, search_id=taken_out, version=1, key="out")
    assert comes_to(assessment_id, office.unit_a, "disputes_found") == (5, 5, [first, second])
    assert comes_to(assessment_id, office.unit_b, "disputes_found") == (0, 0, [])


def test_standard_files(assessment_id: int, database: Database, office: Office) -> None:
    standard, _ = an_agreement(database, office)
    other = a_mediation(database, office)
    for scene, whole in ((standard, True), (other, False)):
        scene.change(Dispute, scene.id, state="archived", archived_on=TODAY, standard=whole)
    assert comes_to(assessment_id, office.unit_a, "standard_files") == (1, 1, [standard.id])


def ended_in(scene: Mediation, state: str, routes: str) -> None:
    scene.change(Dispute, scene.id, state=state, ended_on=TODAY, open=False, routes_told=routes)


def test_resolved_locally(assessment_id: int, database: Database, office: Office) -> None:
    settled, _ = an_agreement(database, office)
    failed, withdrawn, going_on = (a_mediation(database, office) for _ in range(3))
    ended_in(failed, "failed", "court")
    ended_in(withdrawn, "withdrawn", "")
    assert going_on.dispute["open"]
    assert comes_to(assessment_id, office.unit_a, "resolved_locally") == (1, 2, [settled.id, failed.id])
    assert comes_to(assessment_id, office.unit_a, "resolved_locally", last=SEALED) == (1, 1, [settled.id])


def test_a_dispute_out_of_an_accusation_counts_nowhere(assessment_id: int, database: Database, office: Office) -> None:
    settled, _ = an_agreement(database, office)
    settled.change(Dispute, settled.id, case_id=brought(office, sealed=True), archived_on=TODAY, standard=True)
    for trigger in ("resolved_locally", "standard_files"):
        assert comes_to(assessment_id, office.unit_a, trigger) == (0, 0, [])


def test_a_committee_without_a_unit_counts_for_nobody(assessment_id: int, database: Database, office: Office) -> None:
    searched(office, 2, TODAY)
    with database.transaction(SYSTEM) as session:
        session.get_one(Committee, office.committee_a).unit_id = None
    assert comes_to(assessment_id, office.unit_a, "disputes_found") == (0, 0, [])


# --- duty ---


@pytest.fixture
def rota(database: Database, office: Office) -> Scene:
    """Unit A's duty from the 16th on: the shifts of the 16th to the 18th are over, that of the 19th is on."""
    return a_published_rota(database, office, unit_id=office.unit_a)


def attended(rota: Scene, day: int, name: str, *, uniform: bool | None = None, to_the_end: bool = True) -> None:
    times: dict[str, Any] = {"started_at": at(day, 8), "ended_at": at(day + 1, 8) if to_the_end else None}
    with rota.database.transaction(SYSTEM) as session:
        who = {"place_id": rota.place(day, name), "member_id": rota.member(name)}
        session.add(DutyAttendance(**who, **times, uniform=uniform))


def test_missed_attendance_of_the_units_members(assessment_id: int, office: Office, rota: Scene) -> None:
    """王经办 has an account of unit A; everybody else serves for the centre but 邢值班, of whom B is said."""
    for name in ("顾带班", "尹副班", "柯值班", "林带班", "杜副班", "陈接访", "冉值班", "周主任", "祁副班", "苗值班"):
        rota.change(DutyMember, rota.member(name), unit_id=office.centre)
    rota.change(DutyMember, rota.member("邢值班"), unit_id=office.unit_b)
    with clock.at(at(19, 9)):
        assert comes_to(assessment_id, office.unit_a, "missed_attendance") == (1, 1, [rota.place(17, "王经办")])
        assert comes_to(assessment_id, office.unit_b, "missed_attendance") == (1, 1, [rota.place(18, "邢值班")])
        attended(rota, 18, "邢值班", to_the_end=False)
        assert comes_to(assessment_id, office.unit_b, "missed_attendance")[0] == 1
        attended(rota, 17, "王经办")
        assert comes_to(assessment_id, office.unit_a, "missed_attendance")[0] == 0


def test_uniform_missing(assessment_id: int, office: Office, rota: Scene) -> None:
    attended(rota, 17, "王经办", uniform=False)
    attended(rota, 18, "柯值班", uniform=True)
    attended(rota, 16, "冉值班")
    assert comes_to(assessment_id, office.unit_a, "uniform_missing") == (1, 1, [rota.place(17, "王经办")])


def test_duty_gaps(assessment_id: int, office: Office, rota: Scene) -> None:
    """Of three shifts that are over one has its note; in one of them somebody was missing."""
    rota.change(RotaPlace, rota.place(17, "苗值班"), member_id=None)
    note = {"post_id": rota.post, "shift_id": rota.shift, "on_day": date(2026, 11, 16)}
    with rota.database.transaction(SYSTEM) as session:
        session.add(DutyHandover(**note, text="一切正常", written_at=at(17, 8)))
    above, of, records = comes_to(assessment_id, office.unit_a, "duty_gaps")
    assert (above, of) == (3, 3)
    assert rota.place(17, "苗值班") in records
    assert comes_to(assessment_id, office.unit_b, "duty_gaps") == (0, 0, [])
    with clock.at(at(20, 9)):
        assert comes_to(assessment_id, office.unit_a, "duty_gaps")[0] == 4


# --- registers of work ---


def a_line(office: Office, kind: str, about: str, on: date, *parts: Part, **more: Any) -> int:
    return keeping.add(
        office.clerk, kind=kind, about=about, on_day=on, title="会议", parts=parts, key=f"{about} {on} {parts}", **more
    )


def test_meetings_led(assessment_id: int, office: Office) -> None:
    led = a_line(office, "meeting", "leaders", TODAY, Part(office.unit_a, "led"))
    a_line(office, "meeting", "regular", TODAY, Part(office.unit_a, "present"))
    assert comes_to(assessment_id, office.unit_a, "meetings_led") == (1, 1, [led])


def test_an_excused_absence_is_none(assessment_id: int, office: Office) -> None:
    missed = a_line(office, "meeting", "regular", TODAY, Part(office.unit_a, "absent", 2))
    a_line(office, "meeting", "other_meeting", TODAY, Part(office.unit_a, "excused"))
    a_line(office, "meeting", "other_meeting", TODAY - timedelta(days=1), Part(office.unit_b, "absent", 1))
    assert comes_to(assessment_id, office.unit_a, "meetings_missed") == (2, 2, [missed])
    attending.attend(office.clerk, work_id=missed, rows={office.unit_a: (1, {"standing": "excused"})}, key="excused")
    assert comes_to(assessment_id, office.unit_a, "meetings_missed") == (0, 0, [])


def test_absences_of_a_unit_and_its_group_add_up(assessment_id: int, office: Office) -> None:
    both = (Part(office.unit_a, "absent", 2), Part(office.group_a, "absent", 1))
    missed = a_line(office, "meeting", "regular", TODAY, *both)
    assert comes_to(assessment_id, office.unit_a, "meetings_missed") == (3, 3, [missed, missed])


def test_reports_missing(assessment_id: int, office: Office) -> None:
    yesterday = TODAY - timedelta(days=1)
    missing = a_line(office, "report", "monthly", yesterday, Part(office.unit_a, "missing"))
    a_line(office, "report", "special", yesterday, Part(office.unit_a, "handed_in"))
    a_line(office, "report", "analysis", TODAY, Part(office.unit_a, "missing"))
    removed = a_line(office, "report", "other_report", yesterday, Part(office.unit_a, "missing"))
    keeping.remove(office.clerk, work_id=removed, version=1, key="out")
    assert comes_to(assessment_id, office.unit_a, "reports_missing") == (1, 1, [missing])


def test_information_counts_at_its_highest_level(assessment_id: int, office: Office) -> None:
    levels = ("", "town", "county", "city", "central")
    on = {level: TODAY - timedelta(days=days) for days, level in enumerate(levels)}
    handed_in = Part(office.unit_a, "handed_in")
    lines = {level: a_line(office, "report", "information", on[level], handed_in, level=level) for level in levels}
    for level in levels[1:]:
        assert comes_to(assessment_id, office.unit_a, f"adopted_{level}") == (1, 1, [lines[level]])


def test_two_inspections_of_a_month_are_one(assessment_id: int, office: Office) -> None:
    done = Part(office.unit_a, "done")
    january, october = (a_line(office, "inspection", "month", date(2026, month, 3), done) for month in (1, 10))
    a_line(office, "inspection", "month", date(2026, 10, 30), done)
    a_line(office, "inspection", "unplanned", date(2026, 11, 2), done)
    assert comes_to(assessment_id, office.unit_a, "inspections") == (2, 2, [january, october])


def test_activities_are_the_larger_ones(assessment_id: int, office: Office) -> None:
    large = a_line(office, "activity", "large", TODAY, Part(office.unit_a, "done"))
    a_line(office, "activity", "drill", TODAY, Part(office.unit_a, "done"))
    assert comes_to(assessment_id, office.unit_a, "activities") == (1, 1, [large])
