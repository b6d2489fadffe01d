"""People's own words on a screen: always taken literally, line by line."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.forms import plain
from components.words import language


def literal(text: object) -> str:
    """Markdown that shows a text as it was typed, its lines kept."""
    return "  \n".join(plain(line) for line in str(text).splitlines()) or "–"


def quoted(text: object) -> str:
    """The same as a quotation."""
    return "\n".join(f"> {plain(line)}  " for line in str(text).splitlines()) or "> –"


def show_text(text: object) -> None:
    """The one way people's words reach a screen outside of tables and fields."""
    st.markdown(literal(text))


def fact(name: str, text: object) -> str:
    """A labelled line: the label small and grey, the words literal."""
    return f":gray[{plain(name)}]  \n{literal(text)}"


def unit_of(row: Mapping[str, Any]) -> str:
    """The unit's name in the reader's language, where it has one."""
    return str((row["unit_en"] if language() == "en" else "") or row["unit"] or "")
