"""Backups as the administrator sees them: how it stands, what lies where, what to do; and the desk's lines of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import press
from components.shown_lists import export_shown
from components.tables import table
from components.words import N_, moment, number, t, told
from db import clock
from db.rules.permissions import Actor
from db.services import keeping
from db.services.keeping import Overview

HOUR, DAY = 3600, 86400


def show(actor: Actor) -> None:
    """The whole screen."""
    state = keeping.overview(actor)
    for problem in state.urgent:
        st.error(told(problem), icon=":material/error:")
    for problem in state.advice:
        st.warning(told(problem), icon=":material/lightbulb:")
    _figures(state)
    with st.container(horizontal=True):
        made = press("backups.make", t("Make a backup now"), keeping.make_now, main=True, icon=":material/save:")
        drilled = press("backups.drill", t("Hold a drill now"), keeping.drill_now, icon=":material/fire_truck:")
    if made:
        st.success(t("Made and read back: {name}", name=made))
    if drilled:
        st.success(t("The drill was good: everything was back after {n} seconds.", n=number(drilled)))
    _list(state.backups)
    with st.expander(t("The worst day: what to do"), icon=":material/healing:"):
        st.markdown(
            "\n".join(
                f"{place}. {line}"
                for place, line in enumerate(
                    (
                        t("Stop Linli. On another computer install it and bring a backup from the second place."),
                        t("Run `python manage.py restore FILE`; on another computer add `--key` for the recovery key."),
                        t("All is examined before anything is replaced, and what is replaced is kept aside."),
                        t("Start Linli, look around, then run `python manage.py restore --confirm`."),
                        t("Where the disk is full, `python manage.py make-room` lets people write again at once."),
                    ),
                    start=1,
                )
            )
        )


def on_desk(actor: Actor) -> None:
    """What must not wait, on the administrator's desk, and the way to the screen."""
    for problem in keeping.urgent(actor):
        st.warning(told(problem), icon=":material/backup:")
    st.page_link("pages/office/backups.py", label=t("Backups"), icon=":material/backup:")


def _figures(state: Overview) -> None:
    places = st.columns(4)
    places[0].metric(t("Newest backup"), _age(state.newest))
    second = _age(state.second) if state.has_second else t("not set")
    places[1].metric(t("Second place"), second)
    drill = t("never")
    if state.drilled is not None:
        drill = t("good") if state.drill_good else t("failed")
    places[2].metric(t("Last drill"), drill)
    free = t("{free} of {total} GB", free=f"{state.free / 1e9:.0f}", total=f"{state.total / 1e9:.0f}")
    places[3].metric(t("Free on the disk"), free)
    if state.drilled is not None and state.drill_good:
        message = N_(
            "Drill of {time}: everything was back after {n} seconds; at most {m} minutes of work would be lost, "
            "and what is entered in the {s} seconds a backup takes."
        )
        told = {"n": number(state.back_in), "m": number(state.window), "s": number(state.making)}
        st.caption(t(message, time=moment(state.drilled), **told))


def _list(backups: pd.DataFrame) -> None:
    st.subheader(t("What is kept"), anchor=False)
    st.caption(t("Every backup was read back and examined when it was made: pages, keys, row counts and the journal."))
    columns = {
        "made_at": t("Made"),
        "bytes": t("Size"),
        "seq": t("Journal row"),
        "second": t("In the second place"),
        "drilled": t("Drilled"),
        "name": t("Backup file"),
    }
    shows: Mapping[str, Callable[[Any], object]] = {"made_at": moment, "bytes": _size, "second": _yes, "drilled": _yes}
    export_shown("backups", t("Backups"), backups, columns, shows=shows)
    table(backups, columns, shows=shows)


def _age(at: datetime | None) -> str:
    if at is None:
        return t("none")
    seconds = (clock.now() - at).total_seconds()
    if seconds >= 2 * DAY:
        return t("{n} days", n=int(seconds // DAY))
    if seconds >= 2 * HOUR:
        return t("{n} hours", n=int(seconds // HOUR))
    return t("{n} minutes", n=max(0, int(seconds // 60)))


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _yes(is_so: bool) -> str:
    return t("yes") if is_so else "—"
