"""A complete file, what each kind must hold, its page numbers and the order of its days."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.mediation.dossier import (
    FRAME,
    Document,
    FileFacts,
    Held,
    Paper,
    PartyOnFile,
    days_out_of_order,
    last_day,
    lines_of,
    numbered,
    problems_of,
    result_of,
)
from db.rules.mediation.words import AgreementForm, SessionKind, State

PRESET = Path(__file__).parents[3] / "db" / "presets" / "mediation_file.toml"
DOCUMENTS = tuple(Document(**entry) for entry in tomllib.loads(PRESET.read_text(encoding="utf-8"))["document"])
DAY = date(2026, 3, 2)


def on(days: int) -> date:
    """That many days after the application."""
    return DAY + timedelta(days=days)


PARTIES = tuple(
    PartyOnFile(n, name, told_on=on(1), consent_on=on(2), identity_seen_on=on(2), signed_on=on(9))
    for n, name in ((1, "甲**"), (2, "乙**"))
)
AGREED = FileFacts(
    State.AGREED,
    DAY,
    accepted_on=on(1),
    ended_on=on(10),
    parties=PARTIES,
    held=(Held(SessionKind.SESSION, on(5), (1, 2)),),
    form=AgreementForm.WRITTEN,
    reached_on=on(9),
    sealed_on=on(10),
    effective_on=on(10),
    performed=(on(12),),
    visits=(on(30),),
)
ORAL = replace(AGREED, form=AgreementForm.ORAL, sealed_on=None, effective_on=on(9))
REFUSED = FileFacts(State.REFUSED, DAY, applied_for=False, ended_on=on(1), parties=(PartyOnFile(1, "甲**"),))
FAILED = replace(
    AGREED,
    result=State.FAILED,
    form="",
    reached_on=None,
    sealed_on=None,
    effective_on=None,
    performed=(),
    visits=(),
    papers=(Paper(1, "termination"),),
)
WITHDRAWN = FileFacts(State.WITHDRAWN, DAY, accepted_on=on(1), ended_on=on(2), parties=(PartyOnFile(1, "甲**"),))


def missing(facts: FileFacts) -> list[str]:
    """The codes of what keeps a file from being complete."""
    return [problem.field for problem in problems_of(lines_of(DOCUMENTS, facts), facts)]


def test_the_official_set_is_in_its_order() -> None:
    numbers = [document.number for document in DOCUMENTS]
    assert [number for number in numbers if "+" not in number] == [str(n) for n in range(1, 18)]
    assert {document.code for document in DOCUMENTS} >= set(FRAME)
    assert len({document.code for document in DOCUMENTS}) == len(DOCUMENTS)


@pytest.mark.parametrize("facts", [AGREED, ORAL, REFUSED, FAILED, WITHDRAWN])
def test_a_file_of_each_kind_can_be_complete(facts: FileFacts) -> None:
    assert missing(facts) == []


UNTOLD = (replace(PARTIES[0], told_on=None, consent_on=None), PARTIES[1])
UNSEEN = (PARTIES[0], replace(PARTIES[1], identity_seen_on=None))
AGENT = (PARTIES[0], replace(PARTIES[1], has_agent=True))
CHILD = (PARTIES[0], replace(PARTIES[1], child=True))


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        (replace(REFUSED, applied_for=True), "application"),
        (replace(AGREED, parties=UNTOLD), "notice"),
        (replace(FAILED, parties=UNTOLD), "notice"),
        (replace(AGREED, parties=UNSEEN), "identity"),
        (replace(AGREED, parties=AGENT), "power_of_attorney"),
        (replace(REFUSED, parties=AGENT), "power_of_attorney"),
        (replace(AGREED, parties=CHILD), "parties"),
        (replace(AGREED, held=()), "record"),
        (replace(FAILED, held=()), "record"),
        (replace(AGREED, held=(Held(SessionKind.CAUCUS, on(5)),)), "record"),
        (replace(AGREED, held=(Held(SessionKind.ENQUIRY, on(5)),)), "record"),
        (replace(FAILED, papers=()), "termination"),
        (replace(AGREED, unproved=1), "performance"),
        (replace(AGREED, owed=2), "performance"),
        (replace(AGREED, visits=()), "follow_up"),
        (replace(ORAL, visits=()), "follow_up"),
        (replace(AGREED, confirmation=True), "confirmation"),
        (replace(AGREED, effective_on=None, visits=(), result=State.MEDIATING), ""),
    ],
)
def test_what_is_missing_is_named(facts: FileFacts, lacks: str) -> None:
    assert missing(facts) == [lacks]


@pytest.mark.parametrize(("form", "code"), [(AgreementForm.WRITTEN, "agreement"), (AgreementForm.ORAL, "oral")])
def test_an_agreed_file_holds_the_agreement_of_its_form(form: AgreementForm, code: str) -> None:
    facts = replace(AGREED, form=form)
    needed = {line.code for line in lines_of(DOCUMENTS, facts) if line.needed}
    assert code in needed
    assert not needed & ({"agreement", "oral"} - {code})
    assert missing(replace(facts, effective_on=None)) == [code]


@pytest.mark.parametrize(
    ("facts", "paper"),
    [
        (replace(REFUSED, applied_for=True), "application"),
        (replace(AGREED, parties=AGENT), "power_of_attorney"),
        (replace(AGREED, unproved=1), "performance"),
        (replace(AGREED, confirmation=True), "confirmation"),
        (replace(FAILED, papers=()), "termination"),
    ],
)
def test_a_paper_makes_up_for_it(facts: FileFacts, paper: str) -> None:
    assert missing(replace(facts, papers=(Paper(9, paper),))) == []


@pytest.mark.parametrize("code", ["notice", "identity", "record", "follow_up"])
def test_a_scan_does_not_stand_for_what_linli_keeps(code: str) -> None:
    facts = replace(AGREED, parties=(*UNTOLD[:1], *UNSEEN[1:]), held=(), visits=())
    assert code in missing(replace(facts, papers=(Paper(9, code),)))


def test_an_acceptance_register_stands_for_the_application() -> None:
    lines = {line.code: line for line in lines_of(DOCUMENTS, AGREED)}
    assert (lines["application"].needed, lines["application"].have) == (False, False)
    assert lines["acceptance"].have


def test_each_paper_is_a_line_with_its_pages() -> None:
    papers = (Paper(1, "evidence", "照片", 2), Paper(2, "evidence", "收据", 3), Paper(3, "record", "", 4))
    lines = [line for line in lines_of(DOCUMENTS, replace(AGREED, papers=papers)) if line.pages]
    told = [(line.code, line.title, line.from_page, line.to_page) for line in lines]
    assert told == [
        ("acceptance", "", 1, 1),
        ("notice", "", 2, 3),
        ("evidence", "照片", 4, 5),
        ("evidence", "收据", 6, 8),
        ("record", "", 9, 12),
        ("agreement", "", 13, 13),
        ("performance", "", 14, 14),
        ("follow_up", "", 15, 15),
    ]


def test_counted_pages_come_first() -> None:
    facts = replace(AGREED, papers=(Paper(3, "record", "", 4),), counted={"record": 7})
    assert next(line.pages for line in lines_of(DOCUMENTS, facts) if line.code == "record") == 7


@given(st.lists(st.integers(0, 500), max_size=40))
def test_page_numbers_are_contiguous_and_never_overlap(pages: list[int]) -> None:
    told = numbered(pages)
    runs = [(first, last) for first, last in told if first is not None and last is not None]
    assert [last - first + 1 for first, last in runs] == [count for count in pages if count]
    assert [n for first, last in runs for n in range(first, last + 1)] == list(range(1, sum(pages) + 1))
    assert [first is None for first, _ in told] == [count == 0 for count in pages]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accepted_on": on(-1)}, "acceptance"),
        ({"parties": (replace(PARTIES[0], told_on=on(-1)),)}, "notice"),
        ({"parties": (replace(PARTIES[0], consent_on=DAY),)}, "notice"),
        ({"parties": (replace(PARTIES[0], consent_on=on(6)),)}, "record"),
        ({"accepted_on": on(6)}, "record"),
        ({"reached_on": on(4)}, "agreement"),
        ({"effective_on": on(8), "visits": (on(9),)}, "agreement"),
        ({"performed": (on(8),)}, "performance"),
        ({"visits": (on(9),)}, "follow_up"),
        ({"requested_on": on(9)}, "confirmation"),
        ({"requested_on": on(12), "decided_on": on(11)}, "confirmation"),
        ({"archived_on": on(29)}, "cover"),
    ],
)
def test_days_out_of_order_are_told(changes: dict[str, object], field: str) -> None:
    problems = days_out_of_order(replace(AGREED, **changes))  # type: ignore[arg-type]
    assert [problem.field for problem in problems] == [field]
    for problem in problems:
        assert problem.message.format(**problem.values)


def test_a_party_who_came_later_consents_before_its_own_first_session() -> None:
    late = replace(PARTIES[1], id=3, name="丙**", told_on=on(6), consent_on=on(6))
    first, second = Held(SessionKind.SESSION, on(5), (1, 2)), Held(SessionKind.SESSION, on(7), (1, 2, 3))
    facts = replace(AGREED, parties=(*PARTIES, late))
    assert days_out_of_order(replace(facts, held=(first, second))) == ()
    assert days_out_of_order(replace(facts, held=(replace(first, present=(1, 2, 3)),))) != ()


def a_file_of(days: list[date]) -> FileFacts:
    """An agreed file with one event on each of these thirteen days, as they follow each other."""
    party = PartyOnFile(1, "甲**", told_on=days[2], consent_on=days[3])
    return FileFacts(
        State.AGREED,
        days[0],
        accepted_on=days[1],
        parties=(party,),
        held=(Held(SessionKind.SESSION, days[4], (1,)), Held(SessionKind.SESSION, days[5], (1,))),
        form=AgreementForm.WRITTEN,
        reached_on=days[6],
        effective_on=days[7],
        performed=(days[8],),
        visits=(days[9],),
        requested_on=days[10],
        decided_on=days[11],
        archived_on=days[12],
    )


THIRTEEN = st.lists(st.integers(0, 60), min_size=13, max_size=13)
# Which event comes at the earliest on the day of which.
AFTER = [(0, 1), (0, 2), (2, 3), (3, 4), (1, 4), (4, 6), (5, 6), (6, 7), (6, 8), (7, 9), (7, 10), (10, 11), (9, 12)]


@given(THIRTEEN.map(sorted))
def test_days_that_follow_each_other_are_never_told(days: list[int]) -> None:
    assert days_out_of_order(a_file_of([on(n) for n in days])) == ()


@given(st.sampled_from(AFTER), st.lists(st.integers(1, 9), min_size=13, max_size=13))
def test_two_days_the_wrong_way_round_always_are(pair: tuple[int, int], steps: list[int]) -> None:
    days = [on(sum(steps[: n + 1])) for n in range(13)]
    first, second = pair
    days[first], days[second] = days[second], days[first]
    assert days_out_of_order(a_file_of(days)) != ()


def test_the_last_day_is_of_whatever_came_last() -> None:
    assert last_day(AGREED) == on(30)
    assert last_day(replace(AGREED, papers=(Paper(1, "evidence", dated_on=on(40)),))) == on(40)
    assert last_day(FileFacts(State.REGISTERED, DAY)) == DAY


@pytest.mark.parametrize(
    ("state", "effective", "refused", "routes", "result"),
    [
        (State.MEDIATING, False, False, False, State.MEDIATING),
        (State.ARCHIVED, True, False, False, State.AGREED),
        (State.ARCHIVED, False, True, True, State.REFUSED),
        (State.ARCHIVED, False, False, True, State.FAILED),
        (State.ARCHIVED, False, False, False, State.WITHDRAWN),
    ],
)
def test_how_a_file_ended(state: State, effective: bool, refused: bool, routes: bool, result: State) -> None:
    assert result_of(state, effective=effective, refused=refused, routes_told=routes) is result
