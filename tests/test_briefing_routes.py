"""A briefing leaves by guarded routes on a real server: Word, slides, and a page to print with charts inside."""

import io
import re
from collections.abc import Iterator
from contextlib import closing

import docx
import httpx
import pptx
import pytest

from db.documents import slide_look, word
from db.engine import using
from db.rules.briefings.chart import ChartSpec
from db.services.briefings import blocks, briefings
from tests.db.services.briefed import OCTOBER, Briefed
from tests.factories import a_database
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
HOSTILE = "<script>alert(1)</script>"
PEOPLE = ("clerk", "viewer", "handler")


class House:
    """A served office with an issued briefing and the draft of its corrected edition."""

    def __init__(self, served: Served, issued: int, draft: int) -> None:
        self.served, self.issued, self.draft = served, issued, draft
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, path: str) -> httpx.Response:
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(path)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("briefing-papers") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        briefed = Briefed(database, office)
        briefed.received(7)
        day = OCTOBER.date()
        found = briefings.new(office.clerk, kind="daily", begins=day, ends=day, title=HOSTILE, language="en", key="new")
        briefed.text(found, f"{HOSTILE} {{registered}}")
        spec = ChartSpec(register="cases", measure="received", split="category", title=HOSTILE)
        blocks.add_chart(office.clerk, briefing_id=found, spec=spec, key="chart")
        issued = briefed.issue(found)
        draft = briefings.correct(office.clerk, briefing_id=issued, key="correct")
    with Served(folder) as served:
        yield House(served, issued, draft)


def test_it_leaves_as_word_and_as_slides(house: House) -> None:
    answer = house.get("viewer", f"/briefing-file/{house.issued}?as=docx&lang=en")
    assert (answer.status_code, answer.headers["content-type"]) == (200, word.MEDIA_TYPE)
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="linli.docx"')
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert f"{HOSTILE} 7" in said
    answer = house.get("viewer", f"/briefing-file/{house.issued}?as=pptx&lang=zh")
    assert (answer.status_code, answer.headers["content-type"]) == (200, slide_look.MEDIA_TYPE)
    assert len(pptx.Presentation(io.BytesIO(answer.content)).slides) >= 4


def test_it_is_a_page_to_print(house: House) -> None:
    answer = house.get("viewer", f"/print/briefing/{house.issued}?lang=en")
    assert answer.status_code == 200
    assert HOSTILE not in answer.text
    pictures = re.findall(r'<img src="([^"]{30})', answer.text)
    assert pictures
    assert all(picture.startswith("data:image/svg+xml;base64,") for picture in pictures)
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/briefing-file/{id}?as=docx", "/print/briefing/{id}"])
def test_who_may_not(house: House, path: str) -> None:
    assert house.get("", path.format(id=house.issued)).status_code == 401
    assert house.get("handler", path.format(id=house.issued)).status_code == 403
    assert house.get("viewer", path.format(id=house.draft)).status_code == 404
    assert house.get("clerk", path.format(id=house.draft)).status_code == 200
    for wrong in ("999", "x", "-1", 2**40):
        assert house.get("clerk", path.format(id=wrong)).status_code == 404
