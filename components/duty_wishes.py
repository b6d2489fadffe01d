"""My wishes: days I would rather not serve, or would like to; a rota heeds them as far as it can."""

from datetime import timedelta
from typing import Any

import streamlit as st

from components.duty_labels import Row, days_told, label, labels
from components.duty_parts import names_of
from components.forms import Form, plain, press
from components.words import language, t
from db import clock
from db.engine import current
from db.rules.duty.words import WISHES
from db.rules.permissions import Actor
from db.services.duty import absences, describing, members
from db.services.duty.rows import records

AHEAD = timedelta(days=366)


def show(actor: Actor) -> None:
    """Wishes and leave from today on in each duty I serve in, and the form for another wish."""
    for duty_id, duty in describing.duty_names(actor, language=language()).items():
        found = members.members(actor, duty_id=duty_id)
        for member_id in found.loc[found["person_id"] == actor.id, "id"]:
            with st.expander(t("My wishes and leave: {duty}", duty=duty), icon=":material/event_note:"):
                _standing(actor, duty_id, int(member_id))
                _form(actor, duty_id, int(member_id))


def _standing(actor: Actor, duty_id: int, member_id: int) -> None:
    """What is entered from today on; wishes taken back can be put back."""
    today = clock.today(current().settings.timezone)
    found = absences.absences(actor, duty_id=duty_id, from_on=today, until_on=today + AHEAD, removed=True)
    mine = records(found[found["member_id"] == member_id])
    for row in [one for one in mine if not one["removed"]]:
        _line(row)
    gone = [one for one in mine if one["removed"] and one["kind"] in WISHES and one["from_on"] >= today]
    if gone and st.toggle(t("Also what was taken back"), key=f"wishes:removed:{member_id}"):
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


def _form(actor: Actor, duty_id: int, member_id: int) -> None:
    seen = describing.duty_view(actor, duty_id=duty_id)
    shifts = {None: t("All shifts")} | names_of(seen.shifts[seen.shifts["active"].astype(bool)])
    kinds = {code: said for code, said in labels("absence").items() if code in WISHES}
    form = Form("wish.add", record=member_id, border=False)
    with form:
        left, right = st.columns(2)
        with left:
            form.choose("kind", t("Wish"), kinds)
            form.choose("shift_id", t("Shift"), shifts)
        with right:
            form.day("from_on", t("From"))
            form.day("until_on", t("Until (empty: one day)"))
        form.text("reason", t("Reason (optional; only planners and the person see it)"))
        form.submit(t("Wish for it"), absences.add_wish, main=False, member_id=member_id)
    st.caption(t("A rota heeds wishes as far as it can. Leave is entered by whoever plans the duty."))
