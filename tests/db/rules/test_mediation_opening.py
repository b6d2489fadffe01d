"""What may be written down of a dispute: every field wrong once, each with its sentence beside it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from db.rules.mediation.opening import (
    Opening,
    PartyForm,
    Risk,
    check_opening,
    check_party,
    check_risk,
    columns_of,
    has_both_sides,
)
from db.rules.problems import Check, Problems

TODAY = date(2026, 11, 19)
NOW = datetime(2026, 11, 19, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FIRST = PartyForm(side="applicant", name="江一", contact="15400000001")
SECOND = PartyForm(side="respondent", name="河二")
TOLD = Opening(
    committee_id=1,
    category="neighbours",
    subject="院墙排水",
    facts="第一段。\n\n第二段。" * 5000,
    amount="￥1,200.5元",
    parties=(FIRST, SECOND),
)


def problems_of(act: Callable[[], object]) -> dict[str, str]:
    """Field to sentence of what is wrong."""
    try:
        act()
    except Problems as wrong:
        return {problem.field: problem.message for problem in wrong.problems}
    return {}


def opening_problems(opening: Opening) -> dict[str, str]:
    """What is wrong with an opening in an office of one source, one category and one mediator."""
    return problems_of(
        lambda: check_opening(
            opening,
            sources=frozenset({"application"}),
            categories=frozenset({"neighbours"}),
            committees={1},
            mediators={7},
            today=TODAY,
        )
    )


def party_problems(party: PartyForm) -> dict[str, str]:
    """What is wrong with a party."""
    check = Check()
    check_party(check, party)
    return problems_of(check.done)


def test_an_opening_as_it_should_be() -> None:
    assert opening_problems(TOLD) == {}
    assert opening_problems(replace(TOLD, mediator_id=7, received_on=TODAY)) == {}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"committee_id": None}, "committee_id", "Choose a committee"),
        ({"committee_id": 4}, "committee_id", "Choose a committee"),
        ({"mediator_id": 8}, "mediator_id", "not of the committee"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on", "still to come"),
        ({"source": "rumour"}, "source", "not one of the choices"),
        ({"category": ""}, "category", "Choose a category"),
        ({"subject": " "}, "subject", "in a line"),
        ({"subject": "a\nb"}, "subject", "can't be kept"),
        ({"subject": "长" * 201}, "subject", "At most"),
        ({"facts": ""}, "facts", "Write down"),
        ({"facts": "\x00"}, "facts", "can't be kept"),
        ({"request": "\u202e"}, "request", "can't be kept"),
        ({"place": "\t"}, "place", "can't be kept"),
        ({"head_count": 0}, "head_count", "At least one"),
        ({"head_count": 10_000}, "head_count", "At most"),
        ({"amount": "many"}, "amount", "1200.50"),
        ({"parties": (FIRST,)}, "parties", "each side"),
        ({"parties": (FIRST, replace(SECOND, name=""))}, "name_1", "Name the party"),
        ({"child": True}, "guardian_0", "guardian"),
        ({"parties": (FIRST, replace(SECOND, child=True))}, "guardian_1", "guardian"),
    ],
)
def test_an_opening_that_cannot_be(changes: dict[str, object], field: str, sentence: str) -> None:
    found = opening_problems(replace(TOLD, **changes))  # type: ignore[arg-type]
    assert list(found) == [field]
    assert sentence in found[field]


def test_everything_wrong_is_told_at_once() -> None:
    assert set(opening_problems(Opening())) == {"committee_id", "category", "subject", "facts", "name_0", "name_1"}


def test_a_child_the_dispute_is_about_needs_somebody_who_answers_for_it() -> None:
    guarded = (replace(FIRST, guardian="江母"), SECOND)
    assert opening_problems(replace(TOLD, child=True, parties=guarded)) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"side": "onlooker"}, "side"),
        ({"kind": "ghost"}, "kind"),
        ({"sex": "x"}, "sex"),
        ({"age": -1}, "age"),
        ({"age": 151}, "age"),
        ({"name": "  "}, "name"),
        ({"contact": "1\n2"}, "contact"),
        ({"address": "长" * 201}, "address"),
        ({"occupation": "\x07"}, "occupation"),
        ({"agent_contact": "154"}, "agent"),
        ({"agent_powers": "代为承认"}, "agent"),
        ({"agent_until": TODAY}, "agent"),
        ({"agent": "代三", "agent_powers": "\x00"}, "agent_powers"),
        ({"kind": "organisation", "child": True, "guardian": "江母"}, "child"),
    ],
)
def test_a_party_that_cannot_be(changes: dict[str, object], field: str) -> None:
    assert list(party_problems(replace(FIRST, **changes))) == [field]  # type: ignore[arg-type]


def test_a_party_may_be_an_organisation_with_an_agent() -> None:
    firm = PartyForm(
        "respondent", "organisation", "东村物业公司", agent="代三", agent_powers="一般代理", agent_until=TODAY
    )
    assert party_problems(firm) == {}


def test_it_is_stored_trimmed_and_in_fen() -> None:
    columns = columns_of(replace(TOLD, subject=" 院墙 ", amount="１，２００.5"))
    assert columns["subject"] == "院墙"
    assert columns["amount"] == 120050
    assert "parties" not in columns


def test_both_sides() -> None:
    assert has_both_sides(["respondent", "applicant", "applicant"])
    assert not has_both_sides(["applicant"])
    assert not has_both_sides([])


RISK = Risk(True, "已报派出所并劝离", TODAY, time(8, 30), True)


def test_a_risk_as_it_should_be() -> None:
    for risk in (RISK, Risk(True, "劝离", None, None, False), Risk(False, "", None, None, False)):
        assert problems_of(lambda risk=risk: check_risk(risk, NOW)) == {}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"escalation_measure": " "}, "escalation_measure"),
        ({"escalation_measure": "\x00"}, "escalation_measure"),
        ({"escalation": False}, "escalation"),
        ({"police_reported_time": None}, "police_reported_time"),
        ({"police_reported_on": None}, "police_reported_on"),
        ({"police_reported_time": time(9, 1)}, "police_reported_time"),
    ],
)
def test_a_risk_that_cannot_be(changes: dict[str, object], field: str) -> None:
    assert list(problems_of(lambda: check_risk(replace(RISK, **changes), NOW))) == [field]  # type: ignore[arg-type]
