"""The demo office: whole, alive on its day, and the same each time."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select

from db import clock, demo, engine, migrations
from db.base import Base
from db.engine import Database
from db.models import (
    Agreement,
    Case,
    CaseAccess,
    CaseEntry,
    CaseExtension,
    CaseLink,
    CaseParty,
    CaseReview,
    CaseUnit,
    CaseVisit,
    Dispute,
    DisputeEntry,
    DisputeMediator,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Duty,
    DutyAbsence,
    DutyAttendance,
    DutyHandover,
    DutyMember,
    DutySwap,
    Mediator,
    Obligation,
    Performance,
    Person,
    PersonRole,
    Rota,
    RotaChange,
    RotaPlace,
    Unit,
    Work,
    WorkUnit,
)
from db.rules.case_flow import State
from db.rules.cases import Kind, Outcome
from db.rules.duty.attending import Gap
from db.rules.duty.breaking import breaks_of
from db.rules.duty.swapping import State as Swap
from db.rules.duty.words import Absence
from db.rules.mediation.words import Confirmation, SessionKind
from db.rules.mediation.words import State as DisputeState
from db.rules.permissions import Actor, Role
from db.rules.scoring.works import Kind as WorkKind
from db.rules.scoring.works import Stand
from db.services import emergency
from db.services.accounts.passwords import is_right
from db.services.duty import gaps, ground, now, rotas
from db.services.journal import verify_database, who_has_seen
from db.services.mediation import committees, lists, training
from tests.factories import settings_for
from tests.frames import row_of

TODAY = date(2026, 11, 19)
TOLD = (Case, CaseEntry, CaseUnit, CaseVisit, CaseReview, CaseExtension, CaseLink, CaseAccess, CaseParty)
DISPUTED = (
    Dispute, DisputeEntry, DisputeParty, DisputeMediator, DisputeSession, Agreement, Obligation, Performance,
    DisputeVisit, DisputePaper,
)  # fmt: skip
SERVED = (DutyMember, DutyAbsence, Rota, RotaPlace, RotaChange, DutySwap, DutyAttendance, DutyHandover)


def a_demo(folder: Path, today: date, thin: int) -> tuple[Database, list[str]]:
    """A demo office in a folder of its own; thin, to be quick."""
    database = engine.open_database(settings_for(folder))
    try:
        migrations.upgrade(database)
        return database, demo.build(database, today, thin=thin)
    finally:
        database.close()
        engine._process.clear()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, list[str]]]:
    """One demo office for all questions."""
    database, lines = a_demo(tmp_path_factory.mktemp("demo"), TODAY, 8)
    yield database, lines
    database.close()


def digest(database: Database) -> str:
    """Everything the demo tells, but what is encrypted or keyed."""
    found = sha256()
    with database.reading() as session:
        for model in (*TOLD, *DISPUTED, *SERVED, Work, WorkUnit):
            table = model.__table__
            columns = [c for c in table.c if not isinstance(c.type, LargeBinary) and not c.name.endswith("_key")]
            for row in session.execute(select(*columns).order_by(table.c.id)):
                found.update(json.dumps([str(value) for value in row], ensure_ascii=False).encode())
    return found.hexdigest()


def test_every_role_and_three_levels(built: tuple[Database, list[str]]) -> None:
    database, lines = built
    with database.reading() as session:
        assert set(session.scalars(select(PersonRole.role))) == {role.value for role in Role}
        assert set(session.scalars(select(Unit.level))) == {1, 2, 3}
        person = session.scalars(select(Person).where(Person.username == "clerk")).one()
    password = lines[1].rpartition(" ")[2]
    assert is_right(password, person.password_hash)
    assert not person.must_change
    kept = database.settings.folder / "demo-accounts.txt"
    assert password in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_every_state_kind_and_turn_is_there(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        states = Counter(session.scalars(select(Case.state)))
        steps = set(session.scalars(select(CaseEntry.step)))
        assert set(states) == {state.value for state in State}
        assert set(session.scalars(select(Case.kind))) == {kind.value for kind in Kind}
        assert {outcome.value for outcome in Outcome} <= set(session.scalars(select(Case.outcome)))
        assert session.scalar(select(func.count()).where(Case.head_count >= 5))
        assert session.scalar(select(func.count()).where(CaseLink.kind == "repeat"))
    wanted = {"object", "rule", "return_answer", "reopen", "start_hearing", "end_hearing", "tell_extension"}
    assert wanted | {"co_sign", "grant_access", "send_back", "withdraw"} <= steps


def test_this_morning_some_are_due_today_some_soon_some_overdue(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        due = [day for day in session.scalars(select(Case.next_due_on).where(Case.open)) if day]
        newest = session.scalar(select(func.max(Case.received_at)))
    assert TODAY in due
    assert any(day < TODAY for day in due)
    assert any(TODAY < day <= TODAY + timedelta(days=5) for day in due)
    assert sum(day < TODAY for day in due) < len(due) / 3
    assert newest is not None
    assert newest.date() == TODAY


def test_nobody_of_an_accused_unit_sees_the_accusation(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        accused = {row.id: row.path for row in session.execute(select(Unit.id, Unit.path))}
        query = (
            select(Case.accused_unit_id, Unit.path)
            .join(CaseAccess, CaseAccess.case_id == Case.id)
            .join(Person, Person.id == CaseAccess.person_id)
            .join(Unit, Unit.id == Person.unit_id)
        )
        seen_by = session.execute(query).all()
        assert session.scalar(select(func.count()).where(Case.kind == Kind.ACCUSATION, ~Case.sealed)) == 0
    assert seen_by
    assert not any(path.startswith(accused[unit_id]) for unit_id, path in seen_by if unit_id)


def test_times_run_forward_and_the_journal_holds(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        moments = list(session.scalars(select(CaseEntry.at).order_by(CaseEntry.id)))
        disputed = list(session.scalars(select(DisputeEntry.at).order_by(DisputeEntry.id)))
        journal = list(session.scalars(select(Base.metadata.tables["journal"].c.at).order_by("seq")))
    assert moments == sorted(moments)
    assert disputed == sorted(disputed)
    assert moments[-1].date() == TODAY
    assert journal == sorted(journal)
    assert verify_database(database).sound


def test_invented_residents_only(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        contacts = set(session.scalars(select(CaseParty.contact_mask)))
        contacts |= set(session.scalars(select(DisputeParty.contact_mask)))
    assert all(contact.startswith("154") for contact in contacts)


def test_three_committees_one_of_them_as_the_law_asks(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        linked = session.scalars(select(Mediator.position).where(Mediator.person_id.is_not(None))).all()
    actor = director_of(database)
    with engine.using(database), clock.at(datetime.combine(TODAY, time(10), UTC)):
        found = committees.committees(actor)
        village = row_of(found, "village", by="kind")["id"]
        assert len(training.searches(actor, committee_id=village)) == 2
    told = {row["kind"]: [problem.field for problem in row["warnings"]] for row in found.to_dict("records")}
    assert told == {"village": ["term_from"], "township": [], "specialised": ["women"]}
    assert Counter(linked) == {"chair": 3, "deputy": 1}


def test_every_state_and_turn_of_a_dispute_is_there(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        disputes = session.scalars(select(Dispute)).all()
        agreements = session.scalars(select(Agreement)).all()
        kinds = set(session.scalars(select(DisputeSession.kind)))
        late = select(func.count()).where(Obligation.fulfilled_on > Obligation.due_on)
        assert session.scalar(late)
        assert session.scalar(select(func.count()).where(DisputeVisit.person_id == Dispute.visitor_id))
        assert session.scalar(select(func.count()).where(DisputePaper.pages > 1))
    assert {one.state for one in disputes} == set(DisputeState)
    assert {one.standard for one in disputes if one.state == DisputeState.ARCHIVED} == {True, False}
    assert all(one.signed_incomplete for one in disputes if one.standard is False)
    assert all(any(getattr(one, mark) for one in disputes) for mark in ("child", "major", "escalation", "case_id"))
    assert {one.form for one in agreements} == {"written", "oral"}
    assert Confirmation.CONFIRMED in {one.confirmation for one in agreements}
    assert any(not one.confirmation and one.confirm_by and one.confirm_by >= TODAY for one in agreements)
    assert kinds == set(SessionKind)


def test_every_tab_of_a_mediator_has_something_and_the_desk_too(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        person_id = session.scalars(select(Person.id).where(Person.username == "mediator")).one()
    actor = Actor(id=person_id, name="方调解", roles=frozenset({Role.MEDIATOR}))
    with engine.using(database), clock.at(datetime.combine(TODAY, time(2), UTC)):
        counts = lists.counts(actor)
        everything = lists.register(actor, choice=lists.Choice(tab=lists.Tab.ALL))
        waiting = lists.waiting(actor)
    assert set(counts) == set(lists.tabs_of(actor)) - set(lists.EVERYTHING)
    assert all(counts.values()), counts
    assert everything.total
    assert {lists.Tab.OVERDUE, lists.Tab.OBLIGATIONS, lists.Tab.TO_VISIT} <= set(waiting["tab"])


def director_of(database: Database) -> Actor:
    """The director, signed in."""
    with database.reading() as session:
        person_id = session.scalars(select(Person.id).where(Person.username == "director")).one()
    return Actor(id=person_id, name="周主任", roles=frozenset({Role.DIRECTOR}))


def broken_of(database: Database) -> list[tuple[str, str]]:
    """Every rule the rotas break, at the demo's end."""
    with engine.using(database), database.reading() as session:
        found = [ground.planned(session, rota) for rota in session.scalars(select(Rota))]
    return [
        (each.rule.value, str(each.on_day))
        for planned in found
        for each in breaks_of((*planned.places, *planned.outside), planned.ground)
    ]


