"""Taking a rota, its lists and histories away: once, by their owner, only what the screen shows, journalled."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from components.front_door import exports as route
from db import clock
from db.engine import Database
from db.identity import encrypt
from db.journal import JournalRow
from db.models import Duty, DutyAbsence, DutyMember, DutyShift, Rota, RotaPlace
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Refused
from db.rules.rates import TooMany
from db.services import exports as all_exports
from db.services.duty import exports, gaps, publishing, swaps
from tests.db.services.on_duty import Scene, a_published_rota, at
from tests.db.services.standing_rotas import add
from tests.factories import SYSTEM, Office, a_patrol_lead

NOVEMBER: Any = {"from_on": date(2026, 11, 1), "until_on": date(2026, 11, 30)}


@pytest.fixture
def scene(database: Database, office: Office) -> Iterator[Scene]:
    """Seen on Friday the 20th at nine: the third crew is on."""
    made = a_published_rota(database, office, least_rest=0, name_en="Centre duty")
    all_exports._asked._inside._left.clear()
    with clock.at(at(20, 9)):
        yield made


def sheets(actor: Actor, token: str) -> list[list[tuple[Any, ...]]]:
    """The sheets of the fetched workbook."""
    name, content = route._workbook(actor, token)
    assert name.endswith(" 2026-11-20.xlsx")
    book = openpyxl.load_workbook(BytesIO(content))
    assert all(cell.data_type != "f" for page in book for row in page for cell in row)
    return [list(page.iter_rows(values_only=True)) for page in book.worksheets]


def test_the_grid_of_a_rota_with_its_counts(scene: Scene, office: Office) -> None:
    member = scene.member("柯值班")
    leave = {"kind": "leave", "from_on": date(2026, 11, 10), "until_on": date(2026, 11, 17)}
    add(scene.database, DutyAbsence(member_id=member, **leave))
    place = scene.place(22, "陈接访")
    publishing.override(
        office.director, rota_id=scene.rota, place_id=place, version=1, member_id=None, reason="病", key="x"
    )
    place = scene.place(23, "王经办")
    publishing.override(
        office.director, rota_id=scene.rota, place_id=place, version=1, member_id=member, reason="病", key="y"
    )
    made = exports.ask_rota(office.clerk, rota_id=scene.rota, language="en")
    assert made.rows == 12
    grid, about = sheets(office.clerk, made.token)
    assert grid[0][:4] == ("Person", "16 Mon", "17 Tue", "18 Wed")
    assert grid[0][10:14] == tuple(f"This period · {m}" for m in ("All shifts", "Nights", "Weekends", "Festivals"))
    rows = {row[0]: row[1:] for row in grid[1:]}
    assert rows["陈接访"][:9] == ("全", None, None, "全", None, None, None, None, None)
    assert rows["柯值班"][:9] == ("L", "L", "全", None, None, "全", None, "全*", "全")
    assert rows["陈接访"][9] == 2
    told = dict(about)
    assert (told["Duty"], told["Version"], told["Open places"]) == ("Centre duty", "1", "1")
    assert {"全 全天", "L Leave", "* changed after publishing"} <= {value for name, value in about if name == "Sign"}


def test_the_list_of_rotas(scene: Scene, office: Office) -> None:
    draft = Rota(
        duty_id=scene.duty, from_on=date(2026, 12, 1), until_on=date(2026, 12, 31), made_at=at(20, 9), title="=1"
    )
    add(scene.database, draft)
    head, *rows = sheets(office.director, exports.ask_rotas(office.director, language="en").token)[0]
    assert head[:5] == ("Duty", "From", "Until", "State", "Version")
    assert [(row[0], row[3], row[8]) for row in rows] == [
        ("Centre duty", "Draft", "=1"),
        ("Centre duty", "Published", None),
    ]
    assert exports.ask_rotas(office.clerk, language="en").rows == 1, "drafts are for who plans"
    assert exports.ask_rotas(office.director, duty_id=scene.duty + 1, language="en").rows == 0


def test_swaps_with_reasons_only_for_who_may_read_them(scene: Scene, office: Office) -> None:
    place = scene.place(22, "陈接访")
    swaps.ask_swap(office.clerk, place_id=place, version=1, reason="家中有事", key="ask")
    for actor, reason in ((office.clerk, "家中有事"), (office.director, "家中有事"), (office.handler, None)):
        head, row = sheets(actor, exports.ask_swaps(actor, language="en").token)[0]
        told = dict(zip(head, row, strict=True))
        assert (told["Asked by"], told["State"], told["Reason"]) == ("陈接访", "Asked of everybody", reason)
    assert exports.ask_swaps(office.head, language="en").rows == 0


def test_missing_marks_as_their_screen_shows_them(scene: Scene, office: Office) -> None:
    for actor in (office.director, office.clerk):
        seen = gaps.gaps(actor, duty_id=scene.duty, **NOVEMBER)
        made = exports.ask_gaps(actor, duty_id=scene.duty, language="en", **NOVEMBER)
        head, *rows = sheets(actor, made.token)[0]
        assert head == ("Day", "Missing", "Name", "Post", "Shift", "Role", "Due at")
        assert made.rows == len(rows) == len(seen)
    assert {row[2] for row in rows} == {"陈接访"}
    assert {row[1] for row in rows} == {"No start marked", "No end marked"}


def test_what_everybody_served_and_what_one_served_by_month(scene: Scene, office: Office) -> None:
    made = exports.ask_people(office.director, duty_id=scene.duty, language="en", **NOVEMBER)
    (head, *rows), about = sheets(office.director, made.token)
    assert head[:6] == ("Name", "All shifts", "Nights", "Weekends", "Festivals", "Hours served")
    assert {row[0]: row[1:7] for row in rows}["陈接访"] == (2, 2, 0, 0, 48, 2)
    assert ("Period", "1 November 2026 – 30 November 2026") in about
    made = exports.ask_months(office.clerk, language="en", **NOVEMBER)
    assert sheets(office.clerk, made.token)[0][1][:4] == (2026, 11, 2, 2)


def test_only_its_owner_only_once_only_as_what_it_is(scene: Scene, office: Office) -> None:
    made = exports.ask_rota(office.clerk, rota_id=scene.rota, language="en")
    for actor, fetch in ((office.director, exports.fetch_rota), (office.clerk, exports.fetch_list)):
        with pytest.raises(NotThere):
            fetch(actor, token=made.token)
    exports.fetch_rota(office.clerk, token=made.token)
    with pytest.raises(NotThere):
        exports.fetch_rota(office.clerk, token=made.token)
    listed = exports.ask_swaps(office.clerk, language="en")
    with pytest.raises(NotThere):
        exports.fetch_rota(office.clerk, token=listed.token)
    with pytest.raises(NotThere):
        exports.fetch_list(office.handler, token=listed.token)
    exports.fetch_list(office.clerk, token=listed.token)
    with pytest.raises(NotThere):
        exports.fetch_list(office.clerk, token=listed.token)


def test_everybody_within_their_own_rights(scene: Scene, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
    with pytest.raises(Refused):
        exports.ask_rota(office.auditor, rota_id=scene.rota, language="en")
    for actor in (office.clerk, office.viewer, office.admin):
        exports.ask_rota(actor, rota_id=scene.rota, language="en")
        with pytest.raises(Refused):
            exports.ask_people(actor, duty_id=scene.duty, language="en", **NOVEMBER)
    with pytest.raises(NotThere):
        exports.ask_people(lead, duty_id=scene.duty, language="en", **NOVEMBER)
    with pytest.raises(NotThere):
        exports.ask_months(lead, member_id=scene.member("王经办"), language="en", **NOVEMBER)
    with pytest.raises(Refused):
        exports.ask_months(office.viewer, language="en", **NOVEMBER)
    scene.change(Rota, scene.rota, state="draft")
    with pytest.raises(NotThere):
        exports.ask_rota(office.clerk, rota_id=scene.rota, language="en")


def test_a_right_lost_between_asking_and_fetching_is_lost(scene: Scene, office: Office) -> None:
    made = exports.ask_rota(office.clerk, rota_id=scene.rota, language="en")
    scene.change(Rota, scene.rota, state="draft")
    with pytest.raises(NotThere):
        exports.fetch_rota(office.clerk, token=made.token)


def test_telephone_numbers_stay_here(scene: Scene, office: Office) -> None:
    phone = encrypt(scene.database, "duty_member.phone", "15400000001")
    scene.change(DutyMember, scene.member("陈接访"), phone=phone)
    asked = {"duty_id": scene.duty, "language": "en", **NOVEMBER}
    for made in (
        exports.ask_rota(office.director, rota_id=scene.rota, language="en"),
        exports.ask_people(office.director, **asked),
        exports.ask_gaps(office.director, **asked),
    ):
        told = sheets(office.director, made.token)
        assert any("陈接访" in row for page in told for row in page)
        assert not any("1540" in str(value) for page in told for row in page for value in row)


def test_each_is_journalled_and_too_many_are_refused(scene: Scene, office: Office) -> None:
    token = exports.ask_rota(office.clerk, rota_id=scene.rota, language="en").token
    exports.fetch_rota(office.clerk, token=token)
    listed = exports.ask_gaps(office.clerk, duty_id=scene.duty, language="en", **NOVEMBER).token
    exports.fetch_list(office.clerk, token=listed)
    with scene.database.reading() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.event == "export").order_by(JournalRow.seq)).all()
    assert [(row.tbl, row.pk, row.actor_id) for row in rows] == [
        ("rota", str(scene.rota), office.clerk.id),
        ("duty_attendance", "", office.clerk.id),
    ]
    assert json.loads(rows[1].after or "")["from_on"] == "2026-11-01"
    for _ in range(18):
        exports.ask_swaps(office.clerk, language="en")
    with pytest.raises(TooMany):
        exports.ask_rota(office.clerk, rota_id=scene.rota, language="en")


def test_english_names_are_used_where_there_are_any(scene: Scene, office: Office) -> None:
    scene.change(DutyShift, scene.shift, name_en="24 hours")
    scene.change(Duty, scene.duty, name_en="")
    made = exports.ask_gaps(office.director, duty_id=scene.duty, language="en", **NOVEMBER)
    assert {row[4] for row in sheets(office.director, made.token)[0][1:]} == {"24 hours"}
    made = exports.ask_gaps(office.director, duty_id=scene.duty, language="zh", **NOVEMBER)
    assert {row[4] for row in sheets(office.director, made.token)[0][1:]} == {"全天"}
    assert scene.count(RotaPlace) == 36
