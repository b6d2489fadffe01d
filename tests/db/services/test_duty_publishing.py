"""Published as a numbered version; changed on top with who and why, never against a hard rule, never silently."""

import json
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, update

from db.engine import Database
from db.journal import JournalRow
from db.models import DutyAbsence, DutyNeed, Rota, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import editing, publishing
from tests.db.services.standing_rotas import FIRST, add, member_id, new, serve, view
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_patrol_lead
from tests.frames import row_of

DAY = timedelta(days=1)
LEADER, OTHER, THIRD, STAFF = "林带班", "周主任", "顾带班", "陈接访"


@pytest.fixture
def duty(database: Database, office: Office) -> int:
    """The centre duty."""
    with database.transaction(SYSTEM) as session:
        return a_duty(session, office).id


@pytest.fixture
def rota(database: Database, office: Office, duty: int) -> int:
    """A draft of four days with the leaders in turn on the first three of them."""
    rota_id = new(office.director, duty, FIRST, FIRST + 3 * DAY)
    for n, name in enumerate((LEADER, OTHER, THIRD)):
        serve(database, rota_id, FIRST + n * DAY, name)
    return rota_id


def version_of(office: Office, rota_id: int) -> int:
    """The version the director sees."""
    return view(office.director, rota_id).version


def publish(actor: Actor, rota_id: int, version: int = 1, key: str = "publish", reason: str = "月底人手不足") -> int:
    """Publish what was seen, open places and all."""
    return publishing.publish(actor, rota_id=rota_id, version=version, reason=reason, key=key)


def place_on(database: Database, rota_id: int, day: date) -> tuple[int, int]:
    """The leader's place of a day and its version."""
    query = select(RotaPlace.id, RotaPlace.version).where(
        RotaPlace.rota_id == rota_id, RotaPlace.on_day == day, RotaPlace.role == "leader"
    )
    with database.reading() as session:
        place_id, version = session.execute(query).one()
    return place_id, version


def override(database: Database, actor: Actor, rota_id: int, day: date, name: str | None, **more: Any) -> int:
    """Put somebody else on the leader's place of a day."""
    place_id, version = place_on(database, rota_id, day)
    becomes = member_id(database, name) if name else None
    asked: dict[str, Any] = {"version": version, "reason": "病假", "key": "override"} | more
    return publishing.override(actor, rota_id=rota_id, place_id=place_id, member_id=becomes, **asked)


# --- publishing ---


def test_what_is_published_has_a_number_and_stays_readable(database: Database, office: Office, rota: int) -> None:
    assert publish(office.director, rota) == 1
    seen = view(office.clerk, rota)
    assert (seen.state, seen.number, seen.published_at, seen.published_by) == ("published", 1, NOW, "周主任")
    filled = seen.places[seen.places["member_id"].notna()]
    assert len(filled) == 3
    assert list(filled["published_id"]) == list(filled["member_id"])
    assert seen.places["published_id"].notna().sum() == 3


def test_open_places_are_listed_and_never_silent(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    seen = view(office.clerk, rota)
    left = publishing.left_open(seen.note)
    assert len(left) == 4 * 2 + 1
    assert [one for one in left if (one.on_day, one.role, one.count) == (FIRST + 3 * DAY, "leader", 1)]
    assert {(seen.posts[one.post_id], seen.shifts[one.shift_id]) for one in left} == {("综治中心", "全天")}
    assert sorted(one.count for one in left) == [1] * 5 + [2] * 4


@pytest.mark.parametrize("reason", ["", "  ", "理" * 401])
def test_open_places_are_published_for_a_reason_only(
    reason: str, database: Database, office: Office, rota: int
) -> None:
    with nothing_changes(database), pytest.raises(Problems) as told:
        publish(office.director, rota, reason=reason)
    assert [one.field for one in told.value.problems] == ["reason"]


def test_the_reason_is_kept_and_stands_in_the_journal(database: Database, office: Office, duty: int, rota: int) -> None:
    publish(office.director, rota, reason=" 月底人手不足 ")
    assert view(office.clerk, rota).open_reason == "月底人手不足"
    with database.reading() as session:
        rows = session.scalars(select(JournalRow.after).where(JournalRow.tbl == "rota", JournalRow.pk == str(rota)))
        assert json.loads(list(rows)[-1] or "{}")["open_reason"] == "月底人手不足"
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyNeed).where(DutyNeed.role != "leader").values(active=False))
    full = new(office.director, duty, FIRST + 9 * DAY, FIRST + 9 * DAY, key="full")
    serve(database, full, FIRST + 9 * DAY, OTHER)
    publish(office.director, full, key="full published", reason="用不着")
    assert view(office.clerk, full).open_reason == ""