def test_the_director_is_told_of_a_reading_in_an_emergency(built: tuple[Database, list[str]]) -> None:
    morning = datetime.combine(TODAY, time(2), UTC)
    with engine.using(built[0]), clock.at(morning):
        director = director_of(built[0])
        told = emergency.unnoted(director)
        assert list(told["register"]) == ["cases"]
        assert morning - timedelta(hours=24) < told["opened_at"][0] < morning
        seen = who_has_seen(director, case_id=int(told["record_id"][0]))
    assert len(told["reason"][0]) >= 10
    assert seen is not None
    assert told["who"][0] in set(seen.rows["person"])


def test_rotas_of_two_months_are_published_and_break_no_rule(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        published = session.execute(
            select(Duty.name, func.min(Rota.from_on), func.max(Rota.until_on))
            .join(Rota, Rota.duty_id == Duty.id)
            .where(Rota.state == "published")
            .group_by(Duty.id)
        ).all()
        drafts = session.scalars(select(Rota.from_on).where(Rota.state == "draft")).all()
        nobody = select(func.count()).select_from(RotaPlace).join(Rota, Rota.id == RotaPlace.rota_id)
        nobody = nobody.where(Rota.state == "published", RotaPlace.member_id.is_(None))
        assert session.scalar(nobody) == 0
    assert [tuple(row)[1:] for row in published] == [(date(2026, 10, 1), date(2026, 11, 30))] * 3
    assert drafts == [date(2026, 12, 1)] * 3
    assert broken_of(database) == []


def test_the_list_of_rotas_goes_by_month_and_by_duty(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with engine.using(database), clock.at(datetime.combine(TODAY, time(2), UTC)):
        listed = rotas.rotas(director_of(database))
    assert list(listed["from_on"].map(lambda day: day.month)) == [12] * 3 + [11] * 3 + [10] * 3
    assert list(listed["duty_id"]) == sorted(set(listed["duty_id"])) * 3


def test_somebody_is_on_duty_this_morning_and_leads(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        latest = session.scalars(select(Case.first_responsible_id).order_by(Case.registered_at.desc())).first()
    actor = director_of(database)
    with engine.using(database), clock.at(datetime.combine(TODAY, time(2), UTC)):
        seen = now.on_now(actor)
        missing = {
            what
            for duty_id in set(seen.on["duty_id"])
            for what in gaps.gaps(actor, duty_id=duty_id, from_on=TODAY - timedelta(days=8), until_on=TODAY)["what"]
        }
    assert Counter(seen.on["role"]) == {"leader": 1, "deputy": 1, "staff": 2, "patrol": 1}
    assert seen.on["started_at"].notna().all()
    assert (seen.on["phone"] != "").all()
    assert latest is not None
    assert missing == {Gap.NO_END, Gap.NO_UNIFORM, Gap.NO_NOTE, Gap.UNREAD}


def test_swaps_stand_in_many_states_and_some_places_changed_hands(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        states = set(session.scalars(select(DutySwap.state)))
        changes = set(session.scalars(select(RotaChange.kind)))
        refused = session.scalars(select(DutySwap.decision).where(DutySwap.state == Swap.REFUSED)).all()
        absent = set(session.scalars(select(DutyAbsence.kind)))
    assert states == set(Swap) - {Swap.UNDONE}
    assert changes == {"swap", "take_over", "override"}
    assert all(refused)
    assert absent == set(Absence)


def test_the_registers_of_work_tell_a_year_up_to_what_is_still_expected(built: tuple[Database, list[str]]) -> None:
    database, _ = built
    with database.reading() as session:
        kinds = dict(session.execute(select(Work.kind, func.max(Work.on_day)).group_by(Work.kind)).all())
        first, future = session.scalar(select(func.min(Work.on_day))), select(Work.id).where(Work.on_day > TODAY)
        stands = set(session.scalars(select(WorkUnit.standing)))
        expected = set(session.scalars(select(WorkUnit.standing).where(WorkUnit.work_id.in_(future))))
    assert set(kinds) == set(WorkKind)
    assert first is not None
    assert (TODAY - first).days > 330
    assert stands == set(Stand)
    assert expected == {Stand.MISSING}


@pytest.mark.slow
@pytest.mark.parametrize("today", [date(2026, 12, 1)])
def test_duty_is_alive_on_the_first_of_a_month_too(today: date, tmp_path: Path) -> None:
    database, _ = a_demo(tmp_path, today, 40)
    with database.reading() as session:
        states = set(session.scalars(select(DutySwap.state)))
        drafts = session.scalars(select(Rota.from_on).where(Rota.state == "draft")).all()
        on = select(func.count()).select_from(DutyAttendance).join(RotaPlace, RotaPlace.id == DutyAttendance.place_id)
        assert session.scalar(on.where(RotaPlace.on_day == today)) == 5
    assert states == set(Swap) - {Swap.UNDONE}
    assert len(drafts) == 3
    assert all(day > today for day in drafts)
    assert broken_of(database) == []
    database.close()


def test_a_second_call_leaves_it_alone(built: tuple[Database, list[str]]) -> None:
    database, lines = built
    before = digest(database)
    again = demo.build(database, TODAY)
    assert again[: len(lines) - 1] == lines[:-1]
    assert digest(database) == before


def test_the_same_day_tells_the_same(built: tuple[Database, list[str]], tmp_path: Path) -> None:
    other, _ = a_demo(tmp_path, TODAY, 8)
    assert digest(other) == digest(built[0])
    other.close()


@pytest.mark.slow
@pytest.mark.parametrize("today", [date(2027, 1, 1)])
def test_the_whole_demo_on_a_new_year(today: date, tmp_path: Path) -> None:
    database, lines = a_demo(tmp_path, today, 1)
    with database.reading() as session:
        states = Counter(session.scalars(select(Case.state)))
        disputes = Counter(session.scalars(select(Dispute.state)))
        swaps = set(session.scalars(select(DutySwap.state)))
    assert broken_of(database) == []
    database.close()
    assert sum(disputes.values()) == 37
    assert set(disputes) == set(DisputeState)
    assert swaps == set(Swap) - {Swap.UNDONE}
    assert 160 <= sum(states.values()) <= 240
    assert set(states) == {state.value for state in State}
    assert lines[0].startswith(f"Demo office of {today}")
