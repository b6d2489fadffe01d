"""Fields of the intake form: each keeps what was typed, in its draft, and shows what is wrong right below."""

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
    """Draws fields of one open form."""

    def __init__(self, draft: OpenDraft) -> None:
        self._draft = draft

    def line(self, name: str, label: str, **options: Any) -> str:
        """One line of text."""
        options = {"max_chars": LONGEST_LINE, "live": PAUSE, "autocomplete": "off"} | options
        return str(self._draw(name, st.text_input, label, **options) or "")

    def area(self, name: str, label: str, **options: Any) -> str:
        """Several lines of text."""
        return str(self._draw(name, st.text_area, label, max_chars=LONGEST_TEXT, **options) or "")

    def choose(self, name: str, label: str, options: Mapping[Any, str], **more: Any) -> Any:
        """One of many, from a list; a field that begins with a choice is never emptied."""
        self._must_be_one_of(name, options)
        shown = {"options": list(options), "format_func": lambda code: options.get(code, str(code))}
        index = None if OpenDraft().value(name) is None else 0
        return self._draw(name, st.selectbox, label, index=index, placeholder=t("Choose"), **shown, **more)

    def pick(self, name: str, label: str, options: Mapping[Any, str], **more: Any) -> Any:
        """One of a few, side by side; never none."""
        self._must_be_one_of(name, options)
        shown = {"options": list(options), "format_func": lambda code: options.get(code, str(code))}
        return self._draw(name, st.segmented_control, label, required=True, **shown, **more)

    def switch(self, name: str, label: str, **options: Any) -> bool:
        """Yes or no."""
        return bool(self._draw(name, st.toggle, label, **options))

    def number(self, name: str, label: str, least: int, most: int) -> int:
        """A whole number."""
        key = self._draft.key(name)
        st.session_state[key] = min(most, max(least, int(st.session_state.get(key, self._draft.value(name)))))
        return int(self._draw(name, st.number_input, label, min_value=least, max_value=most, step=1))

    def moment(self, name: str, label: str, **options: Any) -> Any:
        """A day and a time of day."""
        return self._draw(name, st.datetime_input, label, format="YYYY-MM-DD", **options)

    def problems_of(self, *names: str) -> None:
        """What is wrong with something that is no single field."""
        for problem in self._draft.problems:
            if problem.field in names:
                st.markdown(f":red[:material/error: {plain(told(problem))}]")

    def _draw(self, name: str, widget: Callable[..., Any], label: str, **options: Any) -> Any:
        key = self._draft.key(name)
        if key not in st.session_state:
            st.session_state[key] = self._draft.value(name)
        self._draft.labels[name] = label
        value = widget(label, key=key, **options)
        self._draft.values[name] = value
        self.problems_of(name)
        return value

    def _must_be_one_of(self, name: str, options: Mapping[Any, str]) -> None:
        """A choice that is offered no longer (a retired code, a person who left) is asked again."""
        key, fresh = self._draft.key(name), OpenDraft().value(name)
        if self._draft.value(name) not in options:
            self._draft.values[name] = fresh
        if key in st.session_state and st.session_state[key] not in options:
            st.session_state[key] = fresh
