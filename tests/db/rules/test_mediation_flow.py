"""The moves of a dispute: every state is reached and left, and an ending comes after what happened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.rules.mediation.flow import (
    LIVE,
    MOVES,
    Ending,
    check_ending,
    check_step,
    may_change,
    must_be_live,
    routes_of,
    steps_from,
    target_of,
    told,
)
from db.rules.mediation.words import ENDED, Route, State, Step
from db.rules.permissions import GRANTS, Role
from db.rules.problems import Problems

TODAY = date(2026, 11, 19)
BEGUN = TODAY - timedelta(days=10)
SESSION = TODAY - timedelta(days=4)
# What the file may do in each state, in the order a screen offers it.
OFFERED = {
    State.REGISTERED: "accept refuse withdraw",
    State.MEDIATING: "extend conclude refuse terminate withdraw",
    State.AGREED: "archive reopen",
    State.REFUSED: "archive reopen",
    State.FAILED: "archive reopen",
    State.WITHDRAWN: "archive reopen",
    State.ARCHIVED: "reopen",
}
RESULTS = {
    Step.ACCEPT: State.MEDIATING,
    Step.CONCLUDE: State.AGREED,
    Step.REFUSE: State.REFUSED,
    Step.TERMINATE: State.FAILED,
    Step.WITHDRAW: State.WITHDRAWN,
    Step.ARCHIVE: State.ARCHIVED,
}
FAILED = Ending(Step.TERMINATE, "ended_on", TODAY, "双方分歧较大", tuple(Route), TODAY)


def problems_of(ending: Ending) -> dict[str, str]:
    """Field to sentence of what is wrong with an ending."""
    try:
        check_ending(ending, begun_on=BEGUN, last_session_on=SESSION, today=TODAY)
    except Problems as wrong:
        return {problem.field: problem.message for problem in wrong.problems}
    return {}


@pytest.mark.parametrize("state", State)
def test_a_state_offers_these_steps_and_no_other(state: State) -> None:
    assert " ".join(steps_from(state)) == OFFERED[state]
    for step in MOVES:
        if step in OFFERED[state].split():
            check_step(step, state)
        else:
            with pytest.raises(Problems, match="moved on"):
                check_step(step, state)


def test_a_step_leads_where_the_table_says() -> None:
    for step, move in MOVES.items():
        for state in move.sources:
            assert target_of(step, state) == RESULTS.get(step, state), step


def test_every_state_is_reached() -> None:
    assert {State.REGISTERED, *RESULTS.values()} == set(State)


def test_only_an_archived_file_takes_no_changes() -> None:
    assert [state for state in State if not may_change(state)] == [State.ARCHIVED]


@pytest.mark.parametrize("state", State)
def test_parties_change_while_there_is_no_result(state: State) -> None:
    if state in (State.REGISTERED, State.MEDIATING):
        must_be_live(state)
    else:
        with pytest.raises(Problems, match="has its result"):
            must_be_live(state)


def test_the_states_are_shared_out() -> None:
    assert set(State) == LIVE | ENDED | {State.ARCHIVED}
    assert not LIVE & ENDED


def test_only_the_director_reopens() -> None:
    assert [role for role in Role if MOVES[Step.REOPEN].permission in GRANTS[role]] == [Role.DIRECTOR]


def test_an_ending_as_it_should_be() -> None:
    assert problems_of(FAILED) == {}
    assert problems_of(replace(FAILED, step=Step.REFUSE, reason="", routes=("court",))) == {}
    assert problems_of(Ending(Step.WITHDRAW, "ended_on", SESSION, "自行和解")) == {}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"on": None}, "ended_on", "Choose the day"),
        ({"on": TODAY + timedelta(days=1)}, "ended_on", "still to come"),
        ({"on": BEGUN - timedelta(days=1)}, "ended_on", "came to the committee"),
        ({"on": SESSION - timedelta(days=1)}, "ended_on", "last session"),
        ({"reason": "  "}, "reason", "needed"),
        ({"reason": "\x00"}, "reason", "can't be kept"),
        ({"routes": ("court", "arbitration")}, "routes", "arbitration, administrative and court"),
        ({"routes": (*Route, "duel")}, "routes", "not one of the choices"),
        ({"step": Step.REFUSE, "routes": ()}, "routes", "at least one"),
        ({"routes_told_on": None}, "routes_told_on", "Choose the day"),
        ({"routes_told_on": TODAY - timedelta(days=1)}, "routes_told_on", "mediation ended"),
        ({"routes_told_on": TODAY + timedelta(days=1)}, "routes_told_on", "still to come"),
        ({"step": Step.WITHDRAW, "reason": ""}, "reason", "needed"),
    ],
)
def test_an_ending_that_cannot_be(changes: dict[str, object], field: str, sentence: str) -> None:
    found = problems_of(replace(FAILED, **changes))  # type: ignore[arg-type]
    assert sentence in found[field]
    assert set(found) <= {field, "routes_told_on"}


def test_an_ending_tells_its_values_by_the_names_of_the_form() -> None:
    refused = Ending(Step.REFUSE, "refused_on", TODAY, "", ("court",), TODAY)
    assert refused.values == {"refused_on": TODAY, "reason": "", "routes": ("court",), "routes_told_on": TODAY}


def test_routes_are_kept_in_one_order() -> None:
    assert told(["court", "arbitration"]) == told(("arbitration", "court", "court")) == "arbitration,court"
    assert routes_of(told(Route)) == tuple(Route)
    assert routes_of("") == ()
