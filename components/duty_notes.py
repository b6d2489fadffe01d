"""Hand-over notes on screen: those my shift has still to read, and those of the last week."""

import pandas as pd
import streamlit as st

from components.case_texts import quoted
from components.duty_labels import Row, in_words, is_missing
from components.duty_shifts import near_days
from components.forms import plain, press
from components.words import day, moment, t
from db.rules.permissions import Actor
from db.services.duty import handover
from db.services.duty.rows import records


def unread(actor: Actor) -> None:
    """Notes waiting for my shift, each with the button that says it was read."""
    for row in records(in_words(handover.unread(actor))):
        with st.container(border=True, key=f"unread-{row['id']}"):
            st.markdown(f":orange[:material/mark_email_unread:] **{plain(_head(row))}**")
            st.markdown(quoted(row["text"]))
            version = int(row["version"])
            label = t("I have read this")
            press("my-duty.read", label, handover.read_note, record=row["id"], note_id=int(row["id"]), version=version)


def lately(actor: Actor, shifts: pd.DataFrame) -> None:
    """The notes of the last week in the duties I serve in."""
    since, until = near_days()
    duties = shifts.drop_duplicates("duty_id")
    found = [
        (row["duty"], note)
        for row in records(duties)
        for note in records(in_words(handover.notes(actor, duty_id=int(row["duty_id"]), from_on=since, until_on=until)))
    ]
    if duties.empty:
        return
    with st.expander(t("Hand-over notes of the last week ({n})", n=len(found)), icon=":material/sticky_note_2:"):
        if not found:
            st.caption(t("None yet. Whoever is on writes one at the end of the shift, above."))
        for duty, note in found:
            st.markdown(f"**{plain(f'{duty} · {_head(note)}')}**")
            st.markdown(quoted(note["text"]))
            st.caption(plain(_read(note)))


def _head(row: Row) -> str:
    return f"{row['post']} · {row['shift']} · {day(row['on_day'])} · {row['written_by']}"


def _read(row: Row) -> str:
    if is_missing(row["read_at"]):
        return t("Not read yet.")
    return t("Read by {who}, {time}.", who=row["read_by"], time=moment(row["read_at"]))
