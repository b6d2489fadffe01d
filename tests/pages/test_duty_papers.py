"""What leaves the screens of duty: the notice, the calendar, exports of what is seen, and histories that open."""

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from components.front_door import exports as route
from components.screens import SCREENS
from db.engine import Database
from db.models import Rota
from db.rules.permissions import Actor
from db.services import exports as all_exports
from tests.db.services.on_duty import Scene, a_published_rota
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
WITH_NUMBERS = "With members' telephone numbers"


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota; the second crew is on now."""
    all_exports._asked._inside._left.clear()
    return a_published_rota(database, office, least_rest=0, name_en="Centre duty")


def links(at: Any) -> dict[str, str]:
    """Label to address of every link."""
    assert not at.exception
    return {link.proto.label: link.proto.url for link in at.get("link_button")}


def button(at: Any, label: str) -> Any:
    return next(each for each in at.button if each.label == label)


def fetched(at: Any, actor: Actor) -> tuple[str, bytes]:
    """What the browser fetches after an export was asked for."""
    assert not at.exception
    drawn = " ".join(str(each.proto.body) for each in at.get("html"))
    token = re.search(r'data-field-token="([^"]+)"', drawn)
    assert token, drawn
    return route._workbook(actor, token.group(1))


# --- the notice ---


@pytest.mark.parametrize(("who", "numbers"), [("clerk", False), ("viewer", False), ("director", True)])
def test_everybody_who_sees_a_rota_prints_its_notice(scene: Scene, as_person: Opener, who: str, numbers: bool) -> None:
    at = as_person(scene.office.people[who], SCREEN["rota"], id=str(scene.rota))
    found = {label: urlsplit(address) for label, address in links(at).items()}
    word = found["Notice as Word"]
    assert word.path == f"/duty-notice/{scene.rota}"
    assert parse_qs(word.query) == {"as": ["docx"], "from": ["2026-11-16"], "lang": ["en"]}
    assert parse_qs(found["Notice as Excel"].query)["as"] == ["xlsx"]
    assert (WITH_NUMBERS in {each.label for each in at.toggle}) == numbers


def test_numbers_and_layout_are_chosen_before_printing(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.director, SCREEN["rota"], id=str(scene.rota))
    at.toggle(key=f"rota-print-numbers-{scene.rota}").set_value(True).run()
    at.segmented_control(key=f"rota-print-layout-{scene.rota}").set_value("calendar").run()
    asked = parse_qs(urlsplit(links(at)["Notice as Word"]).query)
    assert (asked["numbers"], asked["layout"]) == (["1"], ["calendar"])
    assert "noted in the journal" in " ".join(str(each.value) for each in at.caption)


def test_a_long_rota_asks_for_the_month(scene: Scene, as_person: Opener) -> None:
    scene.change(Rota, scene.rota, until_on=date(2027, 1, 31))
    at = as_person(scene.office.clerk, SCREEN["rota"], id=str(scene.rota))
    chosen = at.selectbox(key=f"rota-print-part-{scene.rota}")
    assert len(chosen.options) == 3
    chosen.set_value(1).run()
    assert parse_qs(urlsplit(links(at)["Notice as Word"]).query)["from"] == ["2026-12-01"]


# --- exports ---


def test_the_grid_is_exported_as_it_is_seen(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.clerk, SCREEN["rota"], id=str(scene.rota))
    at.button(key=f"rota-export-{scene.rota}").click().run()
    name, content = fetched(at, scene.office.clerk)
    assert name == "Rota 2026-11-19.xlsx"
    assert content.startswith(b"PK")
    assert "12 people exported." in {each.value for each in at.text}


def test_the_list_of_rotas_is_exported(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.viewer, SCREEN["rotas"])
    button(at, "Export").click().run()
    assert fetched(at, scene.office.viewer)[0] == "Rotas 2026-11-19.xlsx"


def test_missing_marks_are_exported(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.director, SCREEN["duties"], id=str(scene.duty), part="gaps")
    at.button(key="gaps-export").click().run()
    assert fetched(at, scene.office.director)[0] == "Missing marks 2026-11-19.xlsx"


def test_swaps_are_exported(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.clerk, SCREEN["my-duty"])
    at.toggle(key="all-swaps-shown").set_value(True).run()
    at.button(key="swaps-export").click().run()
    assert fetched(at, scene.office.clerk)[0] == "Swaps 2026-11-19.xlsx"


# --- my calendar and my service ---


@pytest.mark.parametrize(("language", "label"), [("en", "As a calendar (.ics)"), ("zh", "")])
def test_my_shifts_are_offered_as_a_calendar(scene: Scene, as_person: Opener, language: str, label: str) -> None:
    found = links(as_person(scene.office.clerk, SCREEN["my-duty"], language))
    assert f"/my-shifts.ics?lang={language}" in found.values()
    assert not label or label in found


def test_what_i_served_is_read_when_asked_for_and_every_figure_opens(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.clerk, SCREEN["my-duty"])
    before = len(at.dataframe)
    at.toggle(key="history-own").set_value(True).run()
    assert not at.exception
    assert len(at.dataframe) == before + 1
    months = at.dataframe[-1].value.set_index("when")
    assert list(months.index) == ["All", "2026-11"]
    assert (months.loc["All", "total"], months.loc["2026-11", "gaps"]) == ("2", "2")
    at.pills(key="history-figure-own").set_value("total").run()
    opened = at.dataframe[-1].value
    assert len(opened) == 2
    assert list(opened["Duty"]) == ["Centre duty", "Centre duty"]
    at.pills(key="history-figure-own").set_value("taken").run()
    assert "No shift." in " ".join(str(each.value) for each in at.caption)
    button(at, "Export by month").click().run()
    assert fetched(at, scene.office.clerk)[0] == "Duty served 2026-11-19.xlsx"


def test_a_period_the_wrong_way_round_is_told(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.clerk, SCREEN["my-duty"])
    at.toggle(key="history-own").set_value(True).run()
    at.date_input(key="history-own:from").set_value(date(2026, 12, 1)).run()
    assert not at.exception
    assert "The last day is before the first." in {each.value for each in at.warning}


def test_who_plans_a_duty_sees_what_everybody_served(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.director, SCREEN["duties"], id=str(scene.duty), part="served")
    assert not at.exception
    listed = at.dataframe[0].value.set_index("member")
    assert listed.loc["陈接访", "total"] == "2"
    at.selectbox(key="pick:member").set_value(scene.member("陈接访")).run()
    assert not at.exception
    assert list(at.dataframe[-1].value["total"]) == ["2", "2"]
    at.button(key="history-export").click().run()
    assert fetched(at, scene.office.director)[0] == "Duty served 2026-11-19.xlsx"


def test_others_are_not_offered_it(scene: Scene, as_person: Opener) -> None:
    at = as_person(scene.office.clerk, SCREEN["duties"], id=str(scene.duty), part="served")
    assert not at.exception
    assert "served" not in at.pills(key="list-part").options
    assert not [each for each in at.button if each.key == "history-export"]
