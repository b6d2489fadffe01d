"""The way of a case from the counter to the archive, on both engines."""

from datetime import date, timedelta
from itertools import count

import pytest

from db import clock
from db.engine import Database
from db.rules.case_flow import State, Step
from db.rules.cases import Kind
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import cases, intake
from tests.factories import NOW, Office

_keys = count()


def key() -> str:
    """A fresh submission key."""
    return f"key-{next(_keys)}"


def an_intake(**changes: object) -> Intake:
    """A believable matter."""
    values: dict[str, object] = {
        "subject": "夜间施工噪音扰民",
        "text": "东门工地每晚十一点后仍在打桩，老人孩子无法休息。",
        "place": "东门路12号",
        "request": "夜间停工",
        "category": "construction",
        "parties": (Party(name="李小明", contact="15400000001"),),
        "notice_shown": True,
    }
    return Intake(**(values | changes))  # type: ignore[arg-type]


def step(actor: Actor, case_id: int, what: Step, **values: object) -> cases.Receipt:
    """Take a step on the case as it stands now."""
    version = int(cases.view(actor, case_id=case_id).version)
    return cases.take_step(actor, case_id=case_id, version=version, step=what, values=values, key=key())


def test_a_case_goes_from_the_counter_to_the_archive(database: Database, office: Office) -> None:
    receipt = intake.register(office.clerk, intake=an_intake(), key=key())
    assert receipt.number == "2026-000001"
    case = receipt.case_id
    step(office.deputy, case, Step.PROPOSE, unit=office.unit_a, co_units=(office.unit_b,))
    step(office.leader, case, Step.APPROVE)
    step(office.handler, case, Step.ACCEPT)
    step(office.clerk, case, Step.GIVE_NOTICE, how="telephone", on=date(2026, 11, 19))
    with pytest.raises(Problems, match="co-handling unit"):
        step(office.handler, case, Step.ANSWER, outcome="supported", facts="f", legal_basis="b", words="w")
    step(office.outsider, case, Step.CO_ANSWER, reason="已劝停")
    with pytest.raises(Refused):
        step(office.outsider, case, Step.CO_SIGN)


def test_story_with_one_unit(database: Database, office: Office) -> None:
    case = intake.register(office.clerk, intake=an_intake(), key=key()).case_id
    step(office.deputy, case, Step.PROPOSE, unit=office.unit_a)
    step(office.leader, case, Step.APPROVE)
    step(office.handler, case, Step.ACCEPT)
    step(office.handler, case, Step.ASK_EXTENSION, days=20, reason="需要鉴定")
    step(office.director, case, Step.DECIDE_EXTENSION, approved="yes")
    step(
        office.clerk,
        case,
        Step.TELL_EXTENSION,
        how="telephone",
        on=date(2026, 11, 19),
        words="需要鉴定，延期20日",
    )
    step(
        office.handler,
        case,
        Step.ANSWER,
        outcome="supported",
        facts="属实",
        legal_basis="条例",
        words="已停工",
    )
    step(office.head, case, Step.SIGN)
    step(office.leader, case, Step.CONFIRM)
    with clock.at(NOW + timedelta(days=1)):
        step(office.clerk, case, Step.REPLY, how="telephone", on=date(2026, 11, 20), words="已停工")
        view = cases.view(office.clerk, case_id=case)
        assert {c.code.value: c.due_on for c in view.clocks}["handling"] == date(2027, 2, 8)
        step(
            office.deputy,
            case,
            Step.VISIT,
            how="telephone",
            on=date(2026, 11, 20),
            reached=True,
            satisfaction="satisfied",
            solved="yes",
        )
        step(office.leader, case, Step.CLOSE)
        step(office.clerk, case, Step.ARCHIVE)
    assert cases.view(office.clerk, case_id=case).fields["state"] == State.ARCHIVED


def test_search_finds_one_character(database: Database, office: Office) -> None:
    intake.register(office.clerk, intake=an_intake(), key=key())
    for text in ("噪", "噪音", "施工噪音", "2026-000001"):
        assert cases.register(office.clerk, choice=cases.Choice(text=text)).total == 1, text
    assert cases.register(office.clerk, choice=cases.Choice(text="音噪")).total == 0


def test_sealed(database: Database, office: Office) -> None:
    receipt = intake.register(
        office.clerk,
        intake=an_intake(kind=Kind.ACCUSATION, taken_by_id=office.director.id, accused_unit_id=office.unit_a),
        key=key(),
    )
    for name, actor in office.people.items():
        if name == "director":
            cases.view(actor, case_id=receipt.case_id)
        else:
            with pytest.raises((NotThere, Refused)):
                cases.view(actor, case_id=receipt.case_id)
    assert len(intake.likely_earlier(office.clerk, contact="15400000001")) == 0


def test_second_saver_sees_both(database: Database, office: Office) -> None:
    case = intake.register(office.clerk, intake=an_intake(), key=key()).case_id
    seen = cases.view(office.clerk, case_id=case).version
    cases.amend(office.clerk, case_id=case, version=seen, values={"note": "a"}, key=key())
    with pytest.raises(Changed) as caught:
        cases.amend(office.deputy, case_id=case, version=seen, values={"note": "b"}, key=key())
    assert caught.value.theirs["note"] == "a"
    assert caught.value.mine["note"] == "b"
    assert caught.value.by == office.clerk.name
    out = cases.edit_many(office.deputy, rows={case: (seen, {"note": "c"})}, key=key())
    assert not out.saved
    assert set(out.conflicts) == {case}


def test_likely_earlier(database: Database, office: Office) -> None:
    first = intake.register(office.clerk, intake=an_intake(), key=key())
    found = intake.likely_earlier(office.clerk, contact="154-0000 0001", text="工地夜间打桩噪音")
    assert list(found["id"]) == [first.case_id]
    assert found.iloc[0]["why"] == ["contact", "words"]
    assert intake.progress(number=first.number, code=first.query_code).state == "registered"
    assert list(cases.unmask(office.deputy, case_id=first.case_id)["name"]) == ["李小明"]
