"""A year of a register as units by months; a click on a figure opens the lines behind it."""

import calendar
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import get_month_names

from components import asked, downloads
from components.tables import unit_name
from components.words import N_, language, number, t
from components.works_labels import COUNTED, OF_YEAR
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.scoring.works import ABOUTS, Kind, standings
from db.services.works import exports, lists, years
from db.services.works.lists import Choice, Tab
from db.services.works.years import MONTHS, UnitYear

VIEW, BY_UNIT = "view", "year"
# What a figure says by its sign, so that nothing is told by colour alone.
SIGNS = {"green": "✓", "gray": "○", "orange": "…", "red": "✗"}
LED, LEFT_OUT = "★", "–"
_OPENED = "works_year_opened"
NARROW, WIDE = 58, 88


def ask(actor: Actor, choice: Choice) -> bool:
    """Whether the year is shown by unit instead of the lines, and which; only one kind at a time has such a year."""
    if choice.tab in (Tab.ALL, Tab.REMOVED):
        return False
    shown = st.query_params.get(VIEW) == BY_UNIT
    views = {"": t("Lines"), BY_UNIT: t("The year by unit")}
    with st.container(horizontal=True, vertical_alignment="bottom", key="works-view"):
        asked.widget(
            st.segmented_control,
            VIEW,
            BY_UNIT if shown else "",
            label=t("View"),
            options=list(views),
            format_func=lambda code: views[code],
            required=True,
            label_visibility="collapsed",
        )
        if shown:
            every = dict.fromkeys((_this(), _year(choice), *lists.years(actor)))
            asked.any_of("year", t("Year"), {one: str(one) for one in sorted(every, reverse=True)}, _year(choice))
    return shown


def show(actor: Actor, choice: Choice) -> None:
    """Units by months, what the signs say, and the year as a workbook."""
    downloads.fetch_now()
    rows = years.year(actor, kind=choice.tab.value, year=_year(choice))
    if not rows:
        st.info(t("No line names your unit yet."), icon=":material/checklist:")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="year-acts"):
        st.caption(" · ".join(_legend(Kind(choice.tab.value))), width="stretch")
        asked_for: dict[str, Any] = {"kind": choice.tab.value, "year": _year(choice)}
        downloads.export_button(t("Export"), exports.ask_year, said=N_("{n} units exported."), **asked_for)
    _table(rows, choice.tab, _year(choice))


def _legend(kind: Kind) -> list[str]:
    """The signs of such a register, in words."""
    stands = {standing.value for about in ABOUTS[kind] for standing in standings(kind, about)}
    stands |= {"expected"} if kind is Kind.REPORT else set()
    signs = [f"{_sign(code)} {t(OF_YEAR[code])}" for code in COUNTED if code in stands]
    return signs + [t("– no monthly inspection in a month that is over")] * (kind is Kind.INSPECTION)


def _sign(code: str) -> str:
    return LED if code == "led" else SIGNS[COUNTED[code]]


def _this() -> int:
    return clock.today(current().settings.timezone).year


def _year(choice: Choice) -> int:
    return choice.year or _this()


def _table(rows: tuple[UnitYear, ...], tab: Tab, year: int) -> None:
    told = pd.DataFrame({"unit": [unit_name({"name": row.name, "name_en": row.name_en}) for row in rows]})
    colours = {LEFT_OUT: "red"}
    for month in MONTHS:
        told[str(month)] = [_cell(row, month, colours) for row in rows]
    names = get_month_names("abbreviated", locale=language())
    config = {"unit": st.column_config.TextColumn(t("Unit"), width=170, pinned=True)}
    config |= {
        str(month): st.column_config.MultiselectColumn(
            names[month], options=list(colours), color=list(colours.values()), width=_wide(told[str(month)])
        )
        for month in MONTHS
    }
    opened = st.session_state.setdefault(_OPENED, 0)
    chosen = st.dataframe(
        told,
        hide_index=True,
        column_config=config,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"works-year:{tab}:{year}:{opened}",
        alt=t("Units by months; press Enter on a figure to open its lines"),
        placeholder="",
        height="content" if len(told) <= 25 else 700,
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(rows):
        st.session_state[_OPENED] = opened + 1
        _open(rows[cells[0][0]].unit_id, year, str(cells[0][1]))


def _cell(row: UnitYear, month: int, colours: dict[str, str]) -> list[str]:
    """The figures of one month, each with its sign; what they look like goes into `colours`."""
    figures = []
    for standing, n in sorted(row.months.get(month, {}).items(), key=lambda one: list(COUNTED).index(one[0])):
        said = f"{_sign(standing)}{number(n)}"
        colours[said] = COUNTED[standing]
        figures.append(said)
    return figures + [LEFT_OUT] * (month in row.left_out)


def _wide(cells: "pd.Series[list[str]]") -> int:
    """A month with one figure for each unit is narrow, so that a year fits."""
    return NARROW if cells.map(len).max() <= 1 else WIDE


def _open(unit_id: int, year: int, month: str) -> None:
    """The lines of a unit in a month, or in the year when its name was chosen."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if month.isdecimal():
        first = first.replace(month=int(month))
        last = first.replace(day=calendar.monthrange(year, int(month))[1])
    for name in (VIEW, "page", "year"):
        st.query_params.pop(name, None)
    st.query_params.update({"unit_id": str(unit_id), "received_from": f"{first}", "received_to": f"{last}"})
    st.session_state[asked.SHOWN] = True
    st.rerun()
