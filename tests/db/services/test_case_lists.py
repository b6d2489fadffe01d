"""The list: everybody sees their own reach, nobody a sealed or recused case, each tab what waits for that person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db import clock, engine
from db.engine import Database
from db.models import CaseImport, CaseImportRow, CaseUnit
from db.rules.case_flow import Step
from db.rules.case_import import Verdict
from db.rules.permissions import Role
from db.rules.problems import Refused
from db.services import cases, intake
from db.services.cases import Choice, Tab
from db.services.listing import Sort
from tests.db.services import stages
from tests.db.services.stages import TODAY, brought, key, take
from tests.db.services.test_cases import an_intake
from tests.factories import NOW, SYSTEM, Office, a_case


def seen(office: Office, who: str, **choice: object) -> set[int]:
    """The ids somebody's list shows."""
    found = cases.register(office.people[who], choice=Choice(**{"tab": Tab.ALL, **choice}))  # type: ignore[arg-type]
    return set(found.rows["id"])


def test_everybody_sees_their_own_reach(office: Office) -> None:
    at_centre, led, helped = brought(office), brought(office, stages.HANDLING), brought(office, stages.HELPED)
    for who in ("clerk", "deputy", "leader", "director"):
        assert seen(office, who) == {at_centre, led, helped}, who
    assert seen(office, "handler") == seen(office, "head") == {led, helped}
    assert seen(office, "outsider") == {helped}
    for who in ("viewer", "admin", "auditor"):
        with pytest.raises(Refused):
            seen(office, who)


def test_a_returned_share_shows_the_case_no_longer(office: Office) -> None:
    case_id = brought(office, (*stages.OBJECTED, ("leader", Step.AGREE_RETURN, {"reason": "同意"})))
    assert seen(office, "handler") == set()
    assert seen(office, "clerk") == {case_id}


def test_a_sealed_case_is_in_no_list_count_search_or_figure_of_others(office: Office) -> None:
    case_id = brought(office, sealed=True, subject="反映乱收费")
    for who in ("clerk", "deputy", "leader", "handler", "head", "outsider"):
        assert seen(office, who) == seen(office, who, text="乱收费") == set(), who
        assert not any(cases.counts(office.people[who]).values()), who
        assert cases.waiting(office.people[who]).empty, who
    assert seen(office, "director") == {case_id}
    # Not even its own takers find it by its words: it is never indexed.
    assert seen(office, "director", text="乱收费") == set()


def test_who_stepped_aside_finds_it_nowhere(office: Office) -> None:
    brought(office, (*stages.HANDLING, ("clerk", Step.RECUSE, {"reason": "亲属"})))
    assert seen(office, "clerk") == seen(office, "clerk", text="噪音") == set()
    assert not any(cases.counts(office.clerk).values())


@pytest.mark.parametrize(
    ("way", "tabs"),
    [
        ((), {"deputy": {Tab.TO_PROPOSE}, "leader": {Tab.TO_PROPOSE}, "clerk": set()}),
        (stages.ROUTED[:1], {"leader": {Tab.TO_APPROVE}, "deputy": set()}),
        (stages.ROUTED, {"handler": {Tab.TO_ACCEPT}, "outsider": set(), "clerk": set()}),
        (stages.OBJECTED, {"leader": {Tab.TO_APPROVE}, "director": {Tab.TO_APPROVE}}),
        (stages.TWICE, {"leader": set(), "director": {Tab.TO_APPROVE}}),
        (stages.HANDLING, {"handler": {Tab.TO_ANSWER}, "head": set()}),
        (stages.HELPED, {"handler": {Tab.TO_ANSWER}, "outsider": {Tab.TO_ACCEPT}, "head": {Tab.TO_ANSWER}}),
        (stages.HELPED_ANSWERED, {"head": {Tab.TO_SIGN}, "handler": set()}),
        (stages.EXTENSION_ASKED, {"director": {Tab.TO_APPROVE}, "leader": set()}),
        (stages.EXTENDED, {"clerk": {Tab.TO_REPLY}}),
        (stages.ANSWERED, {"head": {Tab.TO_SIGN}, "handler": set()}),
        (stages.SIGNED, {"leader": {Tab.TO_CONFIRM}, "clerk": set()}),
        (stages.CONFIRMED, {"clerk": {Tab.TO_REPLY}, "handler": set()}),
        (stages.REPLIED, {"clerk": {Tab.TO_VISIT}, "handler": set()}),
        (stages.VISITED, {"clerk": {Tab.TO_CLOSE}}),
        (stages.REVIEW, {"director": {Tab.TO_REVIEW}, "clerk": set()}),
        (stages.CLOSED, {"clerk": set(), "director": set()}),
    ],
)
def test_a_tab_holds_what_waits_for_this_person(
    office: Office, way: tuple[stages.Taken, ...], tabs: dict[str, set[Tab]]
) -> None:
    brought(office, way)
    for who, expected in tabs.items():
        actor = office.people[who]
        waiting = {tab for tab in cases.tabs_of(actor) if tab in cases.WORK and seen(office, who, tab=tab)}
        assert waiting == expected, who
        assert set(cases.waiting(actor)["tab"]) == {tab.value for tab in expected}
        steps = {step for i in cases.waiting(actor)["id"] for step in cases.view(actor, case_id=int(i)).steps}
        assert bool(steps - {Step.NOTE, Step.RECUSE}) or not expected, "what waits can be done"


