"""A closed meeting, drawn from its minutes alone: agenda, decisions, what was edited, and who came."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import meeting_attendance
from components.case_texts import show_text
from components.forms import plain
from components.words import language, t
from db.services.meetings import paper_words
from db.services.meetings.attending import ROLL
from db.services.meetings.paper_words import Section

Document = Mapping[str, Any]


def agenda(document: Document) -> None:
    """Every topic with its rows as they were shown."""
    told = paper_words.topics(document, language())
    if not told:
        st.info(t("This meeting had no topics."), icon=":material/list_alt:")
    for place, section in enumerate(told):
        _section(section, key=f"minutes-topic-{place}")


def decisions(document: Document) -> None:
    """What was decided, what stood from earlier meetings, and what was edited."""
    made = paper_words.decided(document, language())
    _section(made, key="minutes-made")
    if not made.rows:
        st.caption(t("Nothing was decided."))
    for name, section in (
        ("carried", paper_words.carried(document, language())),
        ("edited", paper_words.edited(document, language())),
    ):
        if section.rows:
            _section(section, key=f"minutes-{name}")


def attendance(document: Document) -> None:
    """Who came, as far as it was said."""
    columns = [name for name in ROLL if name != "version"]
    rows = pd.DataFrame(document["attendance"], columns=columns)
    if rows.empty:
        st.info(t("Nobody's attendance was entered."), icon=":material/group_off:")
    else:
        meeting_attendance.told(rows, document["meeting"]["attended_by"])


def _section(section: Section, *, key: str) -> None:
    figure = f" :gray[{plain(section.figure)}]" if section.figure else ""
    st.markdown(f"#### {plain(section.title)}{figure}")
    if section.rows:
        frame = pd.DataFrame(section.rows, columns=list(section.heads))
        st.dataframe(frame, hide_index=True, width="stretch", key=key)
    if section.more:
        st.caption(plain(section.more))
    if section.note:
        show_text(section.note)
