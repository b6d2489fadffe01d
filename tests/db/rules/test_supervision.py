"""The table of supervision notices: what is open in each state, to whom, and what a notice must say."""

from datetime import date

import pytest

from db.rules.problems import Problems
from db.rules.supervision import LONGEST, STANDING, Act, By, State, acts_for, check_notice, side_of, target_of

TODAY = date(2026, 11, 19)
ACTS: dict[State, dict[Act, By]] = {
    State.DRAFT: {Act.ISSUE: By.ISSUER, Act.REWRITE: By.DRAFTER, Act.WITHDRAW: By.DRAFTER},
    State.ISSUED: {Act.ANSWER: By.UNIT, Act.REPEAT: By.ISSUER, Act.CLOSE: By.ISSUER, Act.WITHDRAW: By.ISSUER},
    State.ANSWERED: {Act.CLOSE: By.ISSUER, Act.REPEAT: By.ISSUER},
    State.CLOSED: {},
    State.WITHDRAWN: {},
}


@pytest.mark.parametrize("state", State)
def test_each_state_allows_these_acts_to_these_people(state: State) -> None:
    assert {act: side_of(state, act) for act in acts_for(state, frozenset(By))} == ACTS[state]
    for side in By:
        assert set(acts_for(state, frozenset({side}))) == {a for a, by in ACTS[state].items() if by is side}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_every_other_act_is_told_in_a_sentence(state: State, act: Act) -> None:
    if act in ACTS[state]:
        assert target_of(state, act) in State
    else:
        with pytest.raises(Problems, match="moved on"):
            target_of(state, act)


def test_what_is_closed_or_withdrawn_stays_so() -> None:
    assert all(not acts_for(state, frozenset(By)) for state in set(State) - set(STANDING))


@pytest.mark.parametrize(
    ("text", "answer_by", "field"),
    [
        (" \n", None, "text"),
        ("办" * (LONGEST + 1), None, "text"),
        ("抓紧\x00办理。", None, "text"),
        ("抓紧办理。", date(2026, 11, 18), "answer_by"),
    ],
)
def test_a_notice_says_something_and_asks_for_its_answer_from_today_on(
    text: str, answer_by: date | None, field: str
) -> None:
    with pytest.raises(Problems) as wrong:
        check_notice(text, answer_by, TODAY)
    assert [problem.field for problem in wrong.value.problems] == [field]


def test_a_notice_of_today_without_a_day_is_fine() -> None:
    check_notice("抓紧办理。", None, TODAY)
    check_notice("办" * LONGEST, TODAY, TODAY)
