"""Figures that can be named in a text: chosen from a list and put behind what was typed."""

import re

import streamlit as st

from components import briefing_parts
from components.kept_forms import kept_state
from components.words import language, t
from db.rules.permissions import Actor
from db.services.briefings import contents, templates
from db.services.briefings.scope import Head

FIELD, HERE = "text", "{}"
_EMPTY = re.compile(r"[{｛]\s*[}｝]")


def figures_named() -> dict[str, str]:
    """Every figure: code to its group and name, in the person's language."""
    groups, into = templates.groups(), language()
    return {
        code: f"{groups[figure.declared.group].within(into)} · {figure.name.within(into)}"
        for code, figure in templates.names().figures.items()
    }


def chooser(form_id: str) -> None:
    """A list of figures beside a text of a kept form; what is chosen is put into its empty braces or at its end."""
    named = figures_named()
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"figures-of-{form_id.replace(':', '-')}"):
        st.selectbox(
            t("Figures by name"),
            list(named),
            index=None,
            format_func=lambda code: named.get(code, code),
            placeholder=t("Choose"),
            key=f"figure-{form_id}",
            help=t("A name in braces, such as {name}, becomes the number of the briefing's days.", name=_example()),
            width=320,
        )
        key = f"insert-{form_id}"
        st.button(t("Insert"), key=key, icon=":material/add:", on_click=_insert, args=(form_id,))
    st.caption(t("It is put where {mark} stands in the text, else at the end.", mark=f"`{HERE}`"))


def preview(actor: Actor, seen: Head, typed: str) -> None:
    """How a text would read now; one without braces reads as it is typed."""
    if "{" in typed or "｛" in typed:
        with st.container(border=True):
            st.caption(t("As it would read now"))
            briefing_parts.one(contents.preview(actor, briefing_id=seen.id, text=typed), "preview")


def _example() -> str:
    """The first figure as it is written in a text."""
    return f"{{{next(iter(templates.names().figures.values())).name.within(language())}}}"


def _insert(form_id: str) -> None:
    code = st.session_state.get(f"figure-{form_id}")
    figure = templates.names().figures.get(code or "")
    if figure is None:
        return
    kept = kept_state(form_id)
    kept.gather()
    kept.put(FIELD, inserted(str(kept.values.get(FIELD) or ""), f"{{{figure.name.within(language())}}}"))


def inserted(text: str, name: str) -> str:
    """The text with a name in its first empty braces, also full-width ones, else at its end."""
    found = _EMPTY.search(text)
    return f"{text[: found.start()]}{name}{text[found.end() :]}" if found else f"{text}{name}"
