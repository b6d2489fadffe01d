"""Hand-over notes: written by the shift, read by the next one at the same post, missing ones listed."""

from datetime import date
from typing import Any

import pytest

from db import clock
from db.engine import Database
from db.models import DutyHandover, DutyMember, DutyPost, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import attendance, handover
from tests.db.services.on_duty import Scene, a_published_rota, at
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office

WORDS = "三号窗口打印机缺纸；\n东村来电两次，明早回复。"


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota."""
    return a_published_rota(database, office)


def write(scene: Scene, actor: Actor, day: int = 19, text: str = WORDS, key: str = "write") -> int:
    """A note of the shift of a day."""
    on_day = date(2026, 11, day)
    return handover.write_note(actor, post_id=scene.post, on_day=on_day, shift_id=scene.shift, text=text, key=key)


def read(scene: Scene, actor: Actor, note_id: int, version: int = 1, key: str = "read") -> int:
    """A note is read."""
    return handover.read_note(actor, note_id=note_id, version=version, key=key)


def waiting(actor: Actor) -> list[int]:
    """The notes somebody has still to read."""
    frame = handover.unread(actor)
    assert list(frame.columns) == handover.NOTES
    return [int(one) for one in frame["id"]]


def gaps(scene: Scene) -> list[tuple[str, int]]:
    found = attendance.gaps(
        scene.office.director, duty_id=scene.duty, from_on=date(2026, 11, 19), until_on=date(2026, 11, 24)
    )
    return [
        (str(row["what"]), row["on_day"].day)
        for row in found.to_dict("records")
        if row["what"] in ("no_note", "unread")
    ]


def test_a_note_is_kept_with_every_word_and_read_by_the_next_shift(scene: Scene) -> None:
    with clock.at(at(20, 7, 45)):
        note_id = write(scene, scene.office.clerk)
    with clock.at(at(20, 8, 5)):
        assert waiting(scene.office.handler) == [note_id]
        assert read(scene, scene.office.handler, note_id) == 2
        assert waiting(scene.office.handler) == []
    row = scene.row(DutyHandover, note_id)
    assert (row["text"], row["written_at"], row["read_at"]) == (WORDS, at(20, 7, 45), at(20, 8, 5))
    assert (row["written_by_id"], row["read_by_id"]) == (scene.office.clerk.id, scene.office.handler.id)


@pytest.mark.parametrize("person", ["leader", "deputy", "clerk"])
def test_everybody_of_the_shift_may_write(person: str, scene: Scene) -> None:
    assert write(scene, scene.office.people[person])


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("handler", NotThere),
        ("director", NotThere),
        ("outsider", NotThere),
        ("viewer", Refused),
        ("admin", Refused),
        ("auditor", Refused),
    ],
)
def test_nobody_else_writes(person: str, refusal: type[Exception], scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(refusal):
        write(scene, scene.office.people[person])


def test_who_is_in_charge_writes_for_a_post_without_accounts(scene: Scene) -> None:
    booth = a_published_rota(scene.database, scene.office, name="警务室", responsible=False)
    with booth.database.transaction(SYSTEM) as session:
        for name in ("林带班", "杜副班", "陈接访"):
            session.get_one(DutyMember, booth.member(name)).person_id = None
    with nothing_changes(scene.database), pytest.raises(NotThere):
        write(booth, scene.office.clerk)
    assert write(booth, scene.office.leader)


@pytest.mark.parametrize(("text", "sentence"), [("", "needed"), (" \n", "needed"), ("\x00", "can't be kept")])
def test_a_note_says_something(text: str, sentence: str, scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems, match=sentence) as caught:
        write(scene, scene.office.clerk, text=text)
    assert [problem.field for problem in caught.value.problems] == ["text"]


def test_a_note_is_not_written_before_the_shift_nor_long_after(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(Problems, match="has not begun"):
        write(scene, scene.office.clerk, day=22)
    with clock.at(at(20, 20, 1)), nothing_changes(scene.database), pytest.raises(Problems, match="12 hours"):
        write(scene, scene.office.clerk)


def test_the_same_submission_writes_and_reads_once(scene: Scene) -> None:
    note_id = write(scene, scene.office.clerk)
    with nothing_changes(scene.database):
        assert write(scene, scene.office.clerk) == note_id
    read(scene, scene.office.handler, note_id)
    with nothing_changes(scene.database):
        assert read(scene, scene.office.handler, note_id) == 2


def test_a_shift_writes_as_many_notes_as_it_needs_and_rewrites_none(scene: Scene) -> None:
    first = write(scene, scene.office.clerk, key="a")
    second = write(scene, scene.office.clerk, text="补充：钥匙在抽屉。", key="b")
    assert waiting(scene.office.handler) == []
    with clock.at(at(19, 21)):
        assert waiting(scene.office.handler) == [first, second]


@pytest.mark.parametrize(
    ("person", "refusal"),
    [("clerk", NotThere), ("leader", NotThere), ("outsider", NotThere), ("viewer", Refused), ("admin", Refused)],
)
def test_a_note_is_read_by_the_next_shift_only(person: str, refusal: type[Exception], scene: Scene) -> None:
    note_id = write(scene, scene.office.clerk)
    with nothing_changes(scene.database), clock.at(at(20, 9)), pytest.raises(refusal):
        read(scene, scene.office.people[person], note_id)


def test_what_the_next_shift_left_a_later_one_reads_when_it_has_begun(scene: Scene) -> None:
    note_id = write(scene, scene.office.clerk)
    scene.change(DutyMember, scene.member("柯值班"), person_id=scene.office.outsider.id)
    with clock.at(at(20, 9)), nothing_changes(scene.database), pytest.raises(NotThere):
        read(scene, scene.office.outsider, note_id)
    with clock.at(at(21, 9)):
        assert waiting(scene.office.outsider) == [note_id]
        read(scene, scene.office.outsider, note_id)
    assert scene.row(DutyHandover, note_id)["read_at"] == at(21, 9)


def test_a_next_shift_that_nobody_serves_is_no_next_shift(scene: Scene) -> None:
    note_id = write(scene, scene.office.clerk)
    for name in ("周主任", "祁副班", "王经办", "苗值班"):
        scene.change(RotaPlace, scene.place(20, name), member_id=None)
    scene.change(DutyMember, scene.member("柯值班"), person_id=scene.office.outsider.id)
    with clock.at(at(20, 22)):
        assert waiting(scene.office.outsider) == [note_id]


def test_a_note_is_read_once(scene: Scene) -> None:
    note_id = write(scene, scene.office.clerk)
    read(scene, scene.office.handler, note_id)
    with nothing_changes(scene.database), pytest.raises(Changed):
        read(scene, scene.office.director, note_id, key="b")
    with nothing_changes(scene.database), pytest.raises(Problems, match="read already"):
        read(scene, scene.office.director, note_id, version=2, key="b")


def test_a_note_that_is_not_there_is_not_there(scene: Scene) -> None:
    with nothing_changes(scene.database), pytest.raises(NotThere):
        read(scene, scene.office.handler, 4711)


def test_another_posts_note_is_not_mine(scene: Scene) -> None:
    booth = a_published_rota(scene.database, scene.office, name="警务室", responsible=False)
    note_id = write(booth, scene.office.clerk)
    scene.change(DutyMember, booth.member("王经办"), person_id=None)
    with clock.at(at(20, 9)):
        assert waiting(scene.office.handler) == []
        with nothing_changes(scene.database), pytest.raises(NotThere):
            read(scene, scene.office.handler, note_id)


def listed(actor: Actor, scene: Scene) -> list[dict[Any, Any]]:
    frame = handover.notes(actor, duty_id=scene.duty, from_on=date(2026, 11, 16), until_on=date(2026, 11, 24))
    assert list(frame.columns) == handover.NOTES
    return frame.to_dict("records")


def test_notes_are_listed_for_the_duty(scene: Scene) -> None:
    first = write(scene, scene.office.clerk, key="a")
    with clock.at(at(20, 7)):
        second = write(scene, scene.office.leader, text="一切正常。", key="b")
    read(scene, scene.office.handler, first)
    rows = listed(scene.office.handler, scene)
    assert [(row["id"], row["text"], row["written_by"], row["read_by"]) for row in rows] == [
        (second, "一切正常。", "林带班", ""),
        (first, WORDS, "陈接访", "王经办"),
    ]
    assert [row["may_read"] for row in rows] == [True, False]
    assert {row["ends_at"] for row in rows} == {at(20, 8)}
    assert [row["may_read"] for row in listed(scene.office.clerk, scene)] == [False, False]


@pytest.mark.parametrize(("person", "refusal"), [("outsider", NotThere), ("viewer", NotThere), ("auditor", Refused)])
def test_notes_are_for_the_dutys_people(person: str, refusal: type[Exception], scene: Scene) -> None:
    write(scene, scene.office.clerk)
    with pytest.raises(refusal):
        listed(scene.office.people[person], scene)
    assert len(listed(scene.office.admin, scene)) == 1


def test_a_missing_note_and_an_unread_one_are_listed(scene: Scene) -> None:
    assert gaps(scene) == []
    with clock.at(at(20, 8)):
        assert gaps(scene) == [("no_note", 19)]
        note_id = write(scene, scene.office.clerk)
        assert gaps(scene) == [("unread", 19)]
        read(scene, scene.office.handler, note_id)
        assert gaps(scene) == []


def test_one_unread_note_of_two_is_still_unread(scene: Scene) -> None:
    read(scene, scene.office.handler, write(scene, scene.office.clerk, key="a"))
    write(scene, scene.office.leader, key="b")
    assert gaps(scene) == []
    with clock.at(at(20, 8)):
        assert gaps(scene) == [("unread", 19)]


def test_the_post_is_the_one_of_the_note(scene: Scene) -> None:
    with scene.database.transaction(SYSTEM) as session:
        other = DutyPost(duty_id=scene.duty, name="另一处")
        session.add(other)
        session.flush()
        elsewhere = other.id
    with nothing_changes(scene.database), pytest.raises(NotThere):
        handover.write_note(
            scene.office.clerk, post_id=elsewhere, on_day=NOW.date(), shift_id=scene.shift, text=WORDS, key="k"
        )
