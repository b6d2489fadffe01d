"""What people do on a rota's page, and half a month of centre duty that is published."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from playwright.sync_api import Locator, Position, expect
from sqlalchemy import Connection, create_engine, select

from db import clock
from db.models import DutyMember, RotaPlace
from db.services.duty import editing, publishing, rotas
from tests.browser.people import Seat
from tests.browser.walking import STILL
from tests.db.services.on_duty import CREWS, ROLES, ZONE
from tests.factories import Office
from tests.serving import settle

FIRST, LAST = date(2026, 9, 14), date(2026, 9, 30)
# The grid: the width of names and of a day, the height of a row and of the head.
NAMES, DAY, ROW, HEAD = 80, 22, 28, 36


def prepared(office: Office, duty_id: int) -> int:
    """The centre duty of half a month, three crews in turn, published; its rota."""
    director = office.director
    with clock.at(datetime(2026, 9, 12, 9, 0, tzinfo=ZONE)):
        rota_id = rotas.new_rota(director, duty_id=duty_id, from_on=FIRST, until_on=LAST, key="September")
        seen = rotas.rota_view(director, rota_id=rota_id)
        members = {row["name"]: int(row["id"]) for row in seen.members.to_dict("records")}
        crews = {
            (FIRST + timedelta(days=n), role, place): members[name]
            for n in range((LAST - FIRST).days + 1)
            for name, (role, place) in zip(CREWS[(n + 1) % 3], ROLES, strict=True)
        }
        put = {
            int(row["id"]): (int(row["version"]), {"member_id": crews[row["on_day"], row["role"], row["place"]]})
            for row in seen.rows
        }
        assert len(editing.put(director, rota_id=rota_id, rows=put, key="crews").saved) == len(put)
        version = rotas.rota_view(director, rota_id=rota_id).version
        assert publishing.publish(director, rota_id=rota_id, version=version, key="published") == 1
    return rota_id


@contextmanager
def the_database(seat: Seat) -> Iterator[Connection]:
    """What stands in the file of this person's office, read beside the server."""
    engine = create_engine(f"sqlite:///file:{seat.served.folder / 'linli.db'}?mode=ro&uri=true")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def serving(seat: Seat, rota_id: int, on_day: date, role: str) -> list[str]:
    """Who stands on the places of a role on a day."""
    query = (
        select(DutyMember.name)
        .join(RotaPlace, RotaPlace.member_id == DutyMember.id)
        .where(RotaPlace.rota_id == rota_id, RotaPlace.on_day == on_day, RotaPlace.role == role)
    )
    with the_database(seat) as connection:
        return list(connection.scalars(query.order_by(RotaPlace.place)))


def unfold(seat: Seat, message: str, **values: object) -> None:
    """Open what is folded away under these words."""
    folded = seat.page.locator("details:not([open]) > summary").filter(has_text=seat.say(message, **values))
    seat.click(folded.first)
    seat.page.evaluate(STILL)  # a list that opens while the fold still moves closes again


def inside(seat: Seat, key: str) -> Locator:
    """The part of the page whose key begins so."""
    return seat.page.locator(f"[class*='st-key-{key}']").first


def head(seat: Seat) -> Locator:
    """How the rota stands, in a few badges."""
    return inside(seat, "rota-head-")


def cell(seat: Seat, name: str, column: int) -> None:
    """Choose a free cell of the grid by its person and the number of its day, 0 for the first."""
    settle(seat.page)
    grid = seat.page.locator(".st-key-rota_desk [data-testid=stDataFrame]")
    people = grid.locator("[role=gridcell][aria-colindex='1']")
    people.filter(has_text=name).first.wait_for(state="attached")  # what is read aloud is drawn last
    names = people.all_text_contents()
    where: Position = {"x": NAMES + column * DAY + DAY // 2, "y": HEAD + names.index(name) * ROW + ROW // 2}
    seat.click_cell(grid.locator(".dvn-scroller"), where)
    nothing = seat.say("Choose a cell of the grid, or a day, a place and a person here.")
    expect(inside(seat, "rota-told")).not_to_contain_text(nothing)


def marks(seat: Seat, name: str, told: Mapping[int, str | re.Pattern[str]]) -> None:
    """This stands in a row of the grid, by the number of the day, 0 for the first."""
    row = seat.page.locator(".st-key-rota_desk [role=row]").filter(has_text=name).first
    for column, mark in told.items():
        expect(row.locator("[role=gridcell]").nth(column + 1)).to_have_text(mark)


def draw_up(planner: Seat, duty: str) -> int:
    """A draft of the month that comes next, for this duty."""
    planner.open("rotas")
    planner.choose("Duty", duty)
    planner.press("Draw up the rota")
    planner.page.wait_for_url("**/rota?id=*")
    return int(planner.page.url.partition("id=")[2])
