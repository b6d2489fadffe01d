"""The notice of a published result leaves by a guarded route, on a real server."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from db.documents import word, workbook
from db.engine import using
from tests.db.services.scored import Scored
from tests.factories import a_database, an_assessment
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
PEOPLE = ("director", "viewer", "head", "clerk", "auditor")


class House:
    """A served office with one published result."""

    def __init__(self, served: Served, publication: int) -> None:
        self.served, self.publication = served, publication
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, publication: object = None, asked: str = "as=docx") -> httpx.Response:
        number = self.publication if publication is None else publication
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(f"/score-notice/{number}?{asked}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("score-papers") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        scored = Scored(database, office, an_assessment(office))
        for unit_id, plans in ((office.unit_a, 10), (office.unit_b, 3)):
            scored.fill(unit_id, "q1", plans)
        scored.add_up()
        published = scored.publish()
    with Served(folder) as served:
        yield House(served, published)


def test_the_notice_leaves_as_word_and_as_excel(house: House) -> None:
    for who in ("director", "viewer", "head"):
        answer = house.get(who)
        assert (answer.status_code, answer.headers["content-type"]) == (200, word.MEDIA_TYPE)
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["content-disposition"].startswith('attachment; filename="linli.docx"')
    answer = house.get("viewer", asked="as=xlsx&lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (200, workbook.MEDIA_TYPE)


@pytest.mark.parametrize(("who", "status"), [("", 401), ("clerk", 403), ("auditor", 403)])
def test_who_may_not(house: House, who: str, status: int) -> None:
    assert house.get(who).status_code == status


@pytest.mark.parametrize("publication", ["999", "x", "-1", 2**40, 2**70])
def test_a_publication_that_is_not_there(house: House, publication: object) -> None:
    assert house.get("director", publication).status_code == 404
