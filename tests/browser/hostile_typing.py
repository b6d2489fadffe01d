"""Somebody who types hostile texts into every form they can open, presses its button, and looks at what came of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Dialog, Error, Locator, Page

from tests.browser.hostile_walk import HostileWalk
from tests.browser.walking import Stop
from tests.serving import Served, settle

FORMS = Path(__file__).with_name("forms.js").read_text(encoding="utf-8")
# What opens more of a page, one at a time: parts, popovers, and lines of menus.
TABS = "[data-testid=stMain] [role=tab]"
POPOVERS = "[data-testid=stMain] [data-testid=stPopoverButton]"
MENUS = "[data-testid=stMain] [data-testid=stMenuButton] button"
UNFOLD = """() => document.querySelectorAll("[data-testid=stMain] details:not([open]) > summary")
    .forEach((one) => one.click())"""
FORM = "[data-testid=stForm], .st-key-take_in_form, [class*='st-key-kept_form-'], [class*='st-key-step-form-']"
# A sentence of what is wrong, below its field or above the form.
WRONG = "[data-testid=stMarkdown]:has(.stMarkdownColoredText), [data-testid=stAlert]"
MOST_TRIES = 4
MILD = ("<b>甲</b>", "15400000001", "code_1", "<i>乙</i>" * 40)
LONGEST_WAIT = 15_000
WIDGETS = ("stTextInput", "stTextArea", "stSelectbox", "stMultiSelect", "stDateInput", "stTimeInput", "stCheckbox",
           "stNumberInput", "stRadio", "stButtonGroup")  # fmt: skip
# Which widgets a sentence stands below.
MARKED = """(all) => all.filter((one) => one.innerText.startsWith("error")).flatMap((mark) => {
    let before = mark.closest("[data-testid=stElementContainer]");
    const named = (one) => [...one.classList].find((name) => name.startsWith("st-key-"));
    while (before && !named(before)) before = before.previousElementSibling;
    return before ? [named(before)] : [];
})"""


@dataclass
class Typed:
    """What was typed, and what came of it."""

    forms: set[str] = field(default_factory=set)
    fields: int = 0
    texts: set[str] = field(default_factory=set)
    saved: int = 0
    refused: int = 0
    searched: int = 0
    never_saved: dict[str, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def figure(self) -> str:
        """One sentence of it."""
        return (
            f"{len(self.silent) + len(self.lost)} wrong: {len(self.texts)} texts typed into {self.fields} fields of "
            f"{len(self.forms)} forms, {self.saved} times saved, {self.refused} times refused with a sentence and the "
            f"text kept, {self.searched} times looked for"
        )


class Typing(HostileWalk):
    """Types one text after the other into the fields of every kind of form, each kind once."""

    def __init__(self, served: Served, browser: Browser, texts: Sequence[str]) -> None:
        """`texts` come in turn, and again."""
        super().__init__(served, browser)
        self.typed = Typed()
        self._texts = [text for text in texts if text.strip() and text.encode("utf-8", "replace").decode() == text]
        self._turn_of_text = 0
        self._opened: set[str] = set()
        self._done: set[str] = set()

    def again(self) -> None:
        """Another round: every kind of form is typed into once more."""
        self._opened.clear()
        self._done.clear()

    def _page_of(self, person: str) -> Page:
        page = super()._page_of(person)
        page.set_default_timeout(LONGEST_WAIT)
        page.set_viewport_size({"width": 1280, "height": 2400})  # what opens has room
        return page

    def hear(self, dialog: Dialog) -> None:
        """Whoever leaves before the last words are kept is asked by the browser, and leaves."""
        if dialog.type == "beforeunload":
            dialog.accept()
        else:
            super().hear(dialog)

    def _look(self, stop: Stop) -> None:
        if stop.path.startswith(("print/", "present/", "query")):
            return
        page = self._page_of(stop.person)
        self._at(stop, page)
        self._type_here(stop, page, ("", 0, 0))
        for way in self._ways(stop, page):
            try:
                self._go(stop, page, way)
                self._type_here(stop, page, way)
            except (Error, AssertionError) as error:
                self.memory.failed[f"{stop.name} {way}"] = str(error)
                self._at(stop, page)

    # --- ways into a screen ---

    def _ways(self, stop: Stop, page: Page) -> Iterator[tuple[str, int, int]]:
        """Parts, popovers and lines of menus nobody opened yet on such a screen."""
        for selector in (TABS, POPOVERS, MENUS):
            for number, words in enumerate(page.locator(selector).all_inner_texts()):
                about = f"{stop.screen} {selector} {re.sub(r'[0-9]+', '0', words)}"
                if about not in self._opened:
                    self._opened.add(about)
                    yield from ((selector, number, line) for line in range(9 if selector == MENUS else 1))

    def _at(self, stop: Stop, page: Page) -> None:
        page.goto(f"{self._served.url}/{stop.path}")
        page.locator("h1, [data-testid=stForm]").first.wait_for()
        settle(page)
        for selector in stop.press:
            self._press(page.locator(selector))
        self._unfold(page)

    def _go(self, stop: Stop, page: Page, way: tuple[str, int, int]) -> None:
        selector, number, line = way
        if selector == MENUS:
            self._at(stop, page)
        page.keyboard.press("Escape")
        if selector:
            self._press(page.locator(selector).nth(number))
        if selector == MENUS:
            self._press(page.get_by_role("menuitem").nth(line))
        self._unfold(page)

    def _unfold(self, page: Page) -> None:
        page.evaluate(UNFOLD)
        settle(page)

    def _press(self, what: Locator) -> None:
        if what.count() and what.first.is_visible() and what.first.is_enabled():
            what.first.click()
            settle(what.page)

    # --- forms ---

    def _type_here(self, stop: Stop, page: Page, way: tuple[str, int, int]) -> None:
        while waiting := self._waiting(page):
            form, *others = waiting
            self._done.add(form["kind"])
            self._try(stop, page, form)
            if others and not self._waiting(page):
                self._at(stop, page)
                self._go(stop, page, way)

    def _waiting(self, page: Page) -> list[dict[str, Any]]:
        return [form for form in page.evaluate(FORMS) if form["kind"] not in self._done]

    def _try(self, stop: Stop, page: Page, form: dict[str, Any]) -> None:
        about = f"{stop.path} {form['kind']}"
        self.typed.forms.add(form["kind"])
        self.typed.fields += len(form["fields"])
        before = {key: self._text_of(page, key) for key in form["fields"]}
        for key in form["fields"]:
            self._type(page, key, "", enter=not form["saves"])
            if not form["saves"] and not self._field(page, key).count():
                break
        self._check(about, page)
        if not form["saves"]:
            self.typed.searched += 1
            return
        for turn in range(MOST_TRIES):
            if self._saved(about, page, form):
                self.typed.saved += 1
                self.typed.never_saved.pop(form["kind"], None)
                self._look_at_the_list(stop, page)
                return
            if not self._mend(page, before, turn):
                break

    def _saved(self, about: str, page: Page, form: dict[str, Any]) -> bool:
        """Press the button; whether the form was saved. If not it must say why, and hold what was typed."""
        settle(page)
        there = {key: self._text_of(page, key) for key in form["fields"] if self._field(page, key).count()}
        button = page.locator(f".{form['saves'][0]} button").first
        if not button.is_enabled():
            self.typed.silent[about] = "its button can't be pressed"
            return False
        button.focus()  # an open calendar closes, which may lie over it
        button.click()
        settle(page)
        self._check(about, page)
        left = {key: self._text_of(page, key) for key in there if self._field(page, key).count()}
        if not left:
            return True
        self.typed.refused += 1
        inside = page.locator(FORM).filter(has=page.locator(f".{form['fields'][0]}"))
        said = [one for one in inside.locator(WRONG).all_inner_texts() if one.strip()]
        self.typed.never_saved[form["kind"]] = f"{about}: {' '.join(said)[:200]}"
        if not said:
            self.typed.silent[about] = page.locator("[data-testid=stMain]").inner_text()[:300]
        for key, text in left.items():
            if text != there[key]:
                self.typed.lost[f"{about} {key}"] = f"{there[key]!r:.80} became {text!r:.80}"
        return False

    def _mend(self, page: Page, before: dict[str, str], turn: int) -> bool:
        """Put something milder into what is marked; whether there is something to try."""
        marked = page.locator("[data-testid=stMarkdown]").evaluate_all(MARKED)
        for key in dict.fromkeys(marked):
            where = page.locator(f".{key}")
            kind = next((one for one in WIDGETS if where.locator(f"[data-testid={one}]").count()), "")
            if kind in ("stTextInput", "stTextArea"):
                milder = [text for text in (MILD[0], before.get(key, ""), *MILD[1:]) if text]
                self._type(page, key, milder[min(turn, len(milder) - 1)])
            elif kind in ("stSelectbox", "stMultiSelect"):
                where.locator("input").first.click()
                if kind == "stMultiSelect":
                    page.keyboard.press("Backspace")
                option = page.get_by_role("option")
                if not option.count():
                    page.keyboard.press("ArrowDown")
                if option.count():
                    option.nth(min(turn, option.count() - 1)).click()
                page.keyboard.press("Tab")
            elif kind in ("stDateInput", "stTimeInput"):
                where.get_by_role("spinbutton").first.click()
                page.keyboard.type("20261120" if kind == "stDateInput" else "0930")
                page.keyboard.press("Tab")
            elif kind == "stCheckbox":
                where.locator("label").first.click()
            elif kind == "stNumberInput":
                where.locator("[data-testid^=stNumberInputStep]:not(:disabled)").first.click()
            elif kind:
                where.locator("[role=radiogroup] label, button").first.click()
            settle(page)
        return bool(marked)

    def _look_at_the_list(self, stop: Stop, page: Page) -> None:
        self._check(f"{stop.path}, saved", page)
        if stop.screen != stop.path:
            page.goto(f"{self._served.url}/{stop.screen}")
            page.locator("h1, [data-testid=stForm]").first.wait_for()
            settle(page)
            self._check(f"{stop.screen}, after {stop.path} was saved", page)
        self._at(stop, page)
        self._check(f"{stop.path}, again", page)

    def _check(self, about: str, page: Page) -> None:
        self.remember(Stop(about, "", ""), page)

    # --- fields ---

    def _field(self, page: Page, key: str) -> Locator:
        return page.locator(f".{key}").locator("input, textarea")

    def _text_of(self, page: Page, key: str) -> str:
        return self._field(page, key).first.input_value()

    def _type(self, page: Page, key: str, text: str, *, enter: bool = False) -> None:
        """Type a text, the next in turn unless one is given; shorter when the field takes no more."""
        field, given = self._field(page, key).first, text or self._next()
        stood = field.input_value()
        for longest in (len(given), 4000, 500, 100, 30, 10):
            field.fill(given[:longest])
            if field.input_value() != stood or given[:longest] == stood:
                break
        self.typed.texts.add(given)
        field.press("Enter" if enter else "Tab")
        if enter:
            settle(page)

    def _next(self) -> str:
        self._turn_of_text += 1
        return self._texts[self._turn_of_text % len(self._texts)]
