"""Other people's words about who asks: each passage with what would stand there, to be ticked by who decides."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from components.data_request_labels import labels
from components.forms import attempt, plain
from components.retention_labels import table_name
from components.words import number, t
from db.rules.data_requests import Kind, State
from db.rules.permissions import Actor, Permission
from db.services import data_requests
from db.services.data_requests import Request

HEIGHT, MANY = 480, 6


def choose(actor: Actor, seen: Request) -> tuple[str, ...]:
    """Which passages are masked with the answer; nothing while the list is closed, or for who doesn't decide."""
    decides = seen.kind in (Kind.DELETE, Kind.RESTRICT) and seen.state == State.CHECKED
    if not decides or not actor.may(Permission.RETENTION_APPROVE):
        return ()
    st.caption(
        t(
            "What others wrote about this person stays as it is, unless you open the list and leave a passage ticked. "
            "Looking at it is journalled."
        )
    )
    kept = f"request-words-{seen.id}"
    if not st.toggle(t("Words others wrote about this person"), key=f"{kept}-shown"):
        st.session_state.pop(kept, None)
        return ()
    rows = once(kept, seen.version, lambda: attempt(data_requests.passages, actor, request_id=seen.id))
    if rows is None:
        return ()
    free, stay = rows[rows["stays"] == ""], rows[rows["stays"] != ""]
    chosen = _ticks(free, kept)
    _staying(stay)
    return chosen


def once(name: str, stands: object, read: Callable[[], Any]) -> Any:
    """What one look answered, as long as the record stands as it did: a rerun of the screen is no new look."""
    kept = st.session_state.get(name)
    if kept is None or kept[0] != stands:
        st.session_state[name] = kept = (stands, read())
    return kept[1]


def _ticks(rows: pd.DataFrame, kept: str) -> tuple[str, ...]:
    if rows.empty:
        st.info(t("Nobody's words name this person."), icon=":material/done_all:")
        return ()
    keys = [f"{kept}-{key}" for key in rows["key"]]
    with st.container(horizontal=True):
        st.button(t("Tick all"), key=f"{kept}-all", on_click=_set, args=(keys, True))
        st.button(t("Tick none"), key=f"{kept}-none", on_click=_set, args=(keys, False))
    tells, chosen = labels("tells"), []
    with st.container(height=HEIGHT if len(rows) > MANY else "content", key=f"{kept}-list", border=True):
        for key, row in zip(keys, rows.to_dict("records"), strict=True):
            name = f"{row['number'] or t('elsewhere')} · {table_name(str(row['place']).partition('.')[0])}"
            name += f" · {tells[row['tells']]}"
            doubt = "" if row["sure"] else f" :orange-badge[{t('look who is meant')}]"
            with st.container(gap=None):
                if st.checkbox(plain(name) + doubt, value=bool(row["sure"]), key=key):
                    chosen.append(str(row["key"]))
                st.markdown(f"{plain(row['before'])} → **{plain(row['after'])}**")
    st.caption(
        t("{n} of {of} passages are masked once the request is granted.", n=number(len(chosen)), of=number(len(rows)))
    )
    return tuple(chosen)


def _set(keys: list[str], value: bool) -> None:
    for key in keys:
        st.session_state[key] = value


def _staying(rows: pd.DataFrame) -> None:
    """What names the person and is not rewritten here, each with the reason."""
    if rows.empty:
        return
    st.markdown(t("Not rewritten here"))
    for why, together in rows.groupby("stays", sort=False):
        lines = [
            f"- {plain(row['number'] or t('elsewhere'))} · {plain(table_name(str(row['place']).partition('.')[0]))}: "
            f"{plain(row['before'])}"
            for row in together.to_dict("records")
        ]
        st.markdown("\n".join([f":gray[{plain(t(str(why)))}]", "", *lines]))
