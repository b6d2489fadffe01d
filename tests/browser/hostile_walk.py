"""What hostile texts could do to a page: elements, scripts, dialogs, errors, requests to elsewhere."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Dialog, Page

from components.front_door import incidents
from db.languages import translate
from tests.browser.walking import Stop, Walk
from tests.serving import Served

# What some of the texts would become, were they not shown as texts.
ELEMENTS = """[onerror], [onload], [onclick], [onwheel], [onmouseover], [onfocus], [ontoggle], [onstart],
    a[href^="javascript" i], a[href^="data:text" i], img[src="x"], img[src*="127.0.0.1:9"], img[src*="xxx"],
    iframe[src^="file"], iframe[src^="javascript" i], form[action*="127.0.0.1:9"], base, object, embed, marquee,
    [data-testid=stException]"""
ALERTS = """() => [...document.querySelectorAll("script:not([src]), style")]
    .filter((one) => /alert\\(|127\\.0\\.0\\.1:9/.test(one.textContent)).map((one) => one.textContent.slice(0, 200))"""


@dataclass
class Found:
    """What should not be there, by the name of the stop."""

    elements: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    dialogs: list[str] = field(default_factory=list)
    seen: int = 0


class HostileWalk(Walk):
    """A walk that looks for what texts could do."""

    def __init__(self, served: Served, browser: Browser) -> None:
        """In English, by day."""
        super().__init__(served, browser, locale="en-GB", scheme="light")
        self.found = Found()

    def remember(self, stop: Stop, page: Page) -> None:
        """Instead of words and colours: elements, errors."""
        self.found.seen += 1
        told = page.locator("body").inner_text()
        wrong = page.locator(ELEMENTS).evaluate_all("all => all.map((one) => one.outerHTML.slice(0, 200))")
        if wrong or (wrong := page.evaluate(ALERTS)):
            self.found.elements[stop.name] = wrong
        sentence = translate(incidents.SOMETHING, "en").partition("{")[0]
        if sentence in told or "Traceback" in told:
            self.found.errors[stop.name] = told[:200]

    def hear(self, dialog: Dialog) -> None:
        """A dialog is opened by a text, or by nobody."""
        self.found.dialogs.append(dialog.message)
        dialog.dismiss()

    def _watch(self, page: Page) -> None:
        super()._watch(page)
        page.on("dialog", self.hear)
