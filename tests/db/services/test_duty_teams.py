"""Needs that ask for a team or a unit: described, searched, placed by hand, and explained when nobody of it is free."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.models import DutyMember, DutyNeed, Unit
from db.rules.duty.breaking import Rule
from db.services.duty import describing, editing, explaining, members, needs, rotas, searching
from tests.db.services.searches import FIRST, a_draft, away, searched
from tests.db.services.test_mediation_opening import problems_of
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_duty, a_member

LAST = date(2026, 12, 6)


def staff_from(database: Database, **asked: object) -> None:
    """The need of two of the staff asks for a team or a unit as well."""
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyNeed).where(DutyNeed.role == "staff").values(**asked))


def of_team(database: Database, *names: str, team: str = "一队") -> None:
    """These members are of the team."""
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name.in_(names)).values(team=team))


def staff(office: Office, rota_id: int) -> set[str]:
    """Who serves as staff in a rota, "" for nobody."""
    seen = rotas.rota_view(office.director, rota_id=rota_id)
    names = dict(zip(seen.members["id"], seen.members["name"], strict=True)) | {None: ""}
    return {names[row["member_id"]] for row in seen.rows if row["role"] == "staff"}


def taken(office: Office, rota_id: int) -> None:
    """The best rota, taken into the draft."""
    found = searched(office.director, rota_id)
    searching.take(office.director, search_id=found.search_id, key="take")


def serving(database: Database) -> list[str]:
    """The staff of the duty by name."""
    with database.reading() as session:
        rows = session.scalars(select(DutyMember).order_by(DutyMember.id))
        return [row.name for row in rows if "staff" in row.roles]


def test_only_the_team_serves_and_who_is_put_there_by_hand_is_told(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office, last=LAST, least_rest=0)
    *first, other = serving(database)
    of_team(database, *first)
    staff_from(database, team="一队")
    taken(office, rota_id)
    assert staff(office, rota_id) == set(first)
    seen = rotas.rota_view(office.director, rota_id=rota_id)
    place = next(int(row["id"]) for row in seen.rows if row["role"] == "staff" and row["on_day"] == FIRST)
    found = editing.candidates(office.director, rota_id=rota_id, place_id=place)
    (breaks,) = found.loc[found["member"] == other, "breaks"]
    assert [one.rule for one in breaks] == [Rule.TEAM]


def test_a_unit_counts_with_those_below_it_and_a_member_s_own_before_the_account_s(
    database: Database, office: Office
) -> None:
    rota_id = a_draft(database, office, last=LAST, least_rest=0)
    one, two, *_ = serving(database)  # the second has an account of unit A
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).values(unit_id=office.unit_b))
        session.execute(update(DutyMember).where(DutyMember.name == one).values(unit_id=office.group_a))
        session.execute(update(DutyMember).where(DutyMember.name == two).values(unit_id=None))
    staff_from(database, unit_id=office.unit_a)
    taken(office, rota_id)
    assert staff(office, rota_id) - {""} == {one, two}


def test_the_explanation_names_the_team_and_unit_that_lack_somebody(database: Database, office: Office) -> None:
    rota_id = a_draft(database, office, last=LAST, least_rest=0)
    team = serving(database)[:2]
    of_team(database, *team)
    staff_from(database, team="一队", unit_id=office.unit_b)
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name.in_(team)).values(unit_id=office.unit_b))
    away(database, team[0], FIRST, FIRST)
    taken(office, rota_id)
    found = explaining.explain(office.director, rota_id=rota_id, language="en")
    assert set(found.open["on_day"]) == {FIRST}
    said = [one.message.format(**one.values) for one in (*found.help, *found.ways)]
    assert any(line.startswith("One more person (Staff on duty, 一队, East village): ") for line in said), said
    rules = {row["member"]: row["rules"] for row in found.reasons.to_dict("records")}
    assert rules[team[0]] == ("leave",)
    assert {rule for name, told in rules.items() if name not in team for rule in told} == {"team", "unit"}


def test_two_teams_stand_side_by_side_and_one_team_is_not_asked_twice(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        duty = a_duty(session, office)
        a_member(session, duty, "段巡逻", "patrol", team="一队")
    asked: dict[str, Any] = {"duty_id": duty.id, "post_id": 1, "shift_id": 1, "role": "patrol"}
    for team in ("一队", " 二队 "):
        needs.add_need(office.director, **asked, team=team, key=team)
    with nothing_changes(database):
        assert list(problems_of(lambda: needs.add_need(office.director, **asked, team="二队", key="k"))) == ["shift_id"]
    told = describing.warnings_of(office.director, duty_id=duty.id)
    assert [(one.field, one.values["team"]) for one in told if one.field == "team"] == [("team", "二队")]
    needed = rotas.rota_view(office.director, rota_id=_draft_of(office, duty.id))
    assert [row["place"] for row in needed.rows if row["role"] == "patrol"] == [0, 1] * 6


def _draft_of(office: Office, duty_id: int) -> int:
    return rotas.new_rota(office.director, duty_id=duty_id, from_on=FIRST, until_on=LAST, key="draft")


def test_a_unit_is_chosen_among_those_in_use(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        duty = a_duty(session, office)
        session.get_one(Unit, office.group_a).active = False
    staff: dict[str, Any] = {"duty_id": duty.id, "post_id": 1, "shift_id": 1, "role": "volunteer", "key": "k"}
    somebody: dict[str, Any] = {"duty_id": duty.id, "name": "段", "roles": ["staff"], "key": "m"}
    with nothing_changes(database):
        for unit_id in (office.group_a, 999):
            needed = partial(needs.add_need, office.director, **staff, unit_id=unit_id)
            serves = partial(members.add_member, office.director, **somebody, unit_id=unit_id)
            assert [list(problems_of(act)) for act in (needed, serves)] == [["unit_id"], ["unit_id"]]
    need_id = needs.add_need(office.director, **staff, unit_id=office.unit_a)
    with database.transaction(SYSTEM) as session:
        session.get_one(Unit, office.unit_a).active = False
    same = {name: value for name, value in staff.items() if name != "duty_id"} | {"key": "e", "count": 2}
    assert needs.edit_need(office.director, need_id=need_id, version=1, **same, unit_id=office.unit_a) == 2


@pytest.mark.parametrize("own", [True, False])
def test_the_list_of_members_tells_each_unit(own: bool, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        duty = a_duty(session, office)
        unit_id = office.unit_b if own else None
        a_member(session, duty, "段村干", "staff", person_id=office.handler.id, unit_id=unit_id)
    found = members.members(office.clerk, duty_id=duty.id)
    row = found[found["name"] == "段村干"].iloc[0]
    assert (row["unit"], row["unit_en"]) == (("东村", "East village") if own else ("城建所", "Building office"))
