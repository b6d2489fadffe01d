"""The grid on screen: a month of days that fits a desk, a day list on a phone, and the cell that was chosen."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.case_labels import code_labels
from components.forms import plain
from components.rota_labels import label, labels, weekday
from components.rota_sheet import NAME, SPECIAL, Sheet, in_order, measures, member_of, post_signs, sheet_of, sign
from components.words import day, t
from db.rules.duty.counts import MEASURES
from db.rules.permissions import Actor
from db.services.duty.rotas import RotaView

ONE_PAGE = 31
NAME_WIDTH, DAY_WIDTH, COUNT_WIDTH, ROW = 80, 22, 30, 28
WIDE_COUNT = 34
TALL_FROM = 22
PICKED = "rota_picked"
# On a phone the days stand as a list instead of the grid.
STYLE = """<style>
.st-key-rota_phone { display: none; }
@media (max-width: 640px) { .st-key-rota_desk { display: none; } .st-key-rota_phone { display: flex; } }
</style>"""


@dataclass(frozen=True)
class Picked:
    """A cell somebody chose: a day, and a person unless it is a row of nobody's."""

    on_day: date
    member_id: int | None = None
    place_id: int | None = None


def show(actor: Actor, seen: RotaView) -> None:
    """The grid with what stands beside and below it."""
    st.html(STYLE)
    days = _days_shown(seen)
    roles = list(code_labels(actor, "duty_role"))
    with st.container(key="rota_desk"):
        counted = _counted()
        sheet = sheet_of(seen, days, counted, roles=roles, colours=_colours())
        st.dataframe(
            sheet.texts.style.apply(lambda _: sheet.styles, axis=None),
            hide_index=True,
            column_config=_columns(sheet, counted),
            row_height=ROW,
            height="content" if len(sheet.texts) <= TALL_FROM else ROW * TALL_FROM,
            width="content",
            on_select=partial(_pick, seen.id, _key(seen, days), sheet.members),
            selection_mode=["single-cell", "single-column"],
            key=_key(seen, days),
            alt=t("People by days; press Enter on a cell to see or fill its place"),
        )
        st.caption(_legend(seen))
    with st.container(key="rota_phone"):
        st.markdown(day_list(seen, days, roles))
    _calendar(seen, days)


def _counted() -> str:
    """Which counts stand beside the grid."""
    options = labels("counted")
    st.segmented_control(
        t("Counts beside the grid"),
        list(options),
        format_func=lambda code: options[code],
        key="rota-counted",
        default="period",
        required=True,
        label_visibility="collapsed",
    )
    return str(st.session_state["rota-counted"])


def _days_shown(seen: RotaView) -> list[date]:
    """The whole rota when it fits, else one calendar month of it, kept in the address."""
    if (seen.until_on - seen.from_on).days < ONE_PAGE:
        return list(_between(seen.from_on, seen.until_on))
    months = sorted({found.replace(day=1) for found in _between(seen.from_on, seen.until_on)})
    wanted = asked.day_of(st.query_params.get("month"))
    chosen = wanted if wanted in months else months[0]
    asked.widget(
        st.selectbox,
        "month",
        chosen.isoformat(),
        label=t("Month"),
        options=[month.isoformat() for month in months],
        format_func=lambda month: month[:7],
        width=160,
    )
    last = chosen.replace(day=monthrange(chosen.year, chosen.month)[1])
    return list(_between(max(chosen, seen.from_on), min(last, seen.until_on)))


def _between(from_on: date, until_on: date) -> Iterator[date]:
    return (from_on + timedelta(days=n) for n in range((until_on - from_on).days + 1))


def _columns(sheet: Sheet, counted: str) -> dict[str, Any]:
    text = st.column_config.TextColumn
    config: dict[str, Any] = {NAME: text("", width=NAME_WIDTH)}
    for shown in sheet.days:
        config[shown.isoformat()] = text(weekday(shown), width=DAY_WIDTH, alignment="center")
    width = WIDE_COUNT if counted == "over" or len(sheet.days) < ONE_PAGE else COUNT_WIDTH
    for measure in MEASURES:
        config[measure] = text(label("short", measure), width=width, alignment="center", help=label("measure", measure))
    return config


def _key(seen: RotaView, days: list[date]) -> str:
    return f"rota-grid:{seen.id}:{days[0].isoformat()}"


def _pick(rota_id: int, key: str, members: tuple[int | None, ...]) -> None:
    """Callback: remember the chosen cell; a head chooses its day."""
    selection = st.session_state[key]["selection"]
    cells = selection["cells"] or [(0, column) for column in selection["columns"]]
    for row, column in cells:
        on_day = asked.day_of(str(column)) if str(column)[:1].isdecimal() else None
        if on_day is not None and row < len(members):
            st.session_state[f"{PICKED}:{rota_id}"] = Picked(on_day, members[row])


def pick(rota_id: int, on_day: date, *, place_id: int) -> None:
    """Choose a place from somewhere else on the page."""
    st.session_state[f"{PICKED}:{rota_id}"] = Picked(on_day, place_id=place_id)


