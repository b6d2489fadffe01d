"""An import at work: how far it is, stopping it, going on with it; also after coming back or a restart."""

import streamlit as st

from components.forms import mark_problem, plain, press
from components.import_labels import COLOURS, label
from components.words import moment, number, t
from db.rules.case_import import Verdict
from db.rules.permissions import Actor
from db.services.importing import running
from db.services.importing.running import NOT_ALL_PAIRED, State

EVERY = "2s"
ALIVE = ("waiting", "running")


def head(found: State) -> None:
    """Which file, how it stands, who asked and when."""
    with st.container(horizontal=True, vertical_alignment="center", key="import-head"):
        st.markdown(f":material/draft: **{plain(found.file_name)}**", width="content")
        st.badge(label("state", found.state), color=COLOURS[found.state])  # type: ignore[arg-type]
        asked = " · ".join(part for part in (found.asked_by, moment(found.asked_at)) if part)
        st.caption(plain(asked), width="content")


@st.fragment(run_every=EVERY)
def at_work(actor: Actor, import_id: int) -> None:
    """Drawn again by itself while rows are written; the page follows when it is over."""
    found = running.state(actor, import_id=import_id)
    if found.state not in ALIVE:
        st.rerun()
    with st.container(border=True, key="import-at-work"):
        waits = found.state == "waiting" or not found.total
        said = label("state", "waiting") if found.state == "waiting" else t("Counting the rows…")
        if not waits:
            said = t("{n} of {all} rows", n=number(found.done), all=number(found.total))
        st.progress(min(1.0, found.done / found.total) if found.total else 0.0, text=said)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("It goes on when you leave this page."), width="content")
            st.space("stretch")
            press("import.stop", t("Stop"), stop, record=import_id, icon=":material/stop_circle:", import_id=import_id)


@st.fragment(run_every=EVERY)
def looking(actor: Actor, import_id: int) -> None:
    """The look for likely duplicates that goes on after an import, drawn again by itself."""
    found = running.state(actor, import_id=import_id)
    if not (found.unlooked and found.is_looking):
        st.rerun()
    every = found.counts[Verdict.ADD]
    with st.container(border=True, key="import-looking"):
        said = t("Looking for likely duplicates: {n} of {all} new cases", n=number(found.looked), all=number(every))
        st.progress(found.looked / every, text=said)
        st.caption(t("It goes on when you leave this page."))


def look_broken_off(found: State) -> None:
    """A look for likely duplicates that broke off, and going on with it."""
    with st.container(border=True, key="import-look-broken"):
        told = {"looked": number(found.looked), "left": number(found.unlooked)}
        st.markdown(plain(t(NOT_ALL_PAIRED, **told)))
        press(
            "import.look",
            t("Go on looking"),
            go_on_looking,
            record=found.import_id,
            icon=":material/play_arrow:",
            import_id=found.import_id,
        )


def broken_off(found: State) -> None:
    """An import that was stopped or broke off, and going on with it."""
    with st.container(border=True, key="import-broken"):
        done = t("{n} of {all} rows", n=number(found.done), all=number(found.total))
        if found.problem is not None:
            mark_problem(found.problem)
        else:
            st.markdown(t("Stopped after {done}. What was written stands.", done=done))
        if found.may_resume:
            press(
                "import.resume",
                t("Go on with it"),
                resume,
                record=found.import_id,
                main=True,
                icon=":material/play_arrow:",
                import_id=found.import_id,
            )


def stop(actor: Actor, *, import_id: int, key: str) -> None:  # noqa: ARG001 - stopping twice is stopping
    """Stop after the rows that are being written."""
    running.stop(actor, import_id=import_id)


def resume(actor: Actor, *, import_id: int, key: str) -> None:  # noqa: ARG001 - what goes on already is told as such
    """Go on where it stood."""
    running.resume(actor, import_id=import_id)


def go_on_looking(actor: Actor, *, import_id: int, key: str) -> None:  # noqa: ARG001 - it goes on once
    """Go on looking for likely duplicates where it broke off."""
    running.go_on_looking(actor, import_id=import_id)
