"""The grid on screen: a month of days that fits a desk, a day list on a phone, and the cell that was chosen."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from components import asked, rota_days
from components.case_labels import code_labels
from components.forms import plain
from components.painted import painted
from components.rota_changes import chosen_sight
from components.rota_days import special
from components.rota_labels import label, labels, weekday
from components.rota_sheet import NAME, SPECIAL, Sheet, measures, post_signs, sheet_of, sign
from components.widths import desk_and_phone
from components.words import day, t
from db.rules.duty.counts import MEASURES
from db.rules.permissions import Actor
from db.services.duty.rotas import RotaView

ONE_PAGE = 31
NAME_WIDTH, DAY_WIDTH, COUNT_WIDTH, ROW = 80, 22, 30, 28
WIDE_COUNT = 34
TALL_FROM = 22
PICKED = "rota_picked"
NO_BREAK = "\u00a0"
# On a phone the days stand as a list instead of the grid, and before the form that fills them.
STYLE = """<style>
@media (max-width: 640px) {
.st-key-rota-counted { display: none; }
.st-key-rota-body > :has([class*=st-key-rota-placing]) { order: 1; }
}
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
    with st.container(horizontal=True, vertical_alignment="center", key="rota-sights"):
        days = _days_shown(seen)
        counted = _counted()
        seen = chosen_sight(seen)
    roles = list(code_labels(actor, "duty_role"))
    desk, phone = desk_and_phone("rota")
    with desk:
        sheet = sheet_of(seen, days, counted, roles=roles, colours=_colours(), me=actor.id)
        st.dataframe(
            painted(sheet.texts, sheet.styles),
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
    with phone:
        rota_days.show(actor, seen, days, roles)
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
        label_visibility="collapsed",
        width=160,
    )
    last = chosen.replace(day=monthrange(chosen.year, chosen.month)[1])
    return list(_between(max(chosen, seen.from_on), min(last, seen.until_on)))


def _between(from_on: date, until_on: date) -> Iterator[date]:
    return (from_on + timedelta(days=n) for n in range((until_on - from_on).days + 1))


def _columns(sheet: Sheet, counted: str) -> dict[str, Any]:
    text = st.column_config.TextColumn
    config: dict[str, Any] = {NAME: text("", width=NAME_WIDTH, pinned=True)}
    for shown in sheet.days:
        config[shown.isoformat()] = text(weekday(shown), width=DAY_WIDTH, alignment="center", help=day(shown))
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
    used = {place["shift_id"] for place in seen.rows}
    shifts = {shift: name for shift, name in seen.shifts.items() if shift in used}
    told = [f"**{plain(seen.marks[shift])}** {plain(name)}" for shift, name in shifts.items()]
    signs = {post: sign for post, sign in post_signs(seen).items() if sign}
    told += [f"{sign} {plain(seen.posts[post])}" for post, sign in signs.items()]
    return " · ".join(each.replace(" ", NO_BREAK) for each in (*told, *_marks(seen), *measures()))


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
    """Which days are special."""
    named = list(_named_days(seen, days))
    if named:
        st.caption(" · ".join(named))


def _named_days(seen: RotaView, days: list[date]) -> Iterator[str]:
    """1 Jan – 3 Jan New Year, 4 Jan make-up working day, ★ Autumn fair: a run of the same name once."""
    facts = [fact for one, fact in seen.facts.items() if days[0] <= one <= days[-1]]
    for name_of, lead in ((special, ""), (lambda fact: str(fact["period"]), f"{SPECIAL} ")):
        for name, run in groupby(facts, name_of):
            if name:
                which = [fact["day"] for fact in run]
                when = day(which[0]) if len(which) == 1 else f"{day(which[0])} – {day(which[-1])}"
                yield f"{lead}{plain(name)} {plain(when)}"
