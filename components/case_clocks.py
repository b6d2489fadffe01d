"""What a clock says to people: how long is left, until when, under which limit, since what."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from components.case_labels import label
from components.forms import plain
from components.words import N_, day, t
from db.rules.clocks import Clock, ClockCode, ClockState, shown
from db.rules.limits import LimitUnit
from db.services.cases import CaseView

STARTED: Mapping[ClockCode, str] = {
    ClockCode.PROMISE: N_("received {day}"),
    ClockCode.NOTICE: N_("received {day}"),
    ClockCode.OBJECTION: N_("transferred {day}"),
    ClockCode.HANDLING: N_("accepted {day}"),
    ClockCode.VISIT: N_("resident told {day}"),
    ClockCode.REVIEW_ASK: N_("resident told {day}"),
    ClockCode.REVIEW: N_("asked for {day}"),
    ClockCode.REREVIEW_ASK: N_("review decided {day}"),
    ClockCode.REREVIEW: N_("asked for {day}"),
}
COLOURS = {
    ClockState.RUNNING: "green",
    ClockState.PAUSED: "blue",
    ClockState.OVERDUE: "red",
    ClockState.MET: "gray",
    ClockState.MET_LATE: "orange",
}


def left(days: int | None, working: int | None) -> str:
    """The time left in words: today, working days while it is near, days when it is far; overdue likewise."""
    if days is None:
        return t("not due")
    if days == 0:
        return t("due today")
    count = abs(working if working is not None else days)
    if working:
        if days > 0:
            return t("1 working day left") if count == 1 else t("{n} working days left", n=count)
        return t("overdue by 1 working day") if count == 1 else t("overdue by {n} working days", n=count)
    if days > 0:
        return t("1 day left") if days == 1 else t("{n} days left", n=days)
    return t("overdue by 1 day") if days == -1 else t("overdue by {n} days", n=-days)


def limit_words(clock: Clock) -> str:
    """The limit: 7-day limit, 5-working-day limit, same-day limit; and what lengthened it."""
    amount = clock.limit.amount
    if clock.imported:
        words = t("date set by the sender")
    elif not amount:
        words = t("same-day limit")
    elif clock.limit.unit is LimitUnit.WORKING_DAYS:
        words = t("{n}-working-day limit", n=amount)
    else:
        words = t("{n}-day limit", n=amount)
    if clock.extended_days and clock.code is ClockCode.REREVIEW:
        words += t(" + {n} days of hearing", n=clock.extended_days)
    elif clock.extended_days:
        words += t(" + {n} days of extension", n=clock.extended_days)
    return words


def start_words(clock: Clock, reopened_on: date | None) -> str:
    """What started the clock and when."""
    again = reopened_on == clock.starts_on and clock.code in (ClockCode.PROMISE, ClockCode.HANDLING)
    return t(N_("reopened {day}") if again else STARTED[clock.code], day=day(clock.starts_on))


def sentence(clock: Clock, seen: CaseView) -> str:
    """3 working days left, due Thu 26 Nov 2026 17:00 (7-day limit, received 19 Nov 2026)."""
    values = {
        "due": f"{day(clock.due_on)} {seen.closing_time:%H:%M}",
        "limit": limit_words(clock),
        "start": start_words(clock, _day_of(seen, "reopened_on")),
    }
    match clock.state(seen.today):
        case ClockState.MET:
            return t("Kept on {day}; it was due {due} ({limit}, {start})", day=day(clock.stopped_on), **values)
        case ClockState.MET_LATE:
            return t("Late, on {day}; it was due {due} ({limit}, {start})", day=day(clock.stopped_on), **values)
        case ClockState.PAUSED:
            return t("Paused for a hearing; it was due {due} ({limit}, {start})", **values)
        case ClockState.OVERDUE:
            words = _left(clock, seen)
            return t("{left}; it was due {due} ({limit}, {start})", left=words, **values)
        case ClockState.RUNNING:
            return t("{left}, due {due} ({limit}, {start})", left=_left(clock, seen), **values)


def two_clocks(seen: CaseView) -> None:
    """The office's promise and the law's limit, each as one sentence, with colour and icon."""
    for name, clock in zip((t("Promise"), t("Legal limit")), shown(seen.clocks), strict=True):
        if clock is None:
            continue
        if clock.code is not ClockCode.PROMISE:
            name = f"{name} · {label('clock', clock.code)}"
        state = clock.state(seen.today)
        icon = "error" if state is ClockState.OVERDUE else "schedule"
        soft = " " + t(":orange-badge[provisional: holidays of that year are not known yet]")
        st.markdown(
            f":{COLOURS[state]}[:material/{icon}: **{plain(name)}**] "
            f"{plain(_capital(sentence(clock, seen)))}{soft if clock.provisional and clock.stopped_on is None else ''}"
        )


def all_clocks(seen: CaseView) -> None:
    """Every clock with its start, its rule and where it stands."""
    reopened = _day_of(seen, "reopened_on")
    rows = [
        {
            t("Clock"): label("clock", c.code),
            t("Kind"): t("Law") if c.is_statute else t("Promise"),
            t("Started"): _capital(start_words(c, reopened)),
            t("Limit"): limit_words(c),
            t("Due"): day(c.due_on),
            t("Before days off"): day(c.target_on) if c.target_on != c.due_on else "–",
            t("Stands"): label("clock_state", c.state(seen.today)) + (_provisional() if c.provisional else ""),
            t("Stopped"): day(c.stopped_on),
            t("Rests on"): t(c.limit.basis) if not c.imported else t("The sender's own date"),
        }
        for c in seen.clocks
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=t("All clocks of this case"), key=f"clocks:{seen.id}")


def _provisional() -> str:
    return " · " + t("provisional")


def _left(clock: Clock, seen: CaseView) -> str:
    return left((clock.due_on - seen.today).days, seen.working_left.get(clock.code))


def _day_of(seen: CaseView, name: str) -> date | None:
    value = seen.fields[name]
    return value if isinstance(value, date) else None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
