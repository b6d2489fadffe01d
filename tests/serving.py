"""A real server on a free port, and a client that speaks its protocol like a browser would."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from db.engine import Database
from db.models import Person
from db.services import accounts
from tests.factories import SYSTEM

ROOT = Path(__file__).parent.parent
WAITING = Path(__file__).with_name("waiting.js")
# Milliseconds for what comes in one on a quiet machine: CI's is slower, and others work on it.
PATIENCE = 60_000
PASSWORD = "plum trees in 三月"
COOKIE = "linli"
SECURITY = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
}


def give_passwords(database: Database, password: str = PASSWORD, *, must_change: tuple[str, ...] = ()) -> None:
    """Let everybody sign in with one password; call it before the server starts."""
    hashed = accounts.hash_of(password)
    with database.transaction(SYSTEM) as session:
        session.execute(update(Person).values(password_hash=hashed, must_change=False))
        session.execute(update(Person).where(Person.username.in_(must_change)).values(must_change=True))


@dataclass
class Served:
    """`streamlit run app.py` over one data folder. On SQLite the server is the only one that writes."""

    folder: Path
    database_url: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    script: str = "app.py"
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where browsers reach it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server said."""
        return (self.folder.parent / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> Self:
        """Start and wait until it answers."""
        self.port = self.port or _free_port()
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "STREAMLIT_"))}
        environ |= {"LINLI_DATA_DIR": str(self.folder), "LINLI_PASSWORD_COST": "10", "PYTHONUTF8": "1"}
        # Tests sign in with a password alone; the stories of the second factor ask for it.
        environ |= {"LINLI_DATABASE_URL": self.database_url, "LINLI_SECOND_FACTOR_ROLES": ""}
        environ |= {"LINLI_WITHOUT_SECOND_FACTOR": "0026, 2026-11-22"} | self.environ
        command = [sys.executable, "-m", "streamlit", "run", self.script, f"--server.port={self.port}"]
        with (self.folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        deadline = time.monotonic() + 2 * PATIENCE / 1000
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).json() == {"ok": True}:
                    return self
            except (httpx.HTTPError, ValueError):
                time.sleep(0.2)
            if self.process.poll() is not None:
                break
        raise RuntimeError(f"the server did not start:\n{self.log}")

    def stop(self) -> None:
        """Stop it the way an administrator does."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
            self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def http(self, token: str = "", **headers: str) -> httpx.Client:
        """A client with this session's cookie, sending our own Origin as browsers do with a POST."""
        headers = {"Origin": self.url} | headers
        if token:
            headers["Cookie"] = f"{COOKIE}={token}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE / 1000)

    def stream(self, token: str = "", **options: Any) -> "Stream":
        """A browser tab's socket."""
        return Stream(self, token, **options)

    def ticket(self, username: str, password: str = PASSWORD, *, page: str = "") -> str:
        """Fill the sign-in form of an anonymous tab; the one-time ticket, or "" when refused."""
        with self.stream() as tab:
            tab.run(page=page)
            shown = tab.submit({"User name": username, "Password": password}, button="Sign in")
            found = re.search(r'data-field-ticket=\\?"([^"\\]+)', shown)
            return found[1] if found else ""

    def sign_in(self, username: str, password: str = PASSWORD) -> str:
        """The cookie's token after a right password."""
        ticket = self.ticket(username, password)
        with self.http() as client:
            answer = client.post("/session/claim", data={"ticket": ticket})
        return str(answer.cookies[COOKIE])


class Stream:
    """One websocket to Streamlit. `resume` presents another tab's session id, as a thief would."""

    def __init__(
        self,
        served: Served,
        token: str = "",
        *,
        origin: str | None = "",
        host: str = "",
        resume: str = "",
        **headers: str,
    ) -> None:
        self._sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            self._sent["Cookie"] = f"{COOKIE}={token}"
        self._origin = served.url if origin == "" else origin
        self._where = f"ws://{host or f'127.0.0.1:{served.port}'}/_stcore/stream"
        self._address = ("127.0.0.1", served.port)
        self._protocols = ["streamlit", "none", *([resume] if resume else [])]
        self.session_id = ""
        self.page = self.query = ""
        self.widgets: dict[str, str] = {}
        self.closed_with = 0
        self._socket: ClientConnection | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        opening = connect(
            self._where,
            sock=socket.create_connection(self._address, timeout=PATIENCE / 1000),
            origin=self._origin,  # type: ignore[arg-type]
            subprotocols=self._protocols,  # type: ignore[arg-type]
            additional_headers=self._sent,
            max_size=None,
            proxy=None,
            compression=None,
        )
        self._socket = self._held.enter_context(opening)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.__exit__(kind, error, trace)

    @property
    def socket(self) -> ClientConnection:
        """The open socket."""
        assert self._socket is not None
        return self._socket

    def run(self, page: str = "", query: str = "") -> str:
        """Ask for a screen; everything drawn, as text."""
        self.page, self.query = page, query
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        return self._tell(message)

    def submit(self, typed: dict[str, str], *, button: str) -> str:
        """Type into the fields with these labels and press the button."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.query_string = self.query
        for label, value in typed.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = self.widgets[label], value
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.widgets[button], True
        return self._tell(message)

    def _tell(self, message: BackMsg) -> str:
        self.socket.send(message.SerializeToString())
        return self.listen()

    def listen(self, seconds: float = PATIENCE / 1000) -> str:
        """What is drawn until the script is done or the socket closes."""
        drawn: list[str] = []
        try:
            while True:
                said = ForwardMsg()
                said.ParseFromString(self.socket.recv(timeout=seconds, decode=False))
                kind = said.WhichOneof("type")
                if kind == "new_session":
                    self.session_id = said.new_session.initialize.session_id
                elif kind == "script_finished":
                    return "\n".join(drawn)
                elif kind == "delta":
                    self._remember(said)
                drawn.append(_as_text(said))
        except ConnectionClosed as over:
            self.closed_with = over.rcvd.code if over.rcvd else 1006
            return "\n".join(drawn)

    def wait_until_closed(self, seconds: float) -> int:
        """The close code, or 0 when the socket is still open after that long."""
        try:
            self.listen(seconds)
        except TimeoutError:
            return 0
        return self.closed_with

    def _remember(self, said: ForwardMsg) -> None:
        element = said.delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("text_input", "button"):
            widget = getattr(element, kind)
            self.widgets[widget.label] = widget.id


def _as_text(said: ForwardMsg) -> str:
    # Protobuf prints other than ASCII as octal escapes.
    return re.sub(r"(?:\\[0-7]{3})+", _unescaped, str(said))


def _unescaped(match: re.Match[str]) -> str:
    return bytes(int(code, 8) for code in match[0].split("\\")[1:]).decode("utf-8", "replace")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, best without a screen: it draws the same in a seventh less time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def profile(browser: Browser, **options: Any) -> BrowserContext:
    """A browser profile of somebody's own, with patience for a slow machine; its pages tell when they wait."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=WAITING)
    return context


def settle(page: Page) -> None:
    """Wait until all that was asked for is drawn (by selectors: our policy forbids Playwright's eval)."""
    calm = "html:not([data-waits], :has([data-stale=true], [data-testid=stSkeleton]))"
    done = f"{calm} [data-testid=stApp][data-test-script-state=notRunning]"
    page.locator(done).wait_for(state="attached", timeout=PATIENCE)


@contextmanager
def serving(folder: Path, database_url: str = "", **environ: str) -> Iterator[Served]:
    """A server over a folder that already holds its people."""
    with Served(folder, database_url, environ) as served:
        yield served
