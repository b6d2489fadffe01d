"""Agreements: when in writing, from when in effect, and what a court confirms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.mediation.agreement import (
    Ground,
    Request,
    Wording,
    check_conclusion,
    check_confirmation,
    check_signature,
    check_wording,
    check_words_kept,
    copies_for,
    effective_on,
    written_proposed,
)
from db.rules.problems import Problems

TODAY = date(2026, 11, 19)
LAST = date(2026, 11, 12)
SIGNED, SEALED = date(2026, 11, 13), date(2026, 11, 14)
WRITTEN = Wording(
    "written",
    content="乙某某改建排水沟，补偿甲某某一千元。",
    amount="1000",
    copies=3,
    mediator_signed_on=SIGNED,
    sealed_on=SEALED,
)
ORAL = Wording("oral", performed_at_once=True, content="乙某某当场道歉。", reached_on=SIGNED)
GROUND = Ground(TODAY, major=False, last_session_on=LAST, signed=(SIGNED, SIGNED), promised=100_000)
NOTHING_OWED = replace(GROUND, signed=(None, None), promised=0)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def wrong(check: Callable[[], object]) -> set[str]:
    """The fields found wrong."""
    try:
        check()
    except Problems as found:
        return {problem.field for problem in found.problems}
    return set()


@pytest.mark.parametrize(("asks", "at_once", "major"), list(product([True, False], repeat=3)))
def test_written_unless_nobody_asks_and_all_is_done_at_once(asks: bool, at_once: bool, major: bool) -> None:
    oral = not asks and at_once and not major
    assert written_proposed(party_asks=asks, at_once=at_once, major=major) is not oral
    wording = replace(ORAL, party_asks_written=asks, performed_at_once=at_once)
    assert wrong(lambda: check_wording(wording, replace(NOTHING_OWED, major=major))) == (set() if oral else {"form"})


def test_one_copy_each_and_one_for_the_committee() -> None:
    assert [copies_for(parties) for parties in (2, 3)] == [3, 4]


@given(st.lists(DAYS, min_size=1, max_size=5), DAYS, DAYS)
def test_a_written_agreement_takes_effect_with_the_last_of_signatures_and_seal(
    signed: list[date], mediator: date, sealed: date
) -> None:
    found = effective_on("written", reached_on=None, signed=signed, mediator_signed_on=mediator, sealed_on=sealed)
    assert found in (*signed, mediator, sealed)
    assert found is not None
    assert found >= max(*signed, mediator, sealed)


@pytest.mark.parametrize("missing", ["party", "mediator", "seal"])
def test_it_takes_no_effect_while_one_is_missing(missing: str) -> None:
    found = effective_on(
        "written",
        reached_on=SIGNED,
        signed=(SIGNED, None if missing == "party" else SIGNED),
        mediator_signed_on=None if missing == "mediator" else SIGNED,
        sealed_on=None if missing == "seal" else SEALED,
    )
    assert found is None


def test_an_oral_one_takes_effect_when_reached() -> None:
    days = {"signed": (None, None), "mediator_signed_on": TODAY, "sealed_on": None}
    assert effective_on("oral", reached_on=SIGNED, **days) == SIGNED  # type: ignore[arg-type]
    assert effective_on("oral", reached_on=None, **days) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"form": ""}, "form"),
        ({"content": " \n"}, "content"),
        ({"copies": -1}, "copies"),
        ({"excluded_matter": "inheritance"}, "excluded_matter"),
        ({"facts": "\x07"}, "facts"),
        ({"recorder": "x" * 201}, "recorder"),
        ({"amount": "about 1000"}, "amount"),
        ({"amount": "999.99"}, "amount"),
        ({"reached_on": TODAY + timedelta(1)}, "reached_on"),
        ({"reached_on": LAST - timedelta(1)}, "reached_on"),
        ({"reached_on": SEALED}, "reached_on"),
        ({"mediator_signed_on": LAST - timedelta(1)}, "mediator_signed_on"),
        ({"sealed_on": TODAY + timedelta(1)}, "sealed_on"),
        ({"sealed_on": SIGNED - timedelta(1)}, "sealed_on"),
    ],
)
def test_wrong_words_are_told_beside_their_field(changes: dict[str, object], field: str) -> None:
    assert wrong(lambda: check_wording(WRITTEN, GROUND)) == set()
    assert wrong(lambda: check_wording(replace(WRITTEN, **changes), GROUND)) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed_on", "fine"),
    [(None, False), (TODAY + timedelta(1), False), (LAST - timedelta(1), False), (LAST, True), (SEALED, True)],
)
def test_parties_sign_after_the_last_session(signed_on: date | None, fine: bool) -> None:
    found = wrong(lambda: check_signature(signed_on, sealed_on=SEALED, ground=GROUND))
    assert found == (set() if fine else {"signed_on"})


def test_nobody_signs_what_is_sealed_already() -> None:
    found = wrong(lambda: check_signature(SEALED + timedelta(1), sealed_on=SEALED, ground=GROUND))
    assert found == {"signed_on"}


@pytest.mark.parametrize("name", ["form", "facts", "content", "performance", "amount"])
def test_what_a_party_signed_stays_as_it_is(name: str) -> None:
    before = {"form": "written", "facts": "", "content": "a", "performance": "", "amount": 1}
    after = before | {name: "other"}
    assert wrong(lambda: check_words_kept(before, after, (SIGNED, None))) == {name}
    assert wrong(lambda: check_words_kept(before, after, (None, None))) == set()
    assert wrong(lambda: check_words_kept(before, before, (SIGNED, None))) == set()


@pytest.mark.parametrize(
    ("changes", "ground", "fields"),
    [
        ({}, {}, set()),
        ({"form": "oral"}, {}, {"form", "reached_on"}),
        ({}, {"last_session_on": None}, {""}),
        ({}, {"signed": (SIGNED, None)}, {"signed_on"}),
        ({}, {"signed": (SIGNED, LAST - timedelta(1))}, {"signed_on"}),
        ({"mediator_signed_on": None}, {}, {"mediator_signed_on"}),
        ({"sealed_on": None}, {}, {"sealed_on"}),
        ({"copies": 2}, {}, {"copies"}),
        ({}, {"promised": 100_001}, {"amount"}),
        ({}, {"first_due_on": SIGNED - timedelta(1)}, {""}),
        ({}, {"first_due_on": SIGNED}, set()),
    ],
)
def test_nothing_is_concluded_while_something_is_missing(
    changes: dict[str, object], ground: dict[str, object], fields: set[str]
) -> None:
    wording = replace(WRITTEN, **changes)  # type: ignore[arg-type]
    assert wrong(lambda: check_conclusion(wording, 100_000, replace(GROUND, **ground))) == fields  # type: ignore[arg-type]


def test_an_oral_agreement_needs_its_day_and_no_signature() -> None:
    assert wrong(lambda: check_conclusion(ORAL, 0, NOTHING_OWED)) == set()
    assert wrong(lambda: check_conclusion(replace(ORAL, reached_on=None), 0, NOTHING_OWED)) == {"reached_on"}
    early = replace(ORAL, reached_on=LAST - timedelta(1))
    assert wrong(lambda: check_conclusion(early, 0, NOTHING_OWED)) == {"reached_on"}


ASKED = Request("requested", SEALED, True, "东湖区人民法院")
DECIDED = replace(ASKED, confirmation="confirmed", decided_on=TODAY)


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (ASKED, set()),
        (DECIDED, set()),
        (replace(ASKED, confirmation="maybe", decided_on=TODAY), {"confirmation"}),
        (replace(ASKED, requested_jointly=False), {"requested_jointly"}),
        (replace(ASKED, requested_on=None), {"requested_on"}),
        (replace(ASKED, requested_on=SEALED - timedelta(1)), {"requested_on"}),
        (replace(ASKED, requested_on=TODAY + timedelta(1)), {"requested_on"}),
        (replace(ASKED, court=" "), {"court"}),
        (replace(ASKED, court_number="x" * 201), {"court_number"}),
        (replace(ASKED, decided_on=TODAY), {"decided_on"}),
        (replace(DECIDED, decided_on=None), {"decided_on"}),
        (replace(DECIDED, decided_on=SEALED - timedelta(1)), {"decided_on"}),
    ],
)
def test_both_ask_together_in_time(request_: Request, fields: set[str]) -> None:
    by = SEALED + timedelta(30)
    found = wrong(lambda: check_confirmation(request_, excluded="", effective=SEALED, confirm_by=by, today=TODAY))
    assert found == fields


@given(st.integers(0, 60))
def test_the_last_day_to_ask_counts_and_the_next_does_not(days: int) -> None:
    effective = date(2026, 9, 1)
    asked = replace(ASKED, requested_on=effective + timedelta(days))
    by = effective + timedelta(30)
    found = wrong(lambda: check_confirmation(asked, excluded="", effective=effective, confirm_by=by, today=TODAY))
    assert (found == set()) is (days <= 30)


@pytest.mark.parametrize("excluded", ["identity", "adoption", "marriage"])
def test_some_matters_no_court_confirms(excluded: str) -> None:
    found = wrong(lambda: check_confirmation(ASKED, excluded=excluded, effective=SEALED, confirm_by=None, today=TODAY))
    assert found == {"confirmation"}
