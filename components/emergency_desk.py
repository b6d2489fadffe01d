"""What was read in an emergency, on the director's desk until they take note of it."""

from collections.abc import Hashable, Mapping
from typing import Any

import streamlit as st

from components.case_address import open_case
from components.dispute_address import open_dispute
from components.forms import plain, press
from components.words import moment, t
from db.rules.emergency import Register
from db.rules.permissions import Actor
from db.services import emergency


def show(actor: Actor) -> None:
    """Each reading nobody took note of, with its reason; nothing while there is none."""
    for row in emergency.unnoted(actor).to_dict("records"):
        with st.container(border=True, key=f"emergency-{row['id']}"):
            times = {"who": row["who"], "time": moment(row["opened_at"]), "until": moment(row["until"])}
            st.markdown(f":red[:material/emergency_home: **{plain(_said(row, times))}**]")
            if row["reason"]:
                st.markdown(plain(t("The reason given: {reason}", reason=row["reason"])))
            with st.container(horizontal=True):
                press(
                    "emergency.note", t("I take note"), emergency.take_note, record=row["id"], reading_id=int(row["id"])
                )
                if row["number"] and st.button(t("Open the record"), key=f"emergency-record-{row['id']}"):
                    opens = open_case if row["register"] == Register.CASES else open_dispute
                    opens(int(row["record_id"]))


def _said(row: Mapping[Hashable, Any], times: Mapping[str, object]) -> str:
    if not row["number"]:
        return t("{who} opened a record you may not see, in an emergency: {time}, until {until}", **times)
    if row["register"] == Register.CASES:
        return t("{who} opened case {number} in an emergency: {time}, until {until}", number=row["number"], **times)
    return t("{who} opened dispute {number} in an emergency: {time}, until {until}", number=row["number"], **times)
