"""Follow-up visits: by somebody else, after the agreement took effect; they end the waiting for one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from db.engine import Database
from db.models import Dispute, DisputeMediator, DisputeVisit, Obligation
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import visits
from tests.db.services.mediating import SEALED, SIGNED, Scene, a_mediation, an_agreement, wrong
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office

TODAY = NOW.date()


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """An agreement in effect and fulfilled; the clerk is named to visit."""
    found, owed = an_agreement(database, office)
    found.change(Obligation, owed, standing="fulfilled", fulfilled_on=TODAY)
    found.change(Dispute, found.id, visitor_id=office.clerk.id)
    return found


def visit(scene: Scene, actor: Actor | None = None, key: str = "visit", **changes: Any) -> int:
    values: dict[str, Any] = {
        "visited_on": TODAY,
        "how": "telephone",
        "performance": "full",
        "satisfaction": "satisfied",
    } | changes
    return visits.add_visit(actor or scene.office.clerk, dispute_id=scene.id, key=key, **values)


def remove(scene: Scene, row_id: int, actor: Actor | None = None, version: int = 1, key: str = "remove") -> int:
    visitor = actor or scene.office.clerk
    return visits.remove_visit(visitor, dispute_id=scene.id, visit_id=row_id, version=version, key=key)


def restore(scene: Scene, row_id: int, actor: Actor | None = None, version: int = 2, key: str = "restore") -> int:
    visitor = actor or scene.office.clerk
    return visits.restore_visit(visitor, dispute_id=scene.id, visit_id=row_id, version=version, key=key)


ACTS: dict[str, Callable[[Scene, Actor, int], object]] = {
    "add": lambda s, a, _: visit(s, a, key="k"),
    "remove": lambda s, a, row_id: remove(s, row_id, a, key="k"),
    "restore": lambda s, a, row_id: restore(s, row_id, a, key="k"),
}


def visited(scene: Scene, act: str) -> int:
    row_id = visit(scene, key="first")
    if act == "restore":
        remove(scene, row_id)
    return row_id


@pytest.mark.parametrize("act", ACTS)
def test_only_who_is_named_or_directs_may(act: str, scene: Scene) -> None:
    row_id = visited(scene, act)
    for person, refusal in (("viewer", Refused), ("handler", Refused), ("deputy", NotThere), ("elsewhere", NotThere)):
        with nothing_changes(scene.database), pytest.raises(refusal):
            ACTS[act](scene, scene.office.people[person], row_id)
    ACTS[act](scene, scene.office.director, row_id)


@pytest.mark.parametrize("act", ACTS)
def test_no_mediator_of_the_file_visits(act: str, scene: Scene) -> None:
    row_id = visited(scene, act)
    with scene.database.transaction(SYSTEM) as session:
        was = DisputeMediator(dispute_id=scene.id, mediator_id=scene.chair, from_on=SIGNED, ended_on=SEALED)
        was.end_kind = "replaced"
        session.add(was)
    for person in (scene.office.mediator, scene.office.chair):
        with nothing_changes(scene.database), pytest.raises(Problems):
            ACTS[act](scene, person, row_id)


def test_the_chair_who_did_not_mediate_may(scene: Scene) -> None:
    visit(scene, scene.office.chair)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, scene: Scene) -> None:
    row_id = visited(scene, act)
    first = ACTS[act](scene, scene.office.clerk, row_id)
    with nothing_changes(scene.database):
        assert ACTS[act](scene, scene.office.clerk, row_id) == first


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["mediating", "failed", "archived"])
def test_there_is_an_agreement_to_follow_up(act: str, state: str, scene: Scene) -> None:
    row_id = visited(scene, act)
    scene.change(Dispute, scene.id, state=state)
    assert wrong(lambda: ACTS[act](scene, scene.office.clerk, row_id), scene) == {""}


@pytest.mark.parametrize("act", ["remove", "restore"])
def test_a_visit_is_reached_through_its_own_file_only(act: str, scene: Scene) -> None:
    row_id = visited(scene, act)
    other = a_mediation(scene.database, scene.office, state="agreed", visitor_id=scene.office.clerk.id)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ACTS[act](other, scene.office.clerk, row_id)


def test_who_saves_second_is_told(scene: Scene) -> None:
    row_id = visit(scene)
    remove(scene, row_id)
    with nothing_changes(scene.database), pytest.raises(Changed):
        remove(scene, row_id, key="late")
    restore(scene, row_id)
    with nothing_changes(scene.database), pytest.raises(Changed):
        restore(scene, row_id, key="late")


def test_a_visit_ends_the_waiting_for_one(scene: Scene) -> None:
    row_id = visit(scene, words="双方和好。\n\n无反复。", recurrence=True)
    row = scene.row(DisputeVisit, row_id)
    assert (row["person_id"], row["words"], row["recurrence"]) == (
        scene.office.clerk.id,
        "双方和好。\n\n无反复。",
        True,
    )
    assert scene.dispute["next_due_on"] is None
    remove(scene, row_id)
    assert scene.dispute["next_due_on"] == SEALED + timedelta(30)
    restore(scene, row_id)
    assert scene.dispute["next_due_on"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visited_on": None}, "visited_on"),
        ({"visited_on": SEALED - timedelta(1)}, "visited_on"),
        ({"visited_on": TODAY + timedelta(1)}, "visited_on"),
        ({"how": ""}, "how"),
        ({"performance": ""}, "performance"),
        ({"words": "\x00"}, "words"),
    ],
)
def test_a_wrong_visit_is_told_beside_its_field(changes: dict[str, Any], field: str, scene: Scene) -> None:
    assert wrong(lambda: visit(scene, **changes), scene) == {field}
