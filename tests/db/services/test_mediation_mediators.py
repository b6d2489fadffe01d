"""Mediators of a file: who may come to it, why they leave it for good or not, and who follows up."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from db.engine import Database
from db.models import Dispute, Mediator
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import mediators, scope
from tests.db.services.disputes import (
    TODAY,
    archived,
    key,
    lines,
    mediator_rows,
    member,
    party_rows,
    registered,
    row,
)  # fmt: skip
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LEAVE: dict[str, Callable[..., int]] = {
    "step_aside": mediators.step_aside,
    "object_to": mediators.object_to,
    "replace": mediators.replace,
}
ENDS = {"step_aside": "stepped_aside", "object_to": "objected", "replace": "replaced"}
LINES = {"step_aside": "step_aside", "object_to": "object", "replace": "replace"}


def put_on(database: Database, office: Office, dispute_id: int, name: str, /, **changes: object) -> int:
    """The director assigns somebody of the office."""
    values = {"mediator_id": member(database, office, name), "from_on": TODAY, "key": key()} | changes
    return mediators.assign(office.director, dispute_id=dispute_id, **values)  # type: ignore[arg-type]


def leave(act: str, actor: Actor, database: Database, dispute_id: int, key: str = "k", /, **changes: object) -> int:
    """The first mediator of the file leaves it."""
    first = mediator_rows(database, dispute_id)[0]
    values = {"row_id": first.id, "version": first.version, "ended_on": TODAY, "reason": "与一方是亲戚"}
    if act == "object_to":
        values["party_id"] = party_rows(database, dispute_id)[0].id
    return LEAVE[act](actor, dispute_id=dispute_id, **(values | changes), key=key)


def visit(actor: Actor, database: Database, dispute_id: int, person_id: int | None, key: str = "k") -> int:
    version = row(database, dispute_id).version
    return mediators.name_visitor(actor, dispute_id=dispute_id, version=version, person_id=person_id, key=key)


# --- coming to a file ---


def test_a_mediator_takes_on_a_file_nobody_has(database: Database, office: Office) -> None:
    dispute_id = registered(database, office, mediator_id=None)
    own = member(database, office, "mediator")
    act = partial(
        mediators.assign, office.mediator, dispute_id=dispute_id, mediator_id=own, lead=True, from_on=TODAY, key="k"
    )
    row_id = act()
    with nothing_changes(database):
        assert act() == row_id
    (stands,) = mediator_rows(database, dispute_id)
    assert (stands.id, stands.mediator_id, stands.lead, stands.how, stands.party_id) == (
        row_id, own, True, "assigned", None,
    )  # fmt: skip
    line = lines(database, dispute_id)[-1]
    assert line.step == "assign"
    assert json.loads(line.detail) == {"mediator": "马调解", "lead": True, "how": "assigned", "chosen_by": ""}


def test_a_new_lead_takes_the_place_of_the_other(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    put_on(database, office, dispute_id, "chair")
    assert [stands.lead for stands in mediator_rows(database, dispute_id)] == [True, False]
    third = put_on(
        database,
        office,
        dispute_id,
        "elsewhere",
        lead=True,
        how="chosen",
        party_id=party_rows(database, dispute_id)[0].id,
    )
    assert [stands.id for stands in mediator_rows(database, dispute_id) if stands.lead] == [third]


def test_a_party_chooses_anybodys_mediator(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with nothing_changes(database):
        assert "mediator_id" in problems_of(partial(put_on, database, office, dispute_id, "elsewhere"))
    party = party_rows(database, dispute_id)[1]
    put_on(database, office, dispute_id, "elsewhere", how="chosen", party_id=party.id)
    stands = mediator_rows(database, dispute_id)[-1]
    assert (stands.how, stands.party_id) == ("chosen", party.id)
    assert json.loads(lines(database, dispute_id)[-1].detail)["chosen_by"] == "河**"
    with database.reading() as session:
        assert scope.load(session, office.elsewhere, dispute_id)


def test_who_was_assigned_was_chosen_by_nobody(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    put_on(database, office, dispute_id, "chair", party_id=party_rows(database, dispute_id)[0].id)
    assert mediator_rows(database, dispute_id)[-1].party_id is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"mediator_id": None}, "mediator_id", "Choose a mediator"),
        ({"mediator_id": 999_999}, "mediator_id", "Choose a mediator"),
        ({"how": "drawn"}, "how", "not one of the choices"),
        ({"how": "chosen"}, "party_id", "Choose the party"),
        ({"how": "chosen", "party_id": 999_999}, "party_id", "Choose the party"),
        ({"from_on": None}, "from_on", "Choose the day"),
        ({"from_on": TOMORROW}, "from_on", "still to come"),
        ({"from_on": YESTERDAY}, "from_on", "received"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    changes: dict[str, object], field: str, sentence: str, database: Database, office: Office
) -> None:
    dispute_id = registered(database, office)
    with nothing_changes(database):
        found = problems_of(partial(put_on, database, office, dispute_id, "chair", **changes))
    assert list(found) == [field]
    assert sentence in found[field]


def test_a_party_of_another_file_chooses_nobody(database: Database, office: Office) -> None:
    dispute_id, other = registered(database, office), registered(database, office)
    party_id = party_rows(database, other)[0].id
    with nothing_changes(database):
        act = partial(put_on, database, office, dispute_id, "chair", how="chosen", party_id=party_id)
        assert list(problems_of(act)) == ["party_id"]


def test_nobody_is_assigned_twice(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with nothing_changes(database):
        found = problems_of(partial(put_on, database, office, dispute_id, "mediator"))
    assert "already on the file" in found["mediator_id"]


def test_nor_under_another_committee(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with database.transaction(SYSTEM) as session:
        twin = Mediator(committee_id=office.committee_b, person_id=office.mediator.id, name="马调解")
        session.add(twin)
        session.flush()
        twin_id = twin.id
    party_id = party_rows(database, dispute_id)[0].id
    act = partial(put_on, database, office, dispute_id, "chair", mediator_id=twin_id, how="chosen", party_id=party_id)
    with nothing_changes(database):
        assert "already on the file" in problems_of(act)["mediator_id"]
    leave("step_aside", office.mediator, database, dispute_id)
    with nothing_changes(database):
        assert "stepped aside" in problems_of(act)["mediator_id"]


def test_two_members_without_an_account_are_two_people(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with database.transaction(SYSTEM) as session:
        both = [Mediator(committee_id=office.committee_a, name=name) for name in ("古一", "古二")]
        session.add_all(both)
        session.flush()
        ids = [one.id for one in both]
    for mediator_id in ids:
        put_on(database, office, dispute_id, "chair", mediator_id=mediator_id)
    assert len(mediator_rows(database, dispute_id)) == 3


def test_a_retired_member_is_not_assigned(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with database.transaction(SYSTEM) as session:
        session.get_one(Mediator, member(database, office, "chair")).active = False
    with nothing_changes(database):
        assert "Choose a mediator" in problems_of(partial(put_on, database, office, dispute_id, "chair"))["mediator_id"]


# --- leaving it ---


@pytest.mark.parametrize("act", LEAVE)
def test_leaving_is_kept_with_its_day_and_reason(act: str, database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    first = mediator_rows(database, dispute_id)[0]
    repeat = partial(leave, act, office.chair, database, dispute_id, row_id=first.id, version=first.version)
    done = repeat()
    with nothing_changes(database):
        assert repeat() == done
    left = mediator_rows(database, dispute_id)[0]
    assert (left.version, left.ended_on, left.end_kind, left.reason) == (done, TODAY, ENDS[act], "与一方是亲戚")
    line = lines(database, dispute_id)[-1]
    assert (line.step, line.text) == (LINES[act], "与一方是亲戚")
    party = "江**" if act == "object_to" else ""
    assert json.loads(line.detail) == {"mediator": "马调解", "party": party, "on": "2026-11-19"}
    with nothing_changes(database), pytest.raises(NotThere):
        leave(act, office.chair, database, dispute_id, "again")


@pytest.mark.parametrize("act", ["step_aside", "object_to"])
def test_who_stepped_aside_or_was_objected_to_never_comes_back(act: str, database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    leave(act, office.mediator, database, dispute_id)
    for how in ("assigned", "chosen"):
        party_id = party_rows(database, dispute_id)[0].id
        again = partial(put_on, database, office, dispute_id, "mediator", how=how, party_id=party_id)
        with nothing_changes(database):
            assert "stepped aside" in problems_of(again)["mediator_id"]
    with database.reading() as session, pytest.raises(NotThere):
        scope.load(session, office.mediator, dispute_id)


def test_who_was_replaced_may_come_back(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    leave("replace", office.chair, database, dispute_id)
    put_on(database, office, dispute_id, "mediator", lead=True)
    assert [stands.ended_on for stands in mediator_rows(database, dispute_id)] == [TODAY, None]


@pytest.mark.parametrize("act", LEAVE)
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ended_on": None}, "ended_on"),
        ({"ended_on": TOMORROW}, "ended_on"),
        ({"ended_on": YESTERDAY}, "ended_on"),
        ({"reason": " "}, "reason"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_leaving_wrongly_changes_nothing(
    act: str, changes: dict[str, object], field: str, database: Database, office: Office
) -> None:
    dispute_id = registered(database, office)
    with nothing_changes(database):
        assert list(problems_of(partial(leave, act, office.mediator, database, dispute_id, "k", **changes))) == [field]


def test_only_a_party_objects(database: Database, office: Office) -> None:
    dispute_id, other = registered(database, office), registered(database, office)
    for party_id in (None, party_rows(database, other)[0].id):
        act = partial(leave, "object_to", office.mediator, database, dispute_id, "k", party_id=party_id)
        with nothing_changes(database):
            assert list(problems_of(act)) == ["party_id"]


# --- every act ---


def doing(act: str, who: Actor, database: Database, office: Office, dispute_id: int) -> None:
    """Any act of this module on a file."""
    if act == "assign":
        own = member(database, office, "chair")
        mediators.assign(who, dispute_id=dispute_id, mediator_id=own, from_on=TODAY, key="k")
    elif act == "visitor":
        visit(who, database, dispute_id, office.deputy.id)
    else:
        leave(act, who, database, dispute_id)


@pytest.mark.parametrize("act", ["assign", "visitor", *LEAVE])
@pytest.mark.parametrize(("who", "why"), [("clerk", Refused), ("head", Refused), ("elsewhere", NotThere)])
def test_who_does_not_keep_the_file_changes_nothing(
    act: str, who: str, why: type[Exception], database: Database, office: Office
) -> None:
    dispute_id = registered(database, office)
    with nothing_changes(database), pytest.raises(why):
        doing(act, office.people[who], database, office, dispute_id)


@pytest.mark.parametrize("act", ["assign", "visitor", *LEAVE])
def test_an_archived_file_is_not_changed(act: str, database: Database, office: Office) -> None:
    dispute_id = archived(database, office)
    with nothing_changes(database), pytest.raises(Problems, match="archived"):
        doing(act, office.director, database, office, dispute_id)


@pytest.mark.parametrize("act", LEAVE)
def test_a_row_of_another_file_or_an_older_one(act: str, database: Database, office: Office) -> None:
    dispute_id, other = registered(database, office), registered(database, office)
    foreign = mediator_rows(database, other)[0].id
    with nothing_changes(database), pytest.raises(NotThere):
        leave(act, office.mediator, database, dispute_id, "k", row_id=foreign)
    put_on(database, office, dispute_id, "chair", lead=True)
    stale = mediator_rows(database, dispute_id)[0].version - 1
    with nothing_changes(database), pytest.raises(Changed) as late:
        leave(act, office.mediator, database, dispute_id, "k", version=stale)
    assert late.value.by == "周主任"


# --- following up ---


def test_visitors_make_visits_and_never_mediated_here(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    names = {"陈接访", "杜副班", "林带班", "周主任", "方主委", "俞调解"}
    assert set(mediators.visitors(office.mediator, dispute_id=dispute_id).values()) == names
    leave("replace", office.chair, database, dispute_id)
    put_on(database, office, dispute_id, "chair")
    found = mediators.visitors(office.director, dispute_id=dispute_id)
    assert set(found.values()) == names - {"方主委"}
    assert found[int(office.clerk.id or 0)] == "陈接访"
    with pytest.raises(NotThere):
        mediators.visitors(office.elsewhere, dispute_id=dispute_id)
    with pytest.raises(Refused):
        mediators.visitors(office.clerk, dispute_id=dispute_id)


def test_the_visitor_is_named_sees_the_file_and_is_taken_back(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version = row(database, dispute_id).version
    again = partial(
        mediators.name_visitor, office.mediator, dispute_id=dispute_id, version=version, person_id=office.clerk.id
    )
    done = again(key="k")
    with nothing_changes(database):
        assert again(key="k") == done
        with pytest.raises(Changed):
            again(key="late")
    assert (row(database, dispute_id).visitor_id, row(database, dispute_id).version) == (office.clerk.id, done)
    with database.reading() as session:
        assert scope.load(session, office.clerk, dispute_id)
    visit(office.mediator, database, dispute_id, None, "back")
    with database.reading() as session, pytest.raises(NotThere):
        scope.load(session, office.clerk, dispute_id)


def test_who_mediates_or_may_not_visit_is_not_named(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    for person in (office.mediator.id, office.viewer.id, office.handler.id, 999_999):
        with nothing_changes(database):
            assert list(problems_of(partial(visit, office.mediator, database, dispute_id, person))) == ["person_id"]


def test_who_is_named_to_visit_is_not_assigned(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    visit(office.mediator, database, dispute_id, office.chair.id)
    with nothing_changes(database):
        found = problems_of(partial(put_on, database, office, dispute_id, "chair"))
    assert "follow-up visit" in found["mediator_id"]
    with database.reading() as session:
        assert session.get_one(Dispute, dispute_id).visitor_id == office.chair.id
