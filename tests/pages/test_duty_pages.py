"""Duties through the real app: my shifts, swaps, hand-over, the desk's line, and describing a duty."""

from typing import Any

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.models import DutyAttendance, DutySwap, RotaPlace
from db.services.duty import handover, swaps
from tests.db.services.on_duty import Scene, a_published_rota, the_account_of
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
MINE = SCREEN["my-duty"]


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota; the leader's crew is on now."""
    return a_published_rota(database, office, least_rest=0)


def said(page: Any) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*page.markdown, *page.caption, *page.info, *page.subheader, *page.error, *page.warning]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def labels(page: Any) -> set[str]:
    return {each.label for kind in (page.button, page.expander, page.selectbox) for each in kind}


# --- my shifts ---


def test_without_a_rota_my_duty_says_what_will_stand_there(office: Office, as_person: Opener) -> None:
    page = as_person(office.clerk, MINE)
    assert not page.exception
    assert "You are on no published rota." in said(page)


def test_a_shift_is_started_with_the_uniform_question_and_ended(scene: Scene, as_person: Opener) -> None:
    place = scene.place(19, "陈接访")
    record = f"{place}-{scene.member('陈接访')}"
    page = as_person(scene.office.clerk, MINE)
    page.text_input(key=f"my-duty.start:{record}:0:note").set_value("雨天")
    page.button(key=f"my-duty.start:{record}:0:start_shift").click().run()
    assert "Say whether the uniform is worn." in said(page)
    assert page.text_input(key=f"my-duty.start:{record}:0:note").value == "雨天"
    assert scene.count(DutyAttendance) == 0
    page.selectbox(key=f"my-duty.start:{record}:0:uniform").set_value("missing")
    page.button(key=f"my-duty.start:{record}:0:start_shift").click().run()
    assert not page.exception
    row = scene.row(DutyAttendance, 1)
    assert (row["place_id"], row["uniform"], row["note"]) == (place, False, "雨天")
    assert "60 min late" in said(page)
    page.button(key=f"my-duty.end:{record}:0:end_shift").click().run()
    assert not page.exception
    assert scene.row(DutyAttendance, 1)["ended_at"] is not None


def test_a_note_is_written_by_one_shift_and_read_by_the_next(scene: Scene, as_person: Opener) -> None:
    the_account_of(scene, "柯值班", scene.office.outsider)
    record = f"{scene.place(18, '柯值班')}-{scene.member('柯值班')}"
    page = as_person(scene.office.outsider, MINE)
    page.button(key=f"my-duty.note:{record}:0:write_note").click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_area(key=f"my-duty.note:{record}:0:text").set_value("三号窗口\n**打印机**缺纸")
    page.button(key=f"my-duty.note:{record}:0:write_note").click().run()
    assert "Hand-over notes of the last week (1)" in labels(page)
    assert "Not read yet." in said(page)
    assert "1 hand-over notes wait for you." in said(as_person(scene.office.clerk, SCREEN["desk"]))
    page = as_person(scene.office.clerk, MINE)
    assert "**打印机**缺纸" in said(page)
    page.button(key="my-duty.read:1:0").click().run()
    assert not page.exception
    assert handover.unread(scene.office.clerk).empty
    assert "Read by 陈接访" in said(page)


# --- swaps ---


def test_a_swap_is_asked_taken_and_approved(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    page = as_person(scene.office.clerk, MINE, place=str(place))
    page.button(key=f"swap.ask:{place}:0:ask_swap").click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_input(key=f"swap.ask:{place}:0:reason").set_value("家里有事")
    page.button(key=f"swap.ask:{place}:0:ask_swap").click().run()
    assert not page.exception
    assert scene.row(DutySwap, 1)["state"] == "asked"
    taker = scene.member("王经办")
    page = as_person(scene.office.handler, MINE)
    page.button(key=f"swap.take:1-{taker}:0").click().run()
    assert not page.exception
    assert scene.row(DutySwap, 1)["state"] == "taken"
    page = as_person(scene.office.director, MINE)
    page.button(key="swap.approve:1:0").click().run()
    assert not page.exception
    assert (scene.row(DutySwap, 1)["state"], scene.holder(22, "陈接访")) == ("approved", "王经办")
    assert scene.chain() == [("swap", "陈接访", "王经办", "家里有事")]


def test_a_swap_is_refused_with_a_reason(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    swaps.ask_swap(scene.office.clerk, place_id=place, version=1, reason="家里有事", key="ask")
    page = as_person(scene.office.director, MINE)
    page.button(key="swap.refuse:1:0:refuse").click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_input(key="swap.refuse:1:0:reason").set_value("人手不足")
    page.button(key="swap.refuse:1:0:refuse").click().run()
    assert not page.exception
    row = scene.row(DutySwap, 1)
    assert (row["state"], row["decision"]) == ("refused", "人手不足")
    assert scene.row(RotaPlace, place)["version"] == 1
    assert scene.holder(22, "陈接访") == "陈接访"


def test_who_asked_withdraws(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    swaps.ask_swap(scene.office.clerk, place_id=place, version=1, reason="家里有事", key="ask")
    page = as_person(scene.office.clerk, MINE)
    assert not {"Approve", "Refuse"} & labels(page)
    page.text_input(key="swap.withdraw:1:0:reason").set_value("不用了")
    page.button(key="swap.withdraw:1:0:withdraw").click().run()
    assert scene.row(DutySwap, 1)["state"] == "withdrawn"


# --- the desk ---


@pytest.mark.parametrize("person", ["clerk", "director", "viewer", "admin"])
def test_the_desk_says_who_is_on(person: str, scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.people[person], SCREEN["desk"])
    assert not page.exception
    told = said(page)
    assert "Who is on now" in told
    for name in ("林带班", "杜副班", "陈接访", "冉值班"):
        assert name in told
    assert ("To my shifts" in labels(page)) == (person in ("clerk", "director"))


def test_the_desk_of_an_auditor_does_not(scene: Scene, as_person: Opener) -> None:
    assert "林带班" not in said(as_person(scene.office.auditor, SCREEN["desk"]))
