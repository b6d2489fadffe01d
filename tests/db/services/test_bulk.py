"""Many cases in one act: told before, each saved or told why not, once, and nobody overwritten; then taken back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from db import clock
from db.engine import Database, reading
from db.models import Case, CaseEntry, LimitRule, Person, UndoableAct
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import cases
from db.services.cases import Choice, Kind, Tab, Wanted
from db.services.records import Saved
from tests.db.services import stages
from tests.db.services.stages import brought, key
from tests.factories import NOW, SYSTEM, Office


def versions(actor: Actor, *ids: int) -> dict[int, int]:
    """The versions somebody sees now."""
    return {one: cases.view(actor, case_id=one).version for one in ids}


def why(office: Office, who: str, ids: Sequence[int], **wanted: object) -> list[str]:
    """What a preview says of each case, "" where it would be changed."""
    rows = cases.preview(office.people[who], case_ids=ids, wanted=Wanted(**wanted))  # type: ignore[arg-type]
    return ["" if one is None else one.message for one in rows["why"]]


def refused(saved: Saved, case_id: int) -> str:
    """Why a row was not saved."""
    return saved.rejected[case_id].problems[0].message


def worked_on(office: Office, case_id: int) -> None:
    """The director corrects the case meanwhile."""
    seen = versions(office.director, case_id)[case_id]
    cases.amend(office.director, case_id=case_id, version=seen, values={"place": "西门"}, key=key())


def test_a_preview_tells_what_becomes_of_each_case_and_why_not(office: Office) -> None:
    fresh, handled = brought(office), brought(office, stages.HANDLING)
    closed, sealed = brought(office, stages.CLOSED), brought(office, sealed=True)
    other = brought(office, stages.HELPED)
    ids = [fresh, handled, closed, sealed, other]
    assert why(office, "deputy", ids, handler_id=office.head.id) == [
        "No unit has this matter yet; it is transferred before somebody handles it.",
        "",
        "A closed case has no next step and no handler.",
        "The handler must belong to the lead unit.",
    ], "a sealed case is not even named"
    assert why(office, "deputy", ids, category="nonsense") == ["This is not one of the choices."] * 4
    assert why(office, "deputy", [handled], handler_id=office.handler.id) == ["It is so already."]
    # The clerk edits what the clerk registered; who handles may only name another handler of the unit.
    assert why(office, "clerk", [fresh, handled], note="x") == ["", ""]
    assert why(office, "head", [handled, closed], note="x")[0] == "You may not change this case."
    assert why(office, "head", [handled], handler_id=office.head.id) == [""]
    rows = cases.preview(office.deputy, case_ids=[handled], wanted=Wanted(handler_id=office.head.id, note="一"))
    assert rows["before"][0] == {"handler_id": "王经办", "note": ""}
    assert rows["after"][0] == {"handler_id": "何所长", "note": "一"}
    with pytest.raises(Refused):
        cases.preview(office.viewer, case_ids=ids, wanted=Wanted(note="x"))


def test_each_row_is_saved_or_told_and_a_second_click_writes_nothing(office: Office) -> None:
    first, changed, closed = (brought(office, way) for way in (stages.HANDLING, stages.HANDLING, stages.CLOSED))
    rows = versions(office.deputy, first, changed, closed)
    worked_on(office, changed)
    wanted, once = Wanted(handler_id=office.head.id, note="集中交办"), key()
    done = cases.change_many(office.deputy, rows=rows, wanted=wanted, key=once)
    assert (done.saved, set(done.conflicts)) == ((first,), {changed})
    assert refused(done, closed) == "A closed case has no next step and no handler."
    again = cases.change_many(office.deputy, rows=rows, wanted=wanted, key=once)
    assert again.saved == (first,)
    after = cases.view(office.deputy, case_id=first)
    assert (after.fields["handler_id"], after.fields["note"]) == (office.head.id, "集中交办")
    assert after.version == rows[first] + 1
    assert cases.view(office.deputy, case_id=changed).fields["handler_id"] == office.handler.id
    assert after.timeline[-1]["detail"]["after"]["handler_id"] == "何所长"


def test_what_cannot_be_an_act_at_all_changes_nothing(database: Database, office: Office) -> None:
    ids = [brought(office) for _ in range(2)]
    rows = versions(office.deputy, *ids)
    with pytest.raises(Problems, match="Say what shall change"):
        cases.change_many(office.deputy, rows=rows, wanted=Wanted(), key=key())
    with database.transaction(SYSTEM) as session:
        session.execute(update(LimitRule).where(LimitRule.code == "bulk_most").values(amount=1))
    with pytest.raises(Problems, match="At most 1 cases"):
        cases.change_many(office.deputy, rows=rows, wanted=Wanted(note="x"), key=key())
    assert len(cases.chosen(office.deputy, choice=Choice(tab=Tab.ALL))) == 1
    assert versions(office.deputy, *ids) == rows


def test_two_people_on_the_same_rows_never_overwrite_each_other(office: Office) -> None:
    ids = [brought(office, stages.HANDLING) for _ in range(4)]
    rows = versions(office.deputy, *ids)

    def note(who: Actor, words: str) -> Saved:
        return cases.change_many(who, rows=rows, wanted=Wanted(next_step=words), key=key())

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(note, (office.deputy, office.director), ("甲", "乙"))
    assert {*one.saved} | {*other.saved} == set(ids)
    assert not {*one.saved} & {*other.saved}
    for mine, words in ((one, "甲"), (other, "乙")):
        assert {cases.view(office.deputy, case_id=i).fields["next_step"] for i in mine.saved} <= {words}


def test_a_handler_hands_everything_over_within_the_unit(office: Office) -> None:
    ids = [brought(office, stages.HANDLING) for _ in range(2)]
    brought(office, stages.CLOSED)
    rows = cases.chosen(office.handler, choice=Choice(tab=Tab.OPEN, handler_id=office.handler.id))
    assert set(rows["id"]) == set(ids)
    seen = dict(zip(rows["id"], rows["version"], strict=True))
    wrong = cases.change_many(
        office.handler, rows=seen, wanted=Wanted(handler_id=office.outsider.id), key=key(), kind=Kind.HANDOVER
    )
    assert {refused(wrong, one) for one in ids} == {"The handler must belong to the lead unit."}
    wanted = Wanted(handler_id=office.head.id)
    done = cases.change_many(office.handler, rows=seen, wanted=wanted, key=key(), kind=Kind.HANDOVER)
    assert set(done.saved) == set(ids)
    line = cases.view(office.head, case_id=ids[0]).timeline[-1]
    assert (line["step"], line["detail"]["person_name"]) == ("assign", "何所长")
    act = cases.latest(office.handler, within=timedelta(minutes=1))
    assert act is not None
    assert (act.kind, act.count) == ("handover", 2)
    assert set(cases.undo(office.handler, act_id=act.id, key=key()).saved) == set(ids)
    assert cases.view(office.handler, case_id=ids[0]).fields["handler_id"] == office.handler.id


def test_an_act_is_taken_back_once_by_who_did_it(office: Office) -> None:
    kept, changed = brought(office, stages.HANDLING), brought(office, stages.HANDLING)
    rows = versions(office.deputy, kept, changed)
    cases.change_many(office.deputy, rows=rows, wanted=Wanted(category="environment", note="批注"), key=key())
    worked_on(office, changed)
    act = cases.latest(office.deputy, within=timedelta(minutes=1))
    assert act is not None
    for stranger in (office.director, office.clerk):
        assert cases.latest(stranger, within=timedelta(minutes=1)) is None
        with pytest.raises(NotThere):
            cases.undo(stranger, act_id=act.id, key=key())
    once = key()
    for _ in range(2):
        assert cases.undo(office.deputy, act_id=act.id, key=once).saved == (kept,)
    says = cases.view(office.deputy, case_id=kept)
    assert (says.fields["category"], says.fields["note"]) == ("construction", "")
    assert says.timeline[-1]["detail"]["undone"] == "bulk"
    assert cases.view(office.deputy, case_id=changed).fields["category"] == "environment", "somebody worked on it since"
    with pytest.raises(Problems, match="taken back already"):
        cases.undo(office.deputy, act_id=act.id, key=key())
    assert cases.latest(office.deputy, within=timedelta(minutes=1)) is None
    assert cases.my_acts(office.deputy)["undone_at"].notna().tolist() == [True]


def test_a_quick_edit_can_be_taken_back_until_the_days_are_over(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    edits = {case_id: (versions(office.deputy, case_id)[case_id], {"grade": "major", "handler_id": office.head.id})}
    cases.edit_many(office.deputy, rows=edits, key=key())
    (act_id,) = cases.my_acts(office.deputy)["id"]
    with clock.at(NOW + timedelta(days=31)):
        assert cases.my_acts(office.deputy).empty
        with pytest.raises(Problems, match="too long ago"):
            cases.undo(office.deputy, act_id=act_id, key=key())
    with database.transaction(SYSTEM) as session:
        session.get_one(Person, office.handler.id).active = False
    told = cases.undo(office.deputy, act_id=act_id, key=key())
    assert (told.saved, refused(told, case_id)) == ((), "There is no such person.")


def test_nothing_changed_is_no_act(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    seen = versions(office.deputy, case_id)
    cases.edit_many(office.deputy, rows={case_id: (seen[case_id], {"grade": "general"})}, key=key())
    cases.change_many(office.deputy, rows=seen, wanted=Wanted(handler_id=office.handler.id), key=key())
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(UndoableAct)) == 0
        lines = select(CaseEntry.step).join(Case, Case.id == CaseEntry.case_id).order_by(CaseEntry.id.desc())
        assert session.scalars(lines).first() == "accept"
