"""What leaves by our own routes: sheets, files and the resident's own look, on a real server."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from db.engine import Database, using
from db.identity import encrypt
from db.models import DisputeParty
from db.rules.cases import Kind
from db.rules.intake import Party
from db.services import intake
from db.services.files import Upload
from db.services.mediation import dossier
from db.services.scoring import rubrics
from tests.db.services.test_cases import an_intake
from tests.db.services.test_mediation_dossier import a_settled_dispute
from tests.factories import SYSTEM, Office, a_database, an_assessment
from tests.serving import Served, give_passwords

pytestmark = pytest.mark.slow
HOSTILE = "<script>alert(1)</script>"


class House:
    """A served office with one plain and one sealed matter, and a dispute that was settled."""

    def __init__(self, served: Served, office: Office, plain: intake.Registered, sealed: intake.Registered) -> None:
        self.served, self.office, self.plain, self.sealed = served, office, plain, sealed
        people = ("clerk", "director", "handler", "admin", "mediator", "viewer", "head", "assessor")
        self.cookies = {name: served.sign_in(name) for name in people}

    def get(self, who: str, path: str) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers of an address for somebody."""
        with self.served.http(self.cookies.get(who, "")) as client:
            answer = client.get(path)
        return answer.status_code, answer.text, dict(answer.headers)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Registered before the server starts, because it is the only one that writes."""
    folder = tmp_path_factory.mktemp("printing") / "data"
    database, office = a_database(folder)
    with closing(database), using(database):
        give_passwords(database)
        told = an_intake(subject=HOSTILE, parties=(Party("李小明", "15400000001"),))
        upload = Upload("现场 照片.txt", b"x")
        plain = intake.register(office.clerk, intake=told, key="a", files=[upload])
        taken_by = office.director.id
        sealed = intake.register(office.clerk, intake=an_intake(kind=Kind.ACCUSATION, taken_by_id=taken_by), key="b")
        settle_a_dispute(database, office)
        an_assessment(office, name=HOSTILE)
        rubrics.new_edition(office.director, rubric_id=1, key="draft")
    with Served(folder) as served:
        yield House(served, office, plain, sealed)


def settle_a_dispute(database: Database, office: Office) -> None:
    """Dispute 1, between 李小明 and somebody with a hostile name, with a paper whose title is hostile too."""
    with database.transaction(SYSTEM) as session:
        dispute_id = a_settled_dispute(session, office).id
        named = {"applicant": "李小明", "respondent": HOSTILE}
        for party in session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute_id)):
            party.name = encrypt(database, "dispute_party.name", named[party.side])
    dossier.add_paper(office.mediator, dispute_id=1, document="evidence", title=HOSTILE, pages=3, key="paper")


def test_a_receipt_in_both_languages(house: House) -> None:
    for language in ("zh", "en"):
        status, text, headers = house.get("clerk", f"/print/receipt/{house.plain.case_id}?lang={language}")
        assert status == 200
        assert house.plain.query_code[:4] in text
        assert "no-store" in headers["cache-control"]
        assert HOSTILE not in text
        assert "李小明" not in text


def test_a_sealed_receipt_goes_to_its_clerk_and_taker_only(house: House) -> None:
    address = f"/print/receipt/{house.sealed.case_id}"
    assert house.get("clerk", address)[0] == 200
    assert house.get("director", address)[0] == 200
    assert house.get("handler", address)[0] == 403
    assert house.get("clerk", f"/print/case/{house.sealed.case_id}")[0] == 404


def test_names_are_printed_only_on_request(house: House) -> None:
    masked = house.get("clerk", f"/print/case/{house.plain.case_id}")[1]
    assert "15400000001" not in masked
    assert "李**" in masked or "李*" in masked
    assert "15400000001" in house.get("clerk", f"/print/case/{house.plain.case_id}?identities=1")[1]
    assert house.get("handler", f"/print/case/{house.plain.case_id}?identities=1")[0] == 404
    assert house.get("admin", f"/print/case/{house.plain.case_id}")[0] == 403


def test_a_sheet_needs_something_to_stand_on_it(house: House) -> None:
    for sheet in ("acceptance", "reply", "transfer"):
        assert house.get("clerk", f"/print/{sheet}/{house.plain.case_id}")[0] == 422
    assert house.get("clerk", "/print/notice/1")[0] == 200
    for nothing in ("/print/notice/99", "/print/case/999", "/print/other/1", "/print/case/x"):
        assert house.get("clerk", nothing)[0] == 404


def test_a_file_is_printed_with_cover_contents_and_note(house: House) -> None:
    for language, words in (("zh", "人民调解协议书"), ("en", "Mediation agreement")):
        status, text, headers = house.get("mediator", f"/print/dossier/1?lang={language}")
        assert status == 200
        assert text.count('<section class="sheet') == 3
        assert words in text
        assert re.search(r"<td>4–6</td>", text)
        assert "no-store" in headers["cache-control"]
        assert HOSTILE not in text


def test_a_file_names_its_parties_only_on_request(house: House) -> None:
    masked = house.get("director", "/print/dossier/1")[1]
    assert "李小明" not in masked
    assert "甲**" in masked
    named = house.get("director", "/print/dossier/1?identities=1")[1]
    assert "李小明" in named
    assert HOSTILE not in named
    for who, status in (("clerk", 404), ("handler", 403), ("admin", 403), ("", 401)):
        assert house.get(who, "/print/dossier/1")[0] == status
        assert house.get(who, "/print/dossier/1?identities=1")[0] == status
    assert house.get("mediator", "/print/dossier/99")[0] == 404


def test_a_file_leaves_as_an_attachment(house: House) -> None:
    status, text, headers = house.get("clerk", "/files/1")
    assert (status, text) == (200, "x")
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert house.get("handler", "/files/1")[0] == 404
    assert house.get("admin", "/files/1")[0] == 403


def test_a_rubric_is_printed_for_everybody_it_scores(house: House) -> None:
    for language, words in (("zh", "按期办结率"), ("en", "Answered in time")):
        status, text, headers = house.get("viewer", f"/print/rubric/1?lang={language}")
        assert status == 200
        assert words in text
        assert "R-25" in text
        assert "no-store" in headers["cache-control"]
        assert HOSTILE not in text
    # Items that are turned off are not on paper.
    assert "R-21" not in house.get("head", "/print/rubric/1")[1]
    for who, path, status in (
        ("viewer", "/print/rubric/2", 404),
        ("assessor", "/print/rubric/2", 200),
        ("viewer", "/print/rubric/99", 404),
        ("clerk", "/print/rubric/1", 403),
        ("", "/print/rubric/1", 401),
    ):
        assert house.get(who, path)[0] == status, (who, path)


@pytest.mark.parametrize("path", ["/files/1", "/print/receipt/1", "/print/case/1", "/print/notice/1"])
def test_a_stranger_gets_nothing(house: House, path: str) -> None:
    assert house.get("", path)[0] == 401


def test_a_resident_looks_up_progress_without_signing_in(house: House) -> None:
    pair = {"number": house.plain.number, "code": house.plain.query_code}
    with house.served.http() as client:
        for language, title in (("zh", "查询"), ("en", "Look up progress")):
            assert title in client.get(f"/query?lang={language}").text
        found = client.post("/query?lang=en", data=pair)
        wrong = client.post("/query?lang=en", data=pair | {"code": "AAAAAAAA"})
        with_no_origin = client.post("/query", data=pair, headers={"Origin": "https://evil.example"})
    assert found.status_code == 200
    assert "Your matter is registered." in found.text
    assert not re.search("李小明|15400000001|script>alert|陈接访", found.text)
    assert wrong.status_code == 404
    assert with_no_origin.status_code == 403
