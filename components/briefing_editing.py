"""A draft written to in place: each part with its small acts, a part more, and the last change taken back."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import briefing_adding, briefing_head, briefing_parts, briefing_undo
from components.briefing_address import EDIT, FORM
from components.briefing_chart import chart_form
from components.briefing_figures import chooser, figures_named, preview
from components.briefing_kept import Kept
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.words import t
from db.rules.briefings.issuing import BlockKind, State
from db.rules.briefings.parts import Part
from db.rules.permissions import Actor, Permission
from db.services.briefings import briefings
from db.services.briefings.blocks import LONGEST_HEADING, LONGEST_TEXT
from db.services.briefings.briefings import LONGEST_TITLE
from db.services.briefings.scope import Head


def writes(actor: Actor, seen: Head) -> bool:
    """Whether this person may write to it now."""
    return seen.state is State.DRAFT and not seen.removed and actor.may(Permission.BRIEFINGS_KEEP)


def show(actor: Actor, seen: Head, kept: Kept) -> None:
    """The draft as it reads, every part with what can be done with it."""
    parts = kept.parts
    with st.container(horizontal=True, vertical_alignment="center", key="briefing-acts"):
        _about(seen)
        _throw_away(seen)
        briefing_undo.offer(seen, parts)
        st.space("stretch")
        briefing_head.issue(actor, seen, kept)
    if not parts:
        st.info(t("There is nothing in it yet. Add the first part below."), icon=":material/article:")
    asked = st.query_params.get(EDIT)
    for place, part in enumerate(parts):
        beside = part.kind == BlockKind.HEADING and asked != str(part.block_id)
        row: dict[str, Any] = {"horizontal": True, "vertical_alignment": "center"} if beside else {}
        with st.container(border=True, key=f"part-{part.block_id}", **row):
            if asked == str(part.block_id):
                _edit(actor, seen, part)
            else:
                briefing_parts.one(part, f"part-{part.block_id}")
                _acts(seen, part, first=place == 0, last=place == len(parts) - 1, beside=beside)
    briefing_adding.show(actor, seen, parts)


def _about(seen: Head) -> None:
    """Title and days, which charts and figures follow."""
    with st.popover(t("Title and days"), icon=":material/edit_calendar:", key="briefing-about", on_change="rerun"):
        about: dict[str, Any] = {"record": seen.id, "version": seen.version, "behind": "briefing-about"}
        form = KeptForm("briefing.change", border=False, **about)
        with form:
            form.text("title", t("Title"), seen.title, max_chars=LONGEST_TITLE)
            form.day("begins", t("First day"), seen.begins)
            form.day("ends", t("Last day"), seen.ends)
            form.submit(t("Save"), briefings.change, briefing_id=seen.id)


def _throw_away(seen: Head) -> None:
    with st.popover(t("Throw away"), icon=":material/delete:", type="tertiary", key="briefing-away"):
        st.markdown(plain(t("The draft is put in the bin; it can be fetched back from the list.")))
        which: dict[str, Any] = {"record": f"{seen.id}:{seen.version}", "version": seen.version}
        press("briefings.remove", t("Throw this draft away"), briefings.remove, briefing_id=seen.id, **which)


def _acts(seen: Head, part: Part, *, first: bool, last: bool, beside: bool) -> None:
    """Small buttons below a part, or beside a heading."""
    row: dict[str, Any] = {"horizontal": True, "horizontal_alignment": "right", "gap": "small"}
    with st.container(width="content" if beside else "stretch", key=f"acts-{part.block_id}", **row):
        small: dict[str, Any] = {"type": "tertiary", "width": "content"}
        which: dict[str, Any] = {"record": part.block_id, "block_id": part.block_id, "briefing_id": seen.id} | small
        press("block.up", t("Up"), briefing_undo.moved, icon=":material/arrow_upward:", by=-1, disabled=first, **which)
        press(
            "block.down", t("Down"), briefing_undo.moved, icon=":material/arrow_downward:", by=1, disabled=last, **which
        )
        key = f"edit-{part.block_id}"
        st.button(t("Edit"), key=key, icon=":material/edit:", on_click=_open, args=(part.block_id,), **small)
        which |= {"record": f"{part.block_id}:{part.version}", "version": part.version}
        press("block.out", t("Take out"), briefing_undo.taken_out, icon=":material/delete:", **which)


def _edit(actor: Actor, seen: Head, part: Part) -> None:
    """The form of a part; a text shows how it would read."""
    if part.kind == BlockKind.CHART:
        chart_form(actor, seen, part)
    elif part.kind == BlockKind.FIGURES:
        _edit_figures(seen, part)
    else:
        _edit_text(actor, seen, part)
    st.button(t("Stop editing"), key=f"close-{part.block_id}", type="tertiary", on_click=_close)


def _edit_figures(seen: Head, part: Part) -> None:
    form = Form(f"briefing:{seen.id}:figures", record=part.block_id, version=part.version, border=False)
    with form:
        form.choose_many("codes", t("Figures"), figures_named(), part.text.split())
        before = {"codes": part.text.split()}
        form.submit(t("Save"), briefing_undo.saved, block_id=part.block_id, briefing_id=seen.id, before=before)


def _edit_text(actor: Actor, seen: Head, part: Part) -> None:
    name = f"{FORM}{seen.id}:{part.block_id}"
    form = KeptForm(name, version=part.version, subject=seen.title, label=t("Text of a briefing"), border=False)
    with form:
        if part.kind == BlockKind.HEADING:
            typed = form.text("text", t("Heading"), part.text, max_chars=LONGEST_HEADING)
        else:
            typed = form.area("text", t("Text"), part.text, max_chars=LONGEST_TEXT, height=180)
        chooser(name)
        preview(actor, seen, typed)
        before: Mapping[str, Any] = {"text": part.text}
        form.submit(t("Save"), briefing_undo.saved, block_id=part.block_id, briefing_id=seen.id, before=before)


def _open(block_id: int) -> None:
    st.query_params[EDIT] = str(block_id)


def _close() -> None:
    st.query_params.pop(EDIT, None)
