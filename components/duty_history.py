"""What was served: one's own month by month, everybody's of a duty for who plans it; every figure opens its shifts."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads
from components.case_labels import code_labels
from components.duty_labels import in_words, is_missing, label, labels, span
from components.forms import plain
from components.tables import pick, table
from components.words import N_, day, moment, number, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.services.duty import exports, history
from db.services.duty.describing import DutyView
from db.services.duty.rows import records

TALL_FROM = 15
MONTH = "when"


def own(actor: Actor) -> None:
    """One's own service, read only when it is asked for."""
    st.subheader(t("My service"), anchor=False)
    if not st.toggle(t("Show what I served"), key="history-own"):
        return
    period = _period("own")
    if period is not None:
        _by_month(actor, None, period)


def of_duty(actor: Actor, seen: DutyView) -> None:
    """Everybody of a duty, and one of them month by month."""
    period = _period(f"duty-{seen.id}")
    if period is None:
        return
    found = history.people(actor, duty_id=seen.id, **period)
    if found.empty:
        st.info(t("Nobody serves in this duty yet."), icon=":material/group_off:")
        return
    cells = _figures(found, {"member": t("Name")}, key=f"history-{seen.id}")
    st.caption(t("Choose a figure to see the shifts behind it. A shift counts once it has begun."))
    for row, figure in cells:
        _opened(actor, int(found["member_id"].iloc[row]), figure, period, whose=str(found["member"].iloc[row]))
    said = N_("{n} people exported.")
    downloads.export_button(t("Export"), exports.ask_people, key="history-export", said=said, duty_id=seen.id, **period)
    names = {int(row["member_id"]): str(row["member"]) for row in records(found)}
    member_id = pick("member", t("One person month by month"), names)
    if member_id is not None:
        _by_month(actor, member_id, period)


def _period(name: str) -> dict[str, Any] | None:
    """From when to when, this year at first; nothing and a word about it when the days are the wrong way round."""
    today = clock.today(current().settings.timezone)
    january = date(today.year, 1, 1)
    with st.container(horizontal=True):
        key = f"history-{name}"
        first = st.date_input(t("From"), january, format="YYYY-MM-DD", key=f"{key}:from", width=170) or january
        last = st.date_input(t("Until"), today, format="YYYY-MM-DD", key=f"{key}:until", width=170) or today
    if last < first:
        st.warning(t("The last day is before the first."), icon=":material/event_busy:")
        return None
    return {"from_on": first, "until_on": last}


def _by_month(actor: Actor, member_id: int | None, period: Mapping[str, Any]) -> None:
    """A row for each month and one for all of them; choosing a figure lists the shifts behind it."""
    found = history.months(actor, member_id=member_id, **period)
    if found.empty:
        st.info(t("Nothing was served in these days."), icon=":material/event_available:")
        return
    sums = {"year": 0, "month": 0} | found[history.COUNTS].sum().to_dict()
    rows = pd.concat([pd.DataFrame([sums]), found], ignore_index=True)
    rows.insert(0, MONTH, [_month(row) for row in records(rows)])
    cells = _figures(rows, {MONTH: t("Month")}, key=f"history-months-{member_id or 'own'}")
    st.caption(t("Choose a figure to see the shifts behind it. A shift counts once it has begun."))
    whole_period = _figure_asked(member_id)
    for row, figure in cells or whole_period:
        _opened(actor, member_id, figure, _within(records(rows)[row], period))
    said = N_("{n} months exported.")
    key = f"history-months-export-{member_id or 'own'}"
    downloads.export_button(t("Export by month"), exports.ask_months, key=key, said=said, member_id=member_id, **period)


def _figures(frame: pd.DataFrame, first: Mapping[str, str], *, key: str) -> list[tuple[int, str]]:
    """The figures beside their first column; answers row and figure of the cell that was chosen."""
    heads = dict(first) | labels("served")
    hours = [round(int(minutes) / 60, 1) for minutes in frame["minutes"]]
    shown = frame.assign(hours=hours)[list(heads)]
    shown = shown.assign(**{name: shown[name].map(_figure) for name in labels("served")})
    chosen = st.dataframe(
        shown,
        hide_index=True,
        column_config={
            name: st.column_config.TextColumn(head, alignment="left" if name in first else "right")
            for name, head in heads.items()
        },
        on_select="rerun",
        selection_mode="single-cell",
        height="content" if len(shown) <= TALL_FROM else 560,
        key=key,
        alt=t("What was served; press Enter on a figure to see its shifts"),
    )
    opens = [(row, name if name in history.FIGURES else history.FIGURES[0]) for row, name in chosen.selection.cells]
    return [(row, name) for row, name in opens if row < len(frame)]


def _figure_asked(member_id: int | None) -> list[tuple[int, str]]:
    """A figure of the whole period, chosen without the table."""
    figures = {name: label("served", name) for name in history.FIGURES}
    chosen = st.pills(
        t("Shifts behind"),
        list(figures),
        format_func=lambda name: figures[name],
        key=f"history-figure-{member_id or 'own'}",
    )
    return [(0, str(chosen))] if chosen else []


def _opened(actor: Actor, member_id: int | None, figure: str, period: Mapping[str, Any], *, whose: str = "") -> None:
    """The shifts behind one figure."""
    found = in_words(history.records(actor, figure=figure, member_id=member_id, **period))
    between = f"{day(period['from_on'])} – {day(period['until_on'])}"
    told = plain(" · ".join(filter(None, (whose, label("served", figure)))))
    st.markdown(f"**{told}** · {between}")
    if found.empty:
        st.caption(t("No shift."))
        return
    roles = code_labels(actor, "duty_role")
    shown = found.assign(when=[span(row["begins_at"], row["ends_at"]) for row in records(found)])
    columns = {"when": t("When"), "duty": t("Duty"), "post": t("Post"), "shift": t("Shift"), "role": t("Role")}
    if figure in history.SWAPPED:
        columns |= {"colleague": t("Colleague")}
    else:
        columns |= {"started_at": t("Start"), "ended_at": t("End")}
    shows: dict[str, Callable[[Any], object]] = {"started_at": _mark, "ended_at": _mark}
    key = f"history-records-{'of' if whose else 'by-month'}-{member_id}"
    table(shown, columns, shows=shows | {"role": lambda code: roles.get(code, code)}, key=key)


def _within(row: Mapping[str, Any], period: Mapping[str, Any]) -> dict[str, Any]:
    """The days of a month inside the period; all of it for the row of sums."""
    if not row["month"]:
        return dict(period)
    first = date(int(row["year"]), int(row["month"]), 1)
    last = (pd.Timestamp(first) + pd.offsets.MonthEnd(0)).date()
    return {"from_on": max(first, period["from_on"]), "until_on": min(last, period["until_on"])}


def _month(row: Mapping[str, Any]) -> str:
    return f"{int(row['year'])}-{int(row['month']):02}" if row["month"] else t("All")


def _figure(value: Any) -> str:
    """A figure; none of something is a dash, so that the others stand out."""
    return number(value) if value else "–"


def _mark(marked: Any) -> str:
    return t("missing") if is_missing(marked) else moment(marked)
