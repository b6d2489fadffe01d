"""One's own shifts as a calendar file, read back by its parser, whatever was typed and whatever was swapped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import Duty, DutyPost, DutyShift, OfficeFact, Rota, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import Refused
from db.services.duty import calendars, publishing
from tests.db.services.on_duty import Scene, a_published_rota, at
from tests.factories import NOW, SYSTEM, Office


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    return a_published_rota(database, office, least_rest=0)


def read(actor: Actor, language: str = "en") -> Any:
    return Calendar.from_ical(calendars.my_calendar(actor, language=language).content)


def events(actor: Actor) -> dict[str, Any]:
    return {str(event["uid"]): event for event in read(actor).walk("VEVENT")}


def give_away(scene: Scene, day: int, name: str, to: str | None) -> None:
    place = scene.place(day, name)
    member_id = scene.member(to) if to else None
    publishing.override(
        scene.office.director,
        rota_id=scene.rota,
        place_id=place,
        version=scene.version(RotaPlace, place),
        member_id=member_id,
        reason="病假",
        key=f"{day}{name}{to}",
    )


def test_my_published_shifts_and_nobody_else_s(scene: Scene, office: Office) -> None:
    mine = events(office.clerk)
    assert sorted(event["dtstart"].dt for event in mine.values()) == [at(16, 8), at(19, 8), at(22, 8)]
    assert {str(event["status"]) for event in mine.values()} == {"CONFIRMED"}
    assert set(mine).isdisjoint(events(office.handler))


def test_a_shift_over_midnight_ends_the_next_day_in_the_office_s_zone(scene: Scene, office: Office) -> None:
    scene.change(DutyShift, scene.shift, name="夜班")
    place = scene.place(19, "陈接访")
    scene.change(RotaPlace, place, begins_at=at(19, 20), ends_at=at(20, 8))
    calendar = read(office.clerk)
    event = next(one for one in calendar.walk("VEVENT") if one["dtstart"].dt == at(19, 20))
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=12)
    assert event["dtend"].dt.date() > event["dtstart"].dt.date()
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    zones = {str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")}
    assert zones == {"Asia/Shanghai"}
    assert calendar.get_missing_tzids() == set()


def test_what_was_taken_away_is_cancelled_under_the_same_name_with_a_higher_number(
    scene: Scene, office: Office
) -> None:
    before = events(office.clerk)
    uid = next(uid for uid, event in before.items() if event["dtstart"].dt == at(22, 8))
    with clock.at(NOW + timedelta(hours=1)):
        give_away(scene, 22, "陈接访", "柯值班")
    after = events(office.clerk)
    assert set(after) == set(before)
    assert str(after[uid]["status"]) == "CANCELLED"
    assert after[uid]["sequence"] > before[uid]["sequence"]
    assert after[uid]["last-modified"].dt == (NOW + timedelta(hours=1)).astimezone(UTC)
    assert {str(e["status"]) for u, e in after.items() if u != uid} == {"CONFIRMED"}
    with clock.at(NOW + timedelta(hours=2)):
        give_away(scene, 22, "陈接访", "陈接访")
    back = events(office.clerk)
    assert str(back[uid]["status"]) == "CONFIRMED"
    assert back[uid]["sequence"] > after[uid]["sequence"]


def test_what_i_took_over_is_mine_and_what_passed_on_from_me_is_cancelled(scene: Scene, office: Office) -> None:
    give_away(scene, 23, "王经办", "陈接访")
    mine = [event for event in events(office.clerk).values() if event["dtstart"].dt == at(23, 8)]
    assert [str(event["status"]) for event in mine] == ["CONFIRMED"]
    give_away(scene, 23, "王经办", None)
    mine = [event for event in events(office.clerk).values() if event["dtstart"].dt == at(23, 8)]
    assert [str(event["status"]) for event in mine] == ["CANCELLED"], "never published on it, but it stood in a file"


def test_what_was_typed_comes_back_as_typed(scene: Scene, office: Office) -> None:
    odd = '综治; 中心, 一楼\\"x" ' + "很长的名字" * 20
    scene.change(DutyPost, scene.post, name=odd, place="BEGIN:VEVENT, 左")
    scene.change(Duty, scene.duty, name="中心;值班,\\n")
    with scene.database.transaction(SYSTEM) as session:
        session.scalars(select(OfficeFact).where(OfficeFact.name == "telephone")).one().value = "0230;1,2"
    made = calendars.my_calendar(office.clerk, language="en").content
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    event: Any = Calendar.from_ical(made).walk("VEVENT")[0]
    assert str(event["location"]) == f"{odd} BEGIN:VEVENT, 左"
    assert str(event["summary"]) == "中心;值班,\\n, 全天 (Staff on duty)"
    assert str(event["description"]) == "Duty telephone: 0230;1,2"
    assert len(Calendar.from_ical(made).walk("VEVENT")) == 3


def test_english_names_where_there_are_any(scene: Scene, office: Office) -> None:
    scene.change(Duty, scene.duty, name_en="Centre duty")
    scene.change(DutyShift, scene.shift, name_en="24 hours")
    told = {str(event["summary"]) for event in read(office.clerk).walk("VEVENT")}
    assert told == {"Centre duty, 24 hours (Staff on duty)"}
    assert all("中心值班" in str(event["summary"]) for event in read(office.clerk, "zh").walk("VEVENT"))


def test_drafts_and_what_is_long_past_stay_out(scene: Scene, office: Office) -> None:
    scene.change(Rota, scene.rota, state="draft")
    assert events(office.clerk) == {}
    scene.change(Rota, scene.rota, state="published")
    with clock.at(datetime(2027, 11, 18, tzinfo=UTC)):
        assert sorted(event["dtstart"].dt for event in events(office.clerk).values()) == [at(19, 8), at(22, 8)]


def test_who_serves_nowhere_takes_an_empty_calendar_and_who_may_not_serve_none(scene: Scene, office: Office) -> None:
    assert events(office.head) == {}
    for actor in (office.viewer, office.admin, office.auditor):
        with pytest.raises(Refused):
            calendars.my_calendar(actor, language="en")


def test_taking_it_is_journalled(scene: Scene, office: Office) -> None:
    calendars.my_calendar(office.clerk, language="en")
    with scene.database.reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.event == "export")).one()
    assert (row.tbl, row.actor_id) == ("rota", office.clerk.id)
    assert "my_shifts" in (row.after or "")
