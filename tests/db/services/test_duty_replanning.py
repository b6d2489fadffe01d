"""Sick calls: the fewest changes, seen before they are taken, all of them or none, kept with who and why."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.models import Duty, RotaChange, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import publishing, replanning, rotas, running, searching
from db.services.duty.replanning import Replan
from tests.db.services.searches import FIRST, LAST, a_draft, away, members, searched, serving
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_member, a_patrol_lead

DAY = timedelta(days=1)
SICK = "冉值班"


@pytest.fixture
def rota_id(database: Database, office: Office) -> int:
    """Two published weeks of the centre duty, every place filled, and two who came later and serve nowhere yet."""
    rota_id = a_draft(database, office)
    found = searched(office.director, rota_id)
    searching.take(office.director, search_id=found.search_id, key="take")
    version = rotas.rota_view(office.director, rota_id=rota_id).version
    publishing.publish(office.director, rota_id=rota_id, version=version, reason="人手不足", key="publish")
    with database.transaction(SYSTEM) as session:
        duty = session.scalars(select(Duty)).one()
        a_member(session, duty, "新值班", "staff")
        a_member(session, duty, "又值班", "staff")
    return rota_id


def on_days(database: Database, rota_id: int, name: str) -> list[date]:
    with database.reading() as session:
        query = select(RotaPlace.on_day).where(RotaPlace.rota_id == rota_id)
        return sorted(session.scalars(query.where(RotaPlace.member_id == members(database)[name])))


def planned(actor: Actor, rota_id: int, from_on: date = FIRST) -> Replan:
    return replanning.replan(actor, rota_id=rota_id, from_on=from_on, seconds=5)


def shown(found: Replan) -> dict[int, tuple[int, int | None]]:
    rows = found.changes.astype(object).where(found.changes.notna(), None).to_dict("records")
    return {row["place_id"]: (row["version"], row["becomes_id"]) for row in rows}


def test_a_sick_call_changes_as_few_places_as_the_sick_person_had(
    rota_id: int, database: Database, office: Office
) -> None:
    first, *_, last = on_days(database, rota_id, SICK)
    lost = [day for day in on_days(database, rota_id, SICK) if day >= first + DAY]
    away(database, SICK, first + DAY, last)
    with nothing_changes(database):
        found = planned(office.director, rota_id)
    assert (found.open, found.proven, list(found.changes["on_day"])) == (0, True, lost)
    assert set(found.changes["was"]) == {SICK}
    assert SICK not in set(found.changes["becomes"])
    saved = replanning.take_replan(office.director, rota_id=rota_id, rows=shown(found), reason="病假", key="k")
    view = rotas.rota_view(office.director, rota_id=rota_id)
    assert (view.score.open, view.breaks, len(saved.saved)) == (0, (), len(lost))
    assert on_days(database, rota_id, SICK) == [first]
    assert list(view.places.loc[view.places["id"].isin(saved.saved), "published_id"]) == [
        members(database)[SICK]
    ] * len(lost)
    with database.reading() as session:
        kept = session.scalars(select(RotaChange)).all()
    assert {(c.kind, c.reason, c.person_id, c.was_id) for c in kept} == {
        ("replan", "病假", office.director.id, members(database)[SICK])
    }
    assert planned(office.director, rota_id).changes.empty


def test_days_before_stay_and_a_shift_that_began_is_not_handed_over(
    rota_id: int, database: Database, office: Office
) -> None:
    days = on_days(database, rota_id, SICK)
    away(database, SICK, days[0], days[-1])
    with clock.at(NOW + (days[1] - NOW.date())):
        found = planned(office.director, rota_id, from_on=days[1])
    assert list(found.changes["on_day"]) == days[2:]


def test_what_nobody_can_take_is_opened_and_counted(rota_id: int, database: Database, office: Office) -> None:
    for name in ("林带班", "周主任", "顾带班"):
        away(database, name, FIRST + 2 * DAY, FIRST + 3 * DAY)
    found = planned(office.director, rota_id)
    assert found.open == 2
    assert set(found.changes.loc[found.changes["becomes"] == "", "on_day"]) == {FIRST + 2 * DAY, FIRST + 3 * DAY}
    replanning.take_replan(office.director, rota_id=rota_id, rows=shown(found), reason="会议", key="k")
    assert rotas.rota_view(office.director, rota_id=rota_id).score.open == 2


@pytest.mark.parametrize(("from_on", "field"), [(None, "from_on"), (LAST + DAY, "from_on"), (FIRST - DAY, "from_on")])
def test_a_wrong_day_is_told_beside_its_field(
    from_on: date | None, field: str, rota_id: int, database: Database, office: Office
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as told:
        replanning.replan(office.director, rota_id=rota_id, from_on=from_on)
    assert [problem.field for problem in told.value.problems] == [field]


def test_what_is_past_is_not_planned_anew(rota_id: int, database: Database, office: Office) -> None:
    with clock.at(NOW + timedelta(days=14)), nothing_changes(database), pytest.raises(Problems, match="past"):
        replanning.replan(office.director, rota_id=rota_id, from_on=FIRST)


def test_a_draft_is_not_planned_anew(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office)
    with nothing_changes(database), pytest.raises(Problems, match="draft"):
        replanning.replan(office.director, rota_id=rota_id, from_on=FIRST)
    with nothing_changes(database), pytest.raises(Problems, match="draft"):
        replanning.take_replan(office.director, rota_id=rota_id, rows={}, reason="病假", key="k")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_others_searching_is_told(
    rota_id: int, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "at_once", lambda: 0)
    with nothing_changes(database), pytest.raises(Problems, match="Other rotas"):
        replanning.replan(office.director, rota_id=rota_id, from_on=FIRST, seconds=1)
    assert not list((database.settings.folder / running.FOLDER).glob("*/"))


def test_taking_needs_a_reason_a_member_and_unbroken_rules(rota_id: int, database: Database, office: Office) -> None:
    places = serving(database, rota_id)
    with database.reading() as session:
        place = session.scalars(
            select(RotaPlace).where(RotaPlace.rota_id == rota_id, RotaPlace.role == "leader")
        ).first()
    assert place is not None
    wrong = members(database)["邢值班"]
    for row, reason, field in (
        ((place.version, None), "  ", "reason"),
        ((place.version, 9999), "病假", "member_id"),
        ((place.version, wrong), "病假", "member_id"),
    ):
        with nothing_changes(database), pytest.raises(Problems) as told:
            replanning.take_replan(office.director, rota_id=rota_id, rows={place.id: row}, reason=reason, key="k")
        assert {problem.field for problem in told.value.problems} == {field}
    with nothing_changes(database), pytest.raises(Changed):
        replanning.take_replan(
            office.director, rota_id=rota_id, rows={place.id: (place.version - 1, None)}, reason="病假", key="k"
        )
    assert serving(database, rota_id) == places


def test_all_of_them_or_none_and_once(rota_id: int, database: Database, office: Office) -> None:
    away(database, SICK, FIRST, LAST)
    rows = shown(planned(office.director, rota_id))
    stale = dict(rows)
    last = max(stale)
    stale[last] = (stale[last][0] - 1, stale[last][1])
    with nothing_changes(database), pytest.raises(Changed):
        replanning.take_replan(office.director, rota_id=rota_id, rows=stale, reason="病假", key="k")
    first = replanning.take_replan(office.director, rota_id=rota_id, rows=rows, reason="病假", key="k")
    with nothing_changes(database):
        again = replanning.take_replan(office.director, rota_id=rota_id, rows=rows, reason="病假", key="k")
    assert again.saved == first.saved


def test_only_who_plans_the_duty(rota_id: int, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    for who, refusal in ((office.viewer, Refused), (office.clerk, Refused), (lead, NotThere)):
        with nothing_changes(database), pytest.raises(refusal):
            replanning.replan(who, rota_id=rota_id, from_on=FIRST)
        with nothing_changes(database), pytest.raises(refusal):
            replanning.take_replan(who, rota_id=rota_id, rows={}, reason="病假", key="k")