def test_who_reads_every_matter_signs_for_the_own_unit_only(office: Office) -> None:
    case_id = brought(office, stages.ANSWERED)
    both = frozenset({Role.UNIT_HEAD, Role.DUTY_DEPUTY})
    for who, waiting in (("head", {case_id}), ("outsider", set())):
        actor = replace(office.people[who], roles=both)
        assert case_id in set(cases.register(actor, choice=Choice(tab=Tab.ALL)).rows["id"])
        assert set(cases.register(actor, choice=Choice(tab=Tab.TO_SIGN)).rows["id"]) == waiting


def test_mine_is_what_i_handle_and_not_what_my_unit_does(office: Office) -> None:
    handled = brought(office, stages.HANDLING)
    assert seen(office, "handler", tab=Tab.MINE) == {handled}
    assert seen(office, "head") == {handled}
    assert seen(office, "head", tab=Tab.MINE) == set()
    assert (seen(office, "handler", whose="mine"), seen(office, "head", whose="mine")) == ({handled}, set())
    assert (seen(office, "clerk", whose="taken_in"), seen(office, "head", whose="taken_in")) == ({handled}, set())


@pytest.mark.parametrize(
    ("tab", "state", "shared"),
    [
        (Tab.TO_ACCEPT, "routed", {"group_a": "lead", "unit_a": "co"}),
        (Tab.TO_ANSWER, "handling", {"group_a": "lead", "unit_a": "co"}),
        (Tab.TO_ANSWER, "handling", {"unit_a": "lead", "group_a": "co"}),
        (Tab.MY_UNIT, "handling", {"group_a": "lead"}),
    ],
)
def test_what_a_group_has_to_do_is_not_for_the_handlers_above_it(
    database: Database, office: Office, tab: Tab, state: str, shared: dict[str, str]
) -> None:
    with database.transaction(SYSTEM) as session:
        units = {getattr(office, name): role for name, role in shared.items()}
        lead = next(unit for unit, role in units.items() if role == "lead")
        case = a_case(session, office, state=state, lead_unit_id=lead, registered_by_id=office.handler.id)
        case.handler_id = office.head.id if lead == office.unit_a else None
        for unit, role in units.items():
            state_of = "sent" if unit == office.group_a else "answered"
            session.add(CaseUnit(case_id=case.id, unit_id=unit, role=role, state=state_of, sent_on=TODAY))
        case_id = case.id
    assert seen(office, "handler") == {case_id}
    assert seen(office, "handler", tab=tab) == set()
    assert seen(office, "head", tab=tab) == {case_id}


def test_who_proposed_is_not_asked_to_approve(office: Office) -> None:
    brought(office, (("leader", Step.PROPOSE, {"unit": "unit_a"}),))
    assert seen(office, "leader", tab=Tab.TO_APPROVE) == set()
    assert len(seen(office, "director", tab=Tab.TO_APPROVE)) == 1


def test_overdue_and_due_soon_follow_the_day(office: Office) -> None:
    case_id = brought(office)
    assert seen(office, "clerk", tab=Tab.DUE_SOON) == seen(office, "clerk", tab=Tab.OVERDUE) == set()
    with clock.at(NOW + timedelta(days=5)):
        assert seen(office, "clerk", tab=Tab.DUE_SOON) == {case_id}
    with clock.at(NOW + timedelta(days=8)):
        rows = cases.register(office.clerk, choice=Choice(tab=Tab.OVERDUE)).rows
        assert list(rows["days_left"]) == [-1]
        assert list(rows["working_left"]) == [-1]
        assert list(rows["acting"]) == ["proposer"]


