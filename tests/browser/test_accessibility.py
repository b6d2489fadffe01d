"""What is done all day can be done with the keyboard, and a failed check is heard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import sit_down
from tests.browser.walking import button, serious
from tests.serving import PASSWORD, Served, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.in_turn(3, of=4)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failed_check_is_accessible_too(demo_served: Served, browser: Browser, scheme: str) -> None:
    clerk = sit_down(browser, demo_served, "clerk", color_scheme=scheme)
    clerk.open("take-in")
    clerk.press("Register")
    expect(clerk.page.get_by_role("alert").first).to_be_visible()
    assert not serious(clerk.page)


def test_signing_in_needs_the_keyboard_only(demo_served: Served, browser: Browser) -> None:
    stranger = sit_down(browser, demo_served, "")
    stranger.page.goto(f"{demo_served.url}/cases")
    settle(stranger.page)
    expect(stranger.page.locator("input[autocomplete=username]")).to_be_focused()
    stranger.page.keyboard.type("leader")
    stranger.page.keyboard.press("Tab")
    stranger.page.keyboard.type(PASSWORD)
    stranger.page.keyboard.press("Enter")
    expect(stranger.page.get_by_text("林带班")).to_be_visible()
    expect(stranger.page).to_have_url(f"{demo_served.url}/cases")


def test_tab_follows_the_conversation(demo_served: Served, browser: Browser) -> None:
    clerk = sit_down(browser, demo_served, "clerk")
    clerk.open("take-in")
    clerk.page.get_by_label(clerk.say("Name"), exact=True).focus()
    reached = _tabbed(clerk.page, 40)
    order = ["name_0", "contact_0", "address_0", "subject", "text", "place", "since", "request", "kind", "other_open"]
    order += ["category", "grade", "_files", "camera", "what_now", "_register"]
    assert [name for name in reached if name in order] == order
    places = [(int(top), int(left)) for top, left in _places(clerk.page, order)]
    assert places == sorted(places)


def test_a_step_is_taken_with_the_keyboard(demo_served: Served, demo_cases: dict[str, int], browser: Browser) -> None:
    leader = sit_down(browser, demo_served, "leader")
    leader.open(f"case?id={demo_cases['proposed']}")
    leader.page.locator(button("next-step")).focus()
    leader.page.keyboard.press("Enter")
    taken = leader.page.locator("[class*='st-key-step-'][class*='-take'] button")
    expect(taken).to_be_visible()
    settle(leader.page)
    taken.focus()
    leader.page.keyboard.press("Tab")
    focused = leader.page.locator(":focus")
    expect(focused).to_have_text(re.compile(leader.say("Later")))


def _tabbed(page: Page, most: int) -> list[str]:
    """The fields the Tab key comes to, in order, each once."""
    found: list[str] = []
    for _ in range(most):
        name = page.evaluate(
            "(document.activeElement.closest('[class*=st-key-take_in-]')?.className || '')"
            ".match(/st-key-take_in-[^ ]{16}-([^ ]+)/)?.[1] || ''"
        )
        if name and name not in found:
            found.append(name)
        page.keyboard.press("Tab")
    return found


def _places(page: Page, names: list[str]) -> list[tuple[float, float]]:
    """Where these fields stand: top and left, fields of one line as equally high."""
    found = []
    for name in names:
        box = page.locator(f"[class*='st-key-take_in-'][class*='-{name}']").last.bounding_box()
        assert box is not None
        found.append((box["y"] // 24, box["x"]))
    return found
