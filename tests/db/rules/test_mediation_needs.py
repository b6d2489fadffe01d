"""What stands in the way of the next step, told party by party."""

from datetime import date

import pytest

from db.rules.mediation.needs import Row, needs_of
from db.rules.mediation.words import State
from db.rules.problems import Problem

DAY = date(2026, 11, 19)


def party(mask: str, side: str, **changes: object) -> Row:
    """A party told and consenting."""
    usual = {"name_mask": mask, "side": side, "told_on": DAY, "consent": "yes", "signed_on": DAY}
    return usual | changes


READY = (party("甲**", "applicant"), party("乙**", "respondent"))
WRITTEN: Row = {"form": "written", "mediator_signed_on": DAY, "sealed_on": DAY, "copies": 3, "reached_on": None}


def asked(state: State, **changes: object) -> list[str]:
    """What is said, for people to read."""
    usual: dict[str, object] = {"parties": READY, "mediators": 1, "sessions": 1, "agreement": WRITTEN}
    found: tuple[Problem, ...] = needs_of(state, **(usual | changes))  # type: ignore[arg-type]
    return [problem.message.format(**problem.values) for problem in found]


@pytest.mark.parametrize("state", [State.REGISTERED, State.MEDIATING, State.REFUSED, State.FAILED, State.ARCHIVED])
def test_nothing_is_said_when_nothing_is_missing(state: State) -> None:
    assert asked(state) == []


def test_ended_files_are_not_asked_for_sessions() -> None:
    assert asked(State.REFUSED, mediators=0, sessions=0, agreement=None, parties=()) == []


def test_both_sides_are_told_and_consent() -> None:
    parties = (party("甲**", "applicant", told_on=None, consent=""), party("乙**", "applicant", consent="no"))
    assert asked(State.REGISTERED, parties=parties, mediators=0, sessions=0, agreement=None) == [
        "No respondent is written down.",
        "Not told their rights yet: 甲**.",
        "No consent yet: 甲**.",
        "Refuses to be mediated: 乙**.",
        "No mediator is assigned.",
    ]


def test_several_parties_stand_in_one_sentence() -> None:
    parties = tuple(party(mask, side, told_on=None) for mask, side in (("甲**", "applicant"), ("", "respondent")))
    assert asked(State.REGISTERED, parties=parties) == ["Not told their rights yet: 甲**、–."]


def test_mediation_wants_a_session_and_an_agreement() -> None:
    assert asked(State.MEDIATING, sessions=0, agreement=None) == [
        "No session is recorded.",
        "The agreement is not written down.",
    ]


def test_a_written_agreement_wants_every_signature_a_seal_and_a_copy_for_each() -> None:
    blank = WRITTEN | {"mediator_signed_on": None, "sealed_on": None, "copies": 2}  # type: ignore[operator]
    parties = (READY[0], party("乙**", "respondent", signed_on=None))
    assert asked(State.MEDIATING, parties=parties, agreement=blank) == [
        "Not signed yet: 乙**.",
        "The mediator has not signed.",
        "The agreement has no seal.",
        "The agreement needs 3 copies.",
    ]


def test_an_oral_agreement_wants_its_day_only() -> None:
    oral = {"form": "oral", "mediator_signed_on": None, "sealed_on": None, "copies": 0, "reached_on": None}
    assert asked(State.MEDIATING, agreement=oral) == ["The day the agreement was reached is missing."]
    assert asked(State.MEDIATING, agreement=oral | {"reached_on": DAY}) == []


def test_after_the_agreement_it_is_performance_and_a_visit() -> None:
    promised = [{"standing": "due"}, {"standing": "part"}, {"standing": "fulfilled"}]
    assert asked(State.AGREED, obligations=promised) == [
        "Obligations not fulfilled yet: 2.",
        "No follow-up visit is recorded.",
    ]
    assert asked(State.AGREED, obligations=promised[2:], visits=1) == []
