"""A browser tab as a websocket client, quick enough to keep ten of them busy, exact enough to click twice."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

COOKIE = "linli"
# Of each kind of widget: the field of a widget state that carries what was typed or chosen.
STATES = {
    "text_input": "string_value",
    "text_area": "string_value",
    "button": "trigger_value",
    "checkbox": "bool_value",
    "number_input": "double_value",
    "selectbox": "string_value",
    "radio": "int_value",
    "multiselect": "string_array_value",
    "date_input": "string_array_value",
    "button_group": "string_array_value",
    "expandable": "bool_value",
}


@dataclass(frozen=True)
class Widget:
    """One widget that was drawn: what it is called and how it is answered."""

    id: str
    kind: str
    label: str
    form: str
    options: tuple[str, ...]


@dataclass
class Run:
    """What one run of the script drew."""

    finished: bool = False
    messages: int = 0
    drawn: list[str] = field(default_factory=list)
    widgets: list[Widget] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything drawn, as text."""
        return "\n".join(self.drawn)

    def find(self, label: str, kind: str = "") -> Widget:
        """The widget with this label, or whose key ends so; raises KeyError when it was not drawn."""
        for widget in self.widgets:
            named = label == widget.label or re.search(rf"[-:]{re.escape(label)}$", widget.id)
            if named and kind in ("", widget.kind):
                return widget
        raise KeyError(f"{label}: not among {[(w.kind, w.label, w.id) for w in self.widgets]}")


class Tab:
    """One browser tab of somebody signed in. Reading what was drawn costs time: `reads` False only counts it."""

    def __init__(self, url: str, token: str = "", *, reads: bool = True) -> None:
        self._url = url
        self._token = token
        self._reads = reads
        self._socket: ClientConnection | None = None
        self._states: dict[str, tuple[str, Any]] = {}
        self.page = self.query = self._page_hash = ""

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            f"{self._url.replace('http', 'ws', 1)}/_stcore/stream",
            origin=self._url,  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"{COOKIE}={self._token}"} if self._token else {},
            max_size=None,
            proxy=None,
            compression=None,
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the tab, in the middle of a run or not."""
        if self._socket is not None:
            await self._socket.close()

    async def visit(self, page: str = "", query: str = "") -> Run:
        """Go to a screen."""
        self.page, self.query, self._page_hash = page, query, ""
        self._states.clear()
        await self.send()
        return await self.listen()

    async def again(self) -> Run:
        """The same screen once more."""
        await self.send()
        return await self.listen()

    def fill(self, run: Run, values: Mapping[str, object]) -> None:
        """Type and choose, without telling the server yet (as inside a form)."""
        for label, value in values.items():
            self.say(run.find(label), value)

    def say(self, widget: Widget, value: object) -> None:
        """The same for one widget."""
        self._states[widget.id] = (STATES[widget.kind], _said(widget, value))

    def like(self, other: "Tab") -> None:
        """What another tab typed and chose, as somebody would send it who has seen the bytes."""
        self._states = dict(other._states)

    async def send(self, *pressed: Widget) -> None:
        """Ask for a run with everything filled in, pressing some buttons, or one, or none."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = self.query
        if self._page_hash:
            asked.page_script_hash = self._page_hash
        else:
            asked.page_name = self.page
        for widget_id, (name, value) in self._states.items():
            state = asked.widget_states.widgets.add()
            state.id = widget_id
            if name == "string_array_value":
                state.string_array_value.data.extend(value)
            else:
                setattr(state, name, value)
        for press in pressed:
            state = asked.widget_states.widgets.add()
            state.id, state.trigger_value = press.id, True
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def listen(self, seconds: float = 60) -> Run:
        """Everything until the script has finished; an unfinished run when nothing more comes."""
        run = Run()
        assert self._socket is not None
        try:
            while True:
                said = ForwardMsg()
                said.ParseFromString(await asyncio.wait_for(self._socket.recv(decode=False), seconds))
                run.messages += 1
                kind = said.WhichOneof("type")
                if kind == "script_finished":
                    run.finished = True
                    return run
                if kind == "navigation":
                    self._page_hash = said.navigation.page_script_hash or self._page_hash
                elif self._reads and kind == "delta":
                    _read(said, run)
        except (TimeoutError, ConnectionClosed):
            return run

    async def settle(self, quiet: float = 0.5) -> list[Run]:
        """Every run until nothing has come for a while; the first, which was asked for, may take its time."""
        runs: list[Run] = []
        while (run := await (self.listen(quiet) if runs else self.listen())).finished:
            runs.append(run)
        return runs


def _said(widget: Widget, value: object) -> object:
    if widget.kind == "date_input":
        days = value if isinstance(value, (list, tuple)) else [value]
        return [f"{day:%Y/%m/%d}" for day in days if isinstance(day, date)]
    if widget.kind == "radio":
        return widget.options.index(str(value))
    if widget.kind in ("multiselect", "button_group"):
        return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]
    return float(str(value)) if widget.kind == "number_input" else value


def _read(said: ForwardMsg, run: Run) -> None:
    folded = said.delta.add_block.expandable
    if said.delta.add_block.WhichOneof("type") == "expandable" and folded.id:
        run.widgets.append(Widget(folded.id, "expandable", folded.label, "", ()))
    element = said.delta.new_element
    kind = str(element.WhichOneof("type") or "")
    if kind:
        run.drawn.append(_words(str(said.delta)))
    drawn: Any = getattr(element, kind or "empty")
    if kind in STATES and drawn.id:
        options = tuple(str(getattr(o, "content", o)) for o in getattr(drawn, "options", ()))
        run.widgets.append(
            Widget(drawn.id, kind, drawn.label if hasattr(drawn, "label") else "", drawn.form_id, options)
        )  # fmt: skip


def _words(text: str) -> str:
    # Protobuf prints other than ASCII as octal escapes.
    return re.sub(r"(?:\\[0-7]{3})+", lambda m: _unescaped(m[0]), text)


def _unescaped(escaped: str) -> str:
    return bytes(int(code, 8) for code in escaped.split("\\")[1:]).decode("utf-8", "replace")
