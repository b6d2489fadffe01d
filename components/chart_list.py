"""All charts: mine, those shared with me, the standard set; each opens as a chart, and removed ones come back."""

from collections.abc import Sequence
from typing import TypeVar

import pandas as pd
import streamlit as st

from components import chart_keep
from components.chart_address import open_chart
from components.chart_labels import ICONS, PERIODS
from components.forms import plain
from components.shown_lists import export_shown
from components.words import language, moment, t
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.recommending import recommended
from db.rules.permissions import Actor
from db.services.briefings import saved
from db.services.briefings.registers import REGISTERS
from db.services.briefings.saved import Saved
from db.services.briefings.standard import standard

ACROSS = 3
One = TypeVar("One")


def new() -> None:
    """The way to a chart that is not there yet."""
    if st.button(t("New chart"), key="chart-new", type="primary", icon=":material/add_chart:"):
        open_chart()


def mine(actor: Actor) -> None:
    """What I saved and what others share with me."""
    known = saved.charts(actor)
    own, shared = [one for one in known if one.mine], [one for one in known if not one.mine]
    if known:
        _export(known)
    if own:
        st.subheader(t("My charts"), anchor=False)
        _cards(own)
    if shared:
        st.subheader(t("Shared with me"), anchor=False)
        _cards(shared)


def prepared(actor: Actor) -> None:
    """The standard set: what most offices ask, to be opened and changed."""
    st.subheader(t("Standard charts"), anchor=False)
    for begin, row in _rows([*standard(actor)]):
        for place, (column, (words, spec)) in enumerate(zip(st.columns(ACROSS), row, strict=False)):
            with column.container(border=True, height="stretch", key=f"standard-{begin + place}"):
                _name(words.within(language()), spec)
                st.caption(plain(_asked(spec)))
                if st.button(
                    t("Show"), key=f"standard-open-{begin + place}", type="tertiary", icon=":material/arrow_forward:"
                ):
                    open_chart(spec)


def bin_of(actor: Actor) -> None:
    """What I removed."""
    gone = saved.removed(actor)
    if not gone:
        return
    with st.expander(t("Removed charts ({n})", n=len(gone)), icon=":material/delete:"):
        for one in gone:
            with st.container(horizontal=True, vertical_alignment="center", key=f"chart-gone-{one.id}"):
                st.markdown(plain(one.name), width="stretch")
                chart_keep.restore(one)


def _export(known: list[Saved]) -> None:
    columns = {"name": t("Name"), "asked": t("About"), "owner": t("By"), "saved_at": t("Saved"), "shared": t("Shared")}
    rows = [(one.name, _asked(one.spec), one.owner, one.saved_at, bool(one.roles)) for one in known]
    export_shown("charts", t("Charts"), pd.DataFrame(rows, columns=list(columns)), columns)


def _cards(known: list[Saved]) -> None:
    for _, row in _rows(known):
        for column, one in zip(st.columns(ACROSS), row, strict=False):
            with column.container(border=True, height="stretch", key=f"chart-card-{one.id}"):
                _name(one.name, one.spec)
                whose = "" if one.mine else t("by {name}", name=one.owner)
                told = [_asked(one.spec), whose, t("saved {time}", time=moment(one.saved_at))]
                st.caption(plain(" · ".join(part for part in told if part)))
                with st.container(horizontal=True, vertical_alignment="center"):
                    if st.button(
                        t("Show"), key=f"chart-open-{one.id}", type="tertiary", icon=":material/arrow_forward:"
                    ):
                        open_chart(chart_id=one.id)
                    if one.roles:
                        st.badge(t("shared"), icon=":material/group:", color="blue")
                    if one.pinned:
                        st.badge(t("on my desk"), icon=":material/keep:", color="green")


def _rows(known: Sequence[One]) -> list[tuple[int, Sequence[One]]]:
    return [(begin, known[begin : begin + ACROSS]) for begin in range(0, len(known), ACROSS)]


def _name(name: str, spec: ChartSpec) -> None:
    register = REGISTERS.get(spec.register)
    kind = spec.kind or (recommended(register, spec) if register is not None else "")
    st.markdown(f"{ICONS.get(kind, ':material/bar_chart:')} **{plain(name)}**")


def _asked(spec: ChartSpec) -> str:
    """Register and days, in a few words."""
    register = REGISTERS.get(spec.register)
    name = register.name.within(language()) if register is not None else spec.register
    days = t(PERIODS[spec.period]) if spec.period in PERIODS else spec.period
    return f"{name} · {days}"
