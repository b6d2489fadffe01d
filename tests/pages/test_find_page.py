"""The search field and its page through the real app: found, marked, literal, opened; nothing said of the hidden."""

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from tests.db.services import disputes
from tests.db.services.found import a_matter
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
FIND = SCREEN["find"]


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.info, *at.subheader, *at.warning]
    links = [link.proto for link in at.get("page_link")]
    shown = [str(part.value) for part in parts] + [f"{link.label} -> {link.page}?{link.query_string}" for link in links]
    return "\n".join(shown).replace("\\", "")


def test_what_is_found_stands_by_register_and_leads_there(
    database: Database, office: Office, as_person: Opener
) -> None:
    for _ in range(6):
        a_matter(office.clerk, subject="<b>路灯</b> [坏](http://x) **不亮**", text="$x$ :red[路灯] 已坏")
    dispute_id = disputes.registered(database, office, subject="路灯之争")
    at = as_person(office.director, FIND, text="路灯")
    shown = said(at)
    assert "Cases (6)" in shown
    assert "Disputes (1)" in shown
    assert f"dispute?id={dispute_id}" in shown
    assert "All 6 cases -> cases?tab=all&text=%E8%B7%AF%E7%81%AF" in shown
    (label, *_) = [link.proto.label for link in at.get("page_link") if "坏" in link.proto.label]
    assert label.endswith(r"\<b\>:orange-background[路灯]\</b\> \[坏\]\(http\://x\) \*\*不亮\*\*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "A number: 2026-000123 or just 123"),
        ("a", "Type one more letter."),
        ("没有这样的话", "Nothing you may see fits “没有这样的话”."),
        ("<img src=x onerror=alert(1)>", "Nothing you may see fits"),
        ("路" * 5000, "Nothing you may see fits"),
        ("3", "Nothing you may see fits"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_state_of_the_page(office: Office, as_person: Opener, text: str, expected: str, language: str) -> None:
    at = as_person(office.clerk, FIND, language, text=text)
    assert not at.exception
    if language == "en":
        assert expected in said(at)


def test_the_field_beside_every_page_goes_there(office: Office, as_person: Opener) -> None:
    receipt = a_matter(office.clerk, subject="井盖")
    at = as_person(office.clerk, SCREEN["desk"])
    at.text_input(key="find-box-sought").set_value(" 井盖 ")
    (go,) = [button for button in at.button if "find-box" in str(button.key)]
    go.click().run()
    assert not at.exception
    assert at.query_params["text"] in ("井盖", ["井盖"])
    assert f"{receipt.number}" in said(at)
    assert not [each for each in as_person(office.viewer, SCREEN["desk"]).text_input if each.key == "find-box-sought"]
