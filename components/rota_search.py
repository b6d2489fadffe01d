"""Generating: how long to search, the best so far while it runs, stopping, and the result offered when it is over."""

from functools import cache
from typing import Any

import streamlit as st

from components import charts
from components.forms import Form, mark_problem, press
from components.words import N_, number, t
from db.rules.permissions import Actor
from db.rules.problems import Changed, Problem, Problems
from db.services.duty import searching
from db.services.duty.rotas import RotaView
from db.services.duty.searching import Progress
from db.services.records import Saved

EVERY = "2s"
LONGEST = 3600
BY_HAND = N_("Places were changed by hand since the search began. Tick this to replace them too.")
_ALIVE = ("waiting", "running")
_SAID = {
    "waiting": N_("Waiting for its turn"),
    "running": N_("Searching"),
    "done": N_("The search is over"),
    "stopped": N_("The search was stopped"),
    "failed": N_("The search ended by itself; the best it had is kept"),
}


def show(actor: Actor, seen: RotaView) -> None:
    """The search of this draft, also after coming back; or the form that begins one."""
    if seen.state != "draft" or not seen.may_plan:
        return
    found = searching.progress(actor, rota_id=seen.id)
    if found is not None and found.state in _ALIVE:
        _running(actor, seen.id)
        return
    if found is not None and found.may_take:
        _offer(seen, found)
    elif found is not None and found.state == "failed" and not found.taken:
        _failed(found)
    if _begins(seen, found):
        with st.container(border=True):
            _ask(seen)


def again(actor: Actor, seen: RotaView) -> None:
    """Another search of a draft that is not empty any more, among the acts on the whole rota."""
    if seen.state != "draft" or not seen.may_plan:
        return
    found = searching.progress(actor, rota_id=seen.id)
    if not _begins(seen, found) and (found is None or found.state not in _ALIVE):
        with st.popover(t("Generate again"), icon=":material/auto_awesome:", key=f"rota-more-{seen.id}"):
            _ask(seen)


def _ask(seen: RotaView) -> None:
    with Form("rota.ask", record=seen.id, border=False) as form:
        left, right = st.columns([1, 3], vertical_alignment="bottom")
        with left:
            form.number("seconds", t("Seconds to search"), searching.SECONDS, min_value=1, max_value=LONGEST)
        with right:
            form.submit(t("Generate"), searching.ask, icon=":material/auto_awesome:", rota_id=seen.id)
    said = t("Places held stay as they are. The search goes on when you leave; nothing changes until you take it.")
    st.caption(said)


def take(actor: Actor, *, search_id: int, replace: bool, key: str) -> Saved:
    """Put what was found into the draft; what could not be put there is told."""
    try:
        saved = searching.take(actor, search_id=search_id, replace=replace, key=key)
    except Changed as changed:
        raise Problems(Problem("replace", BY_HAND)) from changed
    for kept_out in (*saved.conflicts.values(), *saved.rejected.values()):
        raise kept_out
    return saved


def stop(actor: Actor, *, search_id: int, key: str) -> None:  # noqa: ARG001 - stopping twice is stopping
    """End a search and keep the best."""
    searching.stop(actor, search_id=search_id)


@st.fragment(run_every=EVERY)
def _running(actor: Actor, rota_id: int) -> None:
    """Drawn again by itself while the search runs; the page follows when it is over."""
    found = searching.progress(actor, rota_id=rota_id)
    if found is None or found.state not in _ALIVE:
        st.rerun()
    with st.container(border=True, key=f"rota-search-{rota_id}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"rota-search-head-{rota_id}"):
            st.badge(t(_SAID[found.state]), icon=":material/hourglass_top:", color="blue")
            st.markdown(_best(found), width="content")
            st.space("stretch")
            press(
                "rota.stop",
                t("Stop and keep the best"),
                stop,
                record=found.search_id,
                icon=":material/stop_circle:",
                disabled=found.open is None,
                search_id=found.search_id,
            )
        share = min(1.0, found.elapsed / max(found.seconds, 1))
        st.progress(share, text=t("{n} of {all} seconds", n=round(found.elapsed), all=found.seconds))
        _told(found)
        _line(found)


def _offer(seen: RotaView, found: Progress) -> None:
    """The result of a search that is over, to be taken or left."""
    with st.container(border=True, key=f"rota-offer-{seen.id}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"rota-offer-head-{seen.id}"):
            st.badge(t(_SAID[found.state]), icon=":material/task_alt:", color="green")
            st.markdown(_best(found), width="content")
        _told(found)
        with Form("rota.take", record=found.search_id, border=False) as form:
            form.tick("replace", t("Also replace what was changed by hand since the search began"))
            form.submit(t("Take it into the draft"), take, icon=":material/download_done:", search_id=found.search_id)
        _line(found)


def _failed(found: Progress) -> None:
    st.error(t("The search ended without a result. Nothing was changed."), icon=":material/error:")
    _told(found)


def _told(found: Progress) -> None:
    if found.note is not None:
        mark_problem(found.note)


def _best(found: Progress) -> str:
    if found.open is None:
        return t("nothing found yet")
    said = t("the best fills every place") if not found.open else t("open places in the best: {n}", n=found.open)
    return said + (" · " + t("nothing better exists") if found.proven else "")


def _line(found: Progress) -> None:
    """Open places and cost against time, when there is something to draw."""
    if len(found.found) < 2:
        return
    rows: list[dict[str, Any]] = [{"at": at, "n": max(cost, 1), "open": gaps} for at, cost, gaps in found.found]
    rows.append({"at": max(found.elapsed, found.found[-1][0]), "n": rows[-1]["n"], "open": rows[-1]["open"]})
    spec = _falling_line(t("Seconds"), t("Cost"), t("Open places"))
    alt = t(
        "The best rota so far: cost {first} at first, {last} now",
        first=number(rows[0]["n"]),
        last=number(rows[-1]["n"]),
    )
    charts.chart(spec, rows, alt=alt, key=f"rota-search-line-{found.search_id}", height=110)
    st.caption(t("The best rota found so far, against time; lower is better."))


@cache
def _falling_line(seconds: str, cost: str, gaps: str) -> charts.Spec:
    """The best so far against time; the three words are in the reader's language."""
    import altair as alt

    built = (
        alt.Chart(alt.UrlData("replaced"))
        .mark_line(interpolate="step-after", point=True)
        .encode(
            alt.X("at:Q", title=seconds, axis=alt.Axis(grid=False, tickCount=6)),
            alt.Y("n:Q", axis=None, scale=alt.Scale(type="log", nice=False)),
            tooltip=[
                alt.Tooltip("at:Q", title=seconds, format=".1f"),
                alt.Tooltip("n:Q", title=cost),
                alt.Tooltip("open:Q", title=gaps),
            ],
        )
        .to_dict()
    )
    return {name: value for name, value in built.items() if name not in ("data", "datasets", "$schema")}


def _begins(seen: RotaView, found: Progress | None) -> bool:
    """Whether searching is what comes next: the draft is empty, and no result waits to be taken."""
    return seen.score.open == len(seen.places) and (found is None or not found.may_take)