def test_numbers_count_on_within_a_duty(database: Database, office: Office, duty: int, rota: int) -> None:
    with database.transaction(SYSTEM) as session:
        other = a_duty(session, office, name="另一值班", responsible=False).id
    later = new(office.director, duty, FIRST + 4 * DAY, FIRST + 5 * DAY, key="later")
    elsewhere = new(office.director, other, FIRST, FIRST, key="elsewhere")
    numbers = [publish(office.director, each, key=str(each)) for each in (rota, later, elsewhere)]
    assert numbers == [1, 2, 1]


def test_the_same_period_is_published_once(database: Database, office: Office, duty: int, rota: int) -> None:
    other = new(office.director, duty, FIRST + 3 * DAY, FIRST + 9 * DAY, key="other")
    publish(office.director, rota)
    with nothing_changes(database), pytest.raises(Problems, match="2026-12-01 to 2026-12-04 is published"):
        publish(office.director, other, key="b")
    with nothing_changes(database), pytest.raises(Problems, match="published already"):
        publish(office.director, rota, version_of(office, rota), key="c")


def test_broken_rules_are_not_published(database: Database, office: Office, rota: int) -> None:
    serve(database, rota, FIRST + 3 * DAY, THIRD)
    add(database, DutyAbsence(member_id=member_id(database, LEADER), kind="leave", from_on=FIRST, until_on=FIRST))
    with nothing_changes(database), pytest.raises(Problems, match="Broken rules: 2"):
        publish(office.director, rota)


def test_rest_after_the_published_rota_before_counts(database: Database, office: Office, duty: int, rota: int) -> None:
    publish(office.director, rota)
    after = new(office.director, duty, FIRST + 4 * DAY, FIRST + 5 * DAY, key="after")
    before = new(office.director, duty, FIRST - DAY, FIRST - DAY, key="before")
    serve(database, before, FIRST - DAY, LEADER)
    with nothing_changes(database), pytest.raises(Problems, match="Broken rules: 1"):
        publish(office.director, before, key="b")
    serve(database, after, FIRST + 4 * DAY, THIRD)
    assert publish(office.director, after, key="c") == 2


def test_what_changed_since_it_was_looked_at_is_not_published(database: Database, office: Office, rota: int) -> None:
    place_id, version = place_on(database, rota, FIRST)
    looked_at = version_of(office, rota)
    editing.put(office.director, rota_id=rota, rows={place_id: (version, {"member_id": None})}, key="put")
    with nothing_changes(database), pytest.raises(Changed):
        publish(office.director, rota, looked_at)
    assert publish(office.director, rota, looked_at + 1) == 1


