"""Records of sessions: consent first, hours that fit, who was there, and caucuses for their mediators alone."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.mediation.sessions import Ground, Meeting, PartyFacts, Term, check_meeting, may_read, names_in
from db.rules.mediation.words import SessionKind, State
from db.rules.mediation.writing import must_be_mediating
from db.rules.problems import Problems

TODAY = date(2026, 11, 19)
TOLD, CONSENTED = date(2026, 11, 10), date(2026, 11, 11)
PARTIES = (
    PartyFacts(1, "applicant", "甲某某", "甲**", TOLD, "yes", CONSENTED),
    PartyFacts(2, "respondent", "乙某某", "乙**", TOLD, "yes", CONSENTED),
)
TERMS = (
    Term(7, 70, "马调解", date(2026, 11, 1), None),
    Term(8, 80, "方主委", date(2026, 11, 9), date(2026, 11, 13)),
)
GROUND = Ground(datetime(2026, 11, 19, 9, 0), date(2026, 11, 9), PARTIES, TERMS, 70)  # noqa: DTZ001 - only read locally
SESSION = Meeting("session", date(2026, 11, 12), time(9), time(11), present=(1, 2), mediators=(7,), recorder="钱记录")


def fields_of(meeting: Meeting, ground: Ground = GROUND) -> set[str]:
    """The fields found wrong."""
    try:
        check_meeting(meeting, ground)
    except Problems as found:
        return {problem.field for problem in found.problems}
    return set()


def test_a_sound_session_passes() -> None:
    assert fields_of(SESSION) == set()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"held_on": None}, "held_on"),
        ({"held_on": date(2026, 11, 20)}, "held_on"),
        ({"held_on": date(2026, 11, 10)}, "held_on"),
        ({"held_on": date(2026, 11, 8)}, "held_on"),
        ({"held_time": None}, "held_time"),
        ({"held_time": time(11, 1)}, "ended_time"),
        ({"held_on": TODAY, "held_time": time(9, 1), "ended_time": None}, "held_time"),
        ({"held_on": TODAY, "held_time": time(8), "ended_time": time(9, 1)}, "ended_time"),
        ({"present": ()}, "present"),
        ({"present": (1, 3)}, "present"),
        ({"kind": "caucus"}, "present"),
        ({"mediators": ()}, "mediators"),
        ({"mediators": (9,)}, "mediators"),
        ({"held_on": date(2026, 11, 14), "mediators": (8,)}, "mediators"),
        ({"kind": "caucus", "present": (1,), "mediators": (8,)}, "mediators"),
        ({"invited": "甲某某"}, "invited"),
        ({"invited": "孙邻居、方主委（村干部）"}, "invited"),
        ({"invited": "孙邻居\n钱记录"}, "invited"),
        ({"place": "x" * 201}, "place"),
        ({"place": "一\n二"}, "place"),
        ({"recorder": "x" * 201}, "recorder"),
        ({"statements": "\x00"}, "statements"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(changes: dict[str, object], field: str) -> None:
    assert fields_of(replace(SESSION, **changes)) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["session", "caucus"])
@pytest.mark.parametrize(
    "changes", [{"told_on": None}, {"consent": ""}, {"consent": "no"}, {"consent": "", "told_on": None}]
)
def test_no_session_before_both_sides_are_told_and_consent(kind: str, changes: dict[str, object]) -> None:
    parties = (PARTIES[0], replace(PARTIES[1], **changes))  # type: ignore[arg-type]
    meeting = replace(SESSION, kind=kind, present=(1,))
    with pytest.raises(Problems) as found:
        check_meeting(meeting, replace(GROUND, parties=parties))
    assert all(problem.field == "kind" for problem in found.value.problems)
    assert all(problem.values["names"] == "乙**" for problem in found.value.problems)


def test_one_side_alone_holds_no_session_but_an_enquiry() -> None:
    alone = replace(GROUND, parties=PARTIES[:1])
    assert fields_of(replace(SESSION, present=(1,)), alone) == {"kind"}
    assert fields_of(replace(SESSION, kind="enquiry", present=(1,)), alone) == set()


def test_an_enquiry_needs_neither_consent_nor_presence() -> None:
    silent = replace(GROUND, parties=tuple(replace(p, told_on=None, consent="", consent_on=None) for p in PARTIES))
    assert fields_of(replace(SESSION, kind="enquiry", present=(), mediators=()), silent) == set()
    assert fields_of(replace(SESSION, kind="enquiry", held_on=date(2026, 11, 8), mediators=()), silent) == {"held_on"}


def test_the_clock_counts_to_the_minute_today() -> None:
    assert fields_of(replace(SESSION, held_on=TODAY, held_time=time(8), ended_time=time(9))) == set()


@given(st.integers(0, 9), st.integers(0, 9))
def test_only_a_caucus_is_hidden_and_only_from_the_others(reader: int, mediator: int) -> None:
    assert may_read(SessionKind.SESSION, [mediator], frozenset({reader}))
    assert may_read(SessionKind.CAUCUS, [mediator], frozenset({reader})) is (reader == mediator)
    assert not may_read(SessionKind.CAUCUS, [mediator], frozenset())


def test_names_are_read_as_people_write_them() -> None:
    assert names_in("孙邻居、李村长（村委会）；\r\nWang Wu, 赵六 (expert)") == ("孙邻居", "李村长", "Wang Wu", "赵六")


@pytest.mark.parametrize("state", [state for state in State if state is not State.MEDIATING])
def test_a_file_takes_no_records_before_and_after(state: State) -> None:
    must_be_mediating(State.MEDIATING)
    with pytest.raises(Problems):
        must_be_mediating(state)
