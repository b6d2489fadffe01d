"""The agenda of a meeting: its lines one below another, each list as things stand now, to edit or to open."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import asked, meeting_grid
from components.case_texts import show_text
from components.due_rows import clicked
from components.forms import Form, plain, press
from components.kept_forms import KeptForm
from components.meeting_labels import label
from components.meeting_tables import TABLES
from components.words import N_, number, t
from db.rules.meetings.agenda import LONGEST_NOTE, LONGEST_TITLE
from db.rules.meetings.words import TopicCode
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.meetings.agenda import Topic, agenda, topics
from db.services.meetings.keeping import Seen

NOTED = ":material/notes:"
_UNFOLDED, LINE = "agenda_unfolded", "line"
URGENT = (TopicCode.OVERDUE, TopicCode.RETURNED_TWICE, TopicCode.SUPERVISED)
EMPTY: Mapping[str, str] = {
    TopicCode.NEW: N_("Nothing new came in these days."),
    TopicCode.CLOSED: N_("Nothing was closed in these days."),
    TopicCode.OVERDUE: N_("Nothing is overdue."),
    TopicCode.DUE_SOON: N_("Nothing is due within a week."),
    TopicCode.SUPERVISED: N_("No supervision notice is waiting for an answer or to be closed."),
    TopicCode.RETURNED_TWICE: N_("No open matter was returned twice."),
    TopicCode.DISPUTES_DUE: N_("No dispute is due within a week."),
    TopicCode.OBLIGATIONS_DUE: N_("No obligation is due within a week."),
    TopicCode.DUTY_GAPS: N_("Nothing is missing in the rota."),
    TopicCode.PATROL_FOUND: N_("Nothing found on patrol is open."),
    TopicCode.DECISIONS: N_("No earlier decision is open."),
}


def show(actor: Actor, seen: Seen) -> None:
    """Every line with how much it holds; opened, its rows, its note, and its place among the others."""
    found = agenda(actor, meeting_id=seen.id)
    editing = seen.edits and st.toggle(
        t("Edit in the lists"), value=True, key=f"agenda-editing:{seen.id}", help=t("Off: a click opens the record.")
    )
    unfolded = _unfolded(seen, found)
    for place, topic in enumerate(found, start=1):
        with st.container(border=True, key=f"agenda-{topic.id}"):
            opened = topic.id in unfolded
            _head(seen, topic, place, len(found), opened=opened)
            if opened:
                _line(actor, seen, topic, editing=editing)
    if not found:
        st.info(t("Nothing is on the agenda yet."), icon=":material/list:")
    if seen.keeps:
        _arrange(actor, seen, found)


def name_of(topic: Topic) -> str:
    """What a line is called."""
    return topic.title if topic.code == TopicCode.OWN else label("topic", topic.code)


def _unfolded(seen: Seen, found: list[Topic]) -> set[int]:
    """Which lines are open: the first that holds something, until somebody folds and unfolds.

    Kept here and not in an expander, which would forget it whenever a number in its head changes.
    """
    every: dict[int, set[int]] = st.session_state.setdefault(_UNFOLDED, {})
    first = {topic.id for topic in found if topic.total}
    unfolded = every.setdefault(seen.id, set(sorted(first, key=[topic.id for topic in found].index)[:1]))
    # A draft leads back to its line, which is folded again like any other.
    if (line := asked.number_of(st.query_params.get(LINE))) is not None:
        unfolded.add(line)
        del st.query_params[LINE]
    return unfolded


def _head(seen: Seen, topic: Topic, place: int, count: int, *, opened: bool) -> None:
    """The name of a line, which folds and unfolds it, how much it holds; of an open one its place among the others."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"agenda-head-{topic.id}"):
        st.button(
            f"{place} · {plain(name_of(topic))}",
            key=f"agenda-line:{topic.id}",
            type="tertiary",
            icon=":material/expand_less:" if opened else ":material/expand_more:",
            on_click=_fold,
            args=(seen.id, topic.id),
        )
        if topic.code != TopicCode.OWN:
            colour: Any = "gray" if not topic.total else "red" if topic.code in URGENT else "blue"
            st.badge(number(topic.total), color=colour)
        if topic.note:
            st.markdown(f":gray[{NOTED}]", width="content")
        if opened and seen.keeps:
            _place(seen, topic, count, place)