def test_publishing_twice_with_one_key_is_once(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    with nothing_changes(database):
        assert publish(office.director, rota) == 1


@pytest.mark.parametrize("person", ["clerk", "deputy", "leader", "handler", "viewer", "admin", "auditor"])
def test_only_the_director_publishes_and_only_who_plans_changes(
    person: str, database: Database, office: Office, rota: int
) -> None:
    actor = office.people[person]
    with nothing_changes(database), pytest.raises(Refused):
        publish(actor, rota)
    publish(office.director, rota)
    with nothing_changes(database), pytest.raises(Refused):
        override(database, actor, rota, FIRST, None)


def test_a_patrol_lead_changes_the_own_units_rota_and_publishes_none(
    database: Database, office: Office, rota: int
) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        mine = a_duty(session, office, name="城建巡防", unit_id=office.unit_a, responsible=False).id
    own = new(lead, mine, FIRST, FIRST, key="own")
    with nothing_changes(database), pytest.raises(Refused):
        publish(lead, own)
    publish(office.director, own, key="own published")
    publish(office.director, rota)
    place_id, version = place_on(database, own, FIRST)
    stranger = int(view(office.director, rota).places["member_id"].dropna().iloc[0])
    with nothing_changes(database), pytest.raises(NotThere):
        override(database, lead, rota, FIRST, None)
    with nothing_changes(database), pytest.raises(Problems, match="who serves in this duty"):
        publishing.override(
            lead, rota_id=own, place_id=place_id, version=version, member_id=stranger, reason="病假", key="o"
        )


# --- changes on top ---


def test_a_change_lies_on_top_and_says_who_and_why(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    change_id = override(database, office.director, rota, FIRST, None, reason=" 突发疾病 ")
    seen = view(office.director, rota)
    row = row_of(seen.changes, change_id)
    assert (row["kind"], row["was"], row["becomes"], row["reason"]) == ("override", LEADER, "", "突发疾病")
    assert (row["on_day"], row["role"], row["person"], row["at"]) == (FIRST, "leader", "周主任", NOW)
    place = row_of(seen.places, row["place_id"])
    assert pd.isna(place["member_id"])
    assert place["published_id"] == member_id(database, LEADER)
    assert view(office.clerk, rota).changes["reason"].tolist() == [""]


def test_somebody_else_steps_in(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    override(database, office.director, rota, FIRST + 3 * DAY, LEADER)
    seen = view(office.director, rota)
    assert seen.changes["becomes"].tolist() == [LEADER]
    assert seen.breaks == ()


def test_a_change_that_breaks_a_rule_is_refused_by_its_name(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    add(database, DutyAbsence(member_id=member_id(database, LEADER), kind="leave", from_on=FIRST, until_on=FIRST))
    for name, said in ((THIRD, "hours of rest"), (STAFF, "does not serve in this role")):
        with nothing_changes(database), pytest.raises(Problems, match=said) as told:
            override(database, office.director, rota, FIRST + 3 * DAY, name)
        assert told.value.problems[0].field == "member_id"
    # leave that came later doesn't keep other changes from being made
    assert override(database, office.director, rota, FIRST + 3 * DAY, LEADER)


def test_swaps_are_judged_as_a_whole(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    first, second = place_on(database, rota, FIRST)[0], place_on(database, rota, FIRST + DAY)[0]
    ann, other = member_id(database, LEADER), member_id(database, OTHER)
    with database.reading() as session:
        found = session.get_one(Rota, rota)
        assert publishing.newly_broken(session, found, {first: other, second: ann}) == ()
        told = publishing.newly_broken(session, found, {first: other})
    assert [(b.rule, b.place_id) for b in told] == [("rest", second)]


@pytest.mark.parametrize(
    ("name", "reason", "field"),
    [(None, " ", "reason"), (None, "因" * 401, "reason"), (LEADER, "病假", "member_id")],
)
def test_a_change_needs_a_reason_and_must_change_something(
    name: str | None, reason: str, field: str, database: Database, office: Office, rota: int
) -> None:
    publish(office.director, rota)
    with nothing_changes(database), pytest.raises(Problems) as told:
        override(database, office.director, rota, FIRST, name, reason=reason)
    assert [problem.field for problem in told.value.problems] == [field]


def test_a_draft_takes_no_changes_on_top(database: Database, office: Office, rota: int) -> None:
    with nothing_changes(database), pytest.raises(Problems, match="still a draft"):
        override(database, office.director, rota, FIRST, None)


def test_who_changes_second_is_told(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    with database.transaction(SYSTEM) as session:
        session.execute(update(RotaPlace).values(version=9))
    with nothing_changes(database), pytest.raises(Changed) as told:
        override(database, office.director, rota, FIRST, None, version=2)
    assert told.value.theirs == {"member_id": member_id(database, LEADER)}


def test_a_change_with_one_key_is_made_once(database: Database, office: Office, rota: int) -> None:
    publish(office.director, rota)
    version = place_on(database, rota, FIRST)[1]
    first = override(database, office.director, rota, FIRST, None, version=version)
    with nothing_changes(database):
        assert override(database, office.director, rota, FIRST, None, version=version) == first


def test_a_place_of_another_rota_is_not_there(database: Database, office: Office, duty: int, rota: int) -> None:
    publish(office.director, rota)
    other = new(office.director, duty, FIRST + 9 * DAY, FIRST + 9 * DAY, key="other")
    place_id, version = place_on(database, other, FIRST + 9 * DAY)
    with nothing_changes(database), pytest.raises(NotThere):
        publishing.override(
            office.director, rota_id=rota, place_id=place_id, version=version, member_id=None, reason="x", key="o"
        )
