"""The screen Security: what is judged how, and that each answer comes out of the office as it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from db import clock
from db.engine import Database
from db.models import EmergencyReading, Person
from db.rules import security as rules
from db.rules.permissions import Permission, Role
from db.rules.problems import Refused
from db.rules.security import Account, Finding, State
from db.services import journal, security
from db.services.accounts import sign_in
from tests.factories import NOW, SYSTEM, Office, a_case

LONG_AGO = NOW - timedelta(days=rules.IDLE_DAYS + 1)
MOST_QUERIES = 20


def person(*roles: Role, factor: bool = True, name: str = "x", known: object = NOW) -> Account:
    return Account(name, frozenset(roles), factor, known)  # type: ignore[arg-type]


ADMIN, AUDITOR, DIRECTOR = person(Role.ADMINISTRATOR), person(Role.AUDITOR), person(Role.DIRECTOR)
ASKED = {Role.ADMINISTRATOR, Role.DIRECTOR}


@pytest.mark.parametrize(
    ("found", "state", "says"),
    [
        (rules.second_factor([ADMIN, DIRECTOR, AUDITOR], ASKED, ""), State.GOOD, {"n": 2}),
        (rules.second_factor([ADMIN, person(Role.DIRECTOR, factor=False)], ASKED, ""), State.LOOK, {"n": 1, "all": 2}),
        (rules.second_factor([ADMIN], {Role.DIRECTOR}, "a trial"), State.LOOK, {"reason": "a trial"}),
        (rules.unused([ADMIN], NOW), State.GOOD, {}),
        (rules.unused([ADMIN, person(Role.CLERK, known=LONG_AGO)], NOW), State.LOOK, {"n": 1, "names": "x"}),
        (rules.failed_sign_ins(rules.MANY_FAILED - 1), State.GOOD, {}),
        (rules.failed_sign_ins(rules.MANY_FAILED), State.LOOK, {}),
        (rules.failed_sign_ins(rules.TOO_MANY_FAILED), State.BAD, {}),
        (rules.verified(None, sound=False, now=NOW), State.LOOK, {}),
        (rules.verified(NOW, sound=False, now=NOW), State.BAD, {}),
        (rules.verified(LONG_AGO, sound=True, now=NOW), State.LOOK, {}),
        (rules.verified(NOW, sound=True, now=NOW), State.GOOD, {}),
        (rules.anchored([NOW]), State.LOOK, {}),
        (rules.anchored([LONG_AGO, NOW]), State.GOOD, {"time": NOW}),
        (rules.anchored([NOW, None]), State.BAD, {}),
        (rules.emergencies(0, None), State.GOOD, {}),
        (rules.emergencies(2, NOW), State.LOOK, {"n": 2}),
        (rules.transport(https=True, local=False, came_by_tls=True, reason=""), State.GOOD, {}),
        (rules.transport(https=True, local=False, came_by_tls=False, reason=""), State.BAD, {}),
        (rules.transport(https=True, local=True, came_by_tls=False, reason=""), State.LOOK, {}),
        (rules.transport(https=False, local=False, came_by_tls=False, reason="no name"), State.LOOK, {}),
        (rules.transport(https=False, local=False, came_by_tls=True, reason=""), State.LOOK, {}),
        (rules.transport(https=False, local=True, came_by_tls=False, reason=""), State.GOOD, {}),
        (rules.transport(https=False, local=False, came_by_tls=False, reason=""), State.BAD, {}),
    ],
)
def test_what_is_judged_how(found: Finding, state: State, says: dict[str, object]) -> None:
    assert found.state == state
    assert says.items() <= found.said.values.items()


@pytest.mark.parametrize(
    ("people", "states"),
    [
        ([ADMIN, ADMIN, AUDITOR, DIRECTOR], [State.GOOD]),
        ([ADMIN, AUDITOR], [State.LOOK]),
        ([ADMIN] * 4 + [AUDITOR], [State.LOOK]),
        ([ADMIN, ADMIN], [State.LOOK]),
        ([ADMIN, person(Role.ADMINISTRATOR, Role.CLERK), AUDITOR], [State.LOOK]),
        ([person(Role.ADMINISTRATOR, Role.DIRECTOR)], [State.LOOK] * 3),
    ],
)
def test_wide_rights_are_few_and_apart(people: list[Account], states: list[State]) -> None:
    assert [one.state for one in rules.wide_roles(people)] == states


def asked(office: Office) -> dict[str, Finding]:
    """The findings by what they are about."""
    return {one.about: one for one in security.findings(office.admin, local=False, came_by_tls=False)}


def test_only_administrators_are_told(database: Database, office: Office) -> None:
    for actor in office.people.values():
        if not actor.may(Permission.SECURITY_READ):
            with pytest.raises(Refused):
                security.findings(actor, local=True, came_by_tls=False)
    found = security.findings(office.admin, local=False, came_by_tls=False)
    order = list(State)
    assert [order.index(one.state) for one in found] == sorted(order.index(one.state) for one in found)
    assert found[0].state == State.BAD


def _fail(database: Database, office: Office) -> None:
    for _ in range(rules.MANY_FAILED):
        sign_in.fail(sign_in.Attempt("", "", "digest", "192.0.2.7", None, "", expired=False))


def _open_an_emergency(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        row = {"case_id": a_case(session, office).id, "dispute_id": None, "reason": "a flood", "until": NOW}
        session.add(EmergencyReading(person_id=office.admin.id, opened_at=NOW, **row))


def _forget_somebody(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).where(Person.id == office.clerk.id).values(created_at=LONG_AGO))


def _verify(database: Database, office: Office) -> None:
    journal.verify(office.auditor)


def _give_tls(database: Database, office: Office) -> None:
    database.settings = replace(database.settings, public_url="http://office.lan", without_tls="no name for it")


def _anchor(database: Database, office: Office) -> None:
    journal.anchor(database)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "about", "before", "after"),
    [
        (_fail, "Failed sign-ins", State.GOOD, State.LOOK),
        (_open_an_emergency, "Emergency reading", State.GOOD, State.LOOK),
        (_forget_somebody, "Unused accounts", State.GOOD, State.LOOK),
        (_verify, "Journal", State.LOOK, State.GOOD),
        (_give_tls, "TLS", State.BAD, State.LOOK),
        (_anchor, "Anchors of the journal", State.BAD, State.LOOK),
    ],
)
def test_an_answer_follows_the_office(
    database: Database,
    office: Office,
    change: Callable[[Database, Office], None],
    about: str,
    before: State,
    after: State,
) -> None:
    assert asked(office)[about].state == before
    change(database, office)
    assert asked(office)[about].state == after


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_files_and_few_questions(database: Database, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(office)["Files of the database and the keys"].state == State.GOOD
    (database.settings.folder / "linli.db").chmod(0o644)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    found = asked(office)
    assert len([one for one in said if not one.startswith(("PRAGMA", "BEGIN"))]) <= MOST_QUERIES
    assert found["Files of the database and the keys"].state == State.BAD
    assert found["Files of the database and the keys"].said.values["names"] == "linli.db"
    assert found["User of the computer"].state == State.LOOK
    assert clock.now() == NOW
