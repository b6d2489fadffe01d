"""The head of a briefing: what it is, its papers, its other editions, issuing it and correcting it."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.briefing_address import open_briefing, open_list
from components.briefing_kept import Kept
from components.briefing_labels import COLOURS, kind_name, label
from components.forms import plain, press
from components.words import language, moment, t
from db.documents import chart_words
from db.rules.briefings.issuing import State
from db.rules.permissions import Actor, Permission
from db.services.briefings import briefings, issuing
from db.services.briefings.scope import Head

_WENT = "briefing_corrected"


def head(seen: Head) -> None:
    """Title, kind, days, state, edition, who and when."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(seen.title), anchor=False)
        st.space("stretch")
        if st.button(t("All briefings"), key="all-briefings", icon=":material/arrow_back:", type="tertiary"):
            open_list()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="briefing-head"):
        colour: Any = COLOURS[seen.state]
        st.badge(label("state", seen.state), color=colour)
        st.badge(kind_name(seen.kind), color="blue")
        st.badge(t("edition {n}", n=seen.edition), color="gray")
        days = chart_words.days(seen.begins, seen.ends, language())
        st.markdown(f":gray[{plain(' · '.join([days, _by(seen)]))}]", width="content")
    if not seen.latest:
        newest = max(seen.editions)
        st.info(t("A corrected edition replaced this one; it stays readable."), icon=":material/history:")
        if st.button(t("Open edition {n}", n=newest), key="newest-edition"):
            open_briefing(seen.editions[newest])


def papers(seen: Head) -> None:
    """Word, slides, the page to print, and the other editions."""
    if seen.removed:
        return
    with st.container(horizontal=True, key="briefing-papers"):
        for kind, said in (("docx", t("As Word")), ("pptx", t("As slides"))):
            where = f"/briefing-file/{seen.id}?{urlencode({'as': kind, 'lang': language()})}"
            st.link_button(said, where, icon=":material/download:", key=f"briefing-{kind}")
        where = f"/print/briefing/{seen.id}?{urlencode({'lang': language()})}"
        st.link_button(t("Print"), where, icon=":material/print:", key="briefing-print")
        for edition, briefing_id in seen.editions.items():
            other = briefing_id != seen.id and edition != max(seen.editions)
            if other and st.button(t("Open edition {n}", n=edition), key=f"edition-{edition}", type="tertiary"):
                open_briefing(briefing_id)


def issue(actor: Actor, seen: Head, kept: Kept) -> None:
    """Asked once more, because what was issued never changes; what is in the way is told before."""
    if not actor.may(Permission.BRIEFINGS_ISSUE):
        st.caption(t("A duty leader or the director issues it."), width="content")
        return
    with st.popover(t("Issue"), icon=":material/verified:", type="primary", key="briefing-issue"):
        st.markdown(plain(t("Title, days, texts, figures and charts are kept exactly as they are now.")))
        st.markdown(plain(t("What was issued never changes; a mistake is put right by a corrected edition.")))
        for why in dict.fromkeys(part.why for part in kept.parts if part.why):
            st.warning(t(why), icon=":material/visibility_off:")
        which: dict[str, Any] = {"record": seen.id, "briefing_id": seen.id, "seen": kept.stands}
        press("briefings.issue", t("Issue edition {n}", n=seen.edition), issuing.issue, main=True, **which)


def correct(actor: Actor, seen: Head) -> None:
    """Begin a corrected edition of what was issued, or go on with the one begun; a removed draft is fetched back."""
    if not actor.may(Permission.BRIEFINGS_KEEP):
        return
    if seen.removed:
        st.info(t("This draft was thrown away."), icon=":material/delete:")
        press("briefings.restore", t("Restore"), briefings.restore, record=seen.id, briefing_id=seen.id)
    elif seen.state is State.ISSUED and seen.latest:
        with st.container(horizontal=True, vertical_alignment="center"):
            which: dict[str, Any] = {"record": seen.id, "icon": ":material/edit:", "briefing_id": seen.id}
            made = press("briefings.correct", t("Corrected edition"), briefings.correct, **which)
            st.caption(t("This edition is never changed. A corrected one begins with the same parts."))
        if made is not None and st.session_state.get(_WENT) != made:
            st.session_state[_WENT] = made
            open_briefing(int(made))


def _by(seen: Head) -> str:
    if seen.state is State.ISSUED:
        return t("issued {time} by {who}", time=moment(seen.issued_at), who=seen.issued_by)
    return t("drafted {time} by {who}", time=moment(seen.drafted_at), who=seen.drafted_by)
