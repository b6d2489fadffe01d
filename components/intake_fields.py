"""Fields of the intake form: each keeps what was typed, in its draft, and shows what is wrong right below.

Everything on the screen has a fixed place: whatever comes and goes does so in a container of its own. Otherwise the
elements after it would move, the browser would build them anew, and what is being typed there would be lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.forms import plain
from components.intake_draft import OpenDraft
from components.words import t, told
from db.rules.case_flow import LONGEST_TEXT
from db.rules.intake import LONGEST_LINE

# A line is sent after this pause; a text by static/intake.js, which waits as long.
PAUSE = "1200ms"


class Fields:
    """Draws fields of one open form. A field begins with what the draft holds, given as its default: setting session
    state instead would make the server overwrite what is being typed."""

    def __init__(self, draft: OpenDraft) -> None:
        self._draft = draft

    def line(self, name: str, label: str, **options: Any) -> str:
        """One line of text."""
        options = {"max_chars": LONGEST_LINE, "live": PAUSE, "autocomplete": "off"} | options
        return str(self._draw(name, st.text_input, label, value=self._begin(name), **options) or "")

    def area(self, name: str, label: str, **options: Any) -> str:
        """Several lines of text."""
        options = {"max_chars": LONGEST_TEXT, "value": self._begin(name)} | options
        return str(self._draw(name, st.text_area, label, **options) or "")

    def choose(self, name: str, label: str, options: Mapping[Any, str], **more: Any) -> Any:
        """One of many, from a list; a field that begins with a choice is never emptied."""
        begin, codes = self._begin_in(name, options), list(options)
        index = codes.index(begin) if begin in options else None
        required = OpenDraft().value(name) is not None
        shown = {"options": codes, "format_func": lambda code: options.get(code, str(code)), "index": index}
        if required and index is not None:
            return self._draw(name, st.selectbox, label, **shown, **more)
        return self._draw(name, st.selectbox, label, placeholder=t("Choose"), **shown, **more)

    def pick(self, name: str, label: str, options: Mapping[Any, str], **more: Any) -> Any:
        """One of a few, side by side; never none."""
        shown = {"options": list(options), "format_func": lambda code: options.get(code, str(code))}
        begin = self._begin_in(name, options)
        return self._draw(name, st.segmented_control, label, required=True, default=begin, **shown, **more)

    def switch(self, name: str, label: str, **options: Any) -> bool:
        """Yes or no."""
        return bool(self._draw(name, st.toggle, label, value=bool(self._begin(name)), **options))

    def number(self, name: str, label: str, least: int, most: int) -> int:
        """A whole number."""
        begin = min(most, max(least, int(self._begin(name))))
        bounds = {"min_value": least, "max_value": most, "value": begin, "step": 1}
        return int(self._draw(name, st.number_input, label, **bounds))

    def moment(self, name: str, label: str, **options: Any) -> Any:
        """A day and a time of day."""
        options = {"value": self._begin(name) or "now", "format": "YYYY-MM-DD"} | options
        return self._draw(name, st.datetime_input, label, **options)

    def problems_of(self, *names: str) -> None:
        """What is wrong with something that is no single field."""
        for problem in self._draft.problems:
            if problem.field in names:
                st.markdown(f":red[:material/error: {plain(told(problem))}]")

    def _begin(self, name: str) -> Any:
        """What the field holds when it is drawn anew; the same on every later run."""
        if self._draft.key(name) not in st.session_state or name not in self._draft.begun:
            self._draft.begun[name] = self._draft.value(name)
        return self._draft.begun[name]

    def _begin_in(self, name: str, options: Mapping[Any, str]) -> Any:
        """The same for a choice; one that is offered no longer (a retired code, a person who left) is asked again."""
        if self._draft.value(name) not in options:
            self._draft.values[name] = self._draft.begun[name] = OpenDraft().value(name)
            if st.session_state.get(self._draft.key(name)) not in options:
                st.session_state.pop(self._draft.key(name), None)
        return self._begin(name)

    def _draw(self, name: str, widget: Callable[..., Any], label: str, **options: Any) -> Any:
        self._draft.labels[name] = label
        with st.container(width="content" if widget is st.toggle else "stretch", gap="small"):
            value = widget(label, key=self._draft.key(name), **options)
            self._draft.values[name] = value
            self.problems_of(name)
        return value
