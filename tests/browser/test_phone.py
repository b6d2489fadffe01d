"""Outdoors, on a phone: nothing runs over the edge, the main button is within reach, a visit is taken in by touch."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Seat, sit_down
from tests.browser.walking import STILL
from tests.serving import Served, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def on_the_phone(browser: Browser, served: Served, person: str, path: str, locale: str = "zh-CN") -> Seat:
    """This screen in this person's hand."""
    seat = sit_down(browser, served, person, locale=locale, **PHONE)
    seat.open(path)
    return seat


def fits(seat: Seat) -> None:
    """Nothing runs over the edge and the menu is folded away."""
    settle(seat.page)
    seat.page.evaluate(STILL)
    over = seat.page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map((one) => one.scrollWidth - one.clientWidth)"
    )
    assert over == [0, 0]
    assert seat.page.evaluate("document.documentElement.clientWidth") == 390
    expect(seat.page.get_by_test_id("stSidebar")).not_to_be_in_viewport()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize(
    "path", ["desk", "take-in", "cases", "case", "rotas", "rota", "my-duty", "meeting", "chart", "briefing"]
)
def test_a_screen_fits_the_phone(
    demo_served: Served, demo_cases: dict[str, int], browser: Browser, path: str, locale: str
) -> None:
    shown = {
        "case": "proposed",
        "rota": "published",
        "meeting": "meeting open",
        "briefing": "briefing draft",
        "chart": "chart",
    }
    asked = f"?id={demo_cases[shown[path]]}" if path in shown else ""
    seat = on_the_phone(browser, demo_served, "leader", f"{path}{asked}", locale)
    fits(seat)
    seat.page.context.close()


def test_the_next_step_is_within_reach(demo_served: Served, demo_cases: dict[str, int], browser: Browser) -> None:
    leader = on_the_phone(browser, demo_served, "leader", f"case?id={demo_cases['proposed']}")
    step = leader.page.locator("[class*='st-key-next-step'] button")
    step.scroll_into_view_if_needed()
    expect(step).to_be_in_viewport(ratio=1)
    step.tap()
    expect(leader.page.locator("[class*='st-key-step-'][class*='-take'] button")).to_be_visible()
    fits(leader)
    leader.page.context.close()


def test_a_visit_is_taken_in_on_the_phone(demo_served: Served, browser: Browser) -> None:
    clerk = on_the_phone(browser, demo_served, "clerk", "take-in")
    clerk.write("Name", "测试群众乙")
    clerk.write("Telephone or another contact", "15400139000")
    clerk.write("In a line", "健身器材松动")
    clerk.write("What was said, in their words", "小广场的健身器材螺丝松了，孩子在上面玩。")
    clerk.choose("Category", "环境保护")
    fits(clerk)
    register = clerk.page.get_by_role("button", name=clerk.say("Register"), exact=True)
    register.scroll_into_view_if_needed()
    expect(register).to_be_in_viewport(ratio=1)
    register.tap()
    expect(clerk.page.locator("[data-testid=stMetricValue]")).to_have_count(3)
    fits(clerk)
    clerk.page.context.close()
