"""Rotas drawn up and looked at: every place open, who sees what, the whole of a view, renewed and thrown away."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import event, select, update

from db import clock
from db.engine import Database
from db.models import (
    CalendarDay,
    CalendarYear,
    Duty,
    DutyAbsence,
    DutyMember,
    DutyNeed,
    DutyPeriod,
    DutyPost,
    DutyShift,
    OfficeFact,
    Rota,
    RotaSearch,
)
from db.rules import permissions
from db.rules.permissions import GRANTS, Actor, Permission, Role, Scope
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services.duty import rotas
from db.services.working_days import REVISION
from tests.db.services.standing_rotas import FIRST, LAST, add, member_id, new, publish, serve, view
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_duty, a_member, a_patrol_lead
from tests.frames import row_of

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
LEADER, DEPUTY, STAFF = "林带班", "杜副班", "陈接访"


@pytest.fixture
def duty(database: Database, office: Office) -> int:
    """The centre duty."""
    with database.transaction(SYSTEM) as session:
        return a_duty(session, office).id


@pytest.fixture
def patrol(database: Database, office: Office) -> int:
    """A duty of unit A: one shop front, by day, on working days."""
    with database.transaction(SYSTEM) as session:
        found = Duty(name="城建巡防", unit_id=office.unit_a)
        session.add(found)
        session.flush()
        post = DutyPost(duty_id=found.id, name="商铺")
        shift = DutyShift(duty_id=found.id, name="日班", mark="日", begins=480, minutes=540)
        session.add_all([post, shift])
        session.flush()
        session.add(DutyNeed(duty_id=found.id, post_id=post.id, shift_id=shift.id, role="patrol", days="working"))
        a_member(session, found, "巡防甲", "patrol", person_id=office.clerk.id)
        return found.id


def a_lead(database: Database, office: Office) -> Actor:
    """The patrol lead of unit A."""
    with database.transaction(SYSTEM) as session:
        return a_patrol_lead(session, office)


# --- drawing up ---


def test_a_new_rota_has_every_place_open(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty, title=" 十二月 ")
    seen = view(office.director, rota_id)
    assert (seen.state, seen.number, seen.title, seen.provisional) == ("draft", None, "十二月", False)
    assert (seen.from_on, seen.until_on, seen.version, seen.made_at) == (FIRST, LAST, 1, NOW)
    assert len(seen.places) == 31 * 4
    assert seen.places["member_id"].isna().all()
    day = seen.places[seen.places["on_day"] == LAST]
    assert list(day["role"]) == ["deputy", "leader", "staff", "staff"]
    assert list(day["place"]) == [0, 0, 0, 1]
    assert set(day["begins_at"]) == {datetime(2026, 12, 31, 8, tzinfo=ZONE)}
    assert set(day["ends_at"]) == {datetime(2027, 1, 1, 8, tzinfo=ZONE)}
    assert (seen.score.open, seen.score.broken, seen.lacking, seen.surplus) == (124, 0, 0, 0)


def test_a_year_without_an_official_calendar_is_provisional(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty, date(2026, 12, 30), date(2027, 1, 2))
    seen = view(office.director, rota_id)
    assert seen.provisional
    assert list(seen.days["known"]) == [True, True, False, False]
    assert row_of(rotas.rotas(office.director), rota_id)["provisional"]
    add(database, CalendarYear(year=2027, source="通知"))
    with database.transaction(SYSTEM) as session:
        session.execute(update(OfficeFact).where(OfficeFact.name == REVISION).values(value="changed"))
    assert not row_of(rotas.rotas(office.director), rota_id)["provisional"]
    assert not view(office.director, rota_id).provisional


def test_leap_day_is_planned(office: Office, duty: int) -> None:
    rota_id = new(office.director, duty, date(2028, 2, 1), date(2028, 2, 29))
    assert len(view(office.director, rota_id).places) == 29 * 4


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"from_on": None}, "from_on", "Choose a day"),
        ({"until_on": None}, "until_on", "Choose a day"),
        ({"until_on": FIRST - DAY}, "until_on", "before the first"),
        ({"until_on": FIRST + 366 * DAY}, "until_on", "At most 366 days"),
        ({"title": "题" * 81}, "title", "At most 80 characters"),
    ],
)
def test_what_can_not_be_drawn_up(
    changes: dict[str, Any], field: str, said: str, database: Database, office: Office, duty: int
) -> None:
    asked: dict[str, Any] = {"duty_id": duty, "from_on": FIRST, "until_on": LAST, "key": "k"} | changes
    with nothing_changes(database), pytest.raises(Problems) as told:
        rotas.new_rota(office.director, **asked)
    assert [problem.field for problem in told.value.problems] == [field]
    assert said in str(told.value)


def test_a_period_already_published_is_told(database: Database, office: Office, duty: int) -> None:
    publish(database, new(office.director, duty))
    with nothing_changes(database), pytest.raises(Problems, match="from_on: From 2026-12-01 to 2026-12-31"):
        new(office.director, duty, LAST, LAST + DAY, key="again")
    assert new(office.director, duty, LAST + DAY, LAST + 2 * DAY, key="after")


def test_drafts_may_overlap_and_another_dutys_rota_is_no_matter(
    database: Database, office: Office, duty: int, patrol: int
) -> None:
    publish(database, new(office.director, patrol))
    first = new(office.director, duty, key="one")
    assert new(office.director, duty, key="two") != first


def test_a_duty_that_needs_nobody_or_is_retired_gets_no_rota(database: Database, office: Office, duty: int) -> None:
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyNeed).values(from_on=date(2027, 1, 1)))
    with nothing_changes(database), pytest.raises(Problems, match="needs nobody"):
        new(office.director, duty)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Duty).values(active=False))
    with nothing_changes(database), pytest.raises(Problems, match="retired"):
        new(office.director, duty)


# --- who may ---

ACTS: dict[str, Callable[[Actor, int, int], Any]] = {
    "new_rota": lambda a, duty, _: new(a, duty, date(2026, 11, 1), date(2026, 11, 2)),
    "renew": lambda a, _, rota: rotas.renew(a, rota_id=rota, version=1, key="k"),
    "discard": lambda a, _, rota: rotas.discard(a, rota_id=rota, version=1, key="k"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["clerk", "leader", "handler", "viewer", "admin", "auditor"])
def test_only_who_plans_draws_up(act: str, person: str, database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person], duty, rota_id)


@pytest.mark.parametrize("act", ACTS)
def test_a_patrol_lead_plans_the_own_unit_only(
    act: str, database: Database, office: Office, duty: int, patrol: int
) -> None:
    lead = a_lead(database, office)
    theirs, mine = new(office.director, duty, key="a"), new(office.director, patrol, key="b")
    with nothing_changes(database), pytest.raises(NotThere):
        ACTS[act](lead, duty, theirs)
    assert ACTS[act](lead, patrol, mine)


@pytest.mark.parametrize("act", ACTS)
def test_the_same_submission_writes_once(act: str, database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty, key="first")
    done = ACTS[act](office.director, duty, rota_id)
    with nothing_changes(database):
        assert ACTS[act](office.director, duty, rota_id) == done


@pytest.mark.parametrize("act", ["renew", "discard"])
def test_who_saves_second_is_told(act: str, database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Rota).values(version=7))
    with nothing_changes(database), pytest.raises(Changed):
        ACTS[act](office.director, duty, rota_id)


def test_members_see_what_is_published_and_drafts_only_who_plans(
    database: Database, office: Office, duty: int, patrol: int
) -> None:
    draft, done = new(office.director, duty, key="a"), new(office.director, patrol, key="b")
    publish(database, done)
    lead = a_lead(database, office)
    for person in ("clerk", "viewer", "admin", "deputy"):
        assert list(rotas.rotas(office.people[person])["id"]) == [done]
        assert view(office.people[person], done).state == "published"
        with pytest.raises(NotThere):
            view(office.people[person], draft)
    assert list(rotas.rotas(lead)["id"]) == [done]
    assert set(rotas.rotas(office.director)["id"]) == {draft, done}
    assert list(rotas.rotas(office.director, duty_id=duty)["id"]) == [draft]
    for person in ("auditor",):
        with pytest.raises(Refused):
            rotas.rotas(office.people[person])
        with pytest.raises(Refused):
            view(office.people[person], done)
    people = {"director": office.director, "lead": lead, "clerk": office.clerk}
    seen = {name: view(person, done) for name, person in people.items()}
    rights = {name: (one.may_plan, one.may_publish) for name, one in seen.items()}
    assert rights == {"director": (True, True), "lead": (True, False), "clerk": (False, False)}


def test_who_reads_the_rotas_of_a_unit_reads_no_others(
    database: Database, office: Office, duty: int, patrol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [new(office.director, one, key=str(one)) for one in (duty, patrol)]
    for rota_id in ids:
        publish(database, rota_id)
    assert set(rotas.rotas(office.handler)["id"]) == set(ids)
    narrowed = {**GRANTS, Role.HANDLER: {**GRANTS[Role.HANDLER], Permission.DUTY_READ: Scope.UNIT}}
    monkeypatch.setattr(permissions, "GRANTS", narrowed)
    assert list(rotas.rotas(office.handler)["id"]) == ids[1:]


# --- the view ---


def test_the_list_counts_places(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    serve(database, rota_id, FIRST, LEADER)
    row = row_of(rotas.rotas(office.director), rota_id)
    assert (row["duty"], row["places"], row["open"], row["changes"]) == ("中心值班", 124, 123, 0)
    assert (row["state"], row["from_on"], row["until_on"]) == ("draft", FIRST, LAST)
    assert pd.isna(row["number"])


def test_days_are_painted_with_holidays_and_special_periods(database: Database, office: Office, duty: int) -> None:
    holiday = {"name": "国庆", "name_en": "National Day"}
    add(database, DutyPeriod(duty_id=duty, **holiday, from_on=date(2026, 10, 1), until_on=date(2026, 10, 3)))
    add(database, DutyPeriod(duty_id=duty, name="会议", from_on=date(2026, 10, 3), until_on=date(2026, 10, 3)))
    rota_id = new(office.director, duty, date(2026, 10, 1), date(2026, 10, 31))
    days = view(office.director, rota_id).days
    saturday = row_of(days, date(2026, 10, 3), by="day")
    assert (saturday["kind"], saturday["period"], saturday["name"]) == ("holiday", "国庆、会议", "国庆节")
    assert saturday["period_en"] == "National Day, 会议"
    assert row_of(days, date(2026, 10, 10), by="day")["kind"] == "make_up"
    assert row_of(days, date(2026, 10, 11), by="day") == {
        "day": date(2026, 10, 11),
        "kind": "rest",
        "name": "",
        "period": "",
        "period_en": "",
        "known": True,
    }
    assert row_of(days, date(2026, 10, 12), by="day")["kind"] == "working"


def test_members_and_leave_are_told_without_numbers_and_reasons(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    ann = member_id(database, STAFF)
    gone = DutyAbsence(
        member_id=ann, kind="leave", from_on=FIRST, until_on=FIRST, reason="家事", removed_at=clock.now()
    )
    add(database, DutyAbsence(member_id=ann, kind="leave", from_on=LAST, until_on=LAST + DAY, reason="探亲"), gone)
    add(database, DutyAbsence(member_id=ann, kind="want", from_on=LAST + DAY, until_on=LAST + DAY))
    seen = view(office.director, rota_id)
    assert len(seen.members) == 12
    assert row_of(seen.members, ann)["roles"] == ("staff",)
    assert row_of(seen.members, ann)["person_id"] == office.clerk.id
    assert not {"phone", "reason"} & {*seen.members.columns, *seen.absences.columns}
    assert seen.absences[["member_id", "kind", "from_on"]].values.tolist() == [[ann, "leave", LAST]]


def test_a_broken_rule_is_marked_by_name(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    ann = member_id(database, LEADER)
    add(database, DutyAbsence(member_id=ann, kind="leave", from_on=FIRST, until_on=FIRST))
    for day in (FIRST, FIRST + DAY):
        serve(database, rota_id, day, LEADER)
    seen = view(office.director, rota_id)
    assert [(b.member_id, b.on_day, b.rule) for b in seen.breaks] == [
        (ann, FIRST, "leave"),
        (ann, FIRST + DAY, "rest"),
    ]
    assert (seen.score.broken, seen.score.open) == (2, 122)


def test_rest_is_kept_across_what_is_published_and_the_turn_of_the_year(
    database: Database, office: Office, duty: int
) -> None:
    before, after = (
        new(office.director, duty, key="a"),
        new(office.director, duty, LAST + DAY, LAST + 31 * DAY, key="b"),
    )
    serve(database, before, LAST, LEADER)
    serve(database, after, LAST + DAY, LEADER)
    assert view(office.director, after).breaks == ()
    publish(database, before)
    told = view(office.director, after).breaks
    assert [(b.rule, b.on_day) for b in told] == [("rest", LAST + DAY)]
    publish(database, after, 2)
    assert [(b.rule, b.on_day) for b in view(office.director, before).breaks] == [("rest", LAST)]


def test_one_person_in_two_duties_serves_at_one_place(
    database: Database, office: Office, duty: int, patrol: int
) -> None:
    centre, shops = new(office.director, duty, key="a"), new(office.director, patrol, key="b")
    serve(database, shops, FIRST, "巡防甲")
    publish(database, shops)
    serve(database, centre, FIRST, STAFF)
    assert [(b.rule, b.on_day) for b in view(office.director, centre).breaks] == [("twice", FIRST)]


def test_a_retired_member_is_marked_ahead_and_not_behind(database: Database, office: Office, duty: int) -> None:
    today = NOW.date()
    rota_id = new(office.director, duty, today - 3 * DAY, today + 3 * DAY)
    for day in (today - 3 * DAY, today + 3 * DAY):
        serve(database, rota_id, day, LEADER)
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name == LEADER).values(active=False))
    seen = view(office.director, rota_id)
    assert [(b.rule, b.on_day) for b in seen.breaks] == [("term", today + 3 * DAY)]
    assert LEADER in set(seen.counts["member"])


def test_counts_take_the_years_before_with_them(database: Database, office: Office, duty: int) -> None:
    october = new(office.director, duty, date(2026, 10, 1), date(2026, 10, 31), key="a")
    for day in (1, 3, 10, 17):  # holiday, holiday on a Saturday, made-up Saturday, Saturday
        serve(database, october, date(2026, 10, day), LEADER)
    publish(database, october)
    with database.transaction(SYSTEM) as session:
        session.execute(
            update(DutyMember)
            .where(DutyMember.name == LEADER)
            .values(begin_total=10, begin_nights=6, begin_weekends=3, begin_festivals=1)
        )
    december = new(office.director, duty, key="b")
    serve(database, december, date(2026, 12, 5), LEADER)
    seen = view(office.director, december)
    row = row_of(seen.counts, LEADER, by="member")
    assert [row[name] for name in ("total", "nights", "weekends", "festivals")] == [1, 1, 1, 0]
    assert [row[f"ever_{name}"] for name in ("total", "nights", "weekends", "festivals")] == [15, 11, 6, 3]
    assert [row[f"over_{name}"] for name in ("total", "festivals")] == [10, 2]
    assert row_of(seen.counts, "周主任", by="member")["over_total"] == -5
    assert seen.score.spread == {"total": 15, "nights": 11, "weekends": 6, "festivals": 3}
    assert seen.score.over[member_id(database, LEADER)]["weekends"] == 4
    earlier = row_of(view(office.director, october).counts, LEADER, by="member")
    assert [earlier["total"], earlier["ever_total"]] == [4, 14]


def test_shares_weigh_and_deputies_are_compared_with_deputies(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name == "祁副班").values(share=50))
        session.execute(update(DutyMember).where(DutyMember.name == "尹副班").values(active=False))
    for day in (1, 5):
        serve(database, rota_id, date(2026, 12, day), DEPUTY)
    serve(database, rota_id, date(2026, 12, 3), "祁副班")
    seen = view(office.director, rota_id)
    assert "尹副班" not in set(seen.counts["member"])
    assert [row_of(seen.counts, name, by="member")["over_total"] for name in (DEPUTY, "祁副班")] == [0, 0]
    assert seen.score.spread["total"] == 0


def test_who_left_before_the_rota_is_not_compared_with_those_who_serve(
    database: Database, office: Office, duty: int
) -> None:
    rota_id = new(office.director, duty)
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name == "祁副班").values(until_on=FIRST - DAY))
        session.execute(update(DutyMember).where(DutyMember.name == "尹副班").values(from_on=LAST + DAY))
    assert {"祁副班", "尹副班"}.isdisjoint(set(view(office.director, rota_id).counts["member"]))
    with database.transaction(SYSTEM) as session:
        session.execute(update(DutyMember).where(DutyMember.name == "祁副班").values(until_on=FIRST))
    assert "祁副班" in set(view(office.director, rota_id).counts["member"])


def test_what_a_holiday_did_to_a_place_is_marked(database: Database, office: Office, duty: int) -> None:
    with database.reading() as session:
        post, shift = session.scalars(select(DutyPost.id)).one(), session.scalars(select(DutyShift.id)).one()
    common = {"duty_id": duty, "post_id": post, "shift_id": shift, "days": "weekday"}
    add(
        database,
        DutyNeed(role="officer", weekday=4, **common),
        DutyNeed(role="guard", weekday=2, on_holiday="next_working", **common),
    )
    rota_id = new(office.director, duty, date(2026, 10, 1), date(2026, 10, 12))
    places = view(office.director, rota_id).places
    friday = places[places["role"] == "officer"]
    assert list(zip(friday["on_day"], friday["mark"], strict=True)) == [
        (date(2026, 10, 2), "kept"),
        (date(2026, 10, 9), ""),
    ]
    reception = places[places["role"] == "guard"]
    assert reception[["on_day", "mark", "moved_from"]].values.tolist() == [
        [date(2026, 10, 8), "moved", date(2026, 10, 7)]
    ]


def test_a_view_asks_as_much_of_a_year_as_of_a_week(database: Database, office: Office, duty: int) -> None:
    week = new(office.director, duty, LAST, LAST + 6 * DAY, key="a")
    year = new(office.director, duty, date(2027, 2, 1), date(2028, 1, 31), key="b")
    asked = [len(statements_of(database, partial(view, office.director, rota_id))) for rota_id in (week, year)]
    assert asked[0] == asked[1] < 40


def statements_of(database: Database, look: Callable[[], object]) -> list[str]:
    """What the database was asked."""
    statements: list[str] = []

    def hear(*told: Any) -> None:
        statements.append(told[2])

    event.listen(database.engine, "before_cursor_execute", hear)
    look()
    event.remove(database.engine, "before_cursor_execute", hear)
    return statements


# --- renewed, thrown away ---


def test_a_draft_is_renewed_when_the_needs_and_the_calendar_change(
    database: Database, office: Office, duty: int
) -> None:
    rota_id = new(office.director, duty, date(2027, 1, 1), date(2027, 1, 31))
    serve(database, rota_id, date(2027, 1, 4), LEADER)
    serve(database, rota_id, date(2027, 1, 4), STAFF)
    with database.transaction(SYSTEM) as session:
        need = session.scalars(select(DutyNeed).where(DutyNeed.role == "deputy")).one()
        need.active = False
        session.scalars(select(DutyNeed).where(DutyNeed.role == "staff")).one().count = 3
        session.add(CalendarYear(year=2027, source="通知"))
        session.add(CalendarDay(day=date(2027, 1, 1), kind="holiday", name="元旦"))
    before = view(office.director, rota_id)
    assert (before.lacking, before.surplus) == (31, 31)
    assert rotas.renew(office.director, rota_id=rota_id, version=1, key="k") == 2
    after = view(office.director, rota_id)
    assert (after.lacking, after.surplus, len(after.places)) == (0, 0, 31 * 4)
    assert set(after.places["role"]) == {"leader", "staff"}
    kept = after.places[after.places["member_id"].notna()]
    assert sorted(kept["role"]) == ["leader", "staff"]


def test_a_published_rota_only_gains_places(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    publish(database, rota_id)
    with database.transaction(SYSTEM) as session:
        session.scalars(select(DutyNeed).where(DutyNeed.role == "deputy")).one().active = False
        session.scalars(select(DutyNeed).where(DutyNeed.role == "staff")).one().count = 3
    version = view(office.director, rota_id).version
    rotas.renew(office.director, rota_id=rota_id, version=version, key="k")
    after = view(office.director, rota_id)
    assert (len(after.places), after.lacking, after.surplus) == (31 * 5, 0, 31)


def test_a_draft_is_thrown_away_and_fetched_back_with_everything_in_it(
    database: Database, office: Office, duty: int
) -> None:
    rota_id = new(office.director, duty, title="十二月")
    serve(database, rota_id, FIRST, LEADER)
    before = view(office.director, rota_id)
    rotas.discard(office.director, rota_id=rota_id, version=before.version, key="away")
    assert rotas.rotas(office.director).empty
    (row,) = rotas.discarded(office.director, duty_id=duty).to_dict("records")
    assert (row["id"], row["title"], row["from_on"]) == (rota_id, "十二月", FIRST)
    with nothing_changes(database):
        with pytest.raises(Changed):
            rotas.restore(office.director, rota_id=rota_id, version=1, key="early")
        with pytest.raises(NotThere):
            rotas.discard(office.director, rota_id=rota_id, version=row["version"], key="again")
        for person in ("clerk", "viewer", "admin"):
            with pytest.raises(Refused):
                rotas.discarded(office.people[person])
            with pytest.raises(Refused):
                rotas.restore(office.people[person], rota_id=rota_id, version=row["version"], key="no")
    lead = a_lead(database, office)
    assert rotas.discarded(lead).empty
    with nothing_changes(database), pytest.raises(NotThere):
        rotas.restore(lead, rota_id=rota_id, version=row["version"], key="no")
    for _ in range(2):
        assert rotas.restore(office.director, rota_id=rota_id, version=row["version"], key="back") == rota_id
    after = view(office.director, rota_id)
    assert list(after.places["member_id"].dropna()) == list(before.places["member_id"].dropna())
    assert rotas.discarded(office.director).empty


def test_a_draft_is_not_fetched_back_into_what_is_published(database: Database, office: Office, duty: int) -> None:
    rota_id, other = new(office.director, duty, key="a"), new(office.director, duty, key="b")
    rotas.discard(office.director, rota_id=rota_id, version=1, key="away")
    publish(database, other)
    version = int(rotas.discarded(office.director)["version"].iloc[0])
    with nothing_changes(database), pytest.raises(Problems, match="is published already"):
        rotas.restore(office.director, rota_id=rota_id, version=version, key="back")


def test_a_draft_with_a_running_search_is_not_thrown_away(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    searched = {"rota_id": rota_id, "seconds": 60, "began_at": NOW, "beat_at": NOW}
    add(database, RotaSearch(**searched))
    with nothing_changes(database), pytest.raises(Problems, match="search"):
        rotas.discard(office.director, rota_id=rota_id, version=1, key="k")
    with database.transaction(SYSTEM) as session:
        session.execute(update(RotaSearch).values(ended_at=NOW))
    assert rotas.discard(office.director, rota_id=rota_id, version=1, key="k") == rota_id
    assert rotas.rotas(office.director).empty
    with pytest.raises(NotThere):
        view(office.director, rota_id)


def test_a_published_rota_is_never_thrown_away(database: Database, office: Office, duty: int) -> None:
    rota_id = new(office.director, duty)
    publish(database, rota_id)
    with nothing_changes(database), pytest.raises(Problems, match="published"):
        rotas.discard(office.director, rota_id=rota_id, version=2, key="k")
