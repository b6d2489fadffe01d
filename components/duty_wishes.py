"""My wishes: days I would rather not serve, or would like to; a rota heeds them as far as it can."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components.duty_labels import Row, days_told, label, labels
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.words import language, t
from db import clock
from db.engine import current
from db.rules.duty.words import WISHES
from db.rules.permissions import Actor
from db.services.duty import absences
from db.services.duty.absences import Seat
from db.services.duty.rows import records

AHEAD = timedelta(days=366)


def show(actor: Actor) -> None:
    """Wishes and leave from today on in each duty I serve in, and the form for another wish."""
    seats = absences.own_seats(actor)
    today = clock.today(current().settings.timezone)
    found = records(absences.own_absences(actor, from_on=today, until_on=today + AHEAD)) if seats else []
    for seat in seats:
        said = t("My wishes and leave: {duty}", duty=seat.duty.within(language()))
        with st.expander(said, icon=":material/event_note:"):
            _standing(seat, [row for row in found if row["member_id"] == seat.member_id], today)
            _form(seat)


def _standing(seat: Seat, mine: Sequence[Row], today: date) -> None:
    """What is entered from today on; wishes taken back can be put back."""
    for row in [one for one in mine if not one["removed"]]:
        _line(row)
    gone = [one for one in mine if one["removed"] and one["kind"] in WISHES and one["from_on"] >= today]
    if gone and st.toggle(t("Also what was taken back"), key=f"wishes:removed:{seat.member_id}"):
        for row in gone:
            _line(row)


def _line(row: Row) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"wish-{row['id']}"):
        said = plain(f"{label('absence', row['kind'])} · {days_told(row['from_on'], row['until_on'])} {row['reason']}")
        st.markdown(f"~~{said}~~" if row["removed"] else said, width="content")
        if row["kind"] in WISHES:
            act: Any = absences.restore_wish if row["removed"] else absences.remove_wish
            name = t("Restore") if row["removed"] else t("Take back")
            which: dict[str, Any] = {"absence_id": int(row["id"]), "version": int(row["version"])}
            press(f"wish.{act.__name__}", name, act, record=row["id"], **which)


def _form(seat: Seat) -> None:
    shifts = {None: t("All shifts")} | {one: name.within(language()) for one, name in seat.shifts.items()}
    kinds = {code: said for code, said in labels("absence").items() if code in WISHES}
    form = KeptForm("wish.add", record=seat.member_id, border=False)
    with form:
        left, right = st.columns(2)
        with left:
            form.choose("kind", t("Wish"), kinds)
            form.choose("shift_id", t("Shift"), shifts)
        with right:
            form.day("from_on", t("From"))
            form.day("until_on", t("Until (empty: one day)"))
        form.text("reason", t("Reason (optional; only planners and the person see it)"))
        form.submit(t("Wish for it"), absences.add_wish, main=False, member_id=seat.member_id)
    st.caption(t("A rota heeds wishes as far as it can. Leave is entered by whoever plans the duty."))
