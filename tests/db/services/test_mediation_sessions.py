"""Sessions: consent first, correct and take out, and caucuses that are there for their mediators alone."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import Dispute, DisputeEntry, DisputeMediator, DisputeParty, DisputeSession
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.mediation import sessions
from tests.db.services.mediating import HELD, Scene, a_mediation, a_record, a_session
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office

LONG = "甲方：屋檐水流入院内。\r\n\r\n\t乙方：愿意改建。\n" * 5000


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """A dispute being mediated, both sides told and consenting."""
    return a_mediation(database, office)


def edit(actor: Actor, scene: Scene, row_id: int, version: int = 1, key: str = "edit", **changes: Any) -> int:
    values = a_record(scene, **changes)
    return sessions.edit_session(actor, dispute_id=scene.id, session_id=row_id, version=version, key=key, **values)


def remove(actor: Actor, scene: Scene, row_id: int, version: int = 1, key: str = "remove") -> int:
    return sessions.remove_session(actor, dispute_id=scene.id, session_id=row_id, version=version, key=key)


def restore(actor: Actor, scene: Scene, row_id: int, version: int = 2, key: str = "restore") -> int:
    return sessions.restore_session(actor, dispute_id=scene.id, session_id=row_id, version=version, key=key)


def listed(actor: Actor, scene: Scene, *, removed: bool = False) -> list[int]:
    with scene.database.reading() as session:
        dispute = session.get_one(Dispute, scene.id)
        return [row.id for row in sessions.sessions_for(session, actor, dispute, removed=removed)]


ACTS: dict[str, Callable[[Actor, Scene, int], object]] = {
    "add": lambda a, s, _: sessions.add_session(a, dispute_id=s.id, key="k", **a_record(s)),
    "edit": lambda a, s, row_id: edit(a, s, row_id, key="k", place="村委会"),
    "remove": lambda a, s, row_id: remove(a, s, row_id, key="k"),
    "restore": lambda a, s, row_id: restore(a, s, row_id, key="k"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("person", "refusal"),
    [("clerk", Refused), ("viewer", Refused), ("handler", Refused), ("elsewhere", NotThere)],
)
def test_only_who_keeps_the_file_may(act: str, person: str, refusal: type[Exception], scene: Scene) -> None:
    row_id = a_session(scene)
    if act == "restore":
        remove(scene.office.mediator, scene, row_id)
    with nothing_changes(scene.database), pytest.raises(refusal):
        ACTS[act](scene.office.people[person], scene, row_id)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, scene: Scene) -> None:
    row_id = a_session(scene)
    if act == "restore":
        remove(scene.office.mediator, scene, row_id)
    first = ACTS[act](scene.office.mediator, scene, row_id)
    with nothing_changes(scene.database):
        assert ACTS[act](scene.office.mediator, scene, row_id) == first


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ["registered", "agreed", "failed", "archived"])
def test_only_a_mediation_under_way_takes_records(act: str, state: str, scene: Scene) -> None:
    row_id = a_session(scene)
    if act == "restore":
        remove(scene.office.mediator, scene, row_id)
    scene.change(Dispute, scene.id, state=state)
    with nothing_changes(scene.database), pytest.raises(Problems):
        ACTS[act](scene.office.director, scene, row_id)


@pytest.mark.parametrize("act", ["edit", "remove", "restore"])
def test_a_record_is_reached_through_its_own_file_only(act: str, scene: Scene) -> None:
    row_id = a_session(scene)
    if act == "restore":
        remove(scene.office.mediator, scene, row_id)
    other = a_mediation(scene.database, scene.office)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        ACTS[act](scene.office.mediator, other, row_id)


def test_a_record_keeps_every_word_as_pasted(scene: Scene) -> None:
    row = scene.row(DisputeSession, a_session(scene, statements=LONG, invited="孙邻居（村民代表）"))
    assert row["statements"] == LONG
    assert row["invited"] == "孙邻居（村民代表）"
    assert (row["held_at"].isoformat(), row["ended_at"].isoformat()) == (
        "2026-11-05T01:00:00+00:00",
        "2026-11-05T03:30:00+00:00",
    )
    assert row["present"] == f"[{scene.applicant}, {scene.respondent}]"
    assert row["mediators"] == f"[{scene.mediator}]"
    assert row["written_by_id"] == scene.office.mediator.id


def test_adding_leaves_the_dispute_as_it_was_seen(scene: Scene) -> None:
    before = scene.dispute["version"]
    a_session(scene)
    assert scene.dispute["version"] == before


@pytest.mark.parametrize("kind", ["session", "caucus"])
@pytest.mark.parametrize("changes", [{"told_on": None}, {"consent": ""}, {"consent": "no"}])
def test_no_session_before_consent(kind: str, changes: dict[str, object], scene: Scene) -> None:
    scene.change(DisputeParty, scene.respondent, **changes)
    with nothing_changes(scene.database), pytest.raises(Problems, match=r"乙\*\*") as caught:
        a_session(scene, kind=kind, present=[scene.applicant])
    assert {problem.field for problem in caught.value.problems} == {"kind"}


def test_an_enquiry_needs_no_consent(scene: Scene) -> None:
    scene.change(DisputeParty, scene.respondent, told_on=None, consent="", consent_on=None)
    row_id = a_session(scene, kind="enquiry", present=[], mediators=[])
    assert scene.row(DisputeSession, row_id)["kind"] == "enquiry"


def test_a_party_taken_out_counts_no_more(scene: Scene) -> None:
    scene.change(DisputeParty, scene.respondent, removed_at=scene.dispute["registered_at"])
    with pytest.raises(Problems) as caught:
        a_session(scene)
    assert {problem.field for problem in caught.value.problems} == {"kind", "present"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": None}, "held_on"),
        ({"held_on": date(2026, 11, 3)}, "held_on"),
        ({"held_on": date(2026, 11, 20)}, "held_on"),
        ({"held_on": date(2026, 11, 19), "held_time": time(8), "ended_time": time(9, 1)}, "ended_time"),
        ({"present": [0]}, "present"),
        ({"mediators": [0]}, "mediators"),
        ({"invited": "李村长，甲大山"}, "invited"),
        ({"invited": "马调解"}, "invited"),
        ({"result": "\x00"}, "result"),
    ],
)
def test_wrong_input_is_told_beside_its_field(changes: dict[str, Any], field: str, scene: Scene) -> None:
    row_id = a_session(scene, key="first")
    with nothing_changes(scene.database), pytest.raises(Problems) as adding:
        a_session(scene, **changes)
    with nothing_changes(scene.database), pytest.raises(Problems) as editing:
        edit(scene.office.mediator, scene, row_id, **changes)
    assert {problem.field for caught in (adding, editing) for problem in caught.value.problems} == {field}


def test_a_correction_is_kept_and_the_earlier_words_are_in_the_timeline(scene: Scene) -> None:
    row_id = a_session(scene)
    assert edit(scene.office.mediator, scene, row_id, result="达成一致。") == 2
    assert scene.row(DisputeSession, row_id)["result"] == "达成一致。"
    assert '"before": {"result": ""}' in details(scene)[-1]


def details(scene: Scene) -> list[str]:
    """The details of the timeline."""
    with scene.database.reading() as session:
        mine = select(DisputeEntry.detail).where(DisputeEntry.dispute_id == scene.id)
        return list(session.scalars(mine.order_by(DisputeEntry.id)))


@pytest.mark.parametrize("act", ["edit", "remove", "restore"])
def test_who_saves_second_is_told(act: str, scene: Scene) -> None:
    row_id = a_session(scene)
    edit(scene.office.mediator, scene, row_id, place="村委会")
    if act == "restore":
        remove(scene.office.mediator, scene, row_id, version=2)
    stale: Callable[..., int] = {"edit": edit, "remove": remove, "restore": restore}[act]
    with nothing_changes(scene.database), pytest.raises(Changed):
        stale(scene.office.chair, scene, row_id, version=1, key="late")


def test_what_is_taken_out_is_no_session_and_comes_back(scene: Scene) -> None:
    row_id = a_session(scene)
    seen = remove(scene.office.mediator, scene, row_id)
    assert listed(scene.office.mediator, scene) == []
    assert listed(scene.office.mediator, scene, removed=True) == [row_id]
    with pytest.raises(NotThere):
        edit(scene.office.mediator, scene, row_id, version=seen, key="again")
    restore(scene.office.mediator, scene, row_id, version=seen)
    assert listed(scene.office.mediator, scene) == [row_id]


# --- caucuses ---

CAUCUS: dict[str, Any] = {"kind": "caucus", "statements": "甲方私下说：最低八百元。"}


def test_a_caucus_is_there_for_its_mediators_alone(scene: Scene) -> None:
    hidden = a_session(scene, **CAUCUS, present=[scene.applicant])
    assert listed(scene.office.mediator, scene) == [hidden]
    for other in (scene.office.director, scene.office.chair, scene.office.clerk):
        assert listed(other, scene) == []
    for other in (scene.office.director, scene.office.chair):
        for act in (edit, remove):
            with nothing_changes(scene.database), pytest.raises(NotThere):
                act(other, scene, hidden, key=f"{act.__name__} {other.id}")
    remove(scene.office.mediator, scene, hidden)
    assert listed(scene.office.director, scene, removed=True) == []
    with nothing_changes(scene.database), pytest.raises(NotThere):
        restore(scene.office.director, scene, hidden)
    restore(scene.office.mediator, scene, hidden, key="own")


def test_nobody_learns_from_a_wrong_version_what_a_caucus_says(scene: Scene) -> None:
    hidden = a_session(scene, **CAUCUS, present=[scene.applicant])
    with pytest.raises(NotThere):
        edit(scene.office.director, scene, hidden, version=9)


def test_a_second_mediator_reads_only_the_caucuses_naming_them(scene: Scene) -> None:
    with scene.database.transaction(SYSTEM) as session:
        session.add(DisputeMediator(dispute_id=scene.id, mediator_id=scene.chair, from_on=HELD))
    alone = a_session(scene, **CAUCUS, present=[scene.applicant])
    both = a_session(scene, **CAUCUS, present=[scene.applicant], mediators=[scene.mediator, scene.chair], key="2")
    assert listed(scene.office.mediator, scene) == [alone, both]
    assert listed(scene.office.chair, scene) == [both]


def test_a_caucus_is_written_by_one_of_its_mediators(scene: Scene) -> None:
    with scene.database.transaction(SYSTEM) as session:
        session.add(DisputeMediator(dispute_id=scene.id, mediator_id=scene.chair, from_on=HELD))
    values = a_record(scene, **CAUCUS, present=[scene.applicant], mediators=[scene.chair])
    for writer in (scene.office.mediator, scene.office.director):
        with nothing_changes(scene.database), pytest.raises(Problems) as caught:
            sessions.add_session(writer, dispute_id=scene.id, key=f"k{writer.id}", **values)
        assert {problem.field for problem in caught.value.problems} == {"mediators"}
    sessions.add_session(scene.office.chair, dispute_id=scene.id, key="own", **values)


def test_a_caucus_leaves_nothing_of_itself_in_the_timeline(scene: Scene) -> None:
    hidden = a_session(scene, **CAUCUS, present=[scene.applicant], place="西厢房")
    values = CAUCUS | {"statements": "甲方私下说：最低七百元。"}
    edit(scene.office.mediator, scene, hidden, **values, present=[scene.applicant], place="东厢房")
    edit(scene.office.mediator, scene, hidden, version=2, key="open", result="公开了。")
    told = "".join(details(scene))
    assert not [word for word in ("私下", "厢房", "公开了") if word in told]
