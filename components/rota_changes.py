"""Changes on top of a published rota, newest first: who stood there, who stands there now, who changed it and why."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.rota_labels import label
from components.words import day, moment, t
from db.rules.permissions import Actor
from db.services.duty.rotas import RotaView
from db.services.duty.rows import records


def show(actor: Actor, seen: RotaView) -> None:
    """Every change, newest first."""
    if seen.changes.empty:
        st.info(t("Nothing was changed since it was published."), icon=":material/history:")
        return
    st.dataframe(_told(actor, seen), hide_index=True, key=f"rota-changes:{seen.id}")


def chosen_sight(seen: RotaView) -> RotaView:
    """The rota as it is to be drawn: as it stands, or as it was published."""
    if seen.changes.empty:
        return seen
    said = t("Show it as it was published, without the {n} changes", n=len(seen.changes))
    return _as_published(seen) if st.toggle(said, key=f"rota-original:{seen.id}") else seen


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
        for row in records(seen.changes)
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
