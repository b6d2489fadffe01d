"""The table of the flow: no dead ends, nobody without permission, and every condition with its sentence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.rules.case_flow import (
    BY_STEP,
    ENDED,
    MOVES,
    Acting,
    FieldKind,
    FlowFacts,
    Standing,
    State,
    Step,
    check_step,
    steps_for,
    target_of,
    who_acts,
    why_not,
)
from db.rules.cases import Grade, Kind
from db.rules.permissions import GRANTS, Actor, Role
from db.rules.problems import Problems, Refused
from tests.db.rules.test_clocks import LIMITS

TODAY = date(2026, 11, 19)
DIRECTOR = Actor(1, "周主任", frozenset({Role.DIRECTOR}))
LEADER = Actor(2, "林带班", frozenset({Role.DUTY_LEADER}))
CLERK = Actor(3, "陈接访", frozenset({Role.CLERK}))
HANDLER = Actor(4, "王经办", frozenset({Role.HANDLER}))
HEAD = Actor(5, "何所长", frozenset({Role.UNIT_HEAD}))
IN_LEAD = Standing(lead=True)
IN_CO = Standing(co=True)
NOBODY = Standing()


def facts(state: State, **changes: object) -> FlowFacts:
    """A general request, received last week, with a lead unit."""
    values: dict[str, object] = {
        "state": state,
        "kind": Kind.REQUEST,
        "grade": Grade.GENERAL,
        "today": TODAY,
        "limits": LIMITS,
        "has_lead": True,
        "received_on": TODAY - timedelta(days=7),
    }
    return FlowFacts(**(values | changes))  # type: ignore[arg-type]


def test_every_step_stands_once_in_the_table() -> None:
    assert [move.step for move in MOVES] == list(BY_STEP)
    assert set(BY_STEP) == set(Step)


def test_every_state_can_be_reached_and_left() -> None:
    reached, found = {State.REGISTERED}, {State.REGISTERED}
    while found:
        found = {m.target for m in MOVES if m.target and m.sources & reached} - reached
        reached |= found
    assert reached == set(State)
    for state in State:
        assert any(state in m.sources and m.target not in (None, state) for m in MOVES), state


def test_every_step_belongs_to_somebody() -> None:
    for move in MOVES:
        assert any(p in grants for p in move.permissions for grants in GRANTS.values()), move.step


def test_words_to_the_resident_are_told_apart_from_internal_text() -> None:
    for move in MOVES:
        for field in move.fields:
            if field.kind is FieldKind.WORDS:
                assert field.name == "words"
            if field.name == "reason":
                assert field.kind is FieldKind.TEXT


def test_every_state_has_somebody_whose_turn_it_is() -> None:
    for state in State:
        assert (who_acts(state) is Acting.NOBODY) == (state is State.ARCHIVED)
    assert who_acts(State.CONFIRMED, anonymous=True) is Acting.CLOSER
    assert who_acts(State.OBJECTED, ruling=True) is Acting.RULER


def test_the_next_step_comes_first() -> None:
    assert steps_for(facts(State.REGISTERED), LEADER, NOBODY)[0] is Step.PROPOSE
    assert steps_for(facts(State.HANDLING), HANDLER, IN_LEAD)[0] is Step.ANSWER
    assert steps_for(facts(State.ANSWERED), HEAD, IN_LEAD)[0] is Step.SIGN
    assert steps_for(facts(State.HANDLING, co_mine="sent"), HANDLER, IN_CO)[0] is Step.CO_ANSWER


@pytest.mark.parametrize("state", State)
def test_somebody_without_a_role_may_do_nothing(state: State) -> None:
    assert steps_for(facts(state), Actor(9, "x"), Standing(lead=True, co=True)) == ()


@pytest.mark.parametrize(
    ("step", "state", "changes", "actor", "standing"),
    [
        (Step.APPROVE, State.PROPOSED, {"proposed_by_id": 2}, LEADER, NOBODY),
        (Step.ANSWER_ON_SPOT, State.REGISTERED, {"kind": Kind.ACCUSATION}, CLERK, NOBODY),
        (Step.GIVE_NOTICE, State.HANDLING, {"notice_on": TODAY}, CLERK, NOBODY),
        (Step.GIVE_NOTICE, State.HANDLING, {"anonymous": True}, CLERK, NOBODY),
        (Step.OBJECT, State.ROUTED, {"object_by": TODAY - timedelta(days=1)}, HANDLER, IN_LEAD),
        (Step.OBJECT, State.ROUTED, {"ruled": True}, HANDLER, IN_LEAD),
        (Step.AGREE_RETURN, State.OBJECTED, {"bounces": 2}, LEADER, NOBODY),
        (Step.REFUSE_RETURN, State.OBJECTED, {"bounces": 2}, LEADER, NOBODY),
        (Step.RULE, State.OBJECTED, {"bounces": 1}, DIRECTOR, NOBODY),
        (Step.CO_ANSWER, State.HANDLING, {"co_mine": "signed"}, HANDLER, IN_CO),
        (Step.CO_SIGN, State.HANDLING, {"co_mine": "sent"}, HEAD, IN_CO),
        (Step.ANSWER, State.HANDLING, {"co_open": ("东村",)}, HANDLER, IN_LEAD),
        (Step.ANSWER, State.HANDLING, {"extension": "asked"}, HANDLER, IN_LEAD),
        (Step.ASK_EXTENSION, State.HANDLING, {"extension": "approved"}, HANDLER, IN_LEAD),
        (Step.ASK_EXTENSION, State.HANDLING, {"kind": Kind.SUGGESTION}, HANDLER, IN_LEAD),
        (Step.DECIDE_EXTENSION, State.HANDLING, {}, DIRECTOR, NOBODY),
        (Step.TELL_EXTENSION, State.HANDLING, {"extension": "refused"}, CLERK, NOBODY),
        (Step.REPLY, State.CONFIRMED, {"anonymous": True}, CLERK, NOBODY),
        (Step.VISIT, State.REPLIED, {"handler_id": 3}, CLERK, NOBODY),
        (Step.VISIT, State.REPLIED, {"answered_by_id": 3}, CLERK, NOBODY),
        (Step.CLOSE, State.CONFIRMED, {}, LEADER, NOBODY),
        (Step.CLOSE, State.REPLIED, {"failed_visits": 1}, LEADER, NOBODY),
        (Step.ASK_REVIEW, State.CLOSED, {"replied_on": TODAY - timedelta(days=31)}, CLERK, NOBODY),
        (Step.ASK_REVIEW, State.CLOSED, {"kind": Kind.SUGGESTION, "replied_on": TODAY}, CLERK, NOBODY),
        (Step.ASK_REREVIEW, State.REVIEWED, {"review_decided_on": TODAY - timedelta(days=31)}, CLERK, NOBODY),
        (Step.START_HEARING, State.REREVIEW, {"hearing_from": TODAY}, DIRECTOR, NOBODY),
        (Step.END_HEARING, State.REREVIEW, {}, DIRECTOR, NOBODY),
        (Step.DECIDE_REREVIEW, State.REREVIEW, {"hearing_from": TODAY}, DIRECTOR, NOBODY),
        (Step.RECUSE, State.HANDLING, {"sealed": True}, DIRECTOR, NOBODY),
        (Step.GRANT_ACCESS, State.HANDLING, {}, DIRECTOR, NOBODY),
    ],
)
def test_a_step_says_why_it_is_closed(
    step: Step, state: State, changes: Mapping[str, object], actor: Actor, standing: Standing
) -> None:
    why = why_not(step, facts(state, **changes), actor, standing)
    assert why
    assert step not in steps_for(facts(state, **changes), actor, standing)


@pytest.mark.parametrize("step", Step)
def test_a_step_is_refused_to_who_holds_nothing_and_in_no_other_state(step: Step) -> None:
    move = BY_STEP[step]
    for state in set(State) - move.sources:
        assert why_not(step, facts(state), DIRECTOR, Standing(lead=True, co=True))
    with pytest.raises(Refused):
        check_step(step, facts(next(iter(move.sources))), Actor(9, "x"), NOBODY, {})


WORDS = {"how": "telephone", "on": TODAY, "words": "已解决"}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"how": "pigeon"}, {"how"}),
        ({"on": TODAY + timedelta(days=1)}, {"on"}),
        ({"on": TODAY - timedelta(days=8)}, {"on"}),
        ({"words": "  "}, {"words"}),
        ({"words": "字" * 20_001}, {"words"}),
        ({"words": 7, "how": None}, {"words", "how"}),
    ],
)
def test_all_wrong_fields_are_told_at_once(changes: Mapping[str, object], wrong: set[str]) -> None:
    with pytest.raises(Problems) as caught:
        check_step(Step.REPLY, facts(State.CONFIRMED), CLERK, NOBODY, {**WORDS, **changes})
    assert {p.field for p in caught.value.problems} == wrong


@pytest.mark.parametrize("days", [0, 31, "20", None])
def test_an_extension_is_of_1_to_30_days(days: object) -> None:
    with pytest.raises(Problems):
        check_step(Step.ASK_EXTENSION, facts(State.HANDLING), HANDLER, IN_LEAD, {"days": days, "reason": "x"})


def test_a_rating_is_needed_only_when_the_resident_was_reached() -> None:
    values = {"how": "telephone", "on": TODAY, "reached": True}
    with pytest.raises(Problems) as caught:
        check_step(Step.VISIT, facts(State.REPLIED), CLERK, NOBODY, values)
    assert {p.field for p in caught.value.problems} == {"satisfaction", "solved"}
    missed = check_step(Step.VISIT, facts(State.REPLIED), CLERK, NOBODY, values | {"reached": False})
    assert target_of(Step.VISIT, facts(State.REPLIED), missed) is State.REPLIED


def test_after_a_rereview_only_new_facts_reopen() -> None:
    of = facts(State.CLOSED, exhausted=True)
    with pytest.raises(Problems):
        check_step(Step.REOPEN, of, DIRECTOR, NOBODY, {"reason": "x"})
    check_step(Step.REOPEN, of, DIRECTOR, NOBODY, {"reason": "x", "new_facts": True})


def test_a_matter_without_a_lead_unit_reopens_at_the_beginning() -> None:
    of = facts(State.NOT_ACCEPTED)
    assert target_of(Step.REOPEN, of, {}) is State.HANDLING
    assert target_of(Step.REOPEN, replace(of, has_lead=False), {}) is State.REGISTERED


def test_closed_is_not_open() -> None:
    assert {State.CLOSED, State.ARCHIVED, State.WITHDRAWN, State.NOT_ACCEPTED} == ENDED
