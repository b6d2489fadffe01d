"""Standing in for a handler who is away: seen and acted on in their place, both named, over after the last day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from db import clock
from db.engine import Database
from db.models import DutyAbsence, PersonRole
from db.rules.case_flow import Step
from db.rules.permissions import Actor, Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import cases, sheets
from db.services.cases import Choice, Tab, stand_in
from db.services.supervision import scope as supervised
from tests.db.services import stages
from tests.db.services.stages import ANSWER, RATED, TODAY, brought, key, take
from tests.db.services.test_case_lists import seen
from tests.db.services.test_mediation_opening import problems_of
from tests.factories import NOW, SYSTEM, Office, a_duty

LAST = TODAY + timedelta(days=4)
AFTER = NOW + timedelta(days=5)


def arrange(office: Office, who: str = "director", **changes: Any) -> int:
    """The outsider of unit B stands in for the handler of unit A until LAST."""
    usual = {"person_id": office.handler.id, "stand_in_id": office.outsider.id, "begins": TODAY, "ends": LAST}
    return stand_in.arrange(office.people[who], **{**usual, "key": key(), **changes})


def wrong_fields(act: Callable[[], object]) -> set[str]:
    """The fields an act finds something wrong with."""
    return set(problems_of(act))


def tab(actor: Actor, which: Tab) -> set[int]:
    """What stands under a tab."""
    return set(cases.register(actor, choice=Choice(tab=which)).rows["id"])


def test_a_stand_in_sees_and_acts_as_the_handler_and_both_are_named(office: Office) -> None:
    handled, other = brought(office, stages.HANDLING), brought(office, stages.ROUTED)
    sealed = brought(office, sealed=True)
    assert seen(office, "outsider") == set()
    arrange(office)
    assert seen(office, "outsider") == {handled}, "neither the unit's other cases nor a sealed one"
    assert tab(office.outsider, Tab.MINE) == tab(office.outsider, Tab.TO_ANSWER) == {handled}
    assert tab(office.outsider, Tab.MY_UNIT) == set()
    assert cases.stood_for(office.outsider) == {office.handler.id: "王经办"}
    assert cases.view(office.outsider, case_id=handled).stands_in_for == "王经办"
    take(office, "outsider", handled, Step.ANSWER, **ANSWER)
    after = cases.view(office.head, case_id=handled)
    assert after.fields["handler_id"] == office.handler.id
    assert after.timeline[-1]["person"] == "吴外人"
    assert after.timeline[-1]["detail"]["for_name"] == "王经办"
    printed = sheets.case_sheet(office.head, sheet=sheets.Sheet.CASE, case_id=handled).timeline[-1]
    assert (printed["who"], printed["absent"]) == ("吴外人", "王经办")
    for gone in (other, sealed):
        with pytest.raises(NotThere):
            cases.view(office.outsider, case_id=gone)


def test_it_ends_by_itself_and_may_be_ended(office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    first = arrange(office, begins=TODAY + timedelta(days=1))
    assert seen(office, "outsider") == set()
    with clock.at(NOW + timedelta(days=4)):
        assert seen(office, "outsider") == {case_id}
    with clock.at(AFTER):
        assert seen(office, "outsider") == set()
        with pytest.raises(NotThere):
            take(office, "outsider", case_id, Step.ANSWER, **ANSWER)
        assert stand_in.stand_ins(office.director).empty
        assert list(stand_in.stand_ins(office.director, over=True)["id"]) == [first]
        with pytest.raises(NotThere):
            stand_in.end(office.director, arrangement_id=first, version=1, key=key())
    with clock.at(NOW + timedelta(days=1)):
        assert stand_in.stand_ins(office.director, over=True).empty
        stand_in.end(office.director, arrangement_id=first, version=1, key=key())
        assert seen(office, "outsider") == set()
        assert list(stand_in.stand_ins(office.director, over=True)["id"]) == [first]


def test_a_stand_in_never_signs_and_never_visits(database: Database, office: Office) -> None:
    case_id = brought(office, stages.ANSWERED)
    replied = brought(office, stages.REPLIED)
    with database.transaction(SYSTEM) as session:
        for role in (Role.UNIT_HEAD, Role.CLERK):
            session.add(PersonRole(person_id=office.outsider.id, role=role))
    roles = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.CLERK})
    both = Actor(**{**vars(office.outsider), "roles": roles})
    assert Step.VISIT in cases.view(both, case_id=replied).steps
    arrange(office)
    assert Step.SIGN not in cases.view(both, case_id=case_id).steps
    assert Step.VISIT not in cases.view(both, case_id=replied).steps
    assert tab(both, Tab.TO_VISIT) == set()
    with clock.at(AFTER):
        assert tab(both, Tab.TO_VISIT) == {replied}
    acted = brought(office, stages.HANDLING)
    take(office, "outsider", acted, Step.NOTE, reason="代办")
    for who, step, values in stages.REPLIED[len(stages.HANDLING) :]:
        take(office, who, acted, step, **values)
    with clock.at(AFTER):
        assert tab(both, Tab.TO_VISIT) == {replied}, "who once acted for the handler asks nobody"
        seen_as = cases.view(both, case_id=acted).version
        with pytest.raises(Problems, match="stood in"):
            cases.take_step(both, case_id=acted, version=seen_as, step=Step.VISIT, values=RATED, key=key())


def test_stepping_aside_holds_for_the_stand_in(office: Office) -> None:
    kept, left = brought(office, stages.HANDLING), brought(office, stages.HANDLING)
    arrange(office)
    take(office, "outsider", left, Step.RECUSE, reason="亲属")
    assert seen(office, "outsider") == {kept}


def test_a_case_sent_anew_stays_the_absent_handlers(office: Office) -> None:
    case_id = brought(office, (*stages.ROUTED, ("handler", Step.ASSIGN, {"person": "handler"})))
    arrange(office)
    assert tab(office.outsider, Tab.TO_ACCEPT) == {case_id}
    take(office, "outsider", case_id, Step.ACCEPT)
    assert cases.view(office.head, case_id=case_id).fields["handler_id"] == office.handler.id


def test_the_stand_in_answers_notices_for_the_handler(database: Database, office: Office) -> None:
    case_id = brought(office, stages.HANDLING)
    with database.reading() as session:
        case = cases.scope.load(session, office.director, case_id)
        assert not supervised.speaks_for(session, office.outsider, office.unit_a, case)
    arrange(office)
    with database.reading() as session:
        case = cases.scope.load(session, office.director, case_id)
        assert supervised.speaks_for(session, office.outsider, office.unit_a, case)


def test_who_may_arrange_for_whom(office: Office) -> None:
    handler, director = office.handler.id or 0, office.director
    assert set(stand_in.absent_people(office.handler)) == {office.handler.id}
    assert set(stand_in.absent_people(office.head)) == {office.handler.id, office.head.id}
    assert set(stand_in.absent_people(office.director)) == {office.handler.id, office.head.id, office.outsider.id}
    assert set(stand_in.may_stand_in(office.handler, person_id=handler)) == {office.head.id}
    assert office.outsider.id in stand_in.may_stand_in(director, person_id=handler)
    assert wrong_fields(lambda: arrange(office, "handler")) == {"stand_in_id"}
    assert wrong_fields(lambda: arrange(office, "outsider")) == {"person_id"}
    assert wrong_fields(lambda: arrange(office, stand_in_id=office.clerk.id)) == {"stand_in_id"}
    assert wrong_fields(lambda: arrange(office, begins=None)) == {"begins"}
    mine = arrange(office, "handler", stand_in_id=office.head.id)
    for who in ("clerk", "deputy", "leader", "viewer", "admin"):
        with pytest.raises(Refused):
            stand_in.stand_ins(office.people[who])
        with pytest.raises(Refused):
            stand_in.end(office.people[who], arrangement_id=mine, version=1, key=key())
    assert stand_in.stand_ins(office.outsider).empty
    with pytest.raises(NotThere):
        stand_in.end(office.outsider, arrangement_id=mine, version=1, key=key())
    assert stand_in.stand_ins(office.head)["mine"].tolist() == [True]


def test_overlaps_are_refused_and_changes_meet_who_saved_first(office: Office) -> None:
    once = key()
    first = arrange(office, key=once)
    assert arrange(office, key=once) == first
    assert wrong_fields(lambda: arrange(office, stand_in_id=office.head.id, begins=LAST)) == {"begins"}
    circle: dict[str, Any] = {"person_id": office.outsider.id, "stand_in_id": office.handler.id}
    assert wrong_fields(lambda: arrange(office, **circle)) == {"stand_in_id", "begins"}
    days: dict[str, Any] = {"begins": TODAY, "ends": LAST + timedelta(days=2), "stand_in_id": office.head.id}
    stand_in.rearrange(office.director, arrangement_id=first, version=1, key=key(), **days)
    with pytest.raises(Changed):
        stand_in.rearrange(office.head, arrangement_id=first, version=1, key=key(), **days)
    (row,) = stand_in.stand_ins(office.director).to_dict("records")
    assert (row["stand_in"], row["ends"]) == ("何所长", LAST + timedelta(days=2))


def test_leave_on_the_duty_rota_offers_the_days(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_duty(session, office)
        for first, last in ((-3, -1), (-1, 2), (7, 9)):
            days = {"from_on": TODAY + timedelta(first), "until_on": TODAY + timedelta(last)}
            session.add(DutyAbsence(member_id=8, kind="leave", **days))
    expected: list[tuple[date, date]] = [(TODAY, TODAY + timedelta(2)), (TODAY + timedelta(7), TODAY + timedelta(9))]
    assert stand_in.days_of_leave(office.head, person_id=office.handler.id or 0) == expected
    assert stand_in.days_of_leave(office.outsider, person_id=office.handler.id or 0) == []
