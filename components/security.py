"""How safe the office stands: what is bad, what to look at, what is good, each with where to act."""

from urllib.parse import SplitResult, urlsplit

import pandas as pd
import streamlit as st
from streamlit import config

from components.forms import plain
from components.front_door import options
from components.screens import PAGES, SCREENS
from components.shown_lists import export_shown
from components.words import N_, t, told
from db.rules.permissions import Actor
from db.rules.security import Finding, State, finding
from db.services import security
from db.services.keeping import safety

HEADINGS = {State.BAD: N_("Bad"), State.LOOK: N_("Worth a look"), State.GOOD: N_("Good")}
MARKS = {
    State.BAD: ":red[:material/error:]",
    State.LOOK: ":orange[:material/visibility:]",
    State.GOOD: ":green[:material/check_circle:]",
}


def show(actor: Actor) -> None:
    """The whole screen."""
    found = [*security.findings(actor, local=_is_local(), came_by_tls=_address().scheme == "https"), _options()]
    groups = {state: [one for one in found if one.state == state] for state in State}
    with st.container(horizontal=True, gap="large"):
        for state, lines in groups.items():
            st.metric(f"{MARKS[state]} {t(HEADINGS[state])}", len(lines), width="content")
    for state, lines in groups.items():
        if lines:
            st.subheader(t(HEADINGS[state]), anchor=False)
            for line in lines:
                _line(actor, line)
    _export([line for lines in groups.values() for line in lines])


def _address() -> SplitResult:
    """What stands in the browser's address line."""
    return urlsplit(st.context.url or "")


def _is_local() -> bool:
    hosts = (_address().hostname or "localhost", str(config.get_option("server.address") or "0.0.0.0"))  # noqa: S104
    return all(safety.is_local(host) for host in hosts)


def _options() -> Finding:
    about, strange = N_("Options of Streamlit"), list(options.refusals())
    if strange:
        message = N_("Linli would not start again: {why}.")
        return finding(State.BAD, about, message, why="; ".join(strange))
    return finding(State.GOOD, about, N_("All stand as Linli sets them."))


def _line(actor: Actor, line: Finding) -> None:
    screen = next((screen for screen in SCREENS if screen.path == line.screen), None)
    text, link = st.columns([5, 1], vertical_alignment="center")
    text.markdown(f"{MARKS[line.state]} **{plain(t(line.about))}**  \n{plain(told(line.said))}")
    if screen is not None and actor.may(screen.permission):
        link.page_link(PAGES / screen.file, label=t(screen.title), icon=screen.icon)


def _export(lines: list[Finding]) -> None:
    rows = [{"state": t(HEADINGS[one.state]), "about": t(one.about), "said": told(one.said)} for one in lines]
    columns = {"state": t("State"), "about": t("What was looked at"), "said": t("Finding")}
    export_shown("security", t("Security"), pd.DataFrame(rows), columns)
