"""My shifts: the one I am on or soon will be, with its start, its end and its note; those to come and those past."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.case_texts import literal
from components.duty_labels import Row, in_words, is_missing, span
from components.forms import Form, plain
from components.kept_forms import KeptForm
from components.tables import pick, table
from components.widths import desk_and_phone
from components.words import N_, language, moment, t
from db import clock
from db.engine import current
from db.rules.duty.attending import NEAR
from db.rules.permissions import Actor
from db.rules.problems import Check
from db.services.duty import attendance, handover
from db.services.duty.rows import records

AHEAD, BACK = timedelta(days=92), timedelta(days=31)
NOTE = 300
# The question is asked openly: no answer is not the same as "none is worn".
UNIFORM: Mapping[str, str] = {
    "worn": N_("Worn in full"),
    "missing": N_("Not worn, or not in full"),
    "none": N_("None is worn at this post"),
}
WORN: Mapping[str, bool | None] = {"worn": True, "missing": False, "none": None}


def mine(actor: Actor) -> pd.DataFrame:
    """My shifts of the last month and of those to come."""
    today = clock.today(current().settings.timezone)
    return in_words(attendance.my_shifts(actor, from_on=today - BACK, until_on=today + AHEAD))


def to_come(shifts: pd.DataFrame) -> pd.DataFrame:
    """The shifts that have not begun."""
    return shifts[shifts["begins_at"] > clock.now()].reset_index(drop=True)


def on_hand(actor: Actor, shifts: pd.DataFrame) -> None:
    """A card for each shift that can be marked or noted now, my own first, then those of who has no account."""
    now = clock.now()
    roles = code_labels(actor, "duty_role")
    noting = (shifts["begins_at"] <= now) & (shifts["ends_at"] + NEAR >= now)
    own = records(shifts[shifts["may_start"] | shifts["may_end"] | noting])
    st.subheader(t("Now"), anchor=False)
    for row in own:
        _card(row, roles, whose="")
    if not own:
        st.info(_nothing_now(shifts), icon=":material/event_available:")
    _for_others(actor, roles)


def _for_others(actor: Actor, roles: Mapping[str, str]) -> None:
    """One of those without an account whom the reader may mark for."""
    others = {f"{row['place_id']}-{row['member_id']}": row for row in records(in_words(attendance.to_mark(actor)))}
    if not others:
        return
    with st.expander(t("Mark for a colleague without an account ({n})", n=len(others)), icon=":material/how_to_reg:"):
        names = {which: f"{row['member']} · {row['post']} · {_stands(row)}" for which, row in others.items()}
        chosen = pick("marking", t("Whose shift"), names)
        if chosen is not None:
            _card(others[chosen], roles, whose=str(others[chosen]["member"]))


def _stands(row: Row) -> str:
    """Where the marks of a shift stand, in a few words."""
    if is_missing(row["started_at"]):
        return t("not started")
    return t("started {time}", time=moment(row["started_at"]))


def _nothing_now(shifts: pd.DataFrame) -> str:
    coming = to_come(shifts)
    if coming.empty:
        return t("You are on no published rota. When one with you on it is published, your shifts stand here.")
    first = coming.iloc[0]
    told = {"when": moment(first["begins_at"]), "post": first["post"]}
    return t("Nothing to mark now. Your next shift begins {when} at {post}.", **told)


def _card(row: Row, roles: Mapping[str, str], *, whose: str) -> None:
    record = f"{row['place_id']}-{row['member_id']}"
    with st.container(border=True, key=f"shift-{record}"):
        what = f"{row['duty']} · {row['post']} · {row['shift']}"
        st.markdown(f"**{plain(f'{whose}: {what}' if whose else what)}**")
        st.caption(plain(f"{span(row['begins_at'], row['ends_at'])} · {roles.get(row['role'], row['role'])}"))
        _marked(row)
        if row["may_start"]:
            _start_form(row, record)
        if row["may_end"] and not row["may_start"]:
            _end_form(row, record)
        elif row["may_end"]:
            with st.expander(t("Only mark the end")):
                _end_form(row, record)
        if row["begins_at"] <= clock.now():
            with st.expander(t("Write the hand-over note"), icon=":material/edit_note:"):
                _note_form(row, record)


def _marked(row: Row) -> None:
    """What is marked already."""
    with st.container(horizontal=True):
        if not is_missing(row["started_at"]):
            st.badge(t("started {time}", time=moment(row["started_at"])), color="green", icon=":material/login:")
            if row["start_late"] > 0:
                st.badge(t("{n} min late", n=row["start_late"]), color="orange")
        if not is_missing(row["ended_at"]):
            st.badge(t("ended {time}", time=moment(row["ended_at"])), color="green", icon=":material/logout:")
            if row["end_early"] > 0:
                st.badge(t("{n} min early", n=row["end_early"]), color="orange")
        if not is_missing(row["uniform"]):
            worn = "worn" if row["uniform"] else "missing"
            st.badge(t(UNIFORM[worn]), color="green" if row["uniform"] else "orange", icon=":material/apparel:")
    if row["note"]:
        st.markdown(literal(row["note"]))


def _start_form(row: Row, record: str) -> None:
    form = Form("my-duty.start", record=record, version=int(row["version"]), border=False)
    with form:
        form.choose("uniform", t("Uniform"), {code: t(said) for code, said in UNIFORM.items()})
        form.text("note", t("Note (may stay empty)"), max_chars=NOTE)
        form.submit(t("Start the shift"), start_shift, icon=":material/login:", place_id=int(row["place_id"]))


def _end_form(row: Row, record: str) -> None:
    form = Form("my-duty.end", record=record, version=int(row["version"]), border=False)
    with form:
        form.text("note", t("Note (may stay empty)"), max_chars=NOTE)
        form.submit(t("End the shift"), attendance.end_shift, icon=":material/logout:", place_id=int(row["place_id"]))


def _note_form(row: Row, record: str) -> None:
    form = KeptForm("my-duty.note", record=record, border=False)
    shift = {"post_id": int(row["post_id"]), "on_day": row["on_day"], "shift_id": int(row["shift_id"])}
    with form:
        form.area("text", t("What the next shift must know"), height=120)
        form.submit(t("Hand over"), handover.write_note, main=False, icon=":material/send:", **shift)
    st.caption(t("The next shift at this post sees it and says that it was read. A note is never rewritten."))


def start_shift(actor: Actor, *, uniform: str | None, **shift: Any) -> int:
    """The start of a shift, with an answer to the question of the uniform."""
    check = Check()
    check.that(uniform in WORN, "uniform", "Say whether the uniform is worn.")
    check.done()
    return attendance.start_shift(actor, uniform=WORN[uniform or "none"], **shift)


def coming(actor: Actor, shifts: pd.DataFrame) -> None:
    """The shifts to come."""
    st.subheader(t("My next shifts"), anchor=False)
    found = to_come(shifts)
    if found.empty:
        st.info(t("No shift to come in the rotas published so far."), icon=":material/event_busy:")
        return
    told = found.assign(when=_when(found), swap=[t("swap under way") if state else "" for state in found["swap_state"]])
    columns = {"when": t("When"), "duty": t("Duty"), "post": t("Post"), "shift": t("Shift"), "role": t("Role")}
    desk, phone = desk_and_phone("my-next")
    with desk:
        table(told, columns | {"swap": t("Swap")}, shows={"role": _role(actor)}, key="my-next")
    with phone:
        st.markdown(_lines(actor, records(told)))
    st.link_button(t("As a calendar (.ics)"), f"/my-shifts.ics?lang={language()}", icon=":material/calendar_add_on:")
    st.caption(t("Taken in again later, it changes and cancels what has changed since."))


def _lines(actor: Actor, rows: Sequence[Row]) -> str:
    """Shifts one under another, for a narrow screen."""
    role = _role(actor)
    return "\n".join(
        f"- **{plain(row['when'])}**  \n  "
        + plain(" · ".join(dict.fromkeys((row["duty"], row["post"], row["shift"], role(row["role"])))))
        + (f" :orange[{plain(row['swap'])}]" if row["swap"] else "")
        for row in rows
    )


def past(actor: Actor, shifts: pd.DataFrame) -> None:
    """The shifts of the last month, with what was marked and what is missing."""
    begun = shifts[shifts["begins_at"] <= clock.now()].iloc[::-1].reset_index(drop=True)
    if begun.empty:
        return
    said = t("My shifts of the last month ({n})", n=len(begun))
    with st.expander(said, icon=":material/history:", key="my-past-shifts", on_change="rerun") as part:
        if not part.open:
            return
        told = begun.assign(when=_when(begun))
        columns = {"when": t("When"), "duty": t("Duty"), "post": t("Post"), "shift": t("Shift"), "role": t("Role")}
        columns |= {"started_at": t("Start"), "ended_at": t("End"), "uniform": t("Uniform"), "note": t("Note")}
        marks = {"started_at": _mark, "ended_at": _mark, "uniform": _worn}
        table(told, columns, shows=marks | {"role": _role(actor)}, key="my-past")
        st.caption(t("What was not marked stays missing; nobody fills it in afterwards."))


def _when(frame: pd.DataFrame) -> list[str]:
    return [span(row["begins_at"], row["ends_at"]) for row in records(frame)]


def _role(actor: Actor) -> Any:
    roles = code_labels(actor, "duty_role")
    return lambda code: roles.get(code, code)


def _mark(marked: Any) -> str:
    return t("missing") if is_missing(marked) else moment(marked)


def _worn(worn: Any) -> str:
    return "–" if is_missing(worn) else t("Yes") if worn else t("No")


def near_days() -> tuple[date, date]:
    """The week behind and today."""
    today = clock.today(current().settings.timezone)
    return today - timedelta(days=7), today