def _fold(meeting_id: int, topic_id: int) -> None:
    unfolded: set[int] = st.session_state[_UNFOLDED][meeting_id]
    unfolded ^= {topic_id}


def _line(actor: Actor, seen: Seen, topic: Topic, *, editing: bool) -> None:
    if topic.code != TopicCode.OWN:
        _rows(actor, seen, topic, editing=editing)
    if seen.keeps:
        with KeptForm("topics.note", record=topic.id, version=topic.version, border=False) as form:
            form.area("note", t("What was said about it"), topic.note, height=68, max_chars=LONGEST_NOTE)
            form.submit(t("Save the note"), topics.write_note, main=False, topic_id=topic.id)
    elif topic.note:
        show_text(topic.note)


def _rows(actor: Actor, seen: Seen, topic: Topic, *, editing: bool) -> None:
    if topic.rows.empty:
        st.caption(t(EMPTY[topic.code]) if not topic.total else t("You may open none of these files."))
    elif editing and topic.editable:
        meeting_grid.show(actor, seen, topic)
    else:
        _table(actor, seen, topic)
    if topic.more and not topic.rows.empty:
        st.caption(t("{shown} of {n} are shown.", shown=len(topic.rows), n=number(topic.total)))


def _table(actor: Actor, seen: Seen, topic: Topic) -> None:
    """The rows to read; a click opens the case or the dispute."""
    told, columns, opens = TABLES[topic.code](actor, topic.rows.reset_index(drop=True))
    key = f"agenda:{seen.id}:{topic.code}"
    if opens is None:
        st.dataframe(told[list(columns)], hide_index=True, column_config=dict(columns), key=key, height="content")
        return
    place = clicked(told, columns, key=key, alt=t("{list}; press Enter on one to open it", list=name_of(topic)))
    if place is not None:
        opens(told.iloc[place])


def _place(seen: Seen, topic: Topic, count: int, place: int) -> None:
    """Up, down and off the agenda: beside the name, for the tools of the list come up on the right."""
    where: dict[str, Any] = {"meeting_id": seen.id, "topic_id": topic.id, "type": "tertiary"}
    up: dict[str, Any] = {"icon": ":material/arrow_upward:", "disabled": place == 1}
    press("topics.up", t("Up"), topics.move, record=topic.id, steps=-1, **up, **where)
    down: dict[str, Any] = {"icon": ":material/arrow_downward:", "disabled": place == count}
    press("topics.down", t("Down"), topics.move, record=topic.id, steps=1, **down, **where)
    off: dict[str, Any] = {
        "icon": ":material/playlist_remove:",
        "type": "tertiary",
        "topic_id": topic.id,
        "version": topic.version,
    }
    press("topics.drop", t("Off the agenda"), topics.drop, record=topic.id, **off)


def _arrange(actor: Actor, seen: Seen, found: list[Topic]) -> None:
    """One more line, and those taken off, to be brought back."""
    with st.expander(t("Add to the agenda"), icon=":material/playlist_add:", key=f"agenda-add-{seen.id}"):
        standing = {topic.code for topic in found}
        lists = {
            code.value: label("topic", code) for code in TopicCode if code == TopicCode.OWN or code not in standing
        }
        with Form("topics.add", record=seen.id, border=False) as form:
            form.choose("code", t("List"), lists, TopicCode.OWN.value)
            form.text("title", t("Title of an own topic"), max_chars=LONGEST_TITLE)
            form.submit(t("Add"), topics.add, meeting_id=seen.id)
        gone = topics.dropped(actor, meeting_id=seen.id)
        for row in records(gone):
            with st.container(horizontal=True, vertical_alignment="center", key=f"agenda-gone-{row['id']}"):
                name = row["title"] or label("topic", row["code"])
                st.markdown(f":gray[{plain(name)}]", width="stretch")
                back: dict[str, Any] = {"topic_id": row["id"], "version": row["version"]}
                press(
                    "topics.back", t("Bring back"), topics.bring_back, record=row["id"], icon=":material/undo:", **back
                )
