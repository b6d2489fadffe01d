"""A unit's sheet as it was published: its lines, what each rests on, and appealing against one of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from components import result_appeals, score_sheet
from components.forms import plain
from components.kept_forms import KeptForm
from components.result_address import open_publication
from components.score_labels import DASH, named, names_in
from components.words import day, language, t
from db import clock
from db.engine import current
from db.languages import month_in
from db.rules.permissions import Actor, Permission
from db.rules.scoring.issuing import month_code
from db.services.scoring import appeals
from db.services.scoring.results import Published
from db.services.scoring.standing import FIGURE

Told = Mapping[str, Any]
TOTAL = "all"
# What the address says of the line an appeal is begun against.
PERIOD, ITEM = "period", "item"


def show(actor: Actor, seen: Published, told: Told) -> None:
    """The frozen sheet, with its appeals."""
    names, unit_id = names_in(seen.document["rubric"]), int(told["unit"]["id"])
    found = appeals.appeals(actor, publication_ids=list(seen.editions.values()), unit_id=unit_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {plain(named(told['unit']))}")
        st.space("stretch")
        if st.button(t("All units"), key="result-all-units", icon=":material/arrow_back:", type="tertiary"):
            open_publication(seen.id)
    if told["scope"] == TOTAL:
        score_sheet.total(told)
    if "months" in told:
        period, item = _months(seen, told) or _asked([month_code(int(one["month"])) for one in told["months"]]), FIGURE
        _appeal(actor, seen, told, period, item if period else "", names)
        st.subheader(t("Appeals"), anchor=False)
        result_appeals.show(found, names | _month_names(seen, told))
        return
    period = _period(told)
    sheet = next((one for one in told["periods"] if one["code"] == period), None)
    if sheet is not None:
        score_sheet.period_head(sheet)
    lines = sheet["lines"] if sheet else told["total"]["lines"]
    item = score_sheet.lines(lines, key=f"frozen:{seen.id}:{unit_id}:{period}")
    if st.query_params.get(PERIOD, "") == period:
        item = item or _asked([str(line["code"]) for line in lines], ITEM)
    if not sheet:
        score_sheet.measured(told)
    if item:
        entries = [one for one in told["entries"] if (one["period"], one["item"]) == (period, item)]
        st.subheader(t("What it rests on"), anchor=False)
        if not entries:
            st.caption(t("Nothing is entered here yet."))
        for entry in entries:
            score_sheet.evidence(told, entry)
    _appeal(actor, seen, told, period, item, names)
    st.subheader(t("Appeals"), anchor=False)
    result_appeals.show(found, names)


def _asked(codes: list[str], name: str = PERIOD) -> str:
    """The line a draft of an appeal is about, as the address names it."""
    asked = st.query_params.get(name, "")
    return asked if asked in codes else ""


def _months(seen: Published, told: Told) -> str:
    """The figures month by month; answers the code of the one chosen."""
    months = list(told["months"])
    shown = {
        t("Month"): list(_month_names(seen, told).values())[: len(months)],
        t("Year before"): [one["before"] or DASH for one in months],
        t("This year"): [one["now"] or DASH for one in months],
        t("Note"): [one["note"] or DASH for one in months],
    }
    chosen = st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"frozen-months:{seen.id}:{told['assessed_unit_id']}",
        alt=t("Figures of the months"),
    )
    rows = chosen["selection"]["rows"]
    return month_code(int(months[rows[0]]["month"])) if rows and rows[0] < len(months) else ""


def _month_names(seen: Published, told: Told) -> dict[str, str]:
    year = int(seen.document["assessment"]["year"])
    names = {month_code(one["month"]): month_in(language(), date(year, one["month"], 1)) for one in told["months"]}
    return names | {FIGURE: t("Figure")}


def _period(told: Told) -> str:
    """The sheet being looked at, "" the year's book; a result of one period has one."""
    periods = {one["code"]: named(one) for one in told["periods"]}
    if told["scope"] != TOTAL:
        return str(next(iter(periods)))
    options = periods | {"": t("The year's book")}
    chosen = st.segmented_control(
        t("Sheet"),
        list(options),
        format_func=lambda code: options[code],
        default=_asked(list(options)),
        required=True,
        key=f"frozen-period:{told['assessed_unit_id']}",
        label_visibility="collapsed",
    )
    return str(chosen or "")


def _appeal(actor: Actor, seen: Published, told: Told, period: str, item: str, names: dict[str, str]) -> None:
    """The form for the line chosen above, while appeals are open to this reader."""
    if not actor.may(Permission.SCORES_APPEAL) or not seen.latest:
        return
    if clock.today(current().settings.timezone) > seen.appeal_until:
        st.caption(t("Appeals could be made until {day}.", day=day(seen.appeal_until)))
        return
    if not item:
        st.caption(t("Choose a line above to see what it rests on, or to appeal against it."))
        return
    unit_id = int(told["unit"]["id"])
    record, at = f"{seen.id}:{unit_id}:{period}:{item}", {PERIOD: period, ITEM: item}
    form = KeptForm("appeal.ask", record=record, border=False, at=at)
    about = t("Appeal against: {item}", item=names.get(item, item))
    with st.expander(about, icon=":material/feedback:", key="appeal-form"), form:
        form.area("reason", t("Why is it wrong?"), max_chars=result_appeals.LONGEST)
        form.files("uploads", t("Files (optional)"))
        form.submit(t("Appeal"), appeals.ask, publication_id=seen.id, unit_id=unit_id, period=period, item=item)
