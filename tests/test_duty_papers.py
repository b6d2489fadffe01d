"""The notice of a rota and one's own calendar leave by guarded routes, on a real server."""

import io
from collections.abc import Iterator
from contextlib import closing

import httpx
import openpyxl
import pytest
from docx import Document
from icalendar import Calendar

from db.documents import shifts_calendar, word, workbook
from db.engine import using
from tests.db.services.on_duty import Scene, a_published_rota
from tests.factories import a_database
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
PEOPLE = ("director", "clerk", "viewer", "auditor")


class House:
    """A served office with one published rota."""

    def __init__(self, served: Served, scene: Scene) -> None:
        self.served, self.rota = served, scene.rota
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, path: str) -> httpx.Response:
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(path)

    def notice(self, who: str, **asked: object) -> httpx.Response:
        return self.get(who, f"/duty-notice/{self.rota}?{'&'.join(f'{name}={value}' for name, value in asked.items())}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("papers") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        scene = a_published_rota(database, office)
    with Served(folder) as served:
        yield House(served, scene)


def test_the_notice_leaves_as_word_and_as_excel(house: House) -> None:
    for who in ("director", "clerk", "viewer"):
        answer = house.notice(who, **{"as": "docx"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == word.MEDIA_TYPE
        assert "no-store" in answer.headers["cache-control"]
        rows = Document(io.BytesIO(answer.content)).tables[0].rows
        assert any("顾带班" in cell.text for row in rows for cell in row.cells)
    answer = house.notice("clerk", **{"as": "xlsx", "lang": "en", "layout": "days", "from": "2026-11-16"})
    assert answer.headers["content-type"] == workbook.MEDIA_TYPE
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert "Leader on duty" in {cell.value for row in page for cell in row}


@pytest.mark.parametrize(
    ("who", "asked", "status"),
    [
        ("", {}, 401),
        ("auditor", {}, 403),
        ("clerk", {"numbers": 1}, 403),
        ("viewer", {"numbers": 1, "as": "xlsx"}, 403),
        ("director", {"numbers": 1}, 200),
        ("clerk", {"from": "2026-11-17"}, 422),
        ("clerk", {"from": "tomorrow"}, 404),
        ("clerk", {"layout": "spiral"}, 422),
    ],
)
def test_who_may_not_and_what_means_nothing(house: House, who: str, asked: dict[str, object], status: int) -> None:
    answer = house.notice(who, **asked)
    assert answer.status_code == status
    assert (answer.headers["content-type"] == word.MEDIA_TYPE) == (status == 200)


def test_a_rota_that_is_not_there(house: House) -> None:
    for rota in (house.rota + 1, "x", "-1", 2**40, 2**70):
        assert house.get("director", f"/duty-notice/{rota}").status_code == 404


def test_a_month_of_duties_leaves(house: House) -> None:
    month = "/duty-notice/month?month=2026-11-01&duties=1"
    answer = house.get("viewer", month)
    assert answer.headers["content-type"] == word.MEDIA_TYPE
    assert house.get("clerk", f"{month}&as=xlsx&lang=en").headers["content-type"] == workbook.MEDIA_TYPE
    asked = {"": 401, "auditor": 403}
    assert {who: house.get(who, month).status_code for who in asked} == asked
    for wrong in ("", "?month=2026-11-01", "?month=x&duties=1", "?month=2026-11-01&duties=1,x"):
        assert house.get("clerk", f"/duty-notice/month{wrong}").status_code == 404
    assert house.get("clerk", "/duty-notice/month?month=2026-11-01&duties=9").status_code == 404
    assert house.get("clerk", "/duty-notice/month?month=2031-11-01&duties=1").status_code == 422


def test_one_s_own_calendar_leaves(house: House) -> None:
    answer = house.get("clerk", "/my-shifts.ics?lang=zh")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == shifts_calendar.MEDIA_TYPE
    assert answer.headers["content-disposition"].startswith('attachment; filename="linli.ics"')
    told = {str(event["summary"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert len(told) == 1
    assert "中心值班" in told.pop()
    assert house.get("", "/my-shifts.ics").status_code == 401
    assert house.get("viewer", "/my-shifts.ics").status_code == 403