def test_filters_narrow_and_unknown_ones_find_nothing(office: Office) -> None:
    mine, other = brought(office, grade="major"), brought(office, stages.HANDLING, channel="telephone")
    assert seen(office, "clerk", grade="major") == {mine}
    assert seen(office, "clerk", channel="telephone") == seen(office, "clerk", state="handling") == {other}
    assert seen(office, "clerk", unit_id=office.unit_a) == {other}
    assert seen(office, "clerk", handler_id=office.handler.id) == {other}
    assert seen(office, "clerk", received_from=TODAY, received_to=TODAY) == {mine, other}
    assert seen(office, "clerk", received_to=TODAY - timedelta(days=1)) == set()
    assert seen(office, "clerk", category="nonsense") == seen(office, "clerk", text="没有这样的话") == set()


def test_what_an_import_brought_is_a_filter(office: Office) -> None:
    added, updated, skipped = (brought(office) for _ in range(3))
    with engine.transaction(office.clerk) as session:
        imports = [CaseImport(file_name=f"{n}.csv", digest="", size=1, state="done", asked_at=NOW) for n in range(2)]
        session.add_all(imports)
        session.flush()
        mine, other = (one.id for one in imports)
        verdicts = {added: Verdict.ADD, updated: Verdict.UPDATE, skipped: Verdict.SKIP}
        for row, (case_id, verdict) in enumerate(verdicts.items()):
            session.add(CaseImportRow(import_id=mine, row=row, verdict=verdict, case_id=case_id))
        session.add(CaseImportRow(import_id=mine, row=9, verdict=Verdict.REJECT))
        session.add(CaseImportRow(import_id=other, row=1, verdict=Verdict.ADD, case_id=skipped))
    assert seen(office, "clerk", import_id=mine) == {added, updated}
    assert seen(office, "clerk", import_id=mine, brought="added") == {added}
    assert seen(office, "clerk", import_id=mine, brought="updated") == {updated}
    assert seen(office, "handler", import_id=mine) == seen(office, "clerk", import_id=99) == set()


def test_pages_and_orders(office: Office) -> None:
    ids = [brought(office) for _ in range(53)]
    first = cases.register(office.clerk, choice=Choice(sort=Sort.NUMBER, ascending=True))
    assert (first.total, first.more, first.pages, len(first.rows)) == (53, False, 2, 50)
    second = cases.register(office.clerk, choice=Choice(sort=Sort.NUMBER, ascending=True, page=2))
    assert [*first.rows["id"], *second.rows["id"]] == ids
    assert cases.register(office.clerk, choice=Choice(page=99)).page == 2
    newest = cases.register(office.clerk, choice=Choice(tab=Tab.ALL, sort=Sort.DUE)).rows
    assert newest["id"].iloc[0] == ids[-1], "what is closed has no due day, so all cases come by the day received"


def test_a_quick_edit_names_only_a_handler_of_the_lead_unit(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    version = cases.view(office.deputy, case_id=case_id).version
    edits = {case_id: (version, {"handler_id": office.outsider.id, "grade": "major"})}
    out = cases.edit_many(office.deputy, rows=edits, key=key())
    assert [p.field for p in out.rejected[case_id].problems] == ["handler_id"]
    assert cases.view(office.deputy, case_id=case_id).version == version
    fine = {case_id: (version, {"handler_id": office.head.id, "state": "closed", "number": "x"})}
    assert cases.edit_many(office.deputy, rows=fine, key=key()).saved == (case_id,)
    after = cases.view(office.deputy, case_id=case_id)
    assert (after.fields["handler_id"], after.fields["state"]) == (office.head.id, "handling")


def test_a_quick_edit_outside_ones_scope_is_refused_row_by_row(office: Office) -> None:
    mine = brought(office)
    foreign = intake.register(office.deputy, intake=an_intake(), key=key()).case_id
    seen_as = {case_id: cases.view(office.clerk, case_id=case_id).version for case_id in (mine, foreign)}
    edits = {case_id: (version, {"note": "x"}) for case_id, version in seen_as.items()}
    out = cases.edit_many(office.clerk, rows=edits, key=key())
    assert (out.saved, set(out.rejected)) == ((mine,), {foreign})
    assert cases.view(office.deputy, case_id=foreign).version == seen_as[foreign]


def test_the_last_things_i_did(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    done = cases.done_lately(office.handler)
    assert list(zip(done["case_id"], done["step"], strict=True)) == [(case_id, "accept")]
    take(office, "handler", case_id, Step.RECUSE, reason="亲属")
    assert cases.done_lately(office.handler).empty


def test_received_days_are_the_offices_days(office: Office) -> None:
    assert date(2026, 11, 19) == TODAY
    with clock.at(NOW.replace(hour=0, minute=30)):
        case_id = brought(office)
    assert seen(office, "clerk", received_from=TODAY, received_to=TODAY) == {case_id}
