"""Duty through two languages: a month with a festival planned, a sick call, swaps, taken over, handed over."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import docx
import pytest
from playwright.sync_api import Browser, Locator, TimeoutError, expect
from sqlalchemy import select

from components import duty_labels, duty_shifts, rota_labels
from db import clock, engine
from db.models import Rota, RotaChange
from tests.browser import files
from tests.browser.people import Seat, sit_down
from tests.browser.rosters import FIRST, cell, draw_up, head, inside, marks, prepared, serving, the_database, unfold
from tests.db.services.duty_sheets import sheet
from tests.db.services.on_duty import ZONE
from tests.factories import SYSTEM, a_database, a_duty, a_member
from tests.serving import PATIENCE, Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])]

NOW = datetime(2026, 9, 17, 9, 0, tzinfo=ZONE)  # the second crew came an hour ago
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
PATROL = tuple(f"巡逻{sign}" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳")
ON_LEAVE, FROM, UNTIL = PATROL[0], date(2026, 10, 5), date(2026, 10, 7)
DEPUTY = {"en": "Deputy on duty", "zh": "值班副主任"}
DUTY = {"en": "Patrol posts", "zh": "巡逻岗亭值班"}
NOTE = "三号窗口打印机缺纸，早班请补。"
HOLIDAY, AWAY = {"en": "H", "zh": "休"}, {"en": "L", "zh": "假"}


@dataclass(frozen=True)
class Ground:
    """An office for each language, served, and who sits down there."""

    served: Mapping[str, Served]
    seat: Callable[[str, str], Seat]
    rota: int


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Ground]:
    """The same office once for each language, so that nobody meets what the other one did."""
    served: dict[str, Served] = {}
    for language in ("en", "zh"):
        folder = tmp_path_factory.mktemp(f"rota-{language}") / "data"
        with clock.at(NOW):
            database, office = a_database(folder)
            with closing(database), engine.using(database):
                with database.transaction(SYSTEM) as session:
                    duty = a_duty(session, office, name_en="Centre duty")
                    for name, account in (("何所长", office.head), ("方主委", office.chair)):
                        a_member(session, duty, name, "staff", person_id=account.id)
                    for name in ("范副班", "史副班"):
                        a_member(session, duty, name, "deputy")
                    duty_id = duty.id
                rota_id = prepared(office, duty_id)
                give_passwords(database)
        environ = {"SET_CLOCK": NOW.isoformat()}
        served[language] = Served(folder, environ=environ, script="tests/stopped_app.py").start()
    try:
        yield Ground(
            served, cache(lambda person, locale: sit_down(browser, served[locale[:2]], person, locale)), rota_id
        )
    finally:
        for one in served.values():
            one.stop()


def changes(seat: Seat, rota_id: int) -> list[tuple[str, str]]:
    """The changes on top of a published rota: how and why."""
    query = select(RotaChange.kind, RotaChange.reason).where(RotaChange.rota_id == rota_id).order_by(RotaChange.id)
    with the_database(seat) as connection:
        return [(kind, reason) for kind, reason in connection.execute(query)]


def on_day(seat: Seat, label: str, day: date) -> None:
    """Type a day and close its calendar, which covers what is below."""
    files.day(seat, label, day)
    seat.page.keyboard.press("Escape")


def bring_people(director: Seat) -> None:
    """People and a leave from a sheet, looked at before they are taken."""
    leave = {"请假开始": FROM, "请假结束": UNTIL}
    people = [{"姓名": name, "角色": "巡逻队员"} | (leave if name == ON_LEAVE else {}) for name in PATROL]
    unfold(director, "People from an Excel sheet")
    file = {"name": "巡逻.xlsx", "mimeType": "application/octet-stream", "buffer": sheet(*people)}
    director.page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(file)  # type: ignore[arg-type]
    director.reads(director.say("This sheet would bring:"))
    director.press("Take this sheet")
    director.reads(director.say("Taken:"))


def generate(director: Seat) -> None:
    """Search, leave meanwhile, come back, stop as soon as every place is filled, take what was found."""
    where = director.page.url
    director.press("Generate")
    offer = inside(director, "rota-offer-")
    expect(offer.or_(director.page.get_by_role("button", name=director.say("Stop and keep the best")))).to_be_visible()
    director.open("desk")
    director.page.goto(where)
    filled = director.say("the best fills every place")
    director.page.get_by_text(filled).first.wait_for(timeout=2 * PATIENCE)
    with suppress(TimeoutError):  # nothing better may exist, and then it ended by itself
        director.page.get_by_role("button", name=director.say("Stop and keep the best")).click(timeout=3_000)
    expect(offer).to_contain_text(filled)
    director.press("Take it into the draft")
    expect(head(director)).to_contain_text(director.say("no open place"))


def place_by_hand(director: Seat, rota_id: int) -> None:
    """Put somebody on leave on a place: the rule is named before, it stands in the head after; then put it right."""
    before = serving(director, rota_id, FROM, "patrol")
    expect(files.rows(director, director.say("Unfilled"))).to_have_count(0)
    cell(director, ON_LEAVE, FROM.day - 1)
    told = inside(director, "rota-told")
    expect(told).to_contain_text(director.say("Would break"))
    expect(told).to_contain_text(director.say(rota_labels.TABLES["rule"]["leave"]))
    director.press("Put on this place")
    expect(head(director)).to_contain_text(director.say("Broken rules: {n}", n=""))
    after = serving(director, rota_id, FROM, "patrol")
    (sent_away,) = set(before) - set(after)
    place = director.page.get_by_role("combobox", name=director.say("Place to serve"))
    expect(place).to_have_value(re.compile(f"{ON_LEAVE}$"))
    marks(director, ON_LEAVE, {FROM.day - 1: re.compile("!$")})
    director.choose("Who", sent_away)
    expect(told).to_contain_text(director.say("This breaks no rule."))
    director.press("Put on this place")
    expect(head(director)).to_contain_text(director.say("no broken rule"))
    assert serving(director, rota_id, FROM, "patrol") == before


def notice(seat: Seat) -> str:
    """The words of the notice as it comes out of the browser."""
    seat.press("Print")
    with seat.page.expect_download() as coming:
        seat.page.get_by_role("link", name=seat.say("Notice as Word")).click()
    paper = docx.Document(str(coming.value.path()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


@pytest.mark.in_turn(2, of=4)
def test_a_month_with_a_festival_is_planned_and_published(ground: Ground, locale: str) -> None:
    director = ground.seat("director", locale)
    director.open("duties")
    unfold(director, "Begin with a preset")
    director.choose("Duty", DUTY[director.language])
    director.press("Take this preset")
    bring_people(director)

    rota_id = draw_up(director, DUTY[director.language])
    with the_database(director) as connection:
        found = connection.execute(select(Rota.from_on, Rota.until_on).where(Rota.id == rota_id)).one()
    assert tuple(found) == OCTOBER
    generate(director)
    marks(director, director.say("Calendar"), {0: HOLIDAY[director.language], 6: HOLIDAY[director.language], 7: ""})
    away = dict.fromkeys(range(FROM.day - 1, UNTIL.day), AWAY[director.language])
    marks(director, ON_LEAVE, away)
    place_by_hand(director, rota_id)

    director.press("Publish")
    director.press("Publish this rota")
    expect(head(director)).to_contain_text(director.say("Published, version {number}", number=1))
    clerk = ground.seat("clerk", locale)
    clerk.open(f"rota?id={rota_id}")
    expect(head(clerk)).to_contain_text(clerk.say("no broken rule"))
    marks(clerk, ON_LEAVE, away)
    printed = notice(clerk)
    assert all(name in printed for name in PATROL)
    assert "2026年10月" in printed
    expect(clerk.page.locator("[class*='st-key-rota-placing-']")).to_have_count(0)


def test_a_sick_call_is_planned_again_with_two_changes(ground: Ground, locale: str) -> None:
    director, rota_id, sick = ground.seat("director", locale), ground.rota, "祁副班"
    days = [date(2026, 9, 18), date(2026, 9, 21)]
    assert [serving(director, rota_id, day, "deputy") for day in days] == [[sick], [sick]]
    director.open(f"rota?id={rota_id}")
    unfold(director, "Plan again after sick calls or leave")
    director.choose("Who is away", sick)
    on_day(director, "Away from", days[0])
    on_day(director, "Until (empty: one day)", days[1])
    director.press("Enter the leave")
    expect(head(director)).to_contain_text(director.say("Broken rules: {n}", n=2))
    before = changes(director, rota_id)
    director.press("Look for the fewest changes")
    director.reads(director.say("Places that change hands: {n}", n=2))
    expect(files.rows(director, sick, DEPUTY[director.language])).to_have_count(2)
    assert changes(director, rota_id) == before
    director.write("Reason of the changes", "发烧")
    director.press("Take these changes")
    expect(head(director)).to_contain_text(director.say("no broken rule"))
    assert changes(director, rota_id) == [*before, ("replan", "发烧"), ("replan", "发烧")]
    assert not any(sick in serving(director, rota_id, day, "deputy") for day in days)
    columns = [(day - FIRST).days for day in days]
    marks(director, sick, dict.fromkeys(columns, AWAY[director.language]))
    director.tick(director.say("Show it as it was published, without the {n} changes", n=len(before) + 2))
    marks(director, sick, dict.fromkeys(columns, "全"))


def swap(seat: Seat, asker: str) -> Locator:
    """The card of a swap somebody asked for."""
    return seat.page.locator("[class*='st-key-swap-']").filter(has_text=asker).first


def ask_for_a_swap(seat: Seat, day: date, taker: str | None, reason: str) -> None:
    """Give away one's shift of a day."""
    seat.open("my-duty")
    unfold(seat, "Ask for a swap")
    seat.choose("The shift to give away", f"{day}")
    if taker is not None:
        seat.choose("Ask", taker)
    seat.write("Reason", reason)
    seat.press("Ask for the swap")


