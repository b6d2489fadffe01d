"""Published results through the real app: publishing from the board, reading, appealing, ruling, re-issuing."""

import json
import re
from typing import Any

import pytest

from components.front_door import exports as route
from components.screens import SCREENS
from db.engine import Database
from db.models import ScoreAppeal, ScoreCard, ScorePublication
from db.rules.permissions import Actor
from db.services import exports as all_exports
from db.services.scoring import appeals
from tests.db.services.scored import Scored
from tests.factories import Office, an_assessment
from tests.pages.conftest import Opener
from tests.pages.opening import key_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
RESULTS, BOARD = SCREEN["results"], SCREEN["scores"]


@pytest.fixture
def scored(database: Database, office: Office) -> Scored:
    """The first quarter is finished: unit A 90, unit B 100."""
    all_exports._asked._inside._left.clear()
    scored = Scored(database, office, an_assessment(office))
    scored.fill(office.unit_a, "q1", 3)
    scored.fill(office.unit_b, "q1", 10)
    scored.add_up()
    return scored


def said(page: Any) -> str:
    assert not page.exception, [one.value for one in page.exception]
    parts = [*page.markdown, *page.caption, *page.info, *page.subheader, *page.error, *page.warning, *page.success]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def button(page: Any, label: str) -> Any:
    return next(each for each in page.button if each.label == label)


def links(page: Any) -> dict[str, str]:
    return {link.proto.label: link.proto.url for link in page.get("link_button")}


def fetched(page: Any, actor: Actor) -> tuple[str, bytes]:
    drawn = " ".join(str(each.proto.body) for each in page.get("html"))
    token = re.search(r'data-field-token="([^"]+)"', drawn)
    assert token, drawn
    return route._workbook(actor, token.group(1))


def rows(scored: Scored, model: Any) -> list[Any]:
    with scored.database.reading() as session:
        return list(session.query(model).order_by(model.id))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_publication_the_list_says_so(office: Office, as_person: Opener, language: str) -> None:
    page = as_person(office.viewer, RESULTS, language)
    assert not page.exception
    assert len(page.info) == 1


def test_a_quarter_is_published_from_the_board(scored: Scored, as_person: Opener) -> None:
    page = as_person(scored.office.director, BOARD)
    page.selectbox(key=f"publish-scope-{scored.assessment}").set_value("q1").run()
    page.toggle(key=f"publish-look-{scored.assessment}").set_value(True).run()
    assert not page.exception
    page.button(key=f"score.publish:{scored.assessment}:q1:0:publish").click().run()
    assert "Published." in said(page)
    (row,) = rows(scored, ScorePublication)
    assert (row.scope, row.edition) == ("q1", 1)
    assert "Nothing differs from what was published." in said(page)
    scored.correct(scored.office.unit_a, "q1", 10)
    page = as_person(scored.office.director, BOARD)
    page.selectbox(key=f"publish-scope-{scored.assessment}").set_value("q1").run()
    page.toggle(key=f"publish-look-{scored.assessment}").set_value(True).run()
    assert "城建所" in said(page) or "Building office" in said(page)
    page.button(key=f"score.publish:{scored.assessment}:q1:0:publish").click().run()
    assert [one.edition for one in rows(scored, ScorePublication)] == [1, 2]


def test_what_is_missing_is_asked_about(scored: Scored, as_person: Opener) -> None:
    page = as_person(scored.office.director, BOARD)
    page.selectbox(key=f"publish-scope-{scored.assessment}").set_value("all").run()
    page.toggle(key=f"publish-look-{scored.assessment}").set_value(True).run()
    record = f"score.publish:{scored.assessment}:all:0"
    page.button(key=f"{record}:publish").click().run()
    assert "Nothing was saved yet." in said(page)
    assert rows(scored, ScorePublication) == []
    page.checkbox(key=f"{record}:incomplete").set_value(True)
    page.text_input(key=f"{record}:reason").set_value("先公布一季度")
    page.button(key=f"{record}:publish").click().run()
    (row,) = rows(scored, ScorePublication)
    assert json.loads(row.document)["reason"] == "先公布一季度"
    page = as_person(scored.office.viewer, RESULTS, id=str(row.id))
    assert "先公布一季度" in said(page)


def test_who_does_not_publish_is_not_offered_it(scored: Scored, as_person: Opener) -> None:
    page = as_person(scored.office.assessor, BOARD)
    assert not page.exception
    assert not [one for one in page.toggle if str(one.key).startswith("publish-look")]


