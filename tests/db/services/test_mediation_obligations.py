"""Obligations and instalments, and what is done towards them: exact, never more than owed, in order of the days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import Attachment, Dispute, DisputeParty, Obligation, Performance
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Refused
from db.services.files import Upload
from db.services.mediation import obligations
from tests.db.services.mediating import SEALED, SIGNED, WRITTEN, Scene, a_debt, a_mediation, an_agreement, words, wrong
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office

TODAY = NOW.date()


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """A dispute being mediated with an agreement of 1,000 yuan written down."""
    found = a_mediation(database, office)
    words(found, **WRITTEN)
    return found


def in_parts(scene: Scene, actor: Actor | None = None, key: str = "parts", **changes: Any) -> list[int]:
    values: dict[str, Any] = {
        "debtor_id": scene.respondent,
        "creditor_id": scene.applicant,
        "total": "1000",
        "count": 3,
        "first_due_on": date(2027, 1, 31),
    } | changes
    return obligations.add_instalments(actor or scene.office.mediator, dispute_id=scene.id, key=key, **values)


def edit(scene: Scene, row_id: int, actor: Actor | None = None, version: int = 1, key: str = "e", **more: Any) -> int:
    values: dict[str, Any] = {
        "kind": "money",
        "debtor_id": scene.respondent,
        "creditor_id": scene.applicant,
        "amount": "900",
        "due_on": SEALED,
    } | more
    mediator = actor or scene.office.mediator
    return obligations.edit_obligation(
        mediator, dispute_id=scene.id, obligation_id=row_id, version=version, key=key, **values
    )


def remove(scene: Scene, row_id: int, actor: Actor | None = None, version: int = 1, key: str = "remove") -> int:
    mediator = actor or scene.office.mediator
    return obligations.remove_obligation(mediator, dispute_id=scene.id, obligation_id=row_id, version=version, key=key)


def restore(scene: Scene, row_id: int, actor: Actor | None = None, version: int = 2, key: str = "restore") -> int:
    mediator = actor or scene.office.mediator
    return obligations.restore_obligation(mediator, dispute_id=scene.id, obligation_id=row_id, version=version, key=key)


def pay(
    scene: Scene, row_id: int, amount: str = "400", actor: Actor | None = None, key: str = "pay", **more: Any
) -> int:
    values: dict[str, Any] = {"version": scene.row(Obligation, row_id)["version"], "done_on": TODAY} | more
    mediator = actor or scene.office.mediator
    return obligations.perform(mediator, dispute_id=scene.id, obligation_id=row_id, amount=amount, key=key, **values)


def take_back(scene: Scene, done_id: int, actor: Actor | None = None, version: int = 1, key: str = "back") -> int:
    return obligations.remove_performance(
        actor or scene.office.mediator, dispute_id=scene.id, performance_id=done_id, version=version, key=key
    )


def put_back(scene: Scene, done_id: int, actor: Actor | None = None, version: int = 2, key: str = "again") -> int:
    return obligations.restore_performance(
        actor or scene.office.mediator, dispute_id=scene.id, performance_id=done_id, version=version, key=key
    )


def standing(scene: Scene, row_id: int) -> tuple[str, date | None]:
    row = scene.row(Obligation, row_id)
    return row["standing"], row["fulfilled_on"]


# --- what is promised, while it is mediated ---

PROMISING: dict[str, Callable[[Scene, Actor, int], object]] = {
    "add": lambda s, a, _: obligations.add_obligation(
        a,
        dispute_id=s.id,
        kind="act",
        debtor_id=s.respondent,
        creditor_id=s.applicant,
        act="改建排水沟",
        due_on=SEALED,
        key="k",
    ),
    "instalments": lambda s, a, _: in_parts(s, a, key="k", total="300"),
    "edit": lambda s, a, row_id: edit(s, row_id, a, key="k"),
    "remove": lambda s, a, row_id: remove(s, row_id, a, key="k"),
    "restore": lambda s, a, row_id: restore(s, row_id, a, key="k"),
}


def promised(scene: Scene, act: str) -> int:
    """An obligation of 500 yuan, taken out where it is to be put back."""
    row_id = a_debt(scene, amount="500")
    if act == "restore":
        remove(scene, row_id)
    return row_id


@pytest.mark.parametrize("act", PROMISING)
def test_only_who_keeps_the_file_promises(act: str, scene: Scene) -> None:
    row_id = promised(scene, act)
    for person, refusal in (("clerk", Refused), ("viewer", Refused), ("elsewhere", NotThere)):
        with nothing_changes(scene.database), pytest.raises(refusal):
            PROMISING[act](scene, scene.office.people[person], row_id)


@pytest.mark.parametrize("act", PROMISING)
def test_the_same_promise_is_written_once(act: str, scene: Scene) -> None:
    row_id = promised(scene, act)
    first = PROMISING[act](scene, scene.office.mediator, row_id)
    with nothing_changes(scene.database):
        assert PROMISING[act](scene, scene.office.mediator, row_id) == first


@pytest.mark.parametrize("act", PROMISING)
@pytest.mark.parametrize("state", ["registered", "agreed", "archived"])
def test_promises_are_frozen_outside_the_mediation(act: str, state: str, scene: Scene) -> None:
    row_id = promised(scene, act)
    scene.change(Dispute, scene.id, state=state)
    assert wrong(lambda: PROMISING[act](scene, scene.office.director, row_id), scene) == {""}


@pytest.mark.parametrize("act", ["edit", "remove", "restore"])
def test_a_promise_is_reached_through_its_own_file_only(act: str, scene: Scene) -> None:
    row_id = promised(scene, act)
    other = a_mediation(scene.database, scene.office)
    with nothing_changes(scene.database), pytest.raises(NotThere):
        PROMISING[act](other, scene.office.mediator, row_id)


def test_who_saves_second_is_told(scene: Scene) -> None:
    row_id = a_debt(scene)
    edit(scene, row_id)
    for stale in (edit, remove):
        with nothing_changes(scene.database), pytest.raises(Changed):
            stale(scene, row_id, key="late")
    remove(scene, row_id, version=2)
    with nothing_changes(scene.database), pytest.raises(Changed):
        restore(scene, row_id, version=2)


def test_an_act_and_an_amount_are_owed_one_after_the_other(scene: Scene) -> None:
    first, second = a_debt(scene), a_debt(scene, key="2", kind="act", act="改建排水沟\n及院墙", amount="")
    money, act = scene.row(Obligation, first), scene.row(Obligation, second)
    assert (money["position"], money["kind"], money["amount"], money["series"]) == (1, "money", 100_000, 0)
    assert (act["position"], act["kind"], act["amount"], act["act"]) == (2, "act", 0, "改建排水沟\n及院墙")


def test_instalments_are_exact_and_keep_the_end_of_the_month(scene: Scene) -> None:
    ids = in_parts(scene)
    rows = [scene.row(Obligation, row_id) for row_id in ids]
    assert [row["amount"] for row in rows] == [33_333, 33_333, 33_334]
    assert [row["due_on"] for row in rows] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert [row["position"] for row in rows] == [1, 2, 3]
    assert {row["series"] for row in rows} == {1}


def test_each_series_has_its_own_number(scene: Scene) -> None:
    first, second = in_parts(scene, total="300"), in_parts(scene, key="2", total="300")
    assert scene.row(Obligation, first[0])["series"] == 1
    assert scene.row(Obligation, second[0])["series"] == 2


def test_no_more_is_promised_than_agreed(scene: Scene) -> None:
    assert wrong(lambda: in_parts(scene, total="1000.01"), scene) == {"total"}
    assert wrong(lambda: a_debt(scene, amount="1000.01"), scene) == {"amount"}
    row_id = a_debt(scene, amount="600")
    assert wrong(lambda: in_parts(scene, total="400.01"), scene) == {"total"}
    assert wrong(lambda: edit(scene, row_id, amount="1000.01"), scene) == {"amount"}
    remove(scene, row_id)
    in_parts(scene, key="room again")
    assert wrong(lambda: restore(scene, row_id), scene) == {"amount"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "a lot"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"kind": "act", "act": ""}, "act"),
        ({"debtor_id": 0}, "debtor_id"),
        ({"creditor_id": None}, "creditor_id"),
        ({"due_on": None}, "due_on"),
    ],
)
def test_a_wrong_promise_is_told_beside_its_field(changes: dict[str, Any], field: str, scene: Scene) -> None:
    assert wrong(lambda: a_debt(scene, **changes), scene) == {field}
    row_id = a_debt(scene, key="sound")
    assert wrong(lambda: edit(scene, row_id, **changes), scene) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"count": 1}, "count"), ({"every_months": 0}, "every_months"), ({"first_due_on": None}, "first_due_on")],
)
def test_a_wrong_series_is_told_beside_its_field(changes: dict[str, Any], field: str, scene: Scene) -> None:
    assert wrong(lambda: in_parts(scene, **changes), scene) == {field}


def test_nothing_comes_back_without_its_party(scene: Scene) -> None:
    row_id = a_debt(scene)
    remove(scene, row_id)
    scene.change(DisputeParty, scene.respondent, removed_at=scene.dispute["registered_at"])
    assert wrong(lambda: restore(scene, row_id), scene) == {"debtor_id"}


# --- what is done, once the agreement is in effect ---

DOING: dict[str, Callable[[Scene, Actor, int, int], object]] = {
    "perform": lambda s, a, owed, _: pay(s, owed, "100", a, key="k"),
    "take back": lambda s, a, _, done: take_back(s, done, a, key="k"),
    "put back": lambda s, a, _, done: put_back(s, done, a, key="k"),
}


@pytest.fixture
def agreed(database: Database, office: Office) -> tuple[Scene, int]:
    """An agreement in effect since SEALED, by which 1,000 yuan were due that day."""
    return an_agreement(database, office)


def paid(agreed: tuple[Scene, int], act: str) -> tuple[Scene, int, int]:
    """400 of 1,000 yuan paid, taken back where that is to be undone."""
    scene, owed = agreed
    done = pay(scene, owed)
    if act == "put back":
        take_back(scene, done)
    return scene, owed, done


@pytest.mark.parametrize("act", DOING)
def test_only_who_keeps_the_file_notes_what_was_done(act: str, agreed: tuple[Scene, int]) -> None:
    scene, owed, done = paid(agreed, act)
    for person, refusal in (("clerk", Refused), ("viewer", Refused), ("elsewhere", NotThere)):
        with nothing_changes(scene.database), pytest.raises(refusal):
            DOING[act](scene, scene.office.people[person], owed, done)


@pytest.mark.parametrize("act", DOING)
def test_what_was_done_is_written_once(act: str, agreed: tuple[Scene, int]) -> None:
    scene, owed, done = paid(agreed, act)
    first = DOING[act](scene, scene.office.mediator, owed, done)
    with nothing_changes(scene.database):
        assert DOING[act](scene, scene.office.mediator, owed, done) == first


@pytest.mark.parametrize("act", DOING)
@pytest.mark.parametrize("state", ["mediating", "archived"])
def test_nothing_is_performed_without_an_agreement_in_effect(act: str, state: str, agreed: tuple[Scene, int]) -> None:
    scene, owed, done = paid(agreed, act)
    scene.change(Dispute, scene.id, state=state)
    assert wrong(lambda: DOING[act](scene, scene.office.mediator, owed, done), scene) == {""}


@pytest.mark.parametrize("act", DOING)
def test_what_was_done_is_reached_through_its_own_file_only(act: str, agreed: tuple[Scene, int]) -> None:
    scene, owed, done = paid(agreed, act)
    other = a_mediation(scene.database, scene.office, state="agreed")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        DOING[act](other, scene.office.mediator, owed, done)


def test_two_people_noting_the_same_payment_note_it_once(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    pay(scene, owed, "100", key="first")
    both_saw = scene.row(Obligation, owed)["version"]
    pay(scene, owed, "100", key="mine", version=both_saw)
    with nothing_changes(scene.database), pytest.raises(Changed):
        pay(scene, owed, "100", scene.office.chair, key="theirs", version=both_saw)


def test_who_takes_back_second_is_told(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    done = pay(scene, owed)
    take_back(scene, done)
    with nothing_changes(scene.database), pytest.raises(Changed):
        take_back(scene, done, key="late")
    with nothing_changes(scene.database), pytest.raises(NotThere):
        take_back(scene, done, version=2, key="gone")


def test_an_amount_is_fulfilled_with_its_last_part(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    assert (standing(scene, owed), scene.dispute["next_due_on"]) == (("due", None), SEALED)
    late = pay(scene, owed, "600", done_on=TODAY)
    assert (standing(scene, owed), scene.dispute["next_due_on"]) == (("part", None), SEALED)
    pay(scene, owed, "400", key="rest", done_on=SEALED)
    assert standing(scene, owed) == ("fulfilled", TODAY)
    assert scene.dispute["next_due_on"] == date(2026, 12, 9)
    take_back(scene, late)
    assert (standing(scene, owed), scene.dispute["next_due_on"]) == (("part", None), SEALED)
    assert wrong(lambda: pay(scene, owed, "600.01", key="much"), scene) == {"amount"}
    pay(scene, owed, "0.01", key="one fen")
    assert wrong(lambda: put_back(scene, late), scene) == {"amount"}


def test_an_act_is_fulfilled_when_it_is_done_whole(database: Database, office: Office) -> None:
    scene, owed = an_agreement(database, office, kind="act", act="改建排水沟", amount="")
    pay(scene, owed, "", key="begun", whole=False, evidence="照片")
    assert standing(scene, owed) == ("part", None)
    pay(scene, owed, "", key="done")
    assert standing(scene, owed) == ("fulfilled", TODAY)
    assert wrong(lambda: pay(scene, owed, "", key="twice"), scene) == {"whole"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "1000.01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "half"}, "amount"),
        ({"done_on": None}, "done_on"),
        ({"done_on": TODAY + timedelta(1)}, "done_on"),
        ({"done_on": SIGNED - timedelta(1)}, "done_on"),
        ({"evidence": "\x00"}, "evidence"),
    ],
)
def test_a_wrong_performance_is_told_beside_its_field(
    changes: dict[str, Any], field: str, agreed: tuple[Scene, int]
) -> None:
    scene, owed = agreed
    assert wrong(lambda: pay(scene, owed, **changes), scene) == {field}


def test_proof_lies_in_the_file(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    proof = Upload("收据.pdf", b"%PDF-1.7\n%%EOF\n")
    done = pay(scene, owed, evidence="收据", uploads=[proof])
    kept = scene.row(Attachment, scene.row(Performance, done)["attachment_id"])
    assert (kept["dispute_id"], kept["name"], kept["internal"]) == (scene.id, "收据.pdf", True)
    with nothing_changes(scene.database):
        assert pay(scene, owed, uploads=[proof]) == done


def test_a_bad_file_leaves_nothing_behind(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    folder = scene.database.settings.folder / "files"
    before = sorted(folder.iterdir()) if folder.exists() else []
    assert wrong(lambda: pay(scene, owed, uploads=[Upload("virus.exe", b"MZ")]), scene) == {"uploads"}
    good = Upload("收据.pdf", b"%PDF-1.7\n%%EOF\n")
    assert wrong(lambda: pay(scene, owed, "9999", uploads=[good]), scene) == {"amount"}
    assert (sorted(folder.iterdir()) if folder.exists() else []) == before


def test_a_reopened_promise_keeps_what_was_done_towards_it(agreed: tuple[Scene, int]) -> None:
    scene, owed = agreed
    pay(scene, owed)
    scene.change(Dispute, scene.id, state="mediating")
    version = scene.row(Obligation, owed)["version"]
    assert wrong(lambda: edit(scene, owed, version=version), scene) == {""}
    assert wrong(lambda: remove(scene, owed, version=version), scene) == {""}
    with scene.database.reading() as session:
        assert session.scalars(select(Performance.amount)).all() == [40_000]
