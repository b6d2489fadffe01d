"""One walk through every screen, remembering what was read, fetched and found wrong; tests then ask the memory."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.serving import COOKIE, PATIENCE, SECURITY, Served, profile, settle

READ = Path(__file__).with_name("reading.js").read_text(encoding="utf-8")
AXE = Axe()
# A grid that is shown and not yet told to who hears it: that follows its picture.
SILENT_GRID = "canvas[data-testid=data-grid-canvas]:not(:has(th)):visible"
# What passes is not told: telling takes longer than looking.
VIOLATIONS = """async (rules) => {
    const asked = {resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})};
    return (await axe.run(document, asked)).violations;
}"""
FADED = 1500  # milliseconds after which nothing of a redrawn page is still fading in
# Colours on their way from one to another are nobody's choice: two seconds at most for what moves and ends.
STILL = """Promise.race([
    Promise.all(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished.catch(() => null))).then(() => null),
    new Promise((done) => setTimeout(done, 2000, null)),
])"""


TURN = """(path) => {
    history.pushState({}, "", path);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""
# What has come over the wire is on the page two frames after the time the page may take to gather it.
SHOWN = """() => new Promise((done) => setTimeout(
    () => requestAnimationFrame(() => requestAnimationFrame(() => done(null))), 50
))"""
MENU = "[data-testid=stSidebarNavItems]"
DUTY_PARTS = ("people", "leave", "pairs", "gaps", "served", "needs", "posts", "shifts", "periods", "rules")
MEETING_PARTS = (1, 2, 3)
WORK_PARTS = ("units", "files", "correct", "history")
RUBRIC_PARTS = ("frame", "grades", "differences")
PARTS = ("parties", "mediators", "sessions", "agreement", "performance", "follow_up", "file", "history")


@dataclass(frozen=True)
class Stop:
    """One sight of a screen: who looks, where, and what is pressed there first (selectors)."""

    name: str
    person: str
    path: str
    press: tuple[str, ...] = ()

    @property
    def screen(self) -> str:
        """The screen's path."""
        return self.path.partition("?")[0]


def button(key: str) -> str:
    """The button inside the element whose key begins so."""
    return f"[class*='st-key-{key}'] button"


def toggle(key: str) -> str:
    """The toggle whose key begins so."""
    return f"[class*='st-key-{key}'] label"


def fold(key: str) -> str:
    """The head of what is folded away and whose key begins so."""
    return f"[class*='st-key-{key}'] summary"


def stops(case: Mapping[str, int]) -> tuple[Stop, ...]:
    """Every screen, some of them in more than one state; `case` names a case per state."""
    any_case, drafted = case["replied"], f"rubric?id={case.get('rubric draft', 1)}"
    return (
        Stop("sign-in", "", "desk"),
        Stop("query", "", "query"),
        Stop("desk of a clerk", "clerk", "desk"),
        Stop("desk of a handler", "building2", "desk"),
        Stop("desk of an administrator", "admin", "desk"),
        Stop("desk of an auditor", "auditor", "desk"),
        Stop("desk of a viewer", "viewer", "desk"),
        Stop("nothing looked for yet", "director", "find"),
        Stop("find", "director", "find?text=2026"),
        Stop("take-in", "clerk", "take-in"),
        Stop(
            "take-in of an accusation",
            "clerk",
            "take-in",
            (
                "[class*='-earlier'] label",
                "[class*='-child'] label",
                "[class*='-head_count'] [data-testid=stNumberInputStepUp]",
                "[class*='-kind'] button >> nth=2",
                "[class*='-camera'] label",
                "[data-testid=stPopoverButton]",
            ),
        ),
        Stop("cases", "leader", "cases", (toggle("filters_shown"),)),
        Stop("cases edited in place", "leader", "cases?tab=all", (toggle("quick_edit"),)),
        Stop("cases to tick", "leader", "cases?tab=all&tick_cases=true"),
        Stop("no cases", "clerk", "cases?text=zzzz"),
        Stop("bin", "leader", "bin"),
        Stop("stand-ins", "director", "stand-ins", (fold("new-stand-in"), fold("hand-over"))),
        Stop("case that waits for approval", "leader", f"case?id={case['proposed']}", (button("next-step"),)),
        Stop("case in hand", "director", f"case?id={case['handling']}", (button("other-steps"),)),
        Stop("case replied", "director", f"case?id={any_case}", (button("next-step"),)),
        Stop("case shown in full", "director", f"case?id={any_case}", (button("show-identity"), button("print-"))),
        Stop("case archived", "leader", f"case?id={case['archived']}"),
        Stop("no such case", "clerk", "case?id=999999"),
        Stop("likely duplicates", "leader", "likely"),
        Stop("two cases side by side", "leader", f"merge?kept={any_case}&gone={case['handling']}"),
        Stop("no such merge", "leader", "merge?kept=999999"),
        Stop("disputes", "director", "mediation", (toggle("filters_shown"),)),
        Stop("disputes one may know of", "clerk", "mediation?tab=all"),
        Stop("no disputes", "director", "mediation?text=zzzz"),
        Stop("opening a dispute", "clerk", "open-dispute", ("[class*='-child'] label",)),
        *(Stop(f"dispute, {part}", "director", f"dispute?id={case['agreed']}&part={part}") for part in PARTS),
        Stop("dispute being mediated", "director", f"dispute?id={case['mediating']}", (button("next-thing"),)),
        Stop("no such dispute", "director", "dispute?id=999999"),
        Stop("mediation figures", "director", "mediation-figures"),
        Stop("committees", "director", "committees"),
        Stop("a committee", "director", "committees?id=1"),
        Stop("templates", "admin", "templates"),
        Stop("rotas", "director", "rotas"),
        Stop("no such rota", "director", "rota?id=999999"),
        Stop("a draft of a rota", "director", f"rota?id={case['draft']}", (button("rota-publish"),)),
        Stop("a published rota", "director", f"rota?id={case['published']}", (fold("rota-again"),)),
        Stop("a rota one serves in", "clerk", f"rota?id={case['published']}"),
        Stop("duties", "director", "duties"),
        *(Stop(f"a duty, {part}", "director", f"duties?id={case['duty']}&part={part}") for part in DUTY_PARTS),
        Stop("my duty", "clerk", "my-duty"),
        Stop("my duty of who plans", "director", "my-duty"),
        Stop("imports", "clerk", "imports"),
        Stop("a new import", "clerk", "import"),
        *(
            Stop(f"an import {state}", "clerk", f"import?id={case[f'import {state}']}", press)
            for state, press in (("new", (button("import-look"),)), ("done", (fold("import-warning"),)))
        ),
        Stop("no such import", "clerk", "import?id=999999"),
        Stop("what an import brought", "clerk", f"cases?tab=all&import_id={case['import done']}"),
        Stop("supervision", "director", "supervision"),
        Stop("a case under supervision", "director", f"case?id={case.get('supervised', 1)}"),
        Stop("retention", "director", "retention"),
        Stop("a list of retention", "director", "retention?id=1"),
        Stop("data requests", "director", "data-requests", (fold("new-request"),)),
        Stop("a data request", "director", "data-requests?id=3"),
        Stop("data protection", "director", "protection"),
        Stop("incidents", "director", "protection?tab=incidents", (fold("new-incident"),)),
        Stop("an incident", "director", "protection?id=1"),
        Stop("no such data request", "leader", "data-requests?id=999999"),
        Stop("meetings", "director", "meetings"),
        Stop("planning a meeting", "clerk", "meetings?plan="),
        Stop("a meeting being held", "clerk", f"meeting?id={case['meeting open']}", (button("agenda-line"),)),
        *(
            Stop(
                f"a meeting being held, part {n}",
                "clerk",
                f"meeting?id={case['meeting open']}",
                (f"[role=tab] >> nth={n}",),
            )
            for n in MEETING_PARTS
        ),
        Stop("a meeting closed", "viewer", f"meeting?id={case['meeting closed']}"),
        Stop("a meeting planned", "director", f"meeting?id={case['meeting planned']}"),
        Stop("no such meeting", "director", "meeting?id=999999"),
        Stop("decisions", "director", "decisions"),
        Stop("a decision", "director", f"decisions?id={case['decision']}&tab=all"),
        Stop("kinds of meetings", "admin", "meeting-kinds"),
        Stop("a kind of meetings", "admin", "meeting-kinds?id=1"),
        Stop("charts", "leader", "charts"),
        Stop("beginning a chart", "director", "chart"),
        Stop("a chart of a viewer", "viewer", f"chart?id={case['chart']}"),
        Stop(
            "a heat map",
            "director",
            "chart?register=cases&measure=received&split=weekday&by=hour&period=last_12_months",
        ),
        Stop("a table of figures", "director", "chart?register=cases&measure=received&split=unit&by=state&kind=table"),
        Stop("an empty chart", "director", "chart?register=cases&measure=answered_rate&period=today"),
        Stop("no such chart", "viewer", "chart?id=999999"),
        Stop("briefings", "director", "briefings", (fold("briefing-new"),)),
        Stop("a briefing being written", "director", f"briefing?id={case['briefing draft']}&add=text"),
        Stop("a briefing issued", "viewer", f"briefing?id={case['briefing issued']}"),
        Stop("no such briefing", "viewer", "briefing?id=999999"),
        Stop("scores", "assessor", "scores"),
        Stop("scores of one's own unit", "dongli", "scores"),
        Stop("a sheet being scored", "assessor", f"sheet?id={case['sheet']}&period=q4"),
        Stop("the year's book", "director", f"sheet?id={case['sheet']}&period=book"),
        Stop("no such sheet", "assessor", "sheet?id=999999"),
        Stop("ladder", "assessor", "ladder"),
        Stop("ladder of one's own unit", "dongli", "ladder"),
        Stop("results", "viewer", "results"),
        Stop("a published result", "director", f"results?id={case.get('published result', 1)}"),
        Stop(
            "a unit's published sheet",
            "director",
            f"results?id={case.get('published result', 1)}&unit={case.get('published unit', 1)}",
        ),
        Stop("no such result", "viewer", "results?id=999999"),
        Stop("registers of work", "clerk", "works", (toggle("filters_shown"),)),
        Stop("a year of inspections by unit", "director", "works?tab=inspection&view=year"),
        Stop("entering a report", "assessor", "works?tab=report&new=report"),
        Stop("no lines", "clerk", "works?text=zzzz"),
        Stop("lines removed", "clerk", "works?tab=removed"),
        *(
            Stop(f"a line of work, {part}", "clerk", f"works?id={case.get('work', 1)}&part={part}")
            for part in WORK_PARTS
        ),
        Stop("a line of one's own unit", "dongli", "works"),
        Stop("assessments", "director", "assessments", (fold("assessments-add"),)),
        Stop("an assessment", "admin", "assessments?id=1"),
        Stop("a rubric in force", "dongli", f"rubric?id={case.get('rubric in_force', 1)}"),
        Stop("a draft of a rubric", "director", f"{drafted}&section=deduction&item=preventable", (fold("add-items"),)),
        *(Stop(f"a draft, {part}", "director", f"{drafted}&part={part}") for part in RUBRIC_PARTS),
        Stop("no such rubric", "viewer", drafted),
        Stop("people", "admin", "people?person=2"),
        Stop("roles", "admin", "roles"),
        Stop("units", "admin", "units?unit=2"),
        Stop("codes", "admin", "codes?code=2"),
        Stop("suggestions", "director", "suggestions"),
        Stop("limits", "admin", "limits"),
        Stop("calendar", "admin", "calendar"),
        Stop("ledgers", "director", "ledgers"),
        Stop("layouts", "admin", "layouts"),
        Stop("journal", "auditor", "journal"),
        Stop("account", "clerk", "account"),
        Stop("refused", "viewer", "people"),
        Stop("printed case", "director", f"print/case/{any_case}"),
        Stop("printed receipt", "clerk", f"print/receipt/{any_case}"),
        Stop("printed reply", "director", f"print/reply/{any_case}"),
        Stop("printed transfer notice", "director", f"print/transfer/{any_case}"),
        Stop("printed notice of acceptance", "director", f"print/acceptance/{any_case}"),
        Stop("backups", "admin", "backups"),
        Stop("security", "admin", "security"),
        Stop("emergency", "admin", "emergency"),
        Stop("printed rubric", "viewer", f"print/rubric/{case.get('rubric in_force', 1)}"),
        Stop("printed privacy notice", "clerk", "print/notice/1"),
        Stop("printed briefing", "viewer", f"print/briefing/{case['briefing issued']}"),
        Stop("a meeting on the wall", "clerk", f"present/meeting/{case['meeting open']}"),
    )


def one_of_each(way: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """The first stop at each screen."""
    return tuple({stop.screen: stop for stop in reversed(way)}.values())[::-1]


def half(way: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Half of the stops this time, the other half two days later: each walk is gone every other day itself."""
    pair = date.today().toordinal() // 2  # noqa: DTZ011 - which half, whatever the zone
    return way[pair % 2 :: 2]


@dataclass
class Memory:
    """What one walk saw, by the name of the stop."""

    texts: dict[str, list[list[str]]] = field(default_factory=dict)
    serious: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    unprotected: list[str] = field(default_factory=list)
    requests: int = 0


class Walk:
    """Walks in one language and colour scheme; each person has a browser profile of their own."""

    def __init__(
        self, served: Served, browser: Browser, *, locale: str, scheme: str, rules: tuple[str, ...] = ()
    ) -> None:
        """`rules` are the ones of axe that are asked; none named means all."""
        self._served, self._browser = served, browser
        self._options: dict[str, Any] = {"locale": locale, "color_scheme": scheme}
        self._language = "zh-CN" if locale.startswith("zh") else "en"
        self._rules = rules
        self._pages: dict[str, Page] = {}
        self._drawn: dict[Page, bool] = {}  # by page that begins to draw the screen it turned to: all of it?
        self._untouched: dict[str, str] = {}  # by person the screen they look at and have pressed nothing on
        self.memory = Memory()

    def through(self, stops: tuple[Stop, ...]) -> Memory:
        """Every stop in turn; one that can't be reached is remembered as such."""
        for stop in stops:
            try:
                self._look(stop)
            except Exception as error:
                self.memory.failed[stop.name] = str(error)
        for page in self._pages.values():
            page.context.close()
        return self.memory

    def _look(self, stop: Stop) -> None:
        page = self._page_of(stop.person)
        printed = stop.path.startswith(("print/", "present/", "query"))
        if not printed and self._untouched.get(stop.person, stop.screen) != stop.screen:
            self._turn(page, stop.path)
        else:
            language = f"?lang={self._language[:2]}" if printed else ""
            page.goto(f"{self._served.url}/{stop.path}{language}")
        self._untouched.pop(stop.person, None)
        if not printed:
            page.locator(f"html[lang={self._language}]").wait_for(state="attached")
            page.locator("h1, [data-testid=stForm]").first.wait_for()
            settle(page)
            if page.locator(MENU).count():
                page.locator(f"{MENU}[role]").wait_for(state="attached")  # its script comes with the page
        for selector in stop.press:
            page.locator(selector).first.click()
            settle(page)
        expect(page.locator(SILENT_GRID)).to_have_count(0)
        self.remember(stop, page)
        if stop.person and not (printed or stop.press):
            self._untouched[stop.person] = stop.screen

    def remember(self, stop: Stop, page: Page) -> None:
        """What is read at a stop, and what axe says of it."""
        self.memory.texts[stop.name] = page.evaluate(READ)
        self.memory.serious[stop.name] = serious(page, self._rules)

    def _turn(self, page: Page, path: str) -> None:
        """Turn to another address as the browser's own buttons do, without loading everything again."""
        self._drawn.pop(page, None)
        page.evaluate(TURN, f"/{path}")
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._drawn.get(page) and time.monotonic() < deadline:
            page.wait_for_timeout(20)
        page.evaluate(SHOWN)

    def _page_of(self, person: str) -> Page:
        if person not in self._pages:
            context = profile(self._browser, viewport={"width": 1280, "height": 900}, **self._options)
            if person:
                come_in(context, self._served, person)
            self._pages[person] = context.new_page()
            self._watch(self._pages[person])
        return self._pages[person]

    def _watch(self, page: Page) -> None:
        memory, ours = self.memory, self._served.url

        def count(url: str) -> None:
            memory.requests += 1
            if not url.startswith((ours, ours.replace("http", "ws", 1), "data:", "blob:")):
                memory.left.append(url)

        def check(answer: Response) -> None:
            lacking = SECURITY - set(answer.headers)
            if lacking and answer.url.startswith(ours):
                memory.unprotected.append(f"{answer.url} lacks {', '.join(sorted(lacking))}")

        page.on("request", lambda request: count(request.url))

        def listen(socket: WebSocket) -> None:
            count(socket.url)
            socket.on("framereceived", hear)

        def hear(said: str | bytes) -> None:
            message = ForwardMsg()
            message.ParseFromString(said if isinstance(said, bytes) else b"")
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._drawn[page] = False
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._drawn |= {page: True} if page in self._drawn else {}  # else of the screen before

        page.on("websocket", listen)
        page.on("response", check)
        page.on("pageerror", lambda error: memory.console.append(str(error)))
        page.on(
            "console",
            lambda said: (
                memory.console.append(f"{said.text} {said.location.get('url', '')}") if said.type == "error" else None
            ),
        )


def come_in(context: BrowserContext, served: Served, person: str) -> None:
    """Give this profile the cookie of somebody signed in."""
    context.add_cookies([{"name": COOKIE, "value": served.sign_in(person), "url": served.url}])


def serious(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe calls serious or critical here, and still does a moment later: what is fading in is no finding."""
    page.mouse.move(0, 0)
    page.evaluate(STILL)
    found = _serious(page, rules)
    if found:
        page.wait_for_timeout(FADED)
        found = _serious(page, rules)
    return found


def _serious(page: Page, rules: tuple[str, ...]) -> list[str]:
    page.evaluate(AXE.axe_script)
    found = page.evaluate(VIOLATIONS, list(rules))
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
