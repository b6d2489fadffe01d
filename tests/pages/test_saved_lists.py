"""Saved lists through the real app: pinned with the reader's own count, opened, saved where the list stands."""

from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.list_counters import COUNTERS
from components.screens import SCREENS
from db.rules.permissions import Role
from db.services import saved_lists
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import Office
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}


class Opened:
    """A popover as it is once somebody pressed it, which AppTest can't."""

    open = True

    def __init__(self, part: object) -> None:
        self._part = part

    def __enter__(self) -> "Opened":
        self._part.__enter__()  # type: ignore[attr-defined]
        return self

    def __exit__(self, *what: object) -> None:
        self._part.__exit__(*what)  # type: ignore[attr-defined]


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every popover is open."""
    popover = st.popover
    monkeypatch.setattr(st, "popover", lambda *what, **how: Opened(popover(*what, **how)))


def links(at: AppTest) -> dict[str, str]:
    """What the links are called, without what Markdown needs, and the query each leads to."""
    return {link.proto.label.replace("\\", ""): link.proto.query_string for link in at.get("page_link")}


def press(at: AppTest, label: str) -> AppTest:
    (found,) = [each for each in at.button if each.label == label]
    at = found.click().run()
    assert not at.exception
    return at


def test_a_list_is_saved_pinned_renamed_removed_and_put_back(office: Office, as_person: Opener, pressed: None) -> None:
    at = as_person(office.clerk, SCREEN["cases"], text="噪音", tab="all", page="1")
    (name,) = [each for each in at.text_input if str(each.key).startswith("lists.save")]
    name.set_value("<b>噪音</b> [x](y)")
    at = press(at, "Save")
    assert {label: parse_qs(query) for label, query in links(at).items()} == {
        "**<b>噪音</b> [x](y)**": {"tab": ["all"], "text": ["噪音"]}
    }
    at = press(at, "Put on my desk")
    assert [one.pinned for one in saved_lists.pinned(office.clerk)] == [True]
    (name,) = [each for each in at.text_input if str(each.key).startswith("lists.rename")]
    name.set_value("吵")
    at = press(at, "Rename")
    assert list(links(at)) == ["**吵**"]
    at = press(press(at, "Remove"), "Put “吵” back")
    assert list(links(at)) == ["**吵**"]


def test_the_desk_counts_what_is_the_readers_own(office: Office, as_person: Opener) -> None:
    brought(office)
    brought(office, stages.HANDLING)
    pk = saved_lists.save(office.clerk, name="全部", screen="cases", query="tab=all", key="a")
    saved_lists.share(office.clerk, list_id=pk, roles=[Role.HANDLER, Role.VIEWER], key="s")
    for who, shown in (
        (office.clerk, "全部 :gray-badge[2]"),
        (office.handler, f"全部 · {office.clerk.name} :gray-badge[1]"),
    ):
        saved_lists.pin(who, list_id=pk, key=f"pin {who.name}")
        assert shown in links(as_person(who, SCREEN["desk"]))
    saved_lists.pin(office.viewer, list_id=pk, key="viewer")
    assert not [label for label in links(as_person(office.viewer, SCREEN["desk"])) if "全部" in label]


@pytest.mark.parametrize("screen", sorted(COUNTERS))
def test_every_list_that_can_be_saved_has_its_bar_and_is_counted(
    office: Office, as_person: Opener, pressed: None, screen: str
) -> None:
    at = as_person(office.director, SCREEN[screen], tab="past" if screen == "meetings" else "all")
    assert [each for each in at.text_input if str(each.key).startswith("lists.save")], screen
    assert COUNTERS[screen](office.director, {"tab": "nonsense", "duty": "x"}).total == 0


def test_time_left_and_whose_go_with_any_tab(office: Office, as_person: Opener) -> None:
    mine = brought(office, stages.HANDLING)
    brought(office)
    for actor, query, found in (
        (office.director, {"clock": "overdue"}, 0),
        (office.director, {"clock": "no_day"}, 0),
        (office.director, {"clock": "nonsense"}, 2),
        (office.handler, {"whose": "mine"}, 1),
        (office.clerk, {"whose": "taken_in"}, 2),
        (office.deputy, {"whose": "taken_in"}, 0),
    ):
        page = COUNTERS["cases"](actor, {"tab": "all", **query})
        assert page.total == found, query
    assert list(COUNTERS["cases"](office.handler, {"whose": "mine"}).rows["id"]) == [mine]
