"""The list of rotas: what is published now, every rota with its state and open places, and drawing up a new one."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components import asked, downloads
from components.forms import plain
from components.kept_forms import KeptForm
from components.rota_address import open_rota
from components.rota_labels import duty_name, label
from components.words import N_, day, language, t
from db import clock
from db.engine import current
from db.languages import month_in
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problem, Problems
from db.services.duty import describing, exports, rotas
from db.services.duty.rows import records

DUTY = "duty"
_WENT = "rota_made"
TITLE = 60
TALL_FROM = 15
LONG_MONTH = timedelta(days=32)


def chosen_duty(actor: Actor) -> int | None:
    """The duty the address names; drawn to be changed when there is more than one."""
    names = describing.duty_names(actor, language=language())
    duty_id = asked.number_of(st.query_params.get(DUTY))
    if len(names) > 1:
        asked.any_of(DUTY, t("Duty"), names, duty_id)
    return duty_id if duty_id in names else None


def standing(rows: pd.DataFrame) -> None:
    """What is published for today, one line for each duty."""
    today = clock.today(current().settings.timezone)
    now = rows[(rows["state"] == "published") & (rows["from_on"] <= today) & (rows["until_on"] >= today)]
    for row in records(now):
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"rota-now-{row['id']}"):
            st.markdown(f"**{plain(duty_name(row))}**", width="content")
            st.badge(t("in force today"), icon=":material/event_available:", color="green")
            told = t("version {number}, until {day}", number=row["number"], day=day(row["until_on"]))
            st.markdown(f":gray[{plain(told)}]", width="content")
            _gaps(int(row["open"]))
            st.space("stretch")
            if st.button(t("Show"), key=f"rota-open-{row['id']}", icon=":material/calendar_view_month:"):
                open_rota(int(row["id"]))
    if now.empty and not rows.empty:
        st.info(t("No rota is published for today."), icon=":material/event_busy:")


def table(rows: pd.DataFrame) -> None:
    """Every rota that may be seen; a click opens one."""
    told = pd.DataFrame(
        {
            "duty": [duty_name(row) for row in records(rows)],
            "from_on": list(rows["from_on"]),
            "until_on": list(rows["until_on"]),
            "state": [[label("state", state)] for state in rows["state"]],
            "number": ["" if pd.isna(number) else str(number) for number in rows["number"]],
            "open": [t("{open} of {places}", open=row["open"], places=row["places"]) for row in records(rows)],
            "changes": list(rows["changes"]),
            "title": list(rows["title"]),
        }
    )
    chosen = st.dataframe(
        told,
        hide_index=True,
        column_config=_columns(),
        on_select="rerun",
        selection_mode="single-cell",
        key=f"rotas:{'-'.join(str(i) for i in rows['id'].head(3))}:{len(rows)}",
        alt=t("Rotas; press Enter on one to open it"),
        height="content" if len(rows) <= TALL_FROM else 560,
    )
    cells = chosen.selection.cells
    if cells and cells[0][0] < len(rows):
        open_rota(int(rows["id"].iloc[cells[0][0]]))


def export(duty_id: int | None) -> None:
    """The same rows as a workbook."""
    said = N_("{n} rotas exported.")
    downloads.export_button(t("Export"), exports.ask_rotas, said=said, duty_id=duty_id)


def month_notice(rows: pd.DataFrame) -> None:
    """One page for a month with several duties, chosen among what is published; it begins with this month."""
    months = published_months(rows)
    if not any(len(duties) > 1 for duties in months.values()):
        return
    today = clock.today(current().settings.timezone).replace(day=1)
    with st.popover(t("Print a month"), icon=":material/print:", key="rotas-month"):
        listed = sorted(months, reverse=True)
        place = listed.index(today) if today in months else 0
        month = st.selectbox(
            t("Month"), listed, place, format_func=lambda one: month_in(language(), one), key="rotas-month-of"
        )
        names = months[month]
        chosen = st.multiselect(
            t("Duties"), list(names), list(names), format_func=names.__getitem__, key=f"rotas-month-duties-{month}"
        )
        for kind, said in (("docx", t("Notice as Word")), ("xlsx", t("Notice as Excel"))):
            asked_for = {"as": kind, "month": month.isoformat(), "lang": language()}
            asked_for |= {"duties": ",".join(str(one) for one in sorted(chosen))}
            where = f"/duty-notice/month?{urlencode(asked_for)}"
            st.link_button(said, where, icon=":material/description:", width="stretch", disabled=not chosen)
        st.caption(t("One page of A4: the duties side by side, as things stand today."))


def published_months(rows: pd.DataFrame) -> dict[date, dict[int, str]]:
    """Each month something is published for, with the duties: id to name."""
    found: dict[date, dict[int, str]] = {}
    for row in records(rows[rows["state"] == "published"].sort_values("duty_id")):
        month = row["from_on"].replace(day=1)
        while month <= row["until_on"]:
            found.setdefault(month, {})[int(row["duty_id"])] = duty_name(row)
            month = (month + LONG_MONTH).replace(day=1)
    return found


def _columns() -> dict[str, Any]:
    config = st.column_config
    states = {label("state", "draft"): "orange", label("state", "published"): "green"}
    return {
        "duty": config.TextColumn(t("Duty"), width=150),
        "from_on": config.DateColumn(t("From"), format="YYYY-MM-DD", width=100),
        "until_on": config.DateColumn(t("Until"), format="YYYY-MM-DD", width=100),
        "state": config.MultiselectColumn(t("State"), options=list(states), color=list(states.values()), width=100),
        "number": config.TextColumn(t("Version"), width=70, alignment="center"),
        "open": config.TextColumn(t("Open places"), width=105),
        "changes": config.NumberColumn(t("Changes"), width=80),
        "title": config.TextColumn(t("Title"), width=190),
    }


def nothing(actor: Actor) -> None:
    """The empty list, and what to do about it."""
    if actor.may(Permission.DUTY_PLAN):
        st.info(t("No rota yet. Draw up the first one below."), icon=":material/calendar_add_on:")
    else:
        st.info(t("No rota is published yet."), icon=":material/calendar_month:")


def new_form(actor: Actor, duty_id: int | None, rows: pd.DataFrame) -> None:
    """A new rota for one of the duties the reader plans."""
    plans = actor.may(Permission.DUTY_PLAN)
    names = describing.duty_names(actor, plannable=True, language=language()) if plans else {}
    if not names:
        if plans:
            st.caption(t("You plan no duty yet. A duty is described first: its posts, shifts, needs and people."))
        return
    with st.expander(t("New rota"), icon=":material/add:", expanded=rows.empty):
        form = KeptForm("rotas.new", record=duty_id or "", border=False)
        with form:
            first, last = following(rows)
            left, right = st.columns(2)
            with left:
                form.choose("duty_id", t("Duty"), names, duty_id or (next(iter(names)) if len(names) == 1 else None))
                form.day("from_on", t("First day"), first)
            with right:
                form.text("title", t("Title (may stay empty)"), max_chars=TITLE)
                form.day("until_on", t("Last day"), last)
            form.submit(t("Draw up the rota"), draw_up, icon=":material/calendar_add_on:")
        st.caption(t("Every place the duty needs is laid out, open. Then it is filled by a search or by hand."))
        if form.result is not None and st.session_state.get(_WENT) != form.result:
            st.session_state[_WENT] = form.result
            open_rota(int(form.result))


def following(rows: pd.DataFrame) -> tuple[date, date]:
    """The month to be planned next: the calendar month after today's, or after the last one that has a rota."""
    today = clock.today(current().settings.timezone)
    latest = max([today, *rows["until_on"]])
    first = (latest.replace(day=1) + LONG_MONTH).replace(day=1)
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def draw_up(actor: Actor, *, duty_id: int | None, **values: Any) -> int:
    """A new rota; a form without a duty is told so beside its field."""
    if duty_id is None:
        raise Problems(Problem("duty_id", N_("Choose the duty.")))
    return rotas.new_rota(actor, duty_id=duty_id, **values)


def _gaps(open_places: int) -> None:
    if open_places:
        st.badge(t("Open places: {n}", n=open_places), icon=":material/person_off:", color="red")
