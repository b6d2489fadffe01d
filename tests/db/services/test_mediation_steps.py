"""The steps of a dispute: accepted, extended, ended in each of its ways, reopened; and the days that follow."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import Agreement, Dispute, DisputeExtension, DisputeSession, DisputeVisit, LimitRule, Obligation
from db.rules.mediation.words import Step
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import calendar
from db.services.mediation import clocks, parties, steps
from db.services.mediation.steps import Receipt
from db.services.office import limits
from tests.db.services.disputes import (
    ALL_ROUTES,
    TODAY,
    archived,
    key,
    lines,
    mediating,
    party_rows,
    registered,
    row,
    withdrawn,
)  # fmt: skip
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
END: dict[str, object] = {"reason": "双方分歧较大", "routes": ALL_ROUTES, "routes_told_on": TODAY}
# step: the service, its values, and where it leads from "mediating" ("registered" for accept, "withdrawn" for reopen).
STEPS: dict[str, tuple[Callable[..., Receipt], dict[str, object], str]] = {
    "accept": (steps.accept, {"accepted_on": TODAY}, "mediating"),
    "extend": (
        steps.extend,
        {"days": 15, "reason": "一方在外地", "consented_on": TODAY, "consented_how": "telephone"},
        "mediating",
    ),
    "refuse": (steps.refuse, {"refused_on": TODAY} | END | {"routes": ("court",)}, "refused"),
    "terminate": (steps.terminate, {"ended_on": TODAY} | END, "failed"),
    "withdraw": (steps.withdraw, {"ended_on": TODAY, "reason": "自行和解"}, "withdrawn"),
    "reopen": (steps.reopen, {"reason": "一方改变主意"}, "mediating"),
}
BEFORE: dict[str, Callable[[Database, Office], int]] = dict.fromkeys(STEPS, mediating) | {
    "accept": registered,
    "reopen": withdrawn,
}


def take(step: str, actor: Actor, database: Database, dispute_id: int, key: str = "k", /, **changes: object) -> Receipt:
    """One step as the file stands; the second party refuses."""
    service, values, _ = STEPS[step]
    seen: dict[str, object] = {"dispute_id": dispute_id, "version": row(database, dispute_id).version}
    if step == "refuse":
        seen["party_id"] = party_rows(database, dispute_id)[1].id
    return service(actor, **(seen | values | changes), key=key)


def keeper(step: str, office: Office) -> Actor:
    """Who takes it."""
    return office.director if step == "reopen" else office.mediator


# --- every step ---


@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_on_once_with_its_line(step: str, database: Database, office: Office) -> None:
    dispute_id = BEFORE[step](database, office)
    was = row(database, dispute_id)
    act = partial(take, step, keeper(step, office), database, dispute_id, version=was.version)
    receipt = act()
    assert receipt == Receipt(dispute_id, was.number, STEPS[step][2], clock.now())
    with nothing_changes(database):
        assert act() == receipt
    stands = row(database, dispute_id)
    assert (stands.state, stands.open) == (STEPS[step][2], True)
    assert stands.version > was.version
    line = lines(database, dispute_id)[-1]
    assert (line.step, line.from_state, line.to_state) == (step, was.state, stands.state)
    assert line.person_id == keeper(step, office).id


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["clerk", "viewer", "handler", "admin", "elsewhere"])
def test_who_may_not_changes_nothing(step: str, who: str, database: Database, office: Office) -> None:
    dispute_id = BEFORE[step](database, office)
    why = NotThere if who == "elsewhere" and step != "reopen" else Refused
    with nothing_changes(database), pytest.raises(why):
        take(step, office.people[who], database, dispute_id)


@pytest.mark.parametrize("who", ["mediator", "chair"])
def test_only_the_director_reopens(who: str, database: Database, office: Office) -> None:
    dispute_id = withdrawn(database, office)
    with nothing_changes(database), pytest.raises(Refused):
        take("reopen", office.people[who], database, dispute_id)


@pytest.mark.parametrize("step", STEPS)
def test_who_is_late_is_told(step: str, database: Database, office: Office) -> None:
    dispute_id = BEFORE[step](database, office)
    version = row(database, dispute_id).version
    with nothing_changes(database), pytest.raises(Changed) as late:
        take(step, keeper(step, office), database, dispute_id, version=version - 1)
    assert (late.value.version, late.value.by) == (version, "陈接访" if step == "accept" else "马调解")


@pytest.mark.parametrize("step", [step for step in STEPS if step != "reopen"])
def test_an_archived_file_takes_no_step(step: str, database: Database, office: Office) -> None:
    dispute_id = archived(database, office)
    with nothing_changes(database), pytest.raises(Problems, match="archived"):
        take(step, office.director, database, dispute_id)


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        (registered, "extend"), (registered, "terminate"), (registered, "reopen"), (mediating, "accept"),
        (mediating, "reopen"), *((withdrawn, step) for step in STEPS if step != "reopen"),
    ],
)  # fmt: skip
def test_a_step_that_is_not_open_is_refused(
    stage: Callable[[Database, Office], int], step: str, database: Database, office: Office
) -> None:
    dispute_id = stage(database, office)
    with nothing_changes(database), pytest.raises(Problems, match="moved on"):
        take(step, office.director, database, dispute_id)


@pytest.mark.parametrize(
    ("step", "changes", "field", "sentence"),
    [
        ("accept", {"accepted_on": None}, "accepted_on", "Choose the day"),
        ("accept", {"accepted_on": TOMORROW}, "accepted_on", "still to come"),
        ("accept", {"accepted_on": YESTERDAY}, "accepted_on", "received"),
        ("extend", {"days": 31}, "days", "Between 1"),
        ("extend", {"reason": ""}, "reason", "needed"),
        ("extend", {"consented_on": YESTERDAY}, "consented_on", "accepted"),
        ("extend", {"consented_how": ""}, "consented_how", "not one of the choices"),
        ("refuse", {"party_id": None}, "party_id", "Choose the party"),
        ("refuse", {"party_id": 999_999}, "party_id", "Choose the party"),
        ("refuse", {"refused_on": YESTERDAY}, "refused_on", "came to the committee"),
        ("refuse", {"routes": ()}, "routes", "at least one"),
        ("refuse", {"routes_told_on": None}, "routes_told_on", "Choose the day"),
        ("terminate", {"ended_on": None}, "ended_on", "Choose the day"),
        ("terminate", {"reason": " "}, "reason", "needed"),
        ("terminate", {"routes": ("court", "arbitration")}, "routes", "arbitration, administrative and court"),
        ("withdraw", {"ended_on": TOMORROW}, "ended_on", "still to come"),
        ("withdraw", {"reason": ""}, "reason", "needed"),
        ("reopen", {"reason": " "}, "reason", "needed"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    step: str, changes: dict[str, object], field: str, sentence: str, database: Database, office: Office
) -> None:
    dispute_id = BEFORE[step](database, office)
    with nothing_changes(database):
        found = problems_of(partial(take, step, keeper(step, office), database, dispute_id, "k", **changes))
    assert list(found) == [field]
    assert sentence in found[field]


# --- acceptance and the time limit ---


def test_acceptance_begins_thirty_days_that_end_on_a_working_day(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    take("accept", office.mediator, database, dispute_id)
    stands = row(database, dispute_id)
    assert TODAY + timedelta(days=30) == date(2026, 12, 19)
    assert (stands.accepted_on, stands.due_on, stands.next_due_on) == (TODAY, date(2026, 12, 21), date(2026, 12, 21))
    assert not stands.provisional


def test_a_dispute_is_accepted_with_somebody_on_each_side(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    second = party_rows(database, dispute_id)[1]
    gone = {"dispute_id": dispute_id, "party_id": second.id, "version": second.version}
    parties.remove_party(office.mediator, **gone, key=key())
    with nothing_changes(database):
        assert "each side" in problems_of(partial(take, "accept", office.mediator, database, dispute_id))[""]


def test_each_extension_lengthens_the_time(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    take("extend", office.mediator, database, dispute_id, key(), days=4)
    assert row(database, dispute_id).due_on == date(2026, 12, 23)
    take("extend", office.mediator, database, dispute_id, key(), days=26)
    stands = row(database, dispute_id)
    assert (stands.extended_days, stands.due_on, stands.provisional) == (30, date(2027, 1, 18), True)
    with database.reading() as session:
        rows = session.scalars(select(DisputeExtension).order_by(DisputeExtension.id)).all()
        assert [(one.days, one.reason, one.consented_on, one.consented_how, one.recorded_by_id) for one in rows] == [
            (days, "一方在外地", TODAY, "telephone", office.mediator.id) for days in (4, 26)
        ]


def test_no_more_time_without_every_partys_consent(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    parties.add_party(office.mediator, dispute_id=dispute_id, side="respondent", name="湖三弟", key=key())
    with nothing_changes(database), pytest.raises(Problems) as wrong:
        take("extend", office.mediator, database, dispute_id)
    (problem,) = wrong.value.problems
    assert (problem.field, problem.values) == ("consented_on", {"names": "湖**"})


# --- endings ---


def test_a_refusal_keeps_who_refused_and_what_they_were_told(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    take("refuse", office.mediator, database, dispute_id, "k", reason="", routes=("court", "arbitration"))
    stands, second = row(database, dispute_id), party_rows(database, dispute_id)[1]
    assert (stands.refused_by, stands.ended_on, stands.end_reason) == ("respondent", TODAY, "")
    assert (stands.routes_told, stands.routes_told_on) == ("arbitration,court", TODAY)
    assert (second.consent, second.consent_on) == ("no", TODAY)
    assert stands.next_due_on is None
    detail = json.loads(lines(database, dispute_id)[-1].detail)
    assert detail == {"on": "2026-11-19", "routes": "arbitration,court", "party": "河**"}


def test_an_end_without_agreement_names_every_route(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    take("terminate", office.mediator, database, dispute_id)
    stands = row(database, dispute_id)
    assert (stands.ended_on, stands.end_reason) == (TODAY, "双方分歧较大")
    assert stands.routes_told == "arbitration,administrative,court"
    assert (stands.due_on, stands.next_due_on) == (date(2026, 12, 21), None)


def test_nothing_ends_before_the_last_session(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    with database.transaction(office.mediator) as session:
        session.add(DisputeSession(dispute_id=dispute_id, kind="session", held_at=NOW + timedelta(days=1)))
    with clock.at(NOW + timedelta(days=2)):
        for step, field in (("refuse", "refused_on"), ("terminate", "ended_on"), ("withdraw", "ended_on")):
            with nothing_changes(database):
                found = problems_of(partial(take, step, office.mediator, database, dispute_id))
            assert "last session" in found[field]


# --- reopening ---


@pytest.mark.parametrize("step", ["refuse", "withdraw"])
def test_what_ended_before_acceptance_is_registered_again(step: str, database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    take(step, office.mediator, database, dispute_id, key())
    assert take("reopen", office.director, database, dispute_id).state == "registered"


def test_reopening_clears_the_result_and_keeps_it_in_the_timeline(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    take("refuse", office.mediator, database, dispute_id, key())
    take("reopen", office.director, database, dispute_id)
    stands = row(database, dispute_id)
    assert (stands.ended_on, stands.end_reason, stands.refused_by) == (None, "", "")
    assert (stands.routes_told, stands.routes_told_on) == ("", None)
    assert stands.next_due_on == stands.due_on == date(2026, 12, 21)
    assert [(one.consent, one.consent_on) for one in party_rows(database, dispute_id)] == [("yes", TODAY), ("", None)]
    line = lines(database, dispute_id)[-1]
    assert line.text == "一方改变主意"
    assert json.loads(line.detail) == {
        "ended_on": "2026-11-19", "end_reason": "双方分歧较大", "refused_by": "respondent", "routes_told": "court",
        "routes_told_on": "2026-11-19",
    }  # fmt: skip


def test_an_archived_file_stands_again_with_its_result_and_then_where_that_came_from(
    database: Database, office: Office
) -> None:
    dispute_id = archived(database, office)
    assert not row(database, dispute_id).open
    for state, archived_on, ended_on in (("withdrawn", None, TODAY), ("mediating", None, None)):
        assert take("reopen", office.director, database, dispute_id, key()).state == state
        stands = row(database, dispute_id)
        assert (stands.open, stands.archived_on, stands.ended_on) == (True, archived_on, ended_on)
    take("withdraw", office.mediator, database, dispute_id, key())
    assert take("reopen", office.director, database, dispute_id, key()).state == "mediating"


def agreed(database: Database, office: Office, **changes: object) -> int:
    """An agreement in effect since today, with one obligation next week."""
    dispute_id = mediating(database, office)
    first, second = party_rows(database, dispute_id)
    with database.transaction(office.mediator) as session:
        dispute = session.get_one(Dispute, dispute_id)
        agreement = Agreement(dispute_id=dispute_id, form="oral", effective_on=TODAY, reached_on=TODAY)
        agreement.confirm_by = clocks.confirm_by(session, dispute, TODAY)
        for field, value in changes.items():
            setattr(agreement, field, value)
        owed = {"debtor_id": first.id, "creditor_id": second.id, "kind": "act", "act": "改道"}
        session.add_all([agreement, Obligation(dispute_id=dispute_id, due_on=TODAY + timedelta(days=7), **owed)])
        session.flush()
        steps.move(session, office.mediator, dispute, Step.CONCLUDE)
    return dispute_id


def test_a_reopened_agreement_is_out_of_effect_until_concluded_again(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office)
    assert take("reopen", office.director, database, dispute_id).state == "mediating"
    with database.reading() as session:
        agreement = session.scalars(select(Agreement)).one()
        assert (agreement.effective_on, agreement.confirm_by, agreement.reached_on) == (None, None, TODAY)
    detail = json.loads(lines(database, dispute_id)[-1].detail)
    assert detail == {"effective_on": "2026-11-19", "confirm_by": "2026-12-21"}


def test_what_a_court_confirmed_stands(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, confirmation="confirmed")
    with nothing_changes(database), pytest.raises(Problems, match="court has confirmed"):
        take("reopen", office.director, database, dispute_id)


# --- the days of an agreement ---


def test_what_is_due_follows_obligations_and_then_the_visit(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office)
    assert row(database, dispute_id).next_due_on == TODAY + timedelta(days=7)
    moment: datetime = NOW

    def after(work: Callable[[Obligation], object]) -> date | None:
        with database.transaction(office.mediator) as session:
            work(session.scalars(select(Obligation)).one())
            clocks.keep_due(session, session.get_one(Dispute, dispute_id))
        return row(database, dispute_id).next_due_on

    assert after(lambda owed: setattr(owed, "standing", "part")) == TODAY + timedelta(days=7)
    assert after(lambda owed: setattr(owed, "standing", "fulfilled")) == date(2026, 12, 21)
    assert after(lambda owed: setattr(owed, "standing", "due")) == TODAY + timedelta(days=7)
    assert after(lambda owed: setattr(owed, "removed_at", moment)) == date(2026, 12, 21)
    visit = DisputeVisit(dispute_id=dispute_id, visited_on=TODAY, how="telephone", performance="full")
    with database.transaction(office.clerk) as session:
        session.add(visit)
        session.flush()
        clocks.keep_due(session, session.get_one(Dispute, dispute_id))
    assert row(database, dispute_id).next_due_on is None
    with database.transaction(office.clerk) as session:
        session.scalars(select(DisputeVisit)).one().removed_at = moment
        clocks.keep_due(session, session.get_one(Dispute, dispute_id))
    assert row(database, dispute_id).next_due_on == date(2026, 12, 21)


def test_keeping_the_days_again_changes_nothing(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office)
    with nothing_changes(database), database.transaction(office.mediator) as session:
        clocks.keep_due(session, session.get_one(Dispute, dispute_id))


def test_a_new_holiday_moves_what_is_due(database: Database, office: Office) -> None:
    moves, stays = mediating(database, office), withdrawn(database, office)
    day = {"day": date(2026, 12, 21), "kind": "holiday", "name": "调休", "source": "通知", "version": 0}
    calendar.edit_day(office.admin, **day, key=key())  # type: ignore[arg-type]
    assert (row(database, moves).due_on, row(database, moves).next_due_on) == (date(2026, 12, 22),) * 2
    assert (row(database, stays).due_on, row(database, stays).next_due_on) == (date(2026, 12, 21), None)


def test_numbers_a_dispute_was_opened_under_stay(database: Database, office: Office) -> None:
    with database.reading() as session:
        rule = session.scalars(select(LimitRule).where(LimitRule.code == "mediation")).one()
    change = {rule.id: (rule.version, {"amount": 45})}
    assert list(limits.limit_sets(office.admin)["kept"]) == [0]
    mediating(database, office)
    assert list(limits.limit_sets(office.admin)["kept"]) == [1]
    saved = limits.edit_limits(office.admin, rows=change, key=key())
    assert (saved.saved, list(saved.rejected)) == ((), [rule.id])
