"""People: each act works, is refused, changes nothing when refused; the last administrator stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import JournalRow, Person, SignInSession
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import people
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office
from tests.frames import row_of

NEW = {"username": "New.One", "name": "新人", "roles": ["clerk"], "phone": "0555 123"}


def standing(actor: Actor, person_id: int | None) -> dict[str, Any]:
    row = row_of(people.people(actor), person_id)
    names = ("version", "name", "unit_id", "phone", "roles", "active")
    return {name: row[name] for name in names}


def edit(office: Office, person: Actor, key: str = "k", **changes: Any) -> int:
    values: dict[str, Any] = standing(office.admin, person.id) | changes
    return people.edit_person(office.admin, person_id=person.id or 0, key=key, **values)


def a_session(database: Database, person: Actor) -> None:
    with database.transaction(SYSTEM) as session:
        session.add(
            SignInSession(
                token_hash=f"hash {person.id}",
                person_id=person.id,
                epoch=0,
                created_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(hours=12),
            )
        )


def open_sessions(database: Database, person: Actor) -> int:
    with database.reading() as session:
        query = select(SignInSession).where(SignInSession.person_id == person.id, SignInSession.revoked_at.is_(None))
        return len(session.scalars(query).all())


ACTS: dict[str, Callable[[Actor, Office], object]] = {
    "people": lambda a, _: people.people(a),
    "add": lambda a, o: people.add_person(a, unit_id=o.unit_a, key="k", **NEW),  # type: ignore[arg-type]
    "reset": lambda a, o: people.reset_password(a, person_id=o.clerk.id or 0, key="k"),
    "end": lambda a, o: people.end_sessions(a, person_id=o.clerk.id or 0, key="k"),
    "sessions": lambda a, o: people.sessions(a, person_id=o.clerk.id or 0),
    "edit": lambda a, o: people.edit_person(
        a,
        person_id=o.clerk.id or 0,
        version=1,
        name="x",
        unit_id=o.unit_a,
        phone="",
        roles=["clerk"],
        active=True,
        key="k",
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["director", "clerk", "auditor"])
def test_only_the_administrator_may(act: str, person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person], office)


def test_somebody_new_gets_a_password_for_a_day(database: Database, office: Office) -> None:
    slip = people.add_person(office.admin, unit_id=office.unit_a, key="k", **NEW)  # type: ignore[arg-type]
    assert slip.username == "new.one"
    assert len(slip.password) >= 16
    with database.reading() as session:
        person = session.get_one(Person, slip.person_id)
        assert person.must_change
        assert person.password_expires_at == NOW + timedelta(hours=24)
        assert slip.password not in person.password_hash
        journalled = " ".join(str(r.after) for r in session.scalars(select(JournalRow)))
    assert person.password_hash not in journalled
    assert "0555" not in journalled


def test_the_same_submission_adds_one_person_and_tells_no_password_again(database: Database, office: Office) -> None:
    first = ACTS["add"](office.admin, office)
    with nothing_changes(database):
        again = ACTS["add"](office.admin, office)
    assert isinstance(first, people.FirstPassword)
    assert isinstance(again, people.FirstPassword)
    assert (again.person_id, again.password) == (first.person_id, "")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"username": "clerk"}, {"username"}),
        ({"username": "x"}, {"username"}),
        ({"username": "a b"}, {"username"}),
        ({"name": "", "roles": []}, {"name", "roles"}),
        ({"roles": ["king"]}, {"roles"}),
        ({"roles": ["administrator", "auditor"]}, {"roles"}),
        ({"unit_id": None}, {"unit_id"}),
        ({"unit_id": 4711}, {"unit_id"}),
        ({"phone": "ring me"}, {"phone"}),
    ],
)
def test_a_bad_account_is_refused_with_every_reason(
    changes: dict[str, object], fields: set[str], database: Database, office: Office
) -> None:
    values = {"unit_id": office.unit_a} | NEW | changes
    with nothing_changes(database), pytest.raises(Problems) as caught:
        people.add_person(office.admin, key="k", **values)  # type: ignore[arg-type]
    assert {p.field for p in caught.value.problems} == fields


def test_a_change_of_roles_signs_the_person_out(database: Database, office: Office) -> None:
    a_session(database, office.clerk)
    edit(office, office.clerk, name="陈二")
    assert open_sessions(database, office.clerk) == 1
    edit(office, office.clerk, roles=["handler"], key="k2")
    assert open_sessions(database, office.clerk) == 0
    assert standing(office.admin, office.clerk.id)["roles"] == ("handler",)


@pytest.mark.parametrize("changes", [{"active": False}, {"unit_id": "unit_b"}])
def test_closing_or_moving_an_account_signs_the_person_out(
    changes: dict[str, Any], database: Database, office: Office
) -> None:
    a_session(database, office.handler)
    wanted: dict[str, Any] = {k: office.unit_b if v == "unit_b" else v for k, v in changes.items()}
    edit(office, office.handler, "k", **wanted)
    assert open_sessions(database, office.handler) == 0


@pytest.mark.parametrize("changes", [{"active": False}, {"roles": ["clerk"]}])
def test_the_last_administrator_stays(changes: dict[str, Any], database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        edit(office, office.admin, **changes)
    edit(office, office.director, roles=["director", "administrator"], key="second")
    edit(office, office.admin, key="now", **changes)


def test_who_saves_second_sees_both_versions(database: Database, office: Office) -> None:
    seen = standing(office.admin, office.clerk.id)
    edit(office, office.clerk, name="陈一")
    with nothing_changes(database), pytest.raises(Changed) as caught:
        edit(office, office.clerk, key="second", **(seen | {"name": "陈二"}))
    assert (caught.value.theirs["name"], caught.value.mine["name"]) == ("陈一", "陈二")
    assert caught.value.by == office.admin.name


def test_a_reset_ends_sessions_and_must_be_changed(database: Database, office: Office) -> None:
    a_session(database, office.clerk)
    slip = ACTS["reset"](office.admin, office)
    assert isinstance(slip, people.FirstPassword)
    assert slip.password
    assert open_sessions(database, office.clerk) == 0
    assert bool(row_of(people.people(office.admin), office.clerk.id)["must_change"])


def test_a_closed_account_gets_no_password(database: Database, office: Office) -> None:
    edit(office, office.clerk, key="closed", active=False)
    with nothing_changes(database), pytest.raises(Problems):
        ACTS["reset"](office.admin, office)


def test_the_administrator_signs_somebody_out(database: Database, office: Office) -> None:
    a_session(database, office.clerk)
    assert ACTS["end"](office.admin, office) == 1
    assert list(people.sessions(office.admin, person_id=office.clerk.id or 0)["revoked_why"]) == [
        "ended by administrator"
    ]


@pytest.mark.parametrize("act", [people.reset_password, people.end_sessions])
def test_nobody_is_nobody(act: Callable[..., object], database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(NotThere):
        act(office.admin, person_id=4711, key="k")


def test_those_who_left_are_listed_only_when_asked_for(office: Office) -> None:
    edit(office, office.clerk, active=False)
    assert office.clerk.id in set(people.people(office.admin)["id"])
    assert office.clerk.id not in set(people.people(office.admin, left=False)["id"])


def test_the_command_line_adds_resets_and_lists(database: Database) -> None:
    lines = people.cli_add(database, name="Term", full_name="", roles=["administrator"])
    assert lines[0] == "user name: term"
    assert people.cli_reset(database, name="term")[1] != lines[1]
    assert any(line.startswith("term\tTerm\t综治中心\tadministrator\topen") for line in people.cli_list(database))
    with nothing_changes(database), pytest.raises(NotThere):
        people.cli_reset(database, name="nobody")
    with nothing_changes(database), pytest.raises(Problems, match="roles"):
        people.cli_add(database, name="other", full_name="", roles=[])


def test_moments_are_aware(office: Office, database: Database) -> None:
    a_session(database, office.clerk)
    seen = row_of(people.people(office.admin), office.clerk.id)["seen_at"]
    assert seen == clock.now()
