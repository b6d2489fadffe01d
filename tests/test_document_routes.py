"""Forms in Word and their templates leave by guarded routes, on a real server."""

import io
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import openpyxl
import pytest
from docx import Document
from starlette.routing import Route

from components import front_door
from components.front_door.routes import collected
from db.documents.word import MEDIA_TYPE
from db.engine import using
from db.services import templates
from tests.db.services import stages
from tests.db.services.test_mediation_documents import File
from tests.db.services.test_templates import own
from tests.factories import a_database
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
FRONT_DOOR = Path(str(front_door.__file__)).parent
PEOPLE = ("mediator", "director", "elsewhere", "clerk", "viewer", "admin")


class House:
    """A served office with one dispute, a case and an own template for the follow-up record."""

    def __init__(self, served: Served, file: File, case_id: int) -> None:
        self.served, self.file, self.case_id = served, file, case_id
        self.cookies = {name: served.sign_in(name) for name in PEOPLE}

    def get(self, who: str, path: str) -> httpx.Response:
        with self.served.http(self.cookies.get(who, "")) as client:
            return client.get(path)

    def form(self, who: str, form: str, **asked: object) -> httpx.Response:
        query = {"dispute": self.file.id} | asked
        return self.get(who, f"/document/{form}?{'&'.join(f'{name}={value}' for name, value in query.items())}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Written before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("documents") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        file = File(database, office)
        case_id = stages.brought(office, stages.ROUTED)
        templates.replace(office.admin, form="follow_up", version=0, upload=own("本会 {{ visit_words }}"), key="a")
    with Served(folder) as served:
        yield House(served, file, case_id)


def text_of(answer: httpx.Response) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)


def test_a_form_leaves_as_an_attachment_nobody_keeps(house: House) -> None:
    answer = house.form("mediator", "record", of=house.file.sessions["session"])
    assert answer.status_code == 200
    assert "session的陈述" in text_of(answer)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_office_s_own_template_is_the_one_filled_in(house: House) -> None:
    assert text_of(house.form("director", "follow_up", of=house.file.visit)).strip() == "本会 第一期已付。"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("clerk", 404), ("viewer", 403), ("admin", 403)])
def test_who_may_not_gets_nothing(house: House, who: str, status: int) -> None:
    for form, of in (("acceptance", None), ("record", house.file.sessions["session"]), ("agreement", None)):
        answer = house.form(who, form, **({"of": of} if of else {}))
        assert answer.status_code == status
        assert "甲小禾" not in answer.text
        assert answer.headers["content-type"] != MEDIA_TYPE


def test_a_caucus_never_leaves(house: House) -> None:
    for who in ("mediator", "director"):
        assert house.form(who, "record", of=house.file.sessions["caucus"]).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/document/record?dispute=1",
        "/document/acceptance",
        "/document/acceptance?dispute=99",
        "/document/acceptance?dispute=x",
        "/document/acceptance?dispute=-1",
        "/document/acceptance?dispute=1&of=1 OR 1",
        "/document/record?dispute=1&of=99999999999999999999",
        "/document/nothing?dispute=1",
        "/document/agreement.docx?dispute=1",
        "/document/acceptance?dispute=1&of=1",
    ],
)
def test_an_address_that_means_nothing(house: House, path: str) -> None:
    assert house.get("mediator", path).status_code == 404


@pytest.mark.parametrize("path", ["/document/acceptance?dispute=1", "/template/agreement"])
def test_a_stranger_gets_nothing(house: House, path: str) -> None:
    assert house.get("", path).status_code == 401


def test_templates_leave_for_the_administrator(house: House) -> None:
    for asked, said in (("", "本会 {{ visit_words }}"), ("?original=1", "人民调解回访记录")):
        answer = house.get("admin", f"/template/follow_up{asked}")
        assert answer.status_code == 200
        assert said in text_of(answer)
    assert house.get("admin", "/template/nothing").status_code == 404
    assert house.get("director", "/template/agreement").status_code == 403


def test_a_template_is_tried_with_made_up_values_alone(house: House) -> None:
    answer = house.get("admin", "/template/follow_up/sample")
    assert text_of(answer).strip() == "本会 双方相处正常。"
    assert house.get("director", "/template/follow_up/sample").status_code == 403


def test_forms_of_a_case_leave_with_names_for_who_asks_and_may(house: House) -> None:
    where = f"/case-document/registration?case={house.case_id}"
    masked, clear = house.get("clerk", where), house.get("clerk", f"{where}&identities=1")
    assert (masked.status_code, clear.status_code) == (200, 200)
    assert quote("中心求决事项受理登记表 2026-") in clear.headers["content-disposition"]
    tables = [Document(io.BytesIO(answer.content)).element.xml for answer in (masked, clear)]
    assert ["李小明" in text for text in tables] == [False, True]
    receipt = house.get("clerk", f"/case-document/resident_receipt?case={house.case_id}")
    assert receipt.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("clerk", "/case-document/transfer_notice?case={id}&of=999", 404),
        ("clerk", "/case-document/registration?case=x", 404),
        ("clerk", "/case-document/agreement?case={id}", 404),
        ("clerk", "/case-document/reply?case={id}", 422),
        ("viewer", "/case-document/registration?case={id}", 403),
        ("admin", "/case-document/registration?case={id}", 403),
        ("admin", "/case-document/resident_receipt?case={id}", 403),
        ("", "/case-document/registration?case={id}", 401),
    ],
)
def test_forms_of_a_case_for_who_may_not(house: House, who: str, path: str, status: int) -> None:
    assert house.get(who, path.format(id=house.case_id)).status_code == status


def test_the_empty_sheet_of_people_leaves_for_who_plans_duties(house: House) -> None:
    for asked, name, first in (("?lang=zh", "人员", "姓名"), ("?of=leave&lang=en", "Leave and wishes", "Name")):
        answer = house.get("director", f"/duty-sheet{asked}")
        assert answer.status_code == 200
        assert quote(name) in answer.headers["content-disposition"]
        page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert page.cell(1, 1).value == first
    assert house.get("clerk", "/duty-sheet").status_code == 403
    assert house.get("", "/duty-sheet").status_code == 401


def test_no_route_breaks_on_a_hostile_address(house: House, pytestconfig: pytest.Config) -> None:
    sources = [*FRONT_DOOR.glob("*.py")]
    names = sorted({n for path in sources for n in re.findall(r'get\("([a-z_]+)"', path.read_text(encoding="utf-8"))})
    texts = ("-1", "9" * 30, "9999-12-31", "２", "²", "%00", "' OR 1=1 --", "../../x", "<script>", "zh", "\u202e", "")
    turns = range(len(texts)) if pytestconfig.getoption("every_value") else (0, 5)
    broken, asked = [], 0
    with house.served.http(house.cookies["director"]) as client:
        for route in collected():
            if not isinstance(route, Route) or "GET" not in (route.methods or ()):
                continue
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            for turn in turns:
                query = {name: texts[(turn + place) % len(texts)] for place, name in enumerate(names)}
                asked += 1
                answer = client.get(path, params=query)
                if answer.status_code >= 500:
                    broken.append((path, query, answer.status_code))
        for text in (*texts, "x" * 5000):
            answer = client.post("/query", data={"number": text, "code": text, "rating": text})
            asked += 1
            assert answer.status_code < 500, text
            assert f'value="{text}"' not in answer.text or "<" not in text
    assert broken == []
    assert asked > 80