def picked(rota_id: int) -> Picked | None:
    """The cell somebody chose since it was last asked."""
    found = st.session_state.pop(f"{PICKED}:{rota_id}", None)
    return found if isinstance(found, Picked) else None


def _colours() -> dict[str, str]:
    """The theme's colours, because a grid is painted by value."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    names = [
        f"{c}{part}" for c in ("red", "orange", "yellow", "green", "blue", "violet") for part in ("Background", "Text")
    ]
    names += ["grayBackground", "grayText", "text"]
    return {name: str(st.get_option(f"theme.{theme}.{name}Color")) for name in names}


def _legend(seen: RotaView) -> str:
    """What the marks mean."""
    shifts = [f"**{plain(seen.marks.get(shift) or name[:1])}** {plain(name)}" for shift, name in seen.shifts.items()]
    signs = {post: sign for post, sign in post_signs(seen).items() if sign}
    posts = [f"{sign} {plain(seen.posts[post])}" for post, sign in signs.items()]
    return " · ".join([*shifts, *posts, *_marks(seen), measures()])


def _marks(seen: RotaView) -> Iterator[str]:
    """The marks that occur in this rota, each as it looks in the grid."""
    kinds, away = set(seen.days["kind"]), set(seen.absences["kind"])
    drawn = (
        ("leave" in away, f":yellow-background[{sign('leave')}] {t('leave')}"),
        ("unavailable" in away, f":yellow-background[{sign('unavailable')}] {t('unavailable')}"),
        ("avoid" in away, f"{sign('avoid')} {t('would rather not')}"),
        ("want" in away, f"\\{sign('want')} {t('would like to')}"),
        ("rest" in kinds, f":gray-background[　] {t('rest day')}"),
        ("holiday" in kinds, f":orange-background[{sign('holiday')}] {t('holiday')}"),
        ("make_up" in kinds, f"{sign('make_up')} {t('make-up working day')}"),
        (bool(seen.breaks), f":red-background[**!**] {t('broken rule')}"),
        (not seen.changes.empty, f":violet-background[　] {t('changed after publishing')}"),
        (bool(seen.members["reserve"].any()), f"○ {t('reserve')}"),
    )
    return (words for occurs, words in drawn if occurs)


def _calendar(seen: RotaView, days: list[date]) -> None:
    """Which days are special, and whether the calendar is known."""
    named = list(_named_days(seen, days))
    if named:
        st.caption(" · ".join(named))
    if not seen.days["known"].all():
        said = t("There is no official calendar for all of these days yet: holidays and make-up days are provisional.")
        st.warning(said, icon=":material/event_upcoming:")


def _named_days(seen: RotaView, days: list[date]) -> Iterator[str]:
    """1 Jan New Year, 4 Jan make-up day, ★ Autumn fair: a run of the same name once."""
    shown = seen.days[seen.days["day"].isin(days)]
    for column, lead in (("name", ""), ("period", f"{SPECIAL} ")):
        named = shown[shown[column].astype(bool)]
        runs = (named[column] != named[column].shift()) | (pd.to_datetime(named["day"]).diff().dt.days != 1)
        for _, run in named.groupby(runs.cumsum()):
            first, last, name = run["day"].iloc[0], run["day"].iloc[-1], run[column].iloc[0]
            when = day(first) if first == last else f"{day(first)} – {day(last)}"
            yield f"{lead}{plain(name)} {plain(when)}"


def day_list(seen: RotaView, days: list[date], roles: Sequence[str]) -> str:
    """The days one under another, for a narrow screen: who serves where, and what is open."""
    names = {int(row["id"]): str(row["name"]) for row in seen.members.to_dict("records")}
    facts = {row["day"]: row for row in seen.days.to_dict("records")}
    broken = {one.place_id for one in seen.breaks}
    lines: list[str] = []
    for shown in days:
        fact = facts.get(shown, {})
        special = " · ".join(plain(fact[name]) for name in ("name", "period") if fact.get(name))
        lines.append(f"**{plain(day(shown))}** :gray[{special}]" if special else f"**{plain(day(shown))}**")
        of_day = in_order(seen.places[seen.places["on_day"] == shown], roles)
        held: dict[tuple[int, int], list[str]] = {}
        for place in of_day:
            manned = held.setdefault((int(place["shift_id"]), int(place["post_id"])), [])
            manned.append(_person(place, names, broken))
        for (shift, post), people in held.items():
            where = f"{seen.shifts.get(shift, '')} · {seen.posts.get(post, '')}"
            lines.append(f":gray[{plain(where)}] {t(', ').join(people)}")
        if not of_day:
            lines.append(f":gray[{plain(t('no place'))}]")
        lines.append("")
    return "  \n".join(lines)


def _person(place: dict[Any, Any], names: dict[int, str], broken: set[int]) -> str:
    member_id = member_of(place)
    if member_id is None:
        return f":red[**{plain(t('open'))}**]"
    name = plain(names.get(member_id, "?"))
    return f":red[**{name} \\!**]" if place["id"] in broken else name
