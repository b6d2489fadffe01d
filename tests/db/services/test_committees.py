"""The directory: committees, members, trainings, searches; who may, once, and nothing lost."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.engine import Database
from db.models import Committee, DisputeMediator, Mediator, Person
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import committees, members, training
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of
from tests.frames import row_of

TODAY = NOW.date()
# Members of committee A, in the order the office of the tests enters them.
MEDIATOR, CHAIR = 1, 2
CORRECTED: dict[str, Any] = {
    "name": "城建所人民调解委员会",
    "name_en": "Building committee",
    "kind": "specialised",
    "field": "property_service",
    "unit_id": None,
    "set_up_on": date(2020, 3, 1),
    "term_from": date(2024, 3, 1),
}
RENAMED: dict[str, Any] = {
    "name": "马大姐",
    "sex": "female",
    "position": "deputy",
    "full_time": True,
    "from_on": TODAY,
    "until_on": None,
}
READS: dict[str, Callable[[Actor, Office], object]] = {
    "committees": lambda a, _: committees.committees(a),
    "warnings_of": lambda a, o: committees.warnings_of(a, committee_id=o.committee_a),
    "committee_names": lambda a, _: committees.committee_names(a),
    "mediator_names": lambda a, _: committees.mediator_names(a),
    "members": lambda a, o: members.members(a, committee_id=o.committee_a),
    "trainings": lambda a, o: training.trainings(a, committee_id=o.committee_a),
    "searches": lambda a, o: training.searches(a, committee_id=o.committee_a),
}
ADDS: dict[str, Callable[[Actor, Office], Any]] = {
    "add_committee": lambda a, o: committees.add_committee(
        a, name="西村调委会", kind="village", unit_id=o.unit_b, term_from=TODAY, key="k"
    ),
    "add_member": lambda a, o: members.add_member(a, committee_id=o.committee_a, name="和事佬", key="k"),
    "add_training": lambda a, o: training.add_training(
        a,
        committee_id=o.committee_a,
        mediator_ids=[MEDIATOR, CHAIR],
        held_on=TODAY,
        subject="调解文书",
        hours=4,
        key="k",
    ),
    "add_search": lambda a, o: training.add_search(
        a, committee_id=o.committee_a, held_on=TODAY, found=6, prevented=2, note="入户走访", key="k"
    ),
}
CHANGES: dict[str, Callable[[Actor, Office], Any]] = {
    "edit_committee": lambda a, o: committees.edit_committee(
        a, committee_id=o.committee_a, version=1, **CORRECTED, key="k"
    ),
    "retire_committee": lambda a, o: committees.retire_committee(a, committee_id=o.committee_a, version=1, key="k"),
    "restore_committee": lambda a, o: committees.restore_committee(a, committee_id=o.committee_a, version=1, key="k"),
    "edit_member": lambda a, o: members.edit_member(
        a, mediator_id=MEDIATOR, version=1, person_id=o.mediator.id, **RENAMED, key="k"
    ),
    "retire_member": lambda a, _: members.retire_member(a, mediator_id=MEDIATOR, version=1, key="k"),
    "restore_member": lambda a, _: members.restore_member(a, mediator_id=MEDIATOR, version=1, key="k"),
}
ACTS = ADDS | CHANGES


def committee(office: Office, committee_id: int | None = None) -> dict[str, Any]:
    return row_of(committees.committees(office.admin, retired=True), committee_id or office.committee_a)


def member(office: Office, name: str = "马调解") -> dict[str, Any]:
    return row_of(members.members(office.admin, committee_id=office.committee_a, retired=True), name, by="name")


def with_a_file(database: Database, office: Office, **changes: object) -> None:
    """A dispute of committee A that the mediator keeps."""
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office, **changes)
        mediator = mediator_of(session, office.mediator)
        session.add(DisputeMediator(dispute_id=dispute.id, mediator_id=mediator, from_on=TODAY))


# --- who may, and once ---


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["mediator", "chair", "clerk", "viewer", "auditor"])
def test_only_administrator_and_director_write(act: str, person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person], office)


@pytest.mark.parametrize("act", ADDS)
def test_the_director_may_as_well(act: str, office: Office) -> None:
    assert ADDS[act](office.director, office)


@pytest.mark.parametrize("look", READS)
@pytest.mark.parametrize("person", ["clerk", "mediator", "elsewhere", "director", "admin"])
def test_mediators_and_reception_read(look: str, person: str, office: Office) -> None:
    assert len(READS[look](office.people[person], office)) >= 0  # type: ignore[arg-type]


@pytest.mark.parametrize("look", READS)
@pytest.mark.parametrize("person", ["viewer", "handler", "auditor"])
def test_others_do_not(look: str, person: str, office: Office) -> None:
    with pytest.raises(Refused):
        READS[look](office.people[person], office)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, database: Database, office: Office) -> None:
    first = ACTS[act](office.admin, office)
    with nothing_changes(database):
        assert ACTS[act](office.admin, office) == first


@pytest.mark.parametrize("act", CHANGES)
def test_who_saves_second_is_told(act: str, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(Committee).values(version=7))
        session.execute(update(Mediator).values(version=7))
    with nothing_changes(database), pytest.raises(Changed):
        CHANGES[act](office.admin, office)


# --- committees ---


def test_a_committee_is_counted_and_warned_about(office: Office) -> None:
    row = committee(office)
    assert (row["members"], row["women"], row["full_time"], row["open_files"]) == (2, 0, 0, 0)
    assert (row["unit"], row["term_until"]) == ("城建所", date(2029, 11, 19))
    told = committees.warnings_of(office.clerk, committee_id=office.committee_a)
    assert row["warnings"] == told
    assert [problem.field for problem in told] == ["members", "women"]


def test_a_committee_of_three_with_a_woman_and_a_chair_is_fine(office: Office) -> None:
    members.add_member(office.admin, committee_id=office.committee_a, name="和大姐", sex="female", key="1")
    assert committee(office)["warnings"] == ()
    assert committee(office)["women"] == 1


def test_more_than_nine_is_a_warning_and_no_block(office: Office) -> None:
    for number in range(8):
        members.add_member(
            office.admin, committee_id=office.committee_a, name=f"委员{number}", sex="female", key=f"{number}"
        )
    assert committee(office)["members"] == 10
    assert [problem.field for problem in committee(office)["warnings"]] == ["members"]


def test_a_new_committee_is_there(office: Office) -> None:
    added = ADDS["add_committee"](office.admin, office)
    row = committee(office, added)
    assert (row["name"], row["kind"], row["unit"], row["members"]) == ("西村调委会", "village", "东村", 0)
    assert committees.committee_names(office.clerk)[added] == "西村调委会"


def test_a_corrected_committee_keeps_every_field(office: Office) -> None:
    CHANGES["edit_committee"](office.admin, office)
    row = committee(office)
    assert {name: row[name] for name in CORRECTED if name != "unit_id"} == {
        name: value for name, value in CORRECTED.items() if name != "unit_id"
    }
    assert row["unit"] == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "东村调委会"}, "name"),
        ({"kind": "club"}, "kind"),
        ({"kind": "specialised"}, "field"),
        ({"field": "club"}, "field"),
        ({"unit_id": 999_999}, "unit_id"),
        ({"term_from": TODAY + timedelta(days=1)}, "term_from"),
    ],
)
def test_a_bad_committee_is_refused(changes: dict[str, Any], field: str, database: Database, office: Office) -> None:
    values = {"name": "西村调委会", "kind": "village"} | changes
    with nothing_changes(database), pytest.raises(Problems) as caught:
        committees.add_committee(office.admin, key="k", **values)
    assert field in {problem.field for problem in caught.value.problems}


def test_no_committee_is_retired_with_open_files(database: Database, office: Office) -> None:
    with_a_file(database, office)
    assert committee(office)["open_files"] == 1
    with nothing_changes(database), pytest.raises(Problems, match="1 open files"):
        CHANGES["retire_committee"](office.admin, office)


def test_a_retired_committee_is_no_choice_and_comes_back(database: Database, office: Office) -> None:
    with_a_file(database, office, open=False, state="archived")
    seen = CHANGES["retire_committee"](office.admin, office)
    assert office.committee_a not in set(committees.committees(office.clerk)["id"])
    assert office.committee_a not in committees.committee_names(office.clerk)
    assert committees.mediator_names(office.clerk, committee_id=office.committee_a) == {}
    with nothing_changes(database), pytest.raises(Problems, match="restore it first"):
        members.add_member(office.admin, committee_id=office.committee_a, name="和事佬", key="late")
    committees.restore_committee(office.admin, committee_id=office.committee_a, version=seen, key="back")
    assert list(committees.mediator_names(office.clerk, committee_id=office.committee_a).values()) == [
        "方主委",
        "马调解",
    ]


def test_no_such_committee(database: Database, office: Office) -> None:
    for act in (
        lambda: committees.warnings_of(office.admin, committee_id=999),
        lambda: members.add_member(office.admin, committee_id=999, name="甲", key="k"),
        lambda: training.add_search(office.admin, committee_id=999, held_on=TODAY, found=1, prevented=0, key="k"),
    ):
        with nothing_changes(database), pytest.raises(NotThere):
            act()


# --- members ---


def test_mediators_are_named_with_their_committee(office: Office) -> None:
    assert list(committees.mediator_names(office.clerk).values()) == [
        "方主委 · 城建所调委会",
        "马调解 · 城建所调委会",
        "俞调解 · 东村调委会",
    ]


def test_a_member_is_corrected(office: Office) -> None:
    CHANGES["edit_member"](office.admin, office)
    row = member(office, "马大姐")
    assert {name: row[name] for name in RENAMED} == RENAMED
    assert (row["account"], row["person_id"]) == ("mediator", office.mediator.id)
    assert (committee(office)["women"], committee(office)["full_time"]) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "方主委"}, "name"),
        ({"sex": "x"}, "sex"),
        ({"position": "king"}, "position"),
        ({"from_on": TODAY + timedelta(days=1)}, "from_on"),
        ({"person_id": "handler"}, "person_id"),
        ({"person_id": "chair"}, "person_id"),
    ],
)
def test_a_bad_member_is_refused(changes: dict[str, Any], field: str, database: Database, office: Office) -> None:
    if "person_id" in changes:
        changes = {"person_id": office.people[changes["person_id"]].id}
    values: dict[str, Any] = {"committee_id": office.committee_a, "name": "和事佬", "key": "k"}
    with nothing_changes(database), pytest.raises(Problems) as caught:
        members.add_member(office.admin, **(values | changes))
    assert field in {problem.field for problem in caught.value.problems}


def test_accounts_to_link_are_those_of_mediators(database: Database, office: Office) -> None:
    people = [office.mediator, office.chair, office.elsewhere]
    assert list(members.account_names(office.director)) == [person.id for person in people]
    with pytest.raises(Refused):
        members.account_names(office.mediator)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).where(Person.id == office.elsewhere.id).values(active=False))
    assert office.elsewhere.id not in members.account_names(office.admin)
    with nothing_changes(database), pytest.raises(Problems, match="open account"):
        members.add_member(
            office.admin, committee_id=office.committee_a, name="俞二", person_id=office.elsewhere.id, key="k"
        )


@pytest.mark.parametrize("person", ["elsewhere", None])
def test_an_account_files_were_kept_under_stays(person: str | None, database: Database, office: Office) -> None:
    with_a_file(database, office, open=False, state="archived")
    other = office.people[person].id if person else None
    with nothing_changes(database), pytest.raises(Problems) as caught:
        members.edit_member(office.admin, mediator_id=MEDIATOR, version=1, person_id=other, **RENAMED, key="k")
    assert [problem.field for problem in caught.value.problems] == ["person_id"]


def test_an_account_linked_by_mistake_is_changed_before_there_are_files(office: Office) -> None:
    members.edit_member(
        office.admin,
        mediator_id=MEDIATOR,
        version=1,
        person_id=office.elsewhere.id,
        **RENAMED,
        key="k",
    )
    assert member(office, "马大姐")["account"] == "elsewhere"


def test_no_member_is_retired_with_open_files(database: Database, office: Office) -> None:
    with_a_file(database, office)
    assert member(office)["open_files"] == 1
    with nothing_changes(database), pytest.raises(Problems, match="1 open files"):
        CHANGES["retire_member"](office.admin, office)


def test_a_member_whose_files_are_over_is_retired_and_comes_back(database: Database, office: Office) -> None:
    with_a_file(database, office, open=False, state="archived")
    seen = CHANGES["retire_member"](office.admin, office)
    assert "马调解" not in set(members.members(office.clerk, committee_id=office.committee_a)["name"])
    assert committee(office)["members"] == 1
    with nothing_changes(database), pytest.raises(Problems, match="perhaps a retired one"):
        members.add_member(office.admin, committee_id=office.committee_a, name="马调解", key="again")
    members.restore_member(office.admin, mediator_id=MEDIATOR, version=seen, key="back")
    assert committee(office)["members"] == 2


def test_nobody_comes_back_to_an_account_another_member_has_now(database: Database, office: Office) -> None:
    seen = CHANGES["retire_member"](office.admin, office)
    members.add_member(
        office.admin, committee_id=office.committee_a, name="马二", person_id=office.mediator.id, key="2"
    )
    with nothing_changes(database), pytest.raises(Problems, match="马二 has this account"):
        members.restore_member(office.admin, mediator_id=MEDIATOR, version=seen, key="back")


# --- trainings and searches ---


def test_a_training_counts_for_everybody_who_took_part(office: Office) -> None:
    ids = ADDS["add_training"](office.admin, office)
    shown = training.trainings(office.clerk, committee_id=office.committee_a)
    assert sorted(shown["member"]) == ["方主委", "马调解"]
    assert set(shown["id"]) == set(ids)
    assert member(office)["hours"] == 4


def test_a_removed_training_counts_nowhere_and_comes_back(database: Database, office: Office) -> None:
    first = ADDS["add_training"](office.admin, office)[0]
    with nothing_changes(database), pytest.raises(Refused):
        training.remove_training(office.mediator, training_id=first, version=1, key="r")
    seen = training.remove_training(office.admin, training_id=first, version=1, key="r")
    assert first not in set(training.trainings(office.clerk, committee_id=office.committee_a)["id"])
    gone = row_of(training.trainings(office.clerk, committee_id=office.committee_a, removed=True), first)
    assert gone["removed_at"] == NOW
    assert member(office)["hours"] == 0
    with nothing_changes(database), pytest.raises(Changed):
        training.restore_training(office.admin, training_id=first, version=1, key="b")
    training.restore_training(office.admin, training_id=first, version=seen, key="b")
    with nothing_changes(database):
        training.restore_training(office.admin, training_id=first, version=seen, key="b")
    assert member(office)["hours"] == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mediator_ids": []}, "mediator_ids"),
        ({"mediator_ids": [999]}, "mediator_ids"),
        ({"held_on": None}, "held_on"),
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"subject": ""}, "subject"),
        ({"hours": -1}, "hours"),
    ],
)
def test_a_bad_training_is_refused(changes: dict[str, Any], field: str, database: Database, office: Office) -> None:
    values: dict[str, Any] = {"mediator_ids": [MEDIATOR], "held_on": TODAY, "subject": "文书", "hours": 4}
    with nothing_changes(database), pytest.raises(Problems) as caught:
        training.add_training(office.admin, committee_id=office.committee_a, key="k", **(values | changes))
    assert [problem.field for problem in caught.value.problems] == [field]


def test_nobody_of_another_committee_takes_part(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems, match="members of this committee"):
        training.add_training(
            office.admin,
            committee_id=office.committee_b,
            mediator_ids=[MEDIATOR],
            held_on=TODAY,
            subject="文书",
            hours=4,
            key="k",
        )


def test_a_search_is_removed_and_comes_back(database: Database, office: Office) -> None:
    added = ADDS["add_search"](office.admin, office)
    assert row_of(training.searches(office.clerk, committee_id=office.committee_a), added)["found"] == 6
    with nothing_changes(database), pytest.raises(Refused):
        training.remove_search(office.clerk, search_id=added, version=1, key="r")
    seen = training.remove_search(office.admin, search_id=added, version=1, key="r")
    assert training.searches(office.clerk, committee_id=office.committee_a).empty
    training.restore_search(office.admin, search_id=added, version=seen, key="b")
    assert len(training.searches(office.clerk, committee_id=office.committee_a)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": None}, "held_on"),
        ({"found": -1}, "found"),
        ({"prevented": 1001}, "prevented"),
        ({"note": "\x00"}, "note"),
    ],
)
def test_a_bad_search_is_refused(changes: dict[str, Any], field: str, database: Database, office: Office) -> None:
    values: dict[str, Any] = {"held_on": TODAY, "found": 6, "prevented": 2}
    with nothing_changes(database), pytest.raises(Problems) as caught:
        training.add_search(office.admin, committee_id=office.committee_a, key="k", **(values | changes))
    assert [problem.field for problem in caught.value.problems] == [field]


def test_the_chair_is_named_first(office: Office) -> None:
    rows = members.members(office.admin, committee_id=office.committee_a)
    assert list(rows["id"]) == [CHAIR, MEDIATOR]
    assert list(rows["position"]) == ["chair", "member"]
