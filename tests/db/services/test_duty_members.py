"""Who serves: entered, corrected, retired and put back, told to serve apart; who may, once, and nothing lost."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.identity import decrypt
from db.models import Code, Duty, DutyMember, DutyPair, DutyPost, Person, Rota, RotaPlace
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import describing, members, pairs
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_member, a_patrol_lead
from tests.frames import row_of

TODAY = NOW.date()
# The members of the centre duty in the order they were entered.
DUTY, POST, LEADER, DEPUTY, CLERK, STAFF, LAST = 1, 1, 1, 4, 7, 9, 12
OTHERS = ("leader", "clerk", "viewer", "admin", "auditor")


def act(service: Callable[..., Any], **usual: Any) -> Callable[..., Any]:
    """An act with its usual arguments, each of which a test may replace."""
    return lambda actor, **changes: service(actor, **{"key": "k", **usual, **changes})


ADD = act(members.add_member, duty_id=DUTY, name="邓志愿", phone="15400000009", roles=["staff"])
EDIT = act(members.edit_member, member_id=STAFF, version=1, name="冉大姐", roles=["staff", "deputy"], share=50)
RETIRE = act(members.retire_member, member_id=STAFF, version=1)
RESTORE = act(members.restore_member, member_id=STAFF, version=1, key="r")
SET = act(pairs.set_pair, duty_id=DUTY, first_id=STAFF, second_id=CLERK, kind="apart")
REMOVE = act(pairs.remove_pair, pair_id=1, version=1)
BACK = act(pairs.restore_pair, pair_id=1, version=1)
ACTS = {"add": ADD, "edit": EDIT, "retire": RETIRE, "restore": RESTORE, "set": SET, "remove": REMOVE, "back": BACK}
CHANGES = {name: ACTS[name] for name in ("edit", "retire", "restore", "remove", "back")}
READS: dict[str, Callable[..., Any]] = {"members": members.members, "names": members.member_names, "pairs": pairs.pairs}


@pytest.fixture(autouse=True)
def duty(database: Database, office: Office) -> None:
    """The centre duty with two who serve together."""
    with database.transaction(SYSTEM) as session:
        a_duty(session, office)
        session.add(DutyPair(duty_id=DUTY, first_id=LEADER, second_id=DEPUTY, kind="together"))


def stored(database: Database, member_id: int) -> DutyMember:
    """A member as stored."""
    with database.reading() as session:
        return session.get_one(DutyMember, member_id)


# --- who may, and once ---


@pytest.mark.parametrize("name", ACTS)
def test_only_who_plans_the_duty_keeps_its_people(name: str, database: Database, office: Office) -> None:
    with nothing_changes(database):
        for other in OTHERS:
            with pytest.raises(Refused):
                ACTS[name](office.people[other])


@pytest.mark.parametrize("name", ACTS)
def test_a_patrol_lead_keeps_those_of_the_unit(name: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    with nothing_changes(database), pytest.raises(NotThere):
        ACTS[name](lead)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Duty).values(unit_id=office.group_a))
    assert ACTS[name](lead)


@pytest.mark.parametrize("name", ACTS)
def test_the_same_submission_writes_once(name: str, database: Database, office: Office) -> None:
    first = ACTS[name](office.director)
    with nothing_changes(database):
        assert ACTS[name](office.director) == first


@pytest.mark.parametrize("name", CHANGES)
def test_who_saves_second_is_told(name: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).values(version=7))
        session.execute(update(DutyPair).values(version=7))
    with nothing_changes(database), pytest.raises(Changed):
        CHANGES[name](office.director)


@pytest.mark.parametrize("name", ACTS)
def test_a_retired_duty_takes_nobody(name: str, database: Database, office: Office) -> None:
    describing.retire_duty(office.director, duty_id=DUTY, version=1, key="away")
    with nothing_changes(database), pytest.raises(Problems, match="This duty is retired"):
        ACTS[name](office.director)


def test_what_is_not_there_is_not_changed(database: Database, office: Office) -> None:
    asked = {"add": "duty_id", "edit": "member_id", "retire": "member_id", "restore": "member_id"}
    for name, field in (asked | {"set": "duty_id", "remove": "pair_id", "back": "pair_id"}).items():
        with nothing_changes(database), pytest.raises(NotThere):
            ACTS[name](office.director, **{field: 99})


# --- members ---


def test_a_member_is_kept_with_roles_and_days(database: Database, office: Office) -> None:
    member_id = ADD(
        office.director,
        name=" 邓志愿 ",
        roles=["volunteer", "staff", "volunteer"],
        skills=["driver"],
        posts=[POST],
        team="一组",
        share=60,
        reserve=True,
        most=4,
        from_on=TODAY,
        until_on=TODAY,
        begin_nights=3,
    )
    row = stored(database, member_id)
    assert (row.name, json.loads(row.roles), json.loads(row.skills), json.loads(row.posts)) == (
        "邓志愿", ["volunteer", "staff"], ["driver"], [POST],
    )  # fmt: skip
    assert (row.team, row.share, row.reserve, row.most, row.from_on, row.until_on, row.begin_nights, row.active) == (
        "一组", 60, True, 4, TODAY, TODAY, 3, True,
    )  # fmt: skip


def test_a_telephone_number_is_encrypted_at_rest_and_shown_to_signed_in_staff(
    database: Database, office: Office
) -> None:
    member_id = ADD(office.director, phone=" １５４００００００９９ ")
    row = stored(database, member_id)
    assert row.phone is not None
    assert b"15400000099" not in row.phone
    assert decrypt(database, "duty_member.phone", row.phone) == "15400000099"
    shown = row_of(members.members(office.clerk, duty_id=DUTY), "邓志愿", by="name")
    assert (shown["phone"], shown["roles"], shown["posts"]) == ("15400000099", ("staff",), ())


def test_a_number_stays_until_another_is_given(database: Database, office: Office) -> None:
    member_id = ADD(office.director)
    before = stored(database, member_id).phone
    EDIT(office.director, member_id=member_id, key="name")
    assert stored(database, member_id).phone == before
    EDIT(office.director, member_id=member_id, version=2, phone="15400000009", key="same")
    assert stored(database, member_id).phone == before
    EDIT(office.director, member_id=member_id, version=2, phone="", key="none")
    assert stored(database, member_id).phone is None


def test_a_member_is_corrected(database: Database, office: Office) -> None:
    assert EDIT(office.director) == 2
    row = stored(database, STAFF)
    assert (row.name, json.loads(row.roles), row.share) == ("冉大姐", ["staff", "deputy"], 50)


def test_what_is_wrong_is_said_beside_its_field(database: Database, office: Office) -> None:
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"name": ""}, ["name"]),
        ({"name": "林带班"}, ["name"]),
        ({"roles": []}, ["roles"]),
        ({"roles": ["cook"]}, ["roles"]),
        ({"skills": ["juggling"]}, ["skills"]),
        ({"posts": [99]}, ["posts"]),
        ({"phone": "家里"}, ["phone"]),
        ({"share": 0}, ["share"]),
        ({"share": None}, ["share"]),
        ({"from_on": TODAY, "until_on": TODAY - timedelta(days=1)}, ["until_on"]),
        ({"person_id": office.clerk.id}, ["person_id"]),
        ({"person_id": office.admin.id}, ["person_id"]),
        ({"person_id": 999}, ["person_id"]),
        ({"begin_total": -1}, ["begin_total"]),
    ]
    for service in (ADD, EDIT):
        with nothing_changes(database):
            for changes, fields in wrong:
                assert list(problems_of(partial(service, office.director, **changes))) == fields, changes


def test_who_has_gone_keeps_a_code_taken_off_the_list(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Code).where(Code.code == "staff").values(active=False))
        session.execute(update(Person).where(Person.id == office.clerk.id).values(active=False))
    with nothing_changes(database):
        assert list(problems_of(lambda: ADD(office.director))) == ["roles"]
    kept = {"member_id": CLERK, "name": "陈接访", "roles": ["staff"], "person_id": office.clerk.id}
    assert EDIT(office.director, **kept) == 2


def test_a_retired_member_is_put_back(database: Database, office: Office) -> None:
    assert RETIRE(office.director) == 2
    assert "冉值班" not in members.member_names(office.clerk, duty_id=DUTY).values()
    assert len(members.members(office.clerk, duty_id=DUTY)) == 11
    assert len(members.members(office.clerk, duty_id=DUTY, retired=True)) == 12
    assert RESTORE(office.director, version=2) == 3
    assert stored(database, STAFF).active


def test_an_account_is_one_members(database: Database, office: Office) -> None:
    RETIRE(office.director, member_id=CLERK)
    ADD(office.director, person_id=office.clerk.id, key="next")
    with nothing_changes(database), pytest.raises(Problems, match="person_id: 邓志愿 has this account already"):
        RESTORE(office.director, member_id=CLERK, version=2)


def test_published_shifts_ahead_keep_a_member(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        rota = Rota(duty_id=DUTY, from_on=TODAY, until_on=TODAY, state="draft", made_at=NOW)
        session.add(rota)
        session.flush()
        for hours in (-1, 1):
            ends = NOW + timedelta(hours=hours)
            session.add(
                RotaPlace(
                    rota_id=rota.id, on_day=TODAY, post_id=POST, shift_id=1, role="staff", place=hours,
                    begins_at=ends - timedelta(hours=24), ends_at=ends, member_id=STAFF,
                )
            )  # fmt: skip
    RETIRE(office.director, key="draft")
    RESTORE(office.director, version=2)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Rota).values(state="published"))
    with nothing_changes(database), pytest.raises(Problems, match="active: Published shifts still to serve: 1"):
        RETIRE(office.director, version=3)


def test_accounts_of_those_who_may_serve_are_offered(office: Office) -> None:
    offered = members.account_names(office.director)
    assert offered[office.clerk.id or 0] == "陈接访 (clerk)"
    assert not {office.viewer.id, office.admin.id, office.auditor.id} & set(offered)


# --- looking ---


@pytest.mark.parametrize("look", READS)
def test_signed_in_staff_see_who_serves(look: str, office: Office) -> None:
    for person in ("clerk", "handler", "viewer", "admin", "director"):
        assert len(READS[look](office.people[person], duty_id=DUTY)) == (1 if look == "pairs" else 12)
        with pytest.raises(NotThere):
            READS[look](office.people[person], duty_id=99)
    with pytest.raises(Refused):
        READS[look](office.auditor, duty_id=DUTY)


# --- pairs ---


def test_two_members_serve_apart_until_said_otherwise(database: Database, office: Office) -> None:
    pair_id = SET(office.director)
    shown = row_of(pairs.pairs(office.clerk, duty_id=DUTY), pair_id)
    assert (shown["first_id"], shown["second_id"], shown["kind"]) == (CLERK, STAFF, "apart")
    assert (shown["first"], shown["second"]) == ("陈接访", "冉值班")
    assert SET(office.director, first_id=CLERK, second_id=STAFF, kind="together", key="other") == pair_id
    assert row_of(pairs.pairs(office.clerk, duty_id=DUTY), pair_id)["kind"] == "together"
    assert REMOVE(office.director, pair_id=pair_id, version=2, key="gone") == 3
    assert pairs.pairs(office.clerk, duty_id=DUTY)["id"].tolist() == [1]
    assert row_of(pairs.pairs(office.clerk, duty_id=DUTY, removed=True), pair_id)["removed"]
    assert BACK(office.director, pair_id=pair_id, version=3, key="back") == 4
    assert row_of(pairs.pairs(office.clerk, duty_id=DUTY), pair_id)["kind"] == "together"
    assert REMOVE(office.director, pair_id=pair_id, version=4, key="gone again") == 5
    assert SET(office.director, key="anew") == pair_id
    assert row_of(pairs.pairs(office.clerk, duty_id=DUTY), pair_id)["kind"] == "apart"


def test_a_pair_of_somebody_retired_is_not_shown(office: Office) -> None:
    RETIRE(office.director, member_id=LEADER)
    assert pairs.pairs(office.clerk, duty_id=DUTY).empty


def test_a_pair_is_two_members_of_the_duty(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        other = Duty(name="别的值班")
        session.add(other)
        session.flush()
        stranger = a_member(session, other, "生人", "staff").id
    RETIRE(office.director, key="away")
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"first_id": None}, ["first_id"]),
        ({"first_id": STAFF}, ["first_id"]),
        ({"second_id": stranger}, ["first_id", "second_id"]),
        ({"first_id": CLERK, "second_id": CLERK}, ["second_id"]),
        ({"first_id": LAST, "kind": "friends"}, ["kind"]),
        ({"first_id": LAST, "kind": None}, ["kind"]),
    ]
    with nothing_changes(database):
        for changes, fields in wrong:
            assert list(problems_of(partial(SET, office.director, **changes))) == fields, changes


def test_posts_of_another_duty_are_not_a_members(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        other = Duty(name="别的值班")
        session.add(other)
        session.flush()
        session.add(DutyPost(duty_id=other.id, name="外岗"))
        session.flush()
        foreign = session.scalars(select(DutyPost.id).where(DutyPost.duty_id == other.id)).one()
    with nothing_changes(database):
        assert list(problems_of(lambda: ADD(office.director, posts=[foreign]))) == ["posts"]
