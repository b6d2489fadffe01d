"""One letter with two matters becomes two cases with the same parties and days, and one again while untouched."""

from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database, reading
from db.models import Attachment, Case, CaseParty
from db.rules.case_flow import Step
from db.rules.problems import Changed, Problems, Refused
from db.services import cases, files
from db.services.cases import splitting
from db.services.files import Upload
from tests.db.services import stages
from tests.db.services.stages import brought, key, take
from tests.db.services.test_merging import found, row_of, version_of
from tests.db.services.untouched import nothing_changes
from tests.factories import Office

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

LETTER: dict[str, Any] = {"subject": "路灯和垃圾", "text": "路灯不亮。垃圾没人收。", "request": "", "place": "东村"}
LAMP = {"subject": "路灯不亮", "text": "路灯不亮。", "request": "", "place": "东村", "category": "other"}
RUBBISH = {
    "subject": "垃圾没人收",
    "text": "垃圾没人收。",
    "request": "清运",
    "place": "西村",
    "category": "environment",
}


def split(office: Office, case_id: int, *, who: str = "deputy", **more: object) -> splitting.Split:
    asked = {"version": version_of(case_id), "first": LAMP, "second": RUBBISH, "key": key()} | more
    return splitting.split(office.people[who], case_id=case_id, **asked)  # type: ignore[arg-type]


def test_the_second_matter_has_its_own_words_and_everything_else_of_the_first(office: Office) -> None:
    first = brought(office, **LETTER)
    kept, other = files.attach(
        office.deputy, case_id=first, uploads=[Upload("a.txt", b"a"), Upload("b.txt", b"b")], internal=False, key=key()
    )
    before = row_of(first)
    made = split(office, first, file_ids=[other], unit_id=office.unit_b)
    one, two = (cases.view(office.deputy, case_id=each) for each in (first, made.case_id))
    assert {name: one.fields[name] for name in LAMP} == LAMP
    assert {name: two.fields[name] for name in RUBBISH} == RUBBISH
    assert (two.fields["state"], two.fields["received_at"]) == ("proposed", one.fields["received_at"])
    assert two.fields["promise_due_on"] == before["promise_due_on"]
    assert two.parties == one.parties
    assert [link["kind"] for link in two.links] == ["split_from"]
    assert [row["name"] for row in two.files] == ["b.txt"]
    with reading() as session:
        assert len(set(session.scalars(select(Attachment.stored_name)))) == 3
        contacts = session.scalars(select(CaseParty.contact_key).where(CaseParty.case_id.in_((first, made.case_id))))
        assert len(set(contacts)) == 1
    assert found(office, "垃圾") == {made.case_id}
    assert splitting.may_unsplit(office.deputy, case_id=made.case_id)
    assert splitting.unsplit(office.deputy, case_id=made.case_id, key=key()).stayed == ()
    assert row_of(first) == before
    assert found(office, "垃圾") == {first}
    assert len(cases.view(office.deputy, case_id=first).files) == len((kept, other))


@SQLITE
def test_a_split_somebody_worked_on_stays(database: Database, office: Office) -> None:
    made = split(office, brought(office, **LETTER))
    take(office, "deputy", made.case_id, Step.NOTE, reason="已联系")
    assert not splitting.may_unsplit(office.deputy, case_id=made.case_id)
    with nothing_changes(database), pytest.raises(Problems, match="worked on this case"):
        splitting.unsplit(office.deputy, case_id=made.case_id, key=key())


@SQLITE
def test_a_split_is_refused_whole(database: Database, office: Office) -> None:
    first, sealed = brought(office, **LETTER), brought(office, sealed=True)
    settled = brought(office, stages.CLOSED)
    refused: list[tuple[str, int, dict[str, object], type[Exception]]] = [
        ("clerk", first, {}, Refused),
        ("handler", first, {}, Refused),
        ("deputy", first, {"second": RUBBISH | {"text": " "}}, Problems),
        ("deputy", first, {"second": RUBBISH | {"category": "nonsense"}}, Problems),
        ("deputy", first, {"first": LAMP | {"text": ""}}, Problems),
        ("deputy", first, {"version": 99}, Changed),
        ("deputy", settled, {}, Problems),
        ("director", sealed, {}, Problems),
    ]
    for who, case_id, more, why in refused:
        with nothing_changes(database), pytest.raises(why):
            split(office, case_id, who=who, **more)
    with reading() as session:
        assert session.scalar(select(Case.id).where(Case.id > settled)) is None
