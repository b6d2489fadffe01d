"""Supervision notices through the real app: drafted in one click, issued, answered by the unit, repeated, closed."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from db.services.supervision import drafting, issuing, lists
from db.services.supervision.lists import Tab
from tests.db.services.test_supervision_drafting import SAYS, a_led_case, notices
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
LIST, CASE, DESK = SCREEN["supervision"], SCREEN["case"], SCREEN["desk"]


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.info, *at.subheader, *at.error, *at.warning, *at.success]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def press(at: AppTest, label: str) -> AppTest:
    (found,) = [each for each in at.button if each.label == label]
    at = found.click().run()
    assert not at.exception
    return at


def labels(at: AppTest) -> set[str]:
    return {each.label for each in at.button}


def area(at: AppTest, form: str) -> Any:
    (found,) = [kept for name, kept in at.session_state["forms"].items() if name.startswith(f"{form}:")]
    (field,) = [each for each in at.text_area if str(each.key).startswith(found.key(""))]
    return field


@pytest.mark.parametrize("screen", [LIST, DESK], ids=["page", "desk"])
def test_whatever_is_overdue_is_drafted_in_one_click(
    database: Database, office: Office, as_person: Opener, screen: Any
) -> None:
    for _ in range(2):
        a_led_case(database, office)
    at = as_person(office.director, screen)
    assert "2 overdue matters have no supervision notice." in said(at)
    at = press(at, "Draft them")
    assert "overdue matters have" not in said(at)
    assert [notice.state for notice in notices()] == ["draft", "draft"]
    if screen is DESK:
        assert "Supervision notices to issue :orange-badge[2]" in said(at)


def test_the_list_shows_each_tab_its_own(database: Database, office: Office, as_person: Opener) -> None:
    made = drafting.draft(office.leader, case_id=a_led_case(database, office), text=SAYS, key="d")
    at = as_person(office.director, LIST)
    (table,) = at.dataframe
    assert list(table.value["unit"]) == ["Building office"]
    assert list(table.value["why"]) == ["Other reason"]
    issuing.issue(office.director, supervision_id=made, version=1, key="i")
    at = as_person(office.head, LIST, language="zh")
    (table,) = at.dataframe
    assert list(table.value["number"]) == ["S2026-000001"]
    assert list(table.value["unit"]) == ["城建所"]
    at = as_person(office.outsider, LIST, tab="all")
    assert "No supervision notice yet." in said(at)
    at = as_person(office.head, LIST, tab="to_issue")
    assert "No draft waits" not in said(at), "drafts are nothing a unit knows of"


def test_from_a_draft_on_the_case_to_the_answer_and_the_close(
    database: Database, office: Office, as_person: Opener
) -> None:
    case_id = a_led_case(database, office)
    at = as_person(office.leader, CASE, id=str(case_id))
    assert area(at, "supervision.draft").value.endswith("报告办理情况和逾期原因。")
    area(at, "supervision.draft").set_value("")
    at = press(at, "Keep the draft")
    assert "This is needed." in said(at)
    area(at, "supervision.draft").set_value(SAYS)
    at = press(at, "Keep the draft")
    assert SAYS in said(at)
    assert {"Withdraw"} <= labels(at)
    assert not {"Issue", "Close the notice"} & labels(at)

    at = press(as_person(office.director, CASE, id=str(case_id)), "Issue")
    assert "S2026-000001" in said(at)
    assert "Issue the supervision notice" in said(at)

    at = as_person(office.handler, CASE, id=str(case_id))
    area(at, "supervision.answer").set_value("已处理。")
    at = press(at, "Answer the notice")
    assert "已处理。" in said(at)
    assert not {"Close the notice", "Withdraw", "Answer the notice"} & labels(at)

    at = press(as_person(office.director, CASE, id=str(case_id)), "Close the notice")
    assert [notice.state for notice in notices()] == ["closed"]
    assert lists.counts(office.director)[Tab.ANSWERED] == 0
    assert "Supervision" not in {each.value for each in as_person(office.outsider, CASE, id=str(case_id)).subheader}


def test_repeated_from_the_case(database: Database, office: Office, as_person: Opener) -> None:
    case_id = a_led_case(database, office)
    made = drafting.draft(office.leader, case_id=case_id, text=SAYS, key="d")
    issuing.issue(office.director, supervision_id=made, version=1, key="i")
    at = press(as_person(office.director, CASE, id=str(case_id)), "Repeat the notice")
    assert "follows S2026-000001" in said(at)
    assert [(notice.state, notice.why) for notice in notices()] == [("closed", "other"), ("issued", "repeated")]