@pytest.mark.in_turn(1, of=4)
def test_one_swap_is_approved_and_one_refused(ground: Ground, locale: str) -> None:
    clerk, handler, taker, director = (ground.seat(one, locale) for one in ("clerk", "handler", "head", "director"))
    given, kept = date(2026, 9, 20), date(2026, 9, 21)
    assert "陈接访" in serving(clerk, ground.rota, given, "staff")
    ask_for_a_swap(clerk, given, "何所长", "家中有事")
    expect(swap(clerk, "陈接访")).to_contain_text(clerk.say(duty_labels.TABLES["swap"]["offered"]))
    taker.open("my-duty")
    expect(swap(taker, "陈接访")).to_contain_text("家中有事")
    taker.press("Take it as {name}", name="何所长")
    director.open("my-duty")
    assert "陈接访" in serving(clerk, ground.rota, given, "staff")
    director.click(swap(director, "陈接访").get_by_role("button", name=director.say("Approve"), exact=True))
    expect(swap(director, "陈接访")).to_have_count(0)
    assert "何所长" in serving(clerk, ground.rota, given, "staff")

    assert "王经办" in serving(handler, ground.rota, kept, "staff")
    ask_for_a_swap(handler, kept, None, "想换一天")
    director.open("my-duty")
    director.click(swap(director, "王经办").get_by_role("button", name=director.say("Refuse")))
    opened = director.page.get_by_test_id("stPopoverBody")
    opened.get_by_label(director.say("Reason")).fill("当天人手不足")
    director.click(opened.get_by_role("button", name=director.say("Refuse"), exact=True))
    expect(swap(director, "王经办")).to_have_count(0)
    handler.open("my-duty")
    handler.tick(handler.say("Show every swap, those that ended too"))
    refused = handler.say(duty_labels.TABLES["swap"]["refused"])
    expect(files.rows(handler, "当天人手不足", refused)).to_have_count(1)
    assert "王经办" in serving(handler, ground.rota, kept, "staff")


