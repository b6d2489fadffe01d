"""Acts of tidying under rights that changed: nobody writes, sees or takes back what they may not any more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database, reading, transaction
from db.journal import JournalRow
from db.models import Case, CaseLikely, Person, PersonRole, Unit
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Role
from db.rules.problems import NotThere, Problems
from db.services import cases
from db.services.cases import Wanted, conferences, likely_lists, merging, splitting, stand_in
from tests.db.services import stages
from tests.db.services.stages import TODAY, brought, key, take
from tests.db.services.test_bulk import refused, versions
from tests.db.services.test_case_lists import seen
from tests.db.services.test_conferences import said
from tests.db.services.test_merging import merge, two, unmerge, version_of
from tests.db.services.test_splitting import LAMP, LETTER, RUBBISH, split
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def aside(office: Office, who: str, case_id: int) -> None:
    """Somebody steps aside from a matter (Art. 28)."""
    take(office, who, case_id, Step.RECUSE, reason="亲属")


def with_roles(actor: Actor, *roles: Role) -> Actor:
    """The same person after the administrator changed their roles."""
    with transaction(SYSTEM) as session:
        for row in session.scalars(select(PersonRole).where(PersonRole.person_id == actor.id)).all():
            session.delete(row)
        session.flush()
        session.add_all(PersonRole(person_id=actor.id, role=role) for role in roles)
    return Actor(**{**vars(actor), "roles": frozenset(roles)})


# --- stepping aside, and what is merged or split ---


def test_who_stepped_aside_from_a_letter_is_aside_from_both_of_its_matters(office: Office) -> None:
    first = brought(office, **LETTER)
    aside(office, "leader", first)
    made = split(office, first)
    with pytest.raises(NotThere):
        cases.view(office.leader, case_id=made.case_id)


def test_who_stepped_aside_from_what_two_became_is_aside_from_both_again(office: Office) -> None:
    kept, gone = two(office)
    aside(office, "director", kept)
    merge(office, kept, gone)
    aside(office, "leader", kept)
    unmerge(office, gone)
    for case_id in (kept, gone):
        with pytest.raises(NotThere):
            cases.view(office.leader, case_id=case_id)
    assert cases.view(office.director, case_id=gone).id == gone, "the director stepped aside from the other one alone"


def test_an_aside_two_matters_share_outlives_one_of_them(office: Office) -> None:
    kept, *both = *two(office), brought(office, subject="村口太黑", text="晚上看不见路。")
    for gone in both:
        aside(office, "leader", gone)
        merge(office, kept, gone)
    for gone in both:
        with pytest.raises(NotThere):
            cases.view(office.leader, case_id=kept)
        unmerge(office, gone)
    assert cases.view(office.leader, case_id=kept).id == kept


def test_nobody_takes_a_merge_back_into_a_matter_they_stepped_aside_from(office: Office) -> None:
    kept, gone = two(office)
    merge(office, kept, gone)
    aside(office, "leader", kept)
    with pytest.raises(NotThere):
        merging.unmerge(office.leader, gone_id=gone, key=key())
    unmerge(office, gone)


def test_a_look_at_a_childs_matter_inside_another_is_journalled(office: Office) -> None:
    kept, gone = two(office)
    with transaction(SYSTEM) as session:
        session.get_one(Case, gone).child = True
    merge(office, kept, gone)
    with reading() as session:
        before = session.scalars(select(JournalRow.case_id).where(JournalRow.event == "look")).all()
    cases.view(office.clerk, case_id=kept)
    with reading() as session:
        after = session.scalars(select(JournalRow.case_id).where(JournalRow.event == "look")).all()
    assert after[len(before) :] == [kept]


def test_a_split_off_matter_that_became_something_is_not_taken_back(database: Database, office: Office) -> None:
    made = split(office, brought(office, **LETTER))
    with database.transaction(SYSTEM) as session:
        a_dispute(session, office, case_id=made.case_id)
    assert not splitting.may_unsplit(office.deputy, case_id=made.case_id)
    with pytest.raises(Problems, match="become a dispute"):
        splitting.unsplit(office.deputy, case_id=made.case_id, key=key())


# --- undo after a right was taken ---


def test_undo_writes_only_what_its_author_may_still_write(office: Office) -> None:
    both = with_roles(office.handler, Role.HANDLER, Role.CLERK)
    case_id = brought(office, stages.HANDLING)
    cases.change_many(both, rows=versions(both, case_id), wanted=Wanted(note="甲", category="other"), key=key())
    (act_id,) = cases.my_acts(both)["id"]
    handler = with_roles(both, Role.HANDLER)
    told = cases.undo(handler, act_id=act_id, key=key())
    assert told.saved == ()
    assert refused(told, case_id) == "You may not change this case."
    assert cases.view(office.deputy, case_id=case_id).fields["note"] == "甲"


# --- standing in ---


def test_a_stand_in_gets_the_absent_handlers_rights_and_none_of_their_own_over_them(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    here: dict[str, Any] = {"begins": TODAY, "ends": TODAY + timedelta(days=4)}
    who: dict[str, Any] = {"person_id": office.handler.id, "stand_in_id": office.outsider.id}
    stand_in.arrange(office.director, key=key(), **who, **here)
    assert len(cases.unmask(office.outsider, case_id=case_id)) == 1
    both = with_roles(office.outsider, Role.HANDLER, Role.CLERK)
    assert not cases.view(both, case_id=case_id).may_edit, "who is away may not edit it either"
    out = cases.put_in_bin(both, rows=versions(both, case_id), reason="x", key=key())
    assert refused(out, case_id) == "You may not change this case."
    clerk = with_roles(both, Role.CLERK)
    with pytest.raises(NotThere):
        cases.unmask(clerk, case_id=case_id)
    assert cases.view(clerk, case_id=case_id).stands_in_for == ""


def test_a_chain_of_stand_ins_ends_after_one(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    here: dict[str, Any] = {"begins": TODAY, "ends": TODAY + timedelta(days=4)}
    stand_in.arrange(office.director, person_id=office.handler.id, stand_in_id=office.head.id, key=key(), **here)
    with pytest.raises(Problems):
        stand_in.arrange(office.director, person_id=office.head.id, stand_in_id=office.outsider.id, key=key(), **here)
    assert seen(office, "outsider") == set()
    assert seen(office, "head") == {case_id}


# --- accusations ---


def test_who_moves_into_the_accused_unit_sees_the_accusation_no_more(office: Office) -> None:
    case_id = brought(office, sealed=True)
    take(office, "director", case_id, Step.GRANT_ACCESS, person="handler", reason="承办")
    assert cases.view(office.handler, case_id=case_id).id == case_id
    with transaction(SYSTEM) as session:
        unit = session.get_one(Unit, office.unit_b)
        session.get_one(Person, office.handler.id).unit_id = unit.id
        moved = Actor(**{**vars(office.handler), "unit_id": unit.id, "unit_path": unit.path})
    with pytest.raises(NotThere):
        cases.view(moved, case_id=case_id)
    assert cases.register(moved, choice=cases.Choice(tab=cases.Tab.ALL)).total == 0


# --- forged payloads ---

FORGED: list[dict[str, object]] = [
    {"state": "closed"}, {"sealed": True}, {"registered_by_id": 1}, {"gone": "binned"}, {"number": "1"}, {"id": 7},
    {"note": None}, {"next_step": None},
]  # fmt: skip
WRONG: list[dict[str, object]] = [
    {"handler_id": "abc"}, {"handler_id": 10**30}, {"handler_id": True}, {"handler_id": [1]}, {"handler_id": 999},
    {"category": None}, {"category": {"a": 1}}, {"grade": 3}, {"grade": None}, {"grade": ["general"]},
    {"next_step": {"a": 1}}, {"note": 7}, {"note": "字" * 30_000},
    {"note": "a\x00b"}, {"next_step": "\ud800"},
]  # fmt: skip


def test_a_forged_grid_changes_nothing_it_may_not(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    before = cases.view(office.deputy, case_id=case_id)
    for values in FORGED:
        cases.edit_many(office.deputy, rows={case_id: (before.version, values)}, key=key())
    for values in WRONG:
        out = cases.edit_many(office.deputy, rows={case_id: (before.version, values)}, key=key())
        assert case_id in out.rejected, values
    assert cases.view(office.deputy, case_id=case_id) == before


# --- a second click ---


def acts(office: Office) -> dict[str, Callable[[str], object]]:
    """Every writing act of tidying that has no such test of its own, by its key."""
    deputy, director = office.deputy, office.director
    letter, other, third = brought(office, **LETTER), brought(office), brought(office, stages.HANDLING)
    made = split(office, letter)
    part, whole = brought(office), brought(office)
    number = str(cases.view(deputy, case_id=whole).fields["number"])
    cases.change_many(deputy, rows=versions(deputy, third), wanted=Wanted(note="甲"), key=key())
    (act_id,) = cases.my_acts(deputy)["id"]
    cases.put_in_bin(deputy, rows=versions(deputy, other), reason="误登", key=key())
    lying = dict.fromkeys([other], int(cases.binned(deputy).rows["version"][0]))
    here: dict[str, Any] = {"begins": TODAY, "ends": TODAY, "stand_in_id": office.outsider.id}
    away = stand_in.arrange(director, person_id=office.handler.id, key=key(), **here)
    met = conferences.record(deputy, case_id=third, key=key(), **said(office))
    with transaction(SYSTEM) as session:
        pairs = [
            CaseLikely(case_id=b, other_id=a, why="[]", score=0.5, found_at=NOW)
            for a, b in ((letter, whole), (part, whole))
        ]
        session.add_all(pairs)
        session.flush()
        alike, again = (pair.id for pair in pairs)
    values: dict[str, Any] = {"note": "乙"}
    row = versions(deputy, part)[part]
    parted = {"version": version_of(letter), "first": LAMP, "second": RUBBISH}
    return {
        "split": lambda k: splitting.split(deputy, case_id=letter, key=k, **parted),  # type: ignore[arg-type]
        "unsplit": lambda k: splitting.unsplit(deputy, case_id=made.case_id, key=k),
        "undo": lambda k: cases.undo(deputy, act_id=act_id, key=k),
        "restore": lambda k: cases.restore(deputy, rows=lying, key=k),
        "edit_many": lambda k: cases.edit_many(deputy, rows={part: (row, values)}, key=k),
        "link": lambda k: cases.link(deputy, case_id=part, number=number, kind="part_of", key=k),
        "rearrange": lambda k: stand_in.rearrange(director, arrangement_id=away, version=1, key=k, **here),
        "end": lambda k: stand_in.end(director, arrangement_id=away, version=1, key=k),
        "rewrite": lambda k: conferences.rewrite(
            deputy, conference_id=met, version=1, key=k, **said(office, place="一楼")
        ),
        "take_away": lambda k: conferences.take_away(deputy, conference_id=met, version=2, key=k),
        "put_back": lambda k: conferences.put_back(deputy, conference_id=met, version=3, key=k),
        "different": lambda k: likely_lists.call_different(deputy, pair_id=alike, version=1, key=k),
        "repeat": lambda k: likely_lists.call_repeat(deputy, pair_id=again, version=1, key=k),
    }


def test_a_second_click_writes_nothing(database: Database, office: Office) -> None:
    for name, act in acts(office).items():
        first = act(f"click-{name}")
        with nothing_changes(database):
            second = act(f"click-{name}")
        assert getattr(second, "saved", second) == getattr(first, "saved", first), name
