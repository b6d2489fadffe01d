"""What scoring leaves on a desk: appeals to rule on, sheets to correct, and rulings on one's own unit's appeals."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from components.forms import plain
from components.result_address import open_publication
from components.result_labels import COLOURS, said, unit_name, word
from components.words import day, t
from db import clock
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.scoring import appeals

# A ruling is news for so long.
NEWS = timedelta(days=14)


def show(actor: Actor) -> None:
    """Nothing for who has nothing to do with appeals, or while there is none."""
    if not actor.may(Permission.SCORES_OPEN):
        return
    found = appeals.appeals(actor)
    if found.empty:
        return
    mine = found[_concerns(actor, found)]
    if mine.empty:
        return
    st.subheader(t("Appeals against scores"), anchor=False)
    for row in records(mine):
        with st.container(horizontal=True, vertical_alignment="center", key=f"desk-appeal-{row['id']}"):
            st.badge(word("appeal", row["state"]), color=COLOURS[row["state"]])  # type: ignore[arg-type]
            about = f"{unit_name(row)} · {said(row, 'assessment')} {row['year']}"
            ruled = row["ruled_at"]
            when = f" :gray[{plain(day(row['asked_at'] if pd.isna(ruled) else ruled))}]"
            st.markdown(f"{plain(about)}{when}", width="stretch")
            if st.button(t("Open the appeal"), key=f"desk-appeal-open-{row['id']}"):
                open_publication(int(row["publication_id"]), int(row["unit_id"]))


def _concerns(actor: Actor, found: pd.DataFrame) -> pd.Series:
    """Waits for a ruling of this person, waits to be corrected, or was ruled on lately for one's own unit."""
    waits = found["may_rule"].astype(bool)
    if actor.may(Permission.SCORES_ENTER) or actor.may(Permission.SCORES_PUBLISH):
        waits |= (found["state"] == "accepted") & found["latest"].astype(bool)
    if actor.may(Permission.SCORES_APPEAL):
        since = clock.now() - NEWS
        lately = [not pd.isna(at) and at >= since for at in found["ruled_at"]]
        waits |= pd.Series(lately, index=found.index) | (found["state"] == "asked")
    return waits
