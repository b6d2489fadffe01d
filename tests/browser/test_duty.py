"""Duty by its edges: the shift handed over and read, who plans what, forty people in the grid, a hole explained."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from components import duty_shifts, rota_labels
from db import clock, engine
from db.models import Duty, DutyAbsence, DutyAttendance, DutyMember, DutyNeed, DutyPost, DutyShift, RotaPlace
from db.rules.permissions import Actor
from db.services.duty import editing, rotas
from tests.browser import files
from tests.browser.people import Seat, sit_down
from tests.browser.rosters import cell, draw_up, head, inside, marks, prepared, serving, the_database, unfold
from tests.db.services.on_duty import ZONE
from tests.factories import SYSTEM, a_database, a_duty, a_member, a_patrol_lead
from tests.serving import Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = datetime(2026, 9, 18, 7, 50, tzinfo=ZONE)  # the second crew goes in ten minutes, the third has come
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SCHOOL_WEEK = (date(2026, 10, 12), date(2026, 10, 16))
AWAY = (date(2026, 10, 13), date(2026, 10, 14))
FORTY = tuple(f"队员{n:02}" for n in range(1, 41))
TEAM, GATE = ("甲巡逻", "乙巡逻", "丙巡逻"), ("甲护学", "乙护学")
NOTE = "三号窗口打印机缺纸，早班请补。"


@dataclass(frozen=True)
class Ground:
    """An office ten minutes before a shift ends, and who sits down there; rotas by their duty."""

    seat: Callable[[str, str], Seat]
    rotas: dict[str, int]


def a_small_duty(session: Session, name: str, unit_id: int, count: int, *people: str) -> Duty:
    """So many of these people at one post every day from eight to four."""
    duty = Duty(name=name, unit_id=unit_id, least_rest=660)
    session.add(duty)
    session.flush()
    post, shift = DutyPost(duty_id=duty.id, name="门岗"), DutyShift(duty_id=duty.id, name="白班", mark="白")
    shift.begins, shift.minutes = 480, 480
    session.add_all([post, shift])
    session.flush()
    session.add(DutyNeed(duty_id=duty.id, post_id=post.id, shift_id=shift.id, role="patrol", count=count))
    for person in people:
        a_member(session, duty, person, "patrol")
    return duty


def away(session: Session, duty: Duty, name: str, from_on: date, until_on: date) -> None:
    """A leave."""
    named = select(DutyMember.id).where(DutyMember.duty_id == duty.id, DutyMember.name == name)
    leave = DutyAbsence(member_id=session.scalars(named).one(), kind="leave", from_on=from_on, until_on=until_on)
    session.add(leave)


def a_week_with_a_hole(director: Actor, duty_id: int) -> int:
    """A draft in which both stand where they can; its rota."""
    rota_id = rotas.new_rota(director, duty_id=duty_id, from_on=SCHOOL_WEEK[0], until_on=SCHOOL_WEEK[1], key="week")
    seen = rotas.rota_view(director, rota_id=rota_id)
    members = [int(one) for one in seen.members["id"]]
    put = {
        int(row["id"]): (int(row["version"]), {"member_id": members[row["place"]]})
        for row in seen.rows
        if row["place"] == 0 or not AWAY[0] <= row["on_day"] <= AWAY[1]
    }
    assert len(editing.put(director, rota_id=rota_id, rows=put, key="filled").saved) == len(put)
    return rota_id


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Ground]:
    """The centre duty published, a draft of it, a duty of unit A, forty people, and a week with a hole."""
    folder = tmp_path_factory.mktemp("duty") / "data"
    with clock.at(NOW):
        database, office = a_database(folder)
        director = office.director
        with closing(database), engine.using(database):
            with database.transaction(SYSTEM) as session:
                a_patrol_lead(session, office)
                centre = a_duty(session, office)
                a_small_duty(session, "城建巡逻", office.unit_a, 1, *TEAM)
                many = a_small_duty(session, "大队执勤", office.centre, 4, *FORTY)
                away(session, many, FORTY[0], date(2026, 10, 5), date(2026, 10, 7))
                gate = a_small_duty(session, "校门值守", office.centre, 2, *GATE)
                away(session, gate, GATE[1], *AWAY)
                duties = {"centre": centre.id, "many": many.id, "gate": gate.id}
            made = {"published": prepared(office, duties["centre"])}
            made["gate"] = a_week_with_a_hole(director, duties["gate"])
            for name, duty in (("draft", "centre"), ("many", "many")):
                first, last = OCTOBER
                made[name] = rotas.new_rota(director, duty_id=duties[duty], from_on=first, until_on=last, key=name)
            give_passwords(database)
    with Served(folder, environ={"SET_CLOCK": NOW.isoformat()}, script="tests/stopped_app.py") as served:
        yield Ground(cache(lambda person, locale: sit_down(browser, served, person, locale)), made)


def marked(seat: Seat, rota_id: int, name: str) -> list[tuple[bool, bool, bool | None]]:
    """Of each marked shift of somebody: whether start and end are, and whether the uniform was worn."""
    query = (
        select(DutyAttendance.started_at, DutyAttendance.ended_at, DutyAttendance.uniform)
        .join(RotaPlace, RotaPlace.id == DutyAttendance.place_id)
        .join(DutyMember, DutyMember.id == DutyAttendance.member_id)
        .where(RotaPlace.rota_id == rota_id, DutyMember.name == name)
    )
    with the_database(seat) as connection:
        return [(bool(start), bool(end), uniform) for start, end, uniform in connection.execute(query)]


@pytest.mark.in_turn(0, of=4)
def test_a_shift_ends_and_the_next_one_reads_its_note(ground: Ground) -> None:
    clerk, handler = ground.seat("clerk", "zh-CN"), ground.seat("handler", "zh-CN")
    for seat in (clerk, handler):
        seat.open("my-duty")
        seat.choose("Uniform", seat.say(duty_shifts.UNIFORM["worn"]))
        seat.press("Start the shift")
        expect(seat.page.get_by_role("button", name=seat.say("Start the shift"))).to_have_count(0)
    unfold(clerk, "Write the hand-over note")
    clerk.write("What the next shift must know", NOTE)
    clerk.press("Hand over")
    clerk.press("End the shift")
    expect(clerk.page.get_by_role("button", name=clerk.say("End the shift"))).to_have_count(0)
    assert marked(clerk, ground.rotas["published"], "陈接访") == [(True, True, True)]
    assert marked(handler, ground.rotas["published"], "王经办") == [(True, False, True)]

    handler.open("desk")
    expect(inside(handler, "desk-on-now")).to_contain_text(handler.say("{n} hand-over notes wait for you.", n=1))
    handler.press("To my shifts")
    waiting = inside(handler, "unread-")
    expect(waiting).to_contain_text(NOTE)
    expect(waiting).to_contain_text("陈接访")
    handler.press("I have read this")
    expect(waiting).to_have_count(0)

    clerk.open("my-duty")
    unfold(clerk, "Hand-over notes of the last week ({n})", n=1)
    clerk.reads(clerk.say("Read by {who}, {time}.", who="王经办", time="|").partition("|")[0])


def test_a_patrol_lead_plans_the_own_team_only(ground: Ground) -> None:
    lead = ground.seat("patrol_lead", "zh-CN")
    draw_up(lead, "城建巡逻")
    expect(head(lead)).to_contain_text(lead.say("Open places: {n}", n=31))
    plans = ("rota-placing-", "rota-again", "rota-discard-")
    lead.reads(lead.say("Generate"))
    expect(inside(lead, "rota-placing-")).to_be_visible()
    expect(inside(lead, "rota-publish-")).to_have_count(0)
    cell(lead, TEAM[0], 0)
    lead.press("Put on this place")
    expect(head(lead)).to_contain_text(lead.say("Open places: {n}", n=30))

    lead.open("rotas")
    unfold(lead, "New rota")
    offered = lead.page.get_by_role("combobox", name=lead.say("Duty")).last
    expect(offered).to_have_value("城建巡逻")
    lead.open(f"rota?id={ground.rotas['published']}")
    expect(head(lead)).to_contain_text(lead.say("no open place"))
    for key in plans:
        expect(inside(lead, key)).to_have_count(0)
    lead.open(f"rota?id={ground.rotas['draft']}")
    lead.reads(lead.say("This does not exist, or it is not yours to see."))


def test_somebody_of_forty_is_placed_by_hand_and_the_rule_is_named(ground: Ground) -> None:
    director, rota_id, day = ground.seat("director", "en-GB"), ground.rotas["many"], date(2026, 10, 5)
    director.open(f"rota?id={rota_id}")
    expect(head(director)).to_contain_text(director.say("Open places: {n}", n=124))
    cell(director, FORTY[0], day.day - 1)
    told = inside(director, "rota-told")
    expect(told).to_contain_text(director.say("Would break"))
    expect(told).to_contain_text(director.say(rota_labels.TABLES["rule"]["leave"]))
    director.press("Put on this place")
    expect(head(director)).to_contain_text(director.say("Broken rules: {n}", n=1))
    marks(director, FORTY[0], {day.day - 1: re.compile("!$")})
    director.choose("Place to serve", FORTY[0])
    director.choose("Who", FORTY[-1])
    expect(told).to_contain_text(director.say("This breaks no rule."))
    director.press("Put on this place")
    expect(head(director)).to_contain_text(director.say("no broken rule"))
    assert serving(director, rota_id, day, "patrol") == [FORTY[-1]]
    scroller = director.page.locator(".st-key-rota_desk .dvn-scroller")
    scroller.evaluate("(grid) => { grid.scrollTop = grid.scrollHeight; }")
    marks(director, FORTY[-1], {day.day - 1: "白"})


def test_a_hole_is_explained(ground: Ground) -> None:
    director = ground.seat("director", "en-GB")
    director.open(f"rota?id={ground.rotas['gate']}")
    expect(head(director)).to_contain_text(director.say("Open places: {n}", n=2))
    director.press("Why, and what would help?")
    why = director.say(rota_labels.TABLES["rule"]["leave"])
    expect(files.rows(director, f"{why}: 1")).to_have_count(2)
    director.reads(director.say("This would fill every place:"))
    director.reads(re.compile(r"One more person \(.+\): .+ 2026-10-13 – 2026-10-14\."))
    unfold(director, "Other single changes that would help")
    director.reads(re.compile(rf"absence of {GATE[1]}"))
    unfold(director, "Person by person")
    director.reads(f"{GATE[1]} is on leave")
