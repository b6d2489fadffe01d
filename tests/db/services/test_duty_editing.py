"""Drafts edited by hand: who may, saved row by row, marked when a rule breaks; what a placing would break."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.models import DutyAbsence, DutyMember, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services.duty import editing
from db.services.records import Saved
from tests.db.services.standing_rotas import FIRST, add, member_id, new, publish, serve, view
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_duty, a_patrol_lead
from tests.frames import row_of

DAY = timedelta(days=1)
LEADER, OTHER, THIRD, STAFF = "林带班", "周主任", "顾带班", "陈接访"


@pytest.fixture
def duty(database: Database, office: Office) -> int:
    """The centre duty."""
    with database.transaction(SYSTEM) as session:
        return a_duty(session, office).id


@pytest.fixture
def rota(office: Office, duty: int) -> int:
    """A draft of a week."""
    return new(office.director, duty, FIRST, FIRST + 6 * DAY)


def place_id(database: Database, rota_id: int, day: date, role: str = "leader") -> int:
    """The first place of a role on a day."""
    with database.reading() as session:
        return session.scalars(
            select(RotaPlace.id).where(
                RotaPlace.rota_id == rota_id,
                RotaPlace.on_day == day,
                RotaPlace.role == role,
                RotaPlace.place == 0,
            )
        ).one()


def put(actor: Actor, rota_id: int, rows: dict[int, dict[str, Any]], *, version: int = 1, key: str = "put") -> Saved:
    """Put members on places seen in this version."""
    return editing.put(actor, rota_id=rota_id, rows={n: (version, values) for n, values in rows.items()}, key=key)


def member_of(office: Office, rota_id: int, place: int) -> object:
    """Who serves on a place."""
    return row_of(view(office.director, rota_id).places, place)["member_id"]


def test_a_member_is_put_on_a_place_kept_there_and_taken_off(database: Database, office: Office, rota: int) -> None:
    place, ann = place_id(database, rota, FIRST), member_id(database, LEADER)
    assert put(office.director, rota, {place: {"member_id": ann, "fixed": True}}).saved == (place,)
    row = row_of(view(office.director, rota).places, place)
    assert (row["member_id"], row["fixed"], row["version"]) == (ann, True, 2)
    assert view(office.director, rota).version == 2
    assert put(office.director, rota, {place: {"fixed": False}}, version=2, key="b").saved == (place,)
    assert member_of(office, rota, place) == ann
    put(office.director, rota, {place: {"member_id": None}}, version=3, key="c")
    assert view(office.director, rota).score.open == 28


def test_what_breaks_a_rule_is_kept_in_a_draft_and_marked(database: Database, office: Office, rota: int) -> None:
    place, staff = place_id(database, rota, FIRST), member_id(database, STAFF)
    assert put(office.director, rota, {place: {"member_id": staff}}).rejected == {}
    (told,) = view(office.director, rota).breaks
    assert (told.rule, told.place_id, told.member_id) == ("role", place, staff)


def test_each_row_by_itself(database: Database, office: Office, rota: int) -> None:
    places = [place_id(database, rota, FIRST + n * DAY) for n in range(5)]
    ann = member_id(database, LEADER)
    with database.transaction(SYSTEM) as session:
        session.execute(update(RotaPlace).where(RotaPlace.id == places[1]).values(version=7))
        elsewhere = a_duty(session, office, name="另一值班", responsible=False).id
        stranger = session.scalars(select(DutyMember.id).where(DutyMember.duty_id == elsewhere).limit(1)).one()
        retired = select(DutyMember).where(DutyMember.name == THIRD, DutyMember.duty_id != elsewhere)
        gone = session.scalars(retired).one()
        gone.active, gone_id = False, gone.id
    rows: dict[int, dict[str, Any]] = {
        places[0]: {"member_id": ann},
        places[1]: {"member_id": ann},
        places[2]: {"member_id": stranger},
        places[3]: {"member_id": gone_id},
        places[4]: {"member_id": "顾带班"},
        999_999: {"member_id": ann},
    }
    done = put(office.director, rota, rows)
    assert done.saved == (places[0],)
    assert {n: (c.theirs["member_id"], c.mine["member_id"], c.version) for n, c in done.conflicts.items()} == {
        places[1]: (None, ann, 7)
    }
    told = {n: wrong.problems[0].field for n, wrong in done.rejected.items()}
    assert told == {places[2]: "member_id", places[3]: "member_id", places[4]: "member_id", 999_999: ""}
    assert view(office.director, rota).score.open == 27


def test_what_can_not_be_edited_is_left_alone(database: Database, office: Office, rota: int) -> None:
    place = place_id(database, rota, FIRST)
    sent = {"on_day": FIRST + DAY, "published_id": member_id(database, LEADER), "role": "staff"}
    put(office.director, rota, {place: sent})
    row = row_of(view(office.director, rota).places, place)
    assert (row["on_day"], row["role"]) == (FIRST, "leader")
    assert pd.isna(row["published_id"])
    told = put(office.director, rota, {place: {"fixed": "ja"}}, key="b").rejected[place]
    assert told.problems[0].field == "fixed"


def test_a_place_of_another_rota_is_not_there(database: Database, office: Office, duty: int, rota: int) -> None:
    other = place_id(database, new(office.director, duty, FIRST, FIRST, key="other"), FIRST)
    done = put(office.director, rota, {other: {"member_id": member_id(database, LEADER)}})
    assert (done.saved, list(done.rejected)) == ((), [other])
    assert view(office.director, rota).version == 1


def test_the_same_submission_writes_once(database: Database, office: Office, rota: int) -> None:
    rows = {place_id(database, rota, FIRST): {"member_id": member_id(database, LEADER)}}
    first = put(office.director, rota, rows)
    with nothing_changes(database):
        assert put(office.director, rota, rows).saved == first.saved


def test_a_published_rota_is_not_edited(database: Database, office: Office, rota: int) -> None:
    publish(database, rota)
    rows = {place_id(database, rota, FIRST): {"member_id": member_id(database, LEADER)}}
    with nothing_changes(database), pytest.raises(Problems, match="published"):
        put(office.director, rota, rows)


@pytest.mark.parametrize("person", ["clerk", "leader", "viewer", "admin", "auditor"])
def test_only_who_plans_edits_or_tries(person: str, database: Database, office: Office, rota: int) -> None:
    place, ann, actor = place_id(database, rota, FIRST), member_id(database, LEADER), office.people[person]
    with nothing_changes(database):
        with pytest.raises(Refused):
            put(actor, rota, {place: {"member_id": ann}})
        with pytest.raises(Refused):
            editing.would_break(actor, rota_id=rota, place_id=place, member_id=ann)
        with pytest.raises(Refused):
            editing.candidates(actor, rota_id=rota, place_id=place)


def test_a_patrol_lead_edits_the_own_units_only(database: Database, office: Office, duty: int, rota: int) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        mine = a_duty(session, office, name="城建巡防", unit_id=office.group_a, responsible=False).id
    own = new(lead, mine, FIRST, FIRST, key="own")
    assert put(lead, own, {place_id(database, own, FIRST): {"fixed": True}}).saved
    with nothing_changes(database), pytest.raises(NotThere):
        put(lead, rota, {place_id(database, rota, FIRST): {"fixed": True}}, key="b")
    with pytest.raises(NotThere):
        editing.candidates(lead, rota_id=rota, place_id=place_id(database, rota, FIRST))


# --- before it is placed ---


def test_what_a_placing_would_break_is_told_before(database: Database, office: Office, rota: int) -> None:
    serve(database, rota, FIRST, LEADER)
    ann, second = member_id(database, LEADER), place_id(database, rota, FIRST + DAY)
    with nothing_changes(database):
        told = editing.would_break(office.director, rota_id=rota, place_id=second, member_id=ann)
        fine = place_id(database, rota, FIRST + 2 * DAY)
        assert editing.would_break(office.director, rota_id=rota, place_id=fine, member_id=ann) == ()
    assert [(b.rule, b.place_id) for b in told] == [("rest", second)]
    assert told[0].problem.values["name"] == LEADER


def test_who_could_take_a_place_the_least_burdened_first(database: Database, office: Office, rota: int) -> None:
    other, third = member_id(database, OTHER), member_id(database, THIRD)
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.id == other).values(begin_total=4))
    add(database, DutyAbsence(member_id=third, kind="leave", from_on=FIRST, until_on=FIRST))
    found = editing.candidates(office.director, rota_id=rota, place_id=place_id(database, rota, FIRST))
    assert list(found["member"]) == [LEADER, OTHER, THIRD]
    assert list(found["free"]) == [True, True, False]
    assert [b.rule for b in found["breaks"][2]] == ["leave"]
    assert found["over_total"][1] - found["over_total"][0] == 4


def test_who_serves_already_is_no_candidate(database: Database, office: Office, rota: int) -> None:
    serve(database, rota, FIRST, LEADER)
    found = editing.candidates(office.director, rota_id=rota, place_id=place_id(database, rota, FIRST))
    assert set(found["member"]) == {OTHER, THIRD}


def test_no_place_no_answer(database: Database, office: Office, duty: int, rota: int) -> None:
    other = place_id(database, new(office.director, duty, FIRST, FIRST, key="other"), FIRST)
    for missing in (999_999, other):
        with pytest.raises(NotThere):
            editing.candidates(office.director, rota_id=rota, place_id=missing)