@pytest.mark.parametrize("who", ["viewer", "head", "assessor", "director", "admin"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_reads_a_publication(scored: Scored, as_person: Opener, who: str, language: str) -> None:
    published = scored.publish()
    page = as_person(scored.office.people[who], RESULTS, language, id=str(published))
    assert not page.exception, [one.value for one in page.exception]
    board = page.dataframe[0].value
    assert list(board["rank"]) == [1, 2]
    assert list(board["total"]) == [100.0, 90.0]
    page = as_person(scored.office.people[who], RESULTS, language)
    assert len(page.dataframe[0].value) == 1


def test_a_sheet_is_opened_by_its_unit_and_nobody_else(scored: Scored, as_person: Opener) -> None:
    office, published = scored.office, scored.publish()
    page = as_person(office.head, RESULTS, id=str(published), unit=str(office.unit_a))
    assert "Building office" in said(page)
    for who, unit in (("head", office.unit_b), ("viewer", office.unit_a), ("admin", office.unit_a), ("director", 999)):
        page = as_person(office.people[who], RESULTS, id=str(published), unit=str(unit))
        assert "This does not exist, or it is not yours to see." in said(page)
        assert not page.dataframe
    for nonsense in ("999", "x", "-1", "99999999999999999999"):
        page = as_person(office.director, RESULTS, id=nonsense)
        assert "This does not exist, or it is not yours to see." in said(page)


def test_an_appeal_is_accepted_and_told_on_the_desks(scored: Scored, as_person: Opener) -> None:
    office, published = scored.office, scored.publish()
    appeals.ask(
        office.head,
        publication_id=published,
        unit_id=office.unit_a,
        period="q1",
        item="plans",
        reason="方案**已**补交",
        key="ask",
    )
    assert "Appeals against scores" in said(as_person(office.director, SCREEN["desk"]))
    page = as_person(office.director, RESULTS, id=str(published))
    assert "方案**已**补交" in said(page)
    page.text_area(key=key_of(page, "appeal.rule:1", "ruling")).set_value("核实，予以更正")
    page.button(key=key_of(page, "appeal.rule:1", "accept")).click().run()
    assert "核实，予以更正" in said(page)
    assert rows(scored, ScoreAppeal)[0].state == "accepted"
    for who in ("head", "assessor"):
        assert "Appeals against scores" in said(as_person(office.people[who], SCREEN["desk"]))
    assert "Appeals against scores" not in said(as_person(office.viewer, SCREEN["desk"]))
    page = as_person(office.head, RESULTS, id=str(published), unit=str(office.unit_a))
    assert "核实，予以更正" in said(page)


def test_ruling_asks_for_a_reason(scored: Scored, as_person: Opener) -> None:
    office, published = scored.office, scored.publish()
    line: dict[str, Any] = {"publication_id": published, "unit_id": office.unit_a, "period": "q1", "item": "plans"}
    appeals.ask(office.head, **line, reason="已补交", key="ask")
    page = as_person(office.director, RESULTS, id=str(published))
    page.button(key=key_of(page, "appeal.rule:1", "refuse")).click().run()
    assert "Say why." in said(page)
    page = as_person(office.head, RESULTS, id=str(published), unit=str(office.unit_a))
    page.button(key="appeal.withdraw:1:0").click().run()
    assert rows(scored, ScoreAppeal)[0].state == "withdrawn"


def test_a_corrected_result_shows_what_differs_and_leads_to_the_newer(scored: Scored, as_person: Opener) -> None:
    first = scored.publish()
    scored.correct(scored.office.unit_a, "q1", 10)
    second = scored.publish(key="again")
    page = as_person(scored.office.viewer, RESULTS, id=str(second))
    assert "What differs (3)" in {tab.label for tab in page.tabs}
    page = as_person(scored.office.viewer, RESULTS, id=str(first))
    assert "A corrected edition replaced this one; it stays readable." in said(page)
    assert list(page.dataframe[0].value["total"]) == [100.0, 90.0]


def test_papers_and_exports(scored: Scored, as_person: Opener) -> None:
    published = scored.publish()
    page = as_person(scored.office.viewer, RESULTS, id=str(published))
    assert links(page)["Result notice as Word"] == f"/score-notice/{published}?as=docx&lang=en"
    page.button(key="result-export").click().run()
    name, content = fetched(page, scored.office.viewer)
    assert name.startswith("Published result")
    assert content.startswith(b"PK")
    page = as_person(scored.office.viewer, RESULTS)
    page.button(key="publications-export").click().run()
    assert fetched(page, scored.office.viewer)[0].startswith("Results")


def test_a_card_is_signed_taken_back_and_put_back_on_the_sheet(scored: Scored, as_person: Opener) -> None:
    assessed = scored.assessed(scored.office.unit_a)
    page = as_person(scored.office.director, SCREEN["sheet"], id=str(assessed))
    page.button(key=key_of(page, f"card.give:{assessed}", "give")).click().run()
    assert "Say why." in said(page)
    page.selectbox(key=key_of(page, f"card.give:{assessed}", "kind")).set_value("red")
    page.text_area(key=key_of(page, f"card.give:{assessed}", "reason")).set_value("责任事故")
    page.button(key=key_of(page, f"card.give:{assessed}", "give")).click().run()
    assert not page.exception
    (row,) = rows(scored, ScoreCard)
    assert (row.kind, row.removed_at) == ("red", None)
    button(page, "Take back").click().run()
    assert rows(scored, ScoreCard)[0].removed_at is not None
    button(page, "Put back").click().run()
    assert rows(scored, ScoreCard)[0].removed_at is None
    page = as_person(scored.office.assessor, SCREEN["sheet"], id=str(assessed))
    assert not [one for one in page.button if str(one.key).startswith("card.")]
