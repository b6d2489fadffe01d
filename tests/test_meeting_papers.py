"""What leaves a meeting, on a real server: the pages on the wall, the minutes and a supervision notice as Word."""

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from db import clock
from db.documents import word
from db.engine import using
from db.models import Meeting
from tests.db.services.test_meeting_minutes import DECIDED, RESIDENT, being_held, closed
from tests.factories import NOW, a_database
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
PEOPLE = ("director", "clerk", "head", "outsider", "viewer", "auditor")


class House:
    """A served office with one meeting that is held and one that was closed, and a notice issued to unit A."""

    def __init__(self, served: Served, held: int, over: int) -> None:
        self.served, self.held, self.over = served, held, over
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, path: str) -> httpx.Response:
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(path)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("meeting-papers") / "data"
    database, office = a_database(folder)
    with closing(database), using(database), clock.at(NOW):
        give_passwords(database)
        over = being_held(database, office)
        closed(database, office.director, over)
        with database.transaction(office.director) as session:
            row = session.get_one(Meeting, over)
            held = Meeting(kind_id=row.kind_id, planned_for=NOW, opened_at=NOW, since=row.since, until=row.until)
            held.state, held.title = "open", '<script>alert("x")</script>'
            session.add(held)
            session.flush()
            held_id = held.id
    with Served(folder) as served:
        yield House(served, held_id, over)


def test_the_pages_on_the_wall(house: House) -> None:
    answer = house.get("clerk", f"/present/meeting/{house.over}?lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "no-store" in answer.headers["cache-control"]
    pages = re.findall(r'<section class="page', answer.text)
    assert f"1 / {len(pages)}" in answer.text
    assert len(pages) > 5
    for word_ in (DECIDED, "家门口路灯不亮", "冬季防火", "Overdue matters", "As it was closed"):
        assert word_ in answer.text, word_
    assert RESIDENT not in answer.text
    assert not re.search(r"<script(?! src=)|style=\"(?!width: \d+%\")|\son\w+=", answer.text), "nothing inline"


def test_what_people_typed_stays_text(house: House) -> None:
    answer = house.get("clerk", f"/present/meeting/{house.held}?lang=zh")
    assert "&lt;script&gt;alert" in answer.text
    assert "<script>alert" not in answer.text
    assert "As it was closed" not in answer.text
    assert 'lang="zh-CN"' in answer.text


@pytest.mark.parametrize("asked", ["", "?lang=en", "?lang=zh&edition=1"])
def test_the_minutes_leave_as_word(house: House, asked: str) -> None:
    answer = house.get("director", f"/minutes/{house.over}{asked}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, word.MEDIA_TYPE)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_notice_leaves_as_word_to_its_unit(house: House) -> None:
    for who, status in (("director", 200), ("head", 200), ("outsider", 404), ("viewer", 403), ("", 401)):
        assert house.get(who, "/supervision-notice/1").status_code == status, who
    assert house.get("director", "/supervision-notice/1").headers["content-type"] == word.MEDIA_TYPE


@pytest.mark.parametrize(("who", "status"), [("", 401), ("head", 403), ("viewer", 403), ("auditor", 403)])
def test_who_may_not(house: House, who: str, status: int) -> None:
    for path in (f"/present/meeting/{house.over}", f"/minutes/{house.over}"):
        assert house.get(who, path).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/present/meeting/999", "/minutes/999", "/supervision-notice/999", "/minutes/{over}?edition=9"]
    + [f"/{kind}/{2**40}" for kind in ("present/meeting", "minutes", "supervision-notice")]
    + ["/minutes/{over}?edition=-1", "/minutes/{over}?edition=x", "/present/meeting/x", "/minutes/{held}?edition=1"],
)
def test_what_is_not_there(house: House, path: str) -> None:
    assert house.get("director", path.format(over=house.over, held=house.held)).status_code == 404
