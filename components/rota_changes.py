"""Changes on top of a published rota, newest first: who stood there, who stands there now, who changed it and why."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.rota_labels import label
from components.words import day, moment, t
from db.rules.permissions import Actor
from db.services.duty.rotas import RotaView


def show(actor: Actor, seen: RotaView) -> RotaView:
    """The changes, and the rota as it is to be drawn: as it stands, or as it was published."""
    if seen.state != "published":
        return seen
    if seen.changes.empty:
        st.caption(t("Nothing was changed since it was published."))
        return seen
    with st.expander(
        t("Changes on top of version {number}: {n}", number=seen.number, n=len(seen.changes)),
        icon=":material/history:",
        expanded=True,
    ):
        st.dataframe(_told(actor, seen), hide_index=True, key=f"rota-changes:{seen.id}")
    original = st.toggle(t("Show it as it was published"), key=f"rota-original:{seen.id}")
    return _as_published(seen) if original else seen


def is_original(seen: RotaView) -> bool:
    """Whether the rota is being read as it was published."""
    return bool(st.session_state.get(f"rota-original:{seen.id}"))


def _told(actor: Actor, seen: RotaView) -> pd.DataFrame:
    roles = code_labels(actor, "duty_role")
    rows = [
        (
            day(row["on_day"]),
            f"{seen.shifts.get(int(row['shift_id']), '')} · {seen.posts.get(int(row['post_id']), '')}",
            roles.get(row["role"], row["role"]),
            row["was"] or t("open"),
            row["becomes"] or t("open"),
            label("change", row["kind"]),
            row["reason"],
            row["person"],
            moment(row["at"]),
        )
        for row in seen.changes.to_dict("records")
    ]
    columns = [
        t("Day"),
        t("Place to serve"),
        t("Role"),
        t("Was"),
        t("Is now"),
        t("How"),
        t("Reason"),
        t("By"),
        t("When"),
    ]
    told = pd.DataFrame(rows, columns=columns)
    return told if seen.changes["reason"].any() else told.drop(columns=t("Reason"))


def _as_published(seen: RotaView) -> RotaView:
    """The same rota with everybody where they were published."""
    places = seen.places.assign(member_id=seen.places["published_id"])
    return replace(seen, places=places, breaks=(), counts=seen.counts.iloc[:0], may_plan=False)
