"""Every step of the flow: it works for whom it is for, is refused to everybody else, and then changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.models import Case, CaseAccess, CaseEntry, CaseUnit, Submission
from db.rules.case_flow import State, Step
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import cases, intake
from tests.db.services import stages
from tests.db.services.stages import ANSWER, RATED, TODAY, TOLD, brought, key, take, values_in
from tests.factories import NOW, Office

LEADERS = {"deputy", "leader", "director"}
OFFICE = {"clerk"} | LEADERS
UNIT = {"handler", "head"}


@dataclass(frozen=True)
class Row:
    """One line of the table: from where, by whom, with what, to which state."""

    step: Step
    way: tuple[stages.Taken, ...]
    allowed: set[str]
    values: Mapping[str, object]
    becomes: State
    sealed: bool = False
    left_open: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return self.step.value


R: dict[str, object] = {"reason": "说明"}
DAY: dict[str, object] = {"on": TODAY}
DECIDED = {"decision": "upheld", "on": TODAY, "words": "维持"}
S = State
TABLE = [
    Row(Step.PROPOSE, (), LEADERS, {"unit": "unit_a", "co_units": ("unit_b",)}, S.PROPOSED),
    Row(Step.ANSWER_ON_SPOT, (), OFFICE, {"outcome": "explained", "words": "已解释"}, S.CLOSED),
    Row(Step.APPROVE, stages.ROUTED[:1], {"leader", "director"}, {}, S.ROUTED),
    Row(Step.SEND_BACK, stages.ROUTED[:1], {"leader", "director"}, R, S.REGISTERED),
    Row(Step.NOT_ACCEPT, (), {"leader", "director"}, {"referral": "court", "words": "请诉讼"}, S.NOT_ACCEPTED),
    Row(Step.GIVE_NOTICE, stages.HANDLING, OFFICE, {"how": "written", "on": TODAY}, S.HANDLING),
    Row(Step.ACCEPT, stages.ROUTED, UNIT, {"person": "handler"}, S.HANDLING),
    Row(Step.OBJECT, stages.ROUTED, UNIT, R, S.OBJECTED),
    Row(Step.AGREE_RETURN, stages.OBJECTED, {"leader", "director"}, R, S.REGISTERED),
    Row(Step.REFUSE_RETURN, stages.OBJECTED, {"leader", "director"}, R, S.ROUTED),
    Row(Step.RULE, stages.TWICE, {"director"}, R | {"unit": "unit_a"}, S.ROUTED),
    Row(Step.ASSIGN, stages.HANDLING, UNIT, {"person": "head"}, S.HANDLING),
    Row(Step.CO_ANSWER, stages.HELPED, UNIT, R, S.ROUTED),
    Row(Step.CO_SIGN, stages.HELPED_ANSWERED, {"head"}, {}, S.ROUTED),
    Row(Step.ANSWER, stages.HANDLING, UNIT, ANSWER, S.ANSWERED),
    Row(Step.ASK_EXTENSION, stages.HANDLING, UNIT, R | {"days": 30}, S.HANDLING),
    Row(Step.DECIDE_EXTENSION, stages.EXTENSION_ASKED, {"director"}, {"approved": "no"}, S.HANDLING),
    Row(Step.TELL_EXTENSION, stages.EXTENDED, OFFICE, TOLD, S.HANDLING),
    Row(Step.SIGN, stages.ANSWERED, {"head"}, {}, S.SIGNED),
    Row(Step.CONFIRM, stages.SIGNED, {"leader", "director"}, {}, S.CONFIRMED),
    Row(Step.RETURN_ANSWER, stages.SIGNED, {"leader", "director", "head"}, R, S.HANDLING),
    Row(Step.REPLY, stages.CONFIRMED, OFFICE, TOLD, S.REPLIED),
    Row(Step.VISIT, stages.REPLIED, OFFICE, RATED, S.VISITED),
    Row(Step.CLOSE, stages.VISITED, {"clerk", "leader", "director"}, {}, S.CLOSED),
    Row(Step.ASK_REVIEW, stages.CLOSED, OFFICE, DAY | R, S.REVIEW),
    Row(Step.DECIDE_REVIEW, stages.REVIEW, {"director"}, DECIDED, S.REVIEWED),
    Row(Step.ASK_REREVIEW, stages.REVIEWED, OFFICE, DAY | R, S.REREVIEW),
    Row(Step.START_HEARING, stages.REREVIEW, {"director"}, DAY, S.REREVIEW),
    Row(Step.END_HEARING, stages.HEARING, {"director"}, DAY, S.REREVIEW),
    Row(Step.DECIDE_REREVIEW, stages.REREVIEW, {"director"}, DECIDED, S.CLOSED),
    Row(Step.ARCHIVE, stages.CLOSED, {"clerk", "director"}, {}, S.ARCHIVED),
    Row(Step.REOPEN, stages.CLOSED, {"director"}, R, S.HANDLING),
    Row(Step.WITHDRAW, stages.HANDLING, OFFICE, DAY | R, S.WITHDRAWN),
    Row(Step.NOTE, stages.HANDLING, UNIT | OFFICE, R, S.HANDLING),
    Row(Step.TELL, stages.HANDLING, OFFICE, {"how": "telephone", "words": "请稍候"}, S.HANDLING),
    Row(Step.RECUSE, stages.HANDLING, UNIT | OFFICE, R, S.HANDLING),
    Row(Step.GRANT_ACCESS, (), {"director"}, R | {"person": "leader"}, S.REGISTERED, sealed=True),
]


def test_the_table_holds_every_step() -> None:
    assert [row.step for row in TABLE] == list(Step)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_step_works_for_its_people_and_changes_nothing_for_others(
    database: Database, office: Office, row: Row
) -> None:
    case_id = brought(office, row.way, sealed=row.sealed)
    owner = office.director if row.sealed else office.clerk
    before = _everything(database, case_id)
    version = cases.view(owner, case_id=case_id).version
    values = values_in(office, row.values)
    for name, actor in office.people.items():
        if name not in row.allowed:
            with pytest.raises((Refused, NotThere, Problems)):
                cases.take_step(actor, case_id=case_id, version=version, step=row.step, values=values, key=key())
            assert _everything(database, case_id) == before, name
    for name in sorted(row.allowed):
        assert row.step in cases.view(office.people[name], case_id=case_id).steps, name
    done = take(office, min(row.allowed), case_id, row.step, **row.values)
    assert done.state == row.becomes
    last = cases.timeline(office.director, case_id=case_id)[-1]
    assert (last["step"], last["to_state"]) == (row.step, row.becomes)


def _everything(database: Database, case_id: int) -> tuple[object, ...]:
    with database.reading() as session:
        case = session.get_one(Case, case_id)
        entries = session.scalar(select(func.count()).where(CaseEntry.case_id == case_id))
        units = session.execute(
            select(CaseUnit.unit_id, CaseUnit.state, CaseUnit.version).where(CaseUnit.case_id == case_id)
        ).all()
        access = session.scalar(select(func.count()).where(CaseAccess.case_id == case_id))
        used = session.scalar(select(func.count()).select_from(Submission))
        return case.version, case.state, entries, tuple(map(tuple, units)), access, used


def test_a_step_is_taken_once_however_often_it_is_sent(office: Office) -> None:
    case_id = brought(office)
    version = cases.view(office.clerk, case_id=case_id).version
    values = {"unit": office.unit_a}
    once = key()
    first = cases.take_step(office.deputy, case_id=case_id, version=version, step=Step.PROPOSE, values=values, key=once)
    again = cases.take_step(office.deputy, case_id=case_id, version=version, step=Step.PROPOSE, values=values, key=once)
    assert first == again
    assert len(cases.timeline(office.clerk, case_id=case_id)) == 2


def test_a_step_on_an_old_version_is_told_who_saved_first(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    seen = cases.view(office.handler, case_id=case_id).version
    cases.amend(office.clerk, case_id=case_id, version=seen, values={"note": "x"}, key=key())
    with pytest.raises(Changed) as caught:
        cases.take_step(office.handler, case_id=case_id, version=seen, step=Step.ANSWER, values=ANSWER, key=key())
    assert caught.value.by == office.clerk.name


def test_a_visit_that_reached_nobody_leaves_the_case_where_it_is(office: Office) -> None:
    case_id = brought(office, stages.REPLIED)
    missed = {"how": "telephone", "on": TODAY, "reached": False}
    for _ in range(2):
        assert Step.CLOSE not in cases.view(office.leader, case_id=case_id).steps
        assert take(office, "clerk", case_id, Step.VISIT, **missed).state == State.REPLIED
    assert take(office, "leader", case_id, Step.CLOSE).state == State.CLOSED


def test_reopening_starts_a_new_round(office: Office) -> None:
    way = (*stages.HEARING, ("director", Step.END_HEARING, {"on": TODAY}))
    case_id = brought(office, way)
    take(office, "director", case_id, Step.DECIDE_REREVIEW, decision="upheld", on=TODAY, words="维持")
    with clock.at(NOW + timedelta(days=10)):
        with pytest.raises(Problems):
            take(office, "director", case_id, Step.REOPEN, reason="x")
        take(office, "director", case_id, Step.REOPEN, reason="新证据", new_facts=True)
        view = cases.view(office.director, case_id=case_id)
        due = {c.code.value: c for c in view.clocks}
        assert due["promise"].starts_on == due["handling"].starts_on == TODAY + timedelta(days=10)
        assert not {"review", "rereview", "visit"} & set(due)
        assert [row["kind"] for row in view.reviews] == ["earlier_review", "earlier_rereview"]
        for who, step, values in stages.REPLIED[3:]:
            take(
                office,
                who,
                case_id,
                step,
                **(dict(values) | ({"on": TODAY + timedelta(days=10)} if "on" in values else {})),
            )
        assert Step.ASK_REVIEW in cases.view(office.clerk, case_id=case_id).steps


def test_a_withdrawn_matter_can_be_archived(office: Office) -> None:
    case_id = brought(office, stages.EXTENDED)
    take(office, "clerk", case_id, Step.WITHDRAW, on=TODAY, reason="已和解")
    assert take(office, "clerk", case_id, Step.ARCHIVE).state == State.ARCHIVED


def test_an_incomplete_file_is_not_archived_and_says_what_is_missing(office: Office) -> None:
    case_id = brought(office, stages.CLOSED, channel="letter")
    with pytest.raises(Problems, match="letter"):
        take(office, "clerk", case_id, Step.ARCHIVE)


def test_an_extension_untold_can_be_told_after_the_answer(office: Office) -> None:
    way = (*stages.EXTENDED, *stages.CLOSED[3:])
    case_id = brought(office, way)
    with pytest.raises(Problems, match="extension"):
        take(office, "clerk", case_id, Step.ARCHIVE)
    take(office, "clerk", case_id, Step.TELL_EXTENSION, **TOLD)
    take(office, "clerk", case_id, Step.ARCHIVE)


def test_who_steps_aside_sees_nothing_any_more(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    take(office, "handler", case_id, Step.RECUSE, reason="亲属")
    with pytest.raises(NotThere):
        cases.view(office.handler, case_id=case_id)
    assert cases.view(office.head, case_id=case_id).fields["handler_id"] is None
    with pytest.raises(Problems, match="stepped aside"):
        take(office, "head", case_id, Step.ASSIGN, person="handler")


def test_a_sealed_matter_opens_to_its_handler_and_never_to_the_accused(office: Office) -> None:
    case_id = brought(office, sealed=True)
    with pytest.raises(Problems):
        take(office, "director", case_id, Step.PROPOSE, unit="unit_b")
    with pytest.raises(Problems, match="about"):
        take(office, "director", case_id, Step.GRANT_ACCESS, person="outsider", reason="x")
    with pytest.raises(Problems, match="role"):
        take(office, "director", case_id, Step.GRANT_ACCESS, person="admin", reason="x")
    for name in ("leader", "head"):
        take(office, "director", case_id, Step.GRANT_ACCESS, person=name, reason="需要")
    take(office, "director", case_id, Step.PROPOSE, unit="unit_a")
    take(office, "leader", case_id, Step.APPROVE)
    with pytest.raises(NotThere):
        cases.view(office.handler, case_id=case_id)
    take(office, "head", case_id, Step.ACCEPT, person="handler")
    assert Step.ANSWER in cases.view(office.handler, case_id=case_id).steps


def test_two_shares_below_one_head_are_signed_one_after_the_other(office: Office) -> None:
    way: tuple[stages.Taken, ...] = (
        ("deputy", Step.PROPOSE, {"unit": "unit_b", "co_units": ("unit_a", "group_a")}),
        ("leader", Step.APPROVE, {}),
    )
    case_id = brought(office, way)
    for _ in range(2):
        take(office, "head", case_id, Step.CO_ANSWER, reason="已办")
    for _ in range(2):
        take(office, "head", case_id, Step.CO_SIGN)
    assert Step.CO_SIGN not in cases.view(office.head, case_id=case_id).steps


def test_linking_never_tells_of_a_case_one_may_not_see(office: Office) -> None:
    mine = brought(office)
    sealed = cases.view(office.director, case_id=brought(office, sealed=True)).fields["number"]
    for number in (str(sealed), "2026-999999"):
        with pytest.raises(Problems, match="no other case"):
            cases.link(office.clerk, case_id=mine, number=number, kind="related", key=key())


def test_a_draft_of_a_step_is_kept_per_case(office: Office) -> None:
    intake.keep_draft(office.clerk, form="step:note", subject="2026-000001", key="d", content={"reason": "半句"})
    kept = intake.draft(office.clerk, form="step:note", subject="2026-000001")
    assert kept is not None
    assert kept[1] == {"reason": "半句"}
    assert intake.draft(office.deputy, form="step:note", subject="2026-000001") is None
