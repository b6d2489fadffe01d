"""Two matters that look alike, side by side with why, and what may be decided about them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_address import open_case
from components.case_labels import label
from components.case_merged import open_merge
from components.case_texts import fact, unit_of
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.words import moment, t
from db.rules.likeness import apart
from db.services.cases import likely_lists
from db.services.cases.likely_lists import Pair, Tab


def marked(text: str, other: str) -> str:
    """Markdown of a text in which what the other does not say is marked."""
    lines = "".join(
        f":orange-background[{plain(piece)}]" if differs and piece.strip() else plain(piece)
        for piece, differs in apart(text, other)
    )
    return lines or "–"


def reason_words() -> dict[str, str]:
    """What each reason is called, in the order of their weight."""
    return {
        "number": t("one names the other's number"),
        "contact": t("same contact"),
        "place": t("same place"),
        "words": t("like words"),
    }


def show(pair: Pair) -> None:
    """One pair: reasons, both sides, the acts."""
    words = reason_words()
    with st.container(border=True, key=f"pair-{pair.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            for reason in pair.why:
                st.badge(words[reason], color="blue")
            st.caption(t("found {time}", time=moment(pair.found_at)))
        for column, mine, other in zip(
            st.columns(2), (pair.earlier, pair.later), (pair.later, pair.earlier), strict=True
        ):
            with column:
                _side(pair, mine, other)
        _acts(pair)


def _side(pair: Pair, mine: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(mine['number'])}**", width="content")
        st.badge(label("state", mine["state"]), color="gray")
        st.caption(plain(" · ".join(part for part in (moment(mine["received_at"]), unit_of(mine)) if part)))
    st.markdown(f"**{plain(mine['subject'])}**")
    st.markdown(marked(str(mine["text"]), str(other["text"])))
    if mine["place"]:
        st.markdown(fact(t("Place"), mine["place"]))
    if st.button(t("Open the case"), key=f"open-{pair.id}-{mine['id']}", type="tertiary",
                 icon=":material/open_in_new:"):  # fmt: skip
        open_case(int(mine["id"]))


def _acts(pair: Pair) -> None:
    fixed: dict[str, Any] = {"pair_id": pair.id, "version": pair.version}
    with st.container(horizontal=True, key=f"pair-acts-{pair.id}"):
        if pair.state == Tab.DIFFERENT:
            press("likely.reopen", t("Ask again"), likely_lists.reopen, record=pair.id, **fixed)
            return
        if st.button(t("Merge…"), key=f"merge-{pair.id}", type="primary", icon=":material/merge:"):
            open_merge(int(pair.earlier["id"]), int(pair.later["id"]))
        if pair.state == Tab.OPEN:
            press("likely.different", t("Not the same"), likely_lists.call_different, record=pair.id,
                  icon=":material/close:", **fixed)  # fmt: skip
    if pair.state == Tab.OPEN:
        with st.expander(
            t("Link as a repeat"), icon=":material/link:", key=f"repeat-{pair.id}", on_change="rerun"
        ) as part:
            if part.open:
                _repeat_form(pair)


def _repeat_form(pair: Pair) -> None:
    """The link, and what the resident of the later matter is told of the first."""
    first = t("The matter is already registered as {number}: {state}.", number=pair.earlier["number"],
              state=label("state", pair.earlier["state"]))  # fmt: skip
    with KeptForm("likely.repeat", record=pair.id, version=pair.version, behind=f"repeat-{pair.id}") as form:
        if not pair.later["anonymous"]:
            ways = {code: label("how", code) for code in ("telephone", "in_person", "written")}
            form.choose("how", t("How the resident is told"), ways, "telephone")
            form.area("words", t("Words to the resident"), first, height=80)
        form.submit(t("Link as a repeat"), likely_lists.call_repeat, main=False, pair_id=pair.id)