def test_a_place_is_taken_over_at_once_and_the_shift_handed_over(ground: Ground, locale: str) -> None:
    leader, director, clerk = (ground.seat(one, locale) for one in ("leader", "director", "clerk"))
    leader.open("my-duty")
    unfold(leader, "Somebody does not come: take over at once")
    leader.choose("Whose place", "冉值班")
    leader.choose("Who takes over", "方主委")
    leader.write("Reason", "未到岗")
    leader.press("Take over now")
    leader.open("desk")
    on = inside(leader, "desk-on-now")
    expect(on).to_contain_text("方主委")
    expect(on.locator("li")).to_have_count(4)
    director.open("my-duty")
    director.click(swap(director, "冉值班").get_by_role("button", name=director.say("Approve"), exact=True))
    expect(swap(director, "冉值班")).to_have_count(0)
    assert changes(director, ground.rota)[-1] == ("take_over", "未到岗")

    clerk.open("my-duty")
    clerk.choose("Uniform", clerk.say(duty_shifts.UNIFORM["worn"]))
    clerk.press("Start the shift")
    expect(clerk.page.get_by_role("button", name=clerk.say("Start the shift"))).to_have_count(0)
    unfold(clerk, "Write the hand-over note")
    clerk.write("What the next shift must know", NOTE)
    clerk.press("Hand over")
    unfold(clerk, "Hand-over notes of the last week ({n})", n=1)
    clerk.reads(NOTE)
    clerk.reads(clerk.say("Not read yet."))
