"""The list of disputes: who finds what under which tab, what a stub says, search, order and pages."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from db.engine import Database
from db.models import Case, Dispute, DisputeMediator, DisputeParty, DisputeVisit
from db.rules.permissions import Actor
from db.rules.problems import Refused
from db.services import listing
from db.services.listing import Sort
from db.services.mediation import lists, rows, search
from db.services.mediation.lists import Choice, Tab
from tests.db.services.standing_disputes import DAY, TODAY, agreed, brought, change, mediating, owed, put
from tests.factories import NOW, SYSTEM, Office, a_case, mediator_of


def found(actor: Actor, tab: Tab = Tab.ALL, **more: object) -> list[int]:
    """The ids on the first page."""
    return list(lists.register(actor, choice=Choice(tab=tab, **more)).rows["id"])  # type: ignore[arg-type]


@pytest.fixture
def working_tabs(database: Database, office: Office) -> dict[Tab, int]:
    """One file for each tab that needs somebody, each on one of them only (and all under "mine" but the free one)."""
    made = {
        Tab.TO_TAKE_ON: brought(database, office),
        Tab.DUE_SOON: mediating(database, office, office.mediator, due=TODAY + DAY),
        Tab.OVERDUE: mediating(database, office, office.mediator, due=TODAY - DAY),
        Tab.OBLIGATIONS: agreed(database, office, office.mediator, next_due_on=TODAY - DAY),
        Tab.TO_VISIT: agreed(database, office, office.mediator, next_due_on=TODAY + DAY, visitor_id=office.clerk.id),
    }
    owed(database, made[Tab.OBLIGATIONS], due_on=TODAY - DAY)
    put(database, DisputeVisit(dispute_id=made[Tab.OBLIGATIONS], visited_on=TODAY, how="visit", performance="part"))
    mediating(database, office, office.mediator)  # neither due soon nor overdue
    return made


def test_each_file_waits_under_its_tab(database: Database, office: Office, working_tabs: dict[Tab, int]) -> None:
    for tab, dispute_id in working_tabs.items():
        assert found(office.director, tab) == [dispute_id], tab
    assert lists.counts(office.director) == dict.fromkeys(working_tabs, 1) | {Tab.MINE: 0}
    assert len(found(office.mediator, Tab.MINE)) == 5
    assert found(office.mediator, Tab.TO_VISIT) == [], "nobody visits their own"
    assert found(office.chair, Tab.MINE) == []
    assert found(office.chair, Tab.OVERDUE) == [working_tabs[Tab.OVERDUE]]


def test_what_is_settled_waits_under_no_tab(database: Database, office: Office) -> None:
    done = agreed(database, office, office.mediator)
    owed(database, done, due_on=TODAY - DAY, standing="fulfilled", fulfilled_on=TODAY)
    owed(database, done, due_on=TODAY - DAY, removed_at=NOW)
    visit = DisputeVisit(dispute_id=done, visited_on=TODAY, how="visit", performance="full")
    (visit_id,) = put(database, visit)
    assert lists.counts(office.director) == dict.fromkeys(lists.counts(office.director), 0)
    with database.transaction(SYSTEM) as session:
        session.get_one(DisputeVisit, visit_id).removed_at = NOW
    assert found(office.director, Tab.TO_VISIT) == [done], "a removed visit counts nowhere"


def test_archived_files_are_listed_under_all_only(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator, state="archived", open=False)
    assert found(office.mediator, Tab.ALL) == [dispute_id]
    for tab in lists.tabs_of(office.director):
        assert tab is Tab.ALL or found(office.director, tab) == []


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        ("director", list(Tab)),
        ("mediator", list(Tab)),
        ("clerk", [Tab.TO_VISIT, Tab.OPEN, Tab.ALL]),
        ("viewer", []),
    ],
)
def test_tabs_are_those_that_may_hold_anything(office: Office, who: str, tabs: list[Tab]) -> None:
    assert lists.tabs_of(office.people[who]) == tabs


def test_the_list_of_each_reader(database: Database, office: Office) -> None:
    own = mediating(database, office, office.mediator)
    free = brought(database, office)
    other = brought(database, office, by=office.elsewhere, committee_id=office.committee_b)
    child = brought(database, office, by=office.mediator, child=True)
    assert set(found(office.director)) == {own, free, other, child}
    assert set(found(office.mediator)) == {own, free, child}
    assert set(found(office.chair)) == {own, free}
    assert set(found(office.elsewhere)) == {other}
    assert set(found(office.clerk)) == {own, free, other}, "a child's file is not even known of"


def test_reception_learns_that_a_file_exists_and_no_more(database: Database, office: Office) -> None:
    own = mediating(database, office, office.mediator, visitor_id=office.clerk.id, major=True, escalation=True)
    hidden = mediating(database, office, office.mediator, major=True, escalation=True)
    page = lists.register(office.clerk, choice=Choice(tab=Tab.ALL)).rows.set_index("id")
    assert dict(page["whole"]) == {own: True, hidden: False}
    told = page.loc[hidden]
    known = {"version", "whole", "number", "state", "received_on", "committee"}
    assert (told["state"], told["committee"], told["received_on"]) == ("mediating", "城建所调委会", TODAY)
    assert [name for name in set(page.columns) - known if pd.notna(told[name]) and told[name]] == []
    assert page.loc[own]["parties"] == "甲**、乙**"


@pytest.mark.parametrize("asked", [{"category": "neighbours"}, {"source": "application"}, {"text": "排水"}])
def test_what_a_stub_hides_is_not_found_by_asking_for_it(
    database: Database, office: Office, asked: dict[str, Any]
) -> None:
    own = mediating(database, office, office.mediator, visitor_id=office.clerk.id)
    hidden = mediating(database, office, office.mediator)
    assert found(office.clerk, **asked) == [own]
    assert set(found(office.director, **asked)) == {own, hidden}


def test_a_number_or_a_committee_finds_stubs_too(database: Database, office: Office) -> None:
    first, second = mediating(database, office, office.mediator), mediating(database, office, office.mediator)
    assert found(office.clerk, text="m2026-000001") == [first]
    assert set(found(office.clerk, text="城建所")) == {first, second}
    assert found(office.clerk, text="东村") == []


def test_search_from_one_character_up(database: Database, office: Office) -> None:
    drain = brought(database, office)
    wall = brought(database, office, subject="围墙倒塌", facts="围墙向外倾斜。", place="东门路12号")
    assert found(office.director, text="围") == [wall]
    assert found(office.director, text="围墙倒塌") == [wall]
    assert found(office.director, text="东门路 12") == [wall]
    assert set(found(office.director, text="墙")) == {drain, wall}
    assert found(office.director, text="“”") == []
    assert found(office.director, text="%") == []
    with database.transaction(SYSTEM) as session:
        dispute = session.get_one(Dispute, wall)
        dispute.subject, dispute.facts = "噪音", "夜间噪音。"
        search.index(session, dispute)
    assert found(office.director, text="围墙") == []
    assert found(office.director, text="噪音") == [wall]


def test_filters_narrow_the_list(database: Database, office: Office) -> None:
    one = brought(database, office, category="contract", source="court", received_on=date(2026, 1, 5))
    two = mediating(database, office, office.mediator, received_on=date(2026, 3, 1))
    three = brought(database, office, committee_id=office.committee_b, received_on=date(2026, 6, 1))
    assert found(office.director, category="contract") == [one]
    assert found(office.director, source="court") == [one]
    assert found(office.director, state="mediating") == [two]
    assert found(office.director, committee_id=office.committee_b) == [three]
    assert found(office.director, received_from=date(2026, 3, 1)) == [three, two]
    assert found(office.director, received_to=date(2026, 3, 1)) == [two, one]
    assert found(office.director, received_from=date(2026, 3, 1), received_to=date(2026, 3, 1)) == [two]


def test_orders_a_list_may_have(database: Database, office: Office) -> None:
    late = mediating(database, office, office.mediator, due=TODAY + 9 * DAY, received_on=TODAY - DAY)
    soon = mediating(database, office, office.mediator, due=TODAY + 2 * DAY, received_on=TODAY - 2 * DAY)
    assert found(office.mediator, Tab.MINE) == [soon, late]
    assert found(office.mediator, Tab.MINE, ascending=False) == [late, soon]
    assert found(office.mediator, Tab.OPEN) == [late, soon]
    assert found(office.mediator, Tab.ALL, sort=Sort.DUE) == [late, soon], "all has no such order"
    assert found(office.mediator, Tab.ALL, sort=Sort.NUMBER, ascending=True) == [late, soon]


def test_the_columns_of_a_row(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator, due=TODAY + 5 * DAY)
    put(database, DisputeParty(dispute_id=dispute_id, side="respondent", name_mask="丙*", removed_at=NOW))
    with database.transaction(SYSTEM) as session:
        chair = mediator_of(session, office.chair)
        session.add(DisputeMediator(dispute_id=dispute_id, mediator_id=chair, from_on=TODAY, ended_on=TODAY))
    page = lists.register(office.mediator, choice=Choice())
    assert list(page.rows.columns) == rows.LISTED
    row = page.rows.iloc[0]
    assert (row["parties"], row["mediators"], row["subject"]) == ("甲**、乙**", "马调解", "院墙排水")
    assert (row["days_left"], row["working_left"], bool(row["whole"])) == (5, 3, True)


def test_pages(database: Database, office: Office) -> None:
    for _ in range(listing.PAGE_ROWS + 1):
        brought(database, office)
    first, second = (lists.register(office.director, choice=Choice(page=n)) for n in (1, 2))
    assert (len(first.rows), len(second.rows), first.total, first.more, first.pages) == (50, 1, 51, False, 2)
    assert set(first.rows["id"]).isdisjoint(second.rows["id"])
    assert lists.register(office.director, choice=Choice(page=9)).page == 2


def test_an_empty_list_keeps_its_columns(office: Office) -> None:
    page = lists.register(office.director, choice=Choice())
    assert (list(page.rows.columns), page.total, page.pages) == (rows.LISTED, 0, 1)
    assert list(lists.waiting(office.director).columns) == [*rows.LISTED, "tab"]


def test_the_desk_shows_what_is_due_first(database: Database, office: Office, working_tabs: dict[Tab, int]) -> None:
    waiting = lists.waiting(office.director)
    assert dict(zip(waiting["tab"], waiting["id"], strict=True)) == working_tabs
    assert list(waiting["tab"])[-1] == Tab.TO_TAKE_ON, "what is not due yet comes last"
    assert list(lists.waiting(office.clerk)["id"]) == [working_tabs[Tab.TO_VISIT]]
    assert set(lists.waiting(office.mediator)["tab"]) == {
        Tab.TO_TAKE_ON,
        Tab.DUE_SOON,
        Tab.OVERDUE,
        Tab.OBLIGATIONS,
    }


def test_a_visit_comes_to_the_desk_when_it_is_next(
    database: Database, office: Office, working_tabs: dict[Tab, int]
) -> None:
    dispute_id = working_tabs[Tab.TO_VISIT]
    change(database, dispute_id, next_due_on=TODAY + 30 * DAY)
    assert lists.waiting(office.clerk).empty
    change(database, dispute_id, next_due_on=TODAY)
    owed(database, dispute_id, due_on=TODAY)
    assert lists.waiting(office.clerk).empty, "a payment is next"


def test_the_disputes_of_a_case(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        case_id = a_case(session, office).id
        assert session.get(Case, case_id)
    one = brought(database, office, case_id=case_id)
    child = brought(database, office, case_id=case_id, child=True)
    brought(database, office)
    told = lists.of_case(office.clerk, case_id=case_id)
    assert told.to_dict("records") == [{"id": one, "number": "M2026-000001", "state": "registered", "whole": False}]
    assert list(lists.of_case(office.director, case_id=case_id)["id"]) == [one, child]
    assert list(lists.of_case(office.director, case_id=case_id)["whole"]) == [True, True]
    empty = lists.of_case(office.handler, case_id=case_id)
    assert (list(empty.columns), len(empty)) == (lists.STUBS, 0)


@pytest.mark.parametrize("who", ["viewer", "handler", "head", "admin", "auditor"])
def test_others_have_no_list(office: Office, who: str) -> None:
    for service in (lists.counts, lists.waiting):
        with pytest.raises(Refused):
            service(office.people[who])
    with pytest.raises(Refused):
        lists.register(office.people[who], choice=Choice())
