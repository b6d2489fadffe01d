"""A chart's files leave by a guarded route, on a real server."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import unquote

import httpx
import pytest

from db.engine import using
from db.rules.briefings.chart import ChartSpec
from db.services.briefings import saved
from db.services.briefings.chart_papers import FILES, Kind
from tests.factories import SYSTEM, a_case, a_database
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
PEOPLE = ("director", "viewer", "auditor")
SPEC = ChartSpec(register="cases", measure="received", split="channel", title='来件 "渠道"\r\nX-Evil: 1')


class House:
    """A served office with a few cases and one chart nobody else sees."""

    def __init__(self, served: Served, chart: int) -> None:
        self.served, self.chart = served, chart
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, **asked: object) -> httpx.Response:
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(
                "/chart-file", params={"as": "xlsx", "lang": "zh"} | {k: str(v) for k, v in asked.items()}
            )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("chart-files") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        with database.transaction(SYSTEM) as session:
            a_case(session, office)
        chart = saved.save(office.director, name="本月来件", spec=SPEC, key="s")
    with Served(folder) as served:
        yield House(served, chart)


def test_every_file_leaves_as_an_attachment_nobody_keeps(house: House) -> None:
    for kind in Kind:
        answer = house.get("director", **{"as": kind, "spec": SPEC.to_json()})
        assert (answer.status_code, answer.headers["content-type"]) == (200, FILES[kind].media_type)
        assert "no-store" in answer.headers["cache-control"]
        assert "x-evil" not in answer.headers
        disposition = unquote(answer.headers["content-disposition"])
        assert disposition.startswith(f'attachment; filename="linli.{kind}"')
        assert "来件 渠道 X-Evil 1" in disposition


def test_a_saved_chart_is_there_for_its_owner_only(house: House) -> None:
    answer = house.get("director", chart=house.chart)
    assert answer.status_code == 200
    assert "本月来件" in unquote(answer.headers["content-disposition"])
    assert house.get("viewer", chart=house.chart).status_code == 404


@pytest.mark.parametrize("chart", ["999", "x", "-1", "", 2**40, "１"])
def test_a_chart_that_is_not_there(house: House, chart: object) -> None:
    assert house.get("director", chart=chart).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("", 401), ("auditor", 403)])
def test_who_may_not(house: House, who: str, status: int) -> None:
    assert house.get(who, spec=SPEC.to_json()).status_code == status


@pytest.mark.parametrize(
    "asked",
    [
        {"spec": "{"},
        {"spec": ""},
        {},
        {"spec": '{"register": "residents", "measure": "received"}'},
        {"spec": '{"register": "cases", "measure": "received", "kind": "pie"}'},
        {"spec": SPEC.to_json(), "as": "exe"},
    ],
)
def test_a_question_nobody_can_read_is_told_so(house: House, asked: dict[str, str]) -> None:
    answer = house.get("director", **asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
