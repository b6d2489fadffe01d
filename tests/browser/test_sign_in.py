"""Signing in, out and up in a real browser: what people see, keep and can't reach."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.factories import a_database
from tests.serving import PASSWORD, Served, give_passwords, profile, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Streamlit first looks for its server below the page's own address; it then asks at the root.
_USUAL = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")
NEW = "three new words 三"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One office; the auditor still has a first password."""
    folder = tmp_path_factory.mktemp("sign-in") / "data"
    database, _ = a_database(folder)
    with closing(database):
        give_passwords(database, must_change=("auditor",))
    with Served(folder) as server:
        yield server


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[Callable[..., BrowserContext]]:
    """People with a fresh profile; afterwards nothing may have gone wrong in their console or left the house."""
    wrong: list[str] = []
    contexts: list[BrowserContext] = []

    def watch(page: Page) -> None:
        page.on("request", lambda r: None if _is_ours(r.url, served.url) else wrong.append(f"left: {r.url}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on(
            "console",
            lambda m: (
                wrong.append(m.text)
                if m.type == "error" and not _USUAL.search(str(m.location.get("url", "")))
                else None
            ),
        )

    def come(locale: str = "en-GB", **options: object) -> BrowserContext:
        context = profile(browser, locale=locale, **options)
        context.on("page", watch)
        contexts.append(context)
        return context

    yield come
    for context in contexts:
        context.close()
    assert not wrong


def _is_ours(url: str, ours: str) -> bool:
    return url.startswith((ours, ours.replace("http", "ws", 1), "data:", "blob:"))


def fill_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Type into the sign-in form with the keyboard alone, beginning where the cursor is."""
    settle(page)
    expect(page.locator("input[autocomplete=username]")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def open_page(context: BrowserContext, url: str) -> Page:
    """A new tab at this address, drawn."""
    page = context.new_page()
    page.goto(url)
    settle(page)
    return page


def test_a_deep_link_survives_the_sign_in(served: Served, visitor: Callable[..., BrowserContext]) -> None:
    context = visitor()
    page = open_page(context, f"{served.url}/case?id=17&tab=files")
    expect(page.get_by_label("User name")).to_be_visible()
    fill_in(page, "clerk")
    expect(page.get_by_text("陈接访")).to_be_visible()
    expect(page).to_have_url(f"{served.url}/case?id=17&tab=files")
    assert "linli=" not in page.evaluate("document.cookie")
    cookie = next(one for one in context.cookies() if one["name"] == "linli")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    page.reload()
    settle(page)
    expect(page.get_by_text("陈接访")).to_be_visible()
    assert page.url == f"{served.url}/case?id=17&tab=files"


def test_a_wrong_password_is_told_in_the_readers_language(
    served: Served, visitor: Callable[..., BrowserContext]
) -> None:
    page = open_page(visitor(), served.url)
    fill_in(page, "clerk", "wrong wrong")
    expect(page.get_by_role("alert")).to_contain_text("User name or password is not right.")
    settle(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("陈接访")).to_be_visible()


def test_the_language_chosen_before_sign_in_is_kept(served: Served, visitor: Callable[..., BrowserContext]) -> None:
    page = open_page(visitor("en-GB"), served.url)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    settle(page)
    page.reload()
    settle(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_language_is_switched_in_the_sidebar_too(served: Served, visitor: Callable[..., BrowserContext]) -> None:
    page = open_page(visitor("en-GB"), served.url)
    fill_in(page, "viewer")
    expect(page.get_by_text("魏领导")).to_be_visible()
    settle(page)
    page.get_by_role("radio", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    settle(page)
    page.get_by_role("radio", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_signing_out_shuts_every_tab_and_the_way_back(served: Served, visitor: Callable[..., BrowserContext]) -> None:
    context = visitor()
    page = open_page(context, served.url)
    fill_in(page, "handler")
    expect(page.get_by_text("王经办")).to_be_visible()
    other = open_page(context, f"{served.url}/cases")
    expect(other.get_by_text("王经办")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_visible()
    settle(page)
    assert not [one for one in context.cookies() if one["name"] == "linli"]
    expect(other.get_by_label("User name")).to_be_visible()
    expect(other.get_by_text("王经办")).to_have_count(0)
    page.go_back()
    settle(page)
    expect(page.get_by_label("User name")).to_be_visible()


def test_a_first_password_is_changed_before_anything_else(
    served: Served, visitor: Callable[..., BrowserContext]
) -> None:
    page = open_page(visitor(), f"{served.url}/journal")
    fill_in(page, "auditor")
    expect(page.get_by_label("Present password")).to_be_visible()
    settle(page)
    assert page.get_by_test_id("stSidebarNavLink").count() == 0
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("auditor auditor")
    page.get_by_label("New password again").fill("auditor auditor")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("A password can't contain the user name.")).to_be_visible()
    settle(page)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The password is changed")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    expect(page).to_have_url(f"{served.url}/journal")


def test_my_account_lists_and_ends_my_sessions(served: Served, visitor: Callable[..., BrowserContext]) -> None:
    one, two = visitor(), visitor()
    first = open_page(one, f"{served.url}/account")
    fill_in(first, "leader")
    expect(first.get_by_text("Where I am signed in")).to_be_visible()
    second = open_page(two, served.url)
    fill_in(second, "leader")
    expect(second.get_by_text("林带班")).to_be_visible()
    first.reload()
    settle(first)
    first.get_by_role("button", name="End", exact=True).click()
    expect(second.get_by_label("User name")).to_be_visible()
    settle(first)
    first.get_by_role("button", name="Sign out everywhere").click()
    expect(first.get_by_label("User name")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_screen_is_accessible_and_fits_a_phone(
    served: Served, visitor: Callable[..., BrowserContext], scheme: str
) -> None:
    page = open_page(visitor("zh-CN", color_scheme=scheme, viewport={"width": 360, "height": 740}), served.url)
    expect(page.locator("input[autocomplete=username]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    serious = [
        found["id"] for found in Axe().run(page).response["violations"] if found["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_a_new_office_is_set_up_through_the_link(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> None:
    with Served(tmp_path_factory.mktemp("new-office") / "data") as fresh:
        link = re.search(r"/setup\?token=\S+", fresh.log)
        assert link
        page = profile(browser, locale="en-GB").new_page()
        page.goto(fresh.url)
        settle(page)
        expect(page.get_by_text("This office is not set up yet.")).to_be_visible()
        page.goto(fresh.url + link[0])
        assert not [
            found["id"]
            for found in Axe().run(page).response["violations"]
            if found["impact"] in ("serious", "critical")
        ]
        typed = {"Name of the office": "西河镇综治中心", "Your name": "管<b>理</b>", "User name": "Root"}
        for label, value in typed.items():
            page.get_by_label(label, exact=True).fill(value)
        for label in ("Password", "Password again"):
            page.get_by_label(label, exact=True).fill("password1")
        page.get_by_role("button", name="Set up").click()
        expect(page.get_by_role("alert")).to_contain_text("Too many people use this password.")
        assert page.get_by_label("Your name").input_value() == "管<b>理</b>"
        for label in ("Password", "Password again"):
            page.get_by_label(label, exact=True).fill(NEW)
        page.get_by_role("button", name="Set up").click()
        expect(page.get_by_text("管<b>理</b>")).to_be_visible()
        page.goto(fresh.url + link[0])
        expect(page.get_by_role("heading")).to_have_text("This link is no longer valid.")
        page.context.close()
