"""What is not right yet: open places with why nobody can take them and what would help, and broken rules by name."""

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.forms import attempt, plain
from components.rota_grid import pick
from components.rota_labels import label
from components.words import day, language, t, told
from db.rules.permissions import Actor
from db.services.duty import explaining
from db.services.duty.explaining import Explanation
from db.services.duty.rotas import RotaView

_KEPT = "rota_explained"
TALL_FROM = 15


def open_places(actor: Actor, seen: RotaView) -> None:
    """Every open place; who plans may ask why and what would help."""
    gaps = seen.places[seen.places["member_id"].isna()]
    if gaps.empty:
        st.success(t("Every place is filled."), icon=":material/check:")
        return
    why = _explained(actor, seen) if seen.may_plan else None
    if why is not None:
        _help(why)
    roles = code_labels(actor, "duty_role")
    reasons = _reasons(why)
    rows = [
        {
            "day": day(row["on_day"]),
            "post": seen.posts.get(int(row["post_id"]), ""),
            "shift": seen.shifts.get(int(row["shift_id"]), ""),
            "role": roles.get(row["role"], row["role"]),
            "why": reasons.get(int(row["id"]), ""),
        }
        for row in gaps.to_dict("records")
    ]
    names = {"day": t("Day"), "post": t("Post"), "shift": t("Shift"), "role": t("Role"), "why": t("Why it is open")}
    if why is None:
        names.pop("why")
    key = f"rota-gaps:{seen.id}:{seen.version}"
    places = tuple((row["on_day"], int(row["id"])) for row in gaps.to_dict("records"))
    st.dataframe(
        pd.DataFrame(rows)[list(names)],
        hide_index=True,
        column_config={name: st.column_config.TextColumn(text) for name, text in names.items()},
        on_select=partial(_pick, seen.id, key, places) if seen.may_plan else "ignore",
        selection_mode="single-cell",
        key=key,
        height="content" if len(gaps) <= TALL_FROM else 560,
        alt=t("Open places; press Enter on one to fill it"),
    )
    if why is not None:
        _person_by_person(why)


def broken_rules(seen: RotaView) -> None:
    """Every broken rule with its name, its person and its sentence."""
    if not seen.breaks:
        st.success(t("No rule is broken."), icon=":material/check:")
        return
    rows = [
        (day(one.on_day), seen.names.get(one.member_id, "?"), label("rule", one.rule), told(one.problem))
        for one in seen.breaks
    ]
    text = st.column_config.TextColumn
    config = {
        "day": text(t("Day"), width=125),
        "person": text(t("Person"), width=75),
        "rule": text(t("Broken rule"), width=100),
        "wrong": text(t("What is wrong")),
    }
    told_all = pd.DataFrame(rows, columns=list(config))
    st.dataframe(told_all, hide_index=True, column_config=config, key=f"rota-broken:{seen.id}")


def _pick(rota_id: int, key: str, places: tuple[tuple[date, int], ...]) -> None:
    """Callback: the form below the grid goes to the place that was chosen."""
    for row, _ in st.session_state[key]["selection"]["cells"]:
        if row < len(places):
            pick(rota_id, places[row][0], place_id=places[row][1])


def _explained(actor: Actor, seen: RotaView) -> Explanation | None:
    """What was found out about this state of the rota; asked for, because it takes a moment."""
    key = f"{_KEPT}:{seen.id}:{seen.version}"
    if key in st.session_state:
        found: Explanation | None = st.session_state[key]
        return found
    if st.button(t("Why, and what would help?"), key=f"rota-why:{seen.id}", icon=":material/help:"):
        with st.spinner(t("Looking for the smallest change that would help…")):
            st.session_state[key] = attempt(explaining.explain, actor, rota_id=seen.id, language=language())
        st.rerun()
    return None


def _help(why: Explanation) -> None:
    """The smallest set of changes first, other ways after it."""
    if why.help:
        lead = t("The smallest change that fills every place:") if why.proven else t("This would fill every place:")
        lines = "\n".join(f"- {plain(told(one))}" for one in why.help)
        st.info(f"**{plain(lead)}**\n\n{lines}", icon=":material/lightbulb:")
    if why.ways:
        with st.expander(t("Other single changes that would help")):
            st.markdown("\n".join(f"- {plain(told(one))}" for one in why.ways))


def _reasons(why: Explanation | None) -> dict[int, str]:
    """For each place the rules that keep people out, with how many they keep out."""
    if why is None or why.reasons.empty:
        return {}
    found: dict[int, str] = {}
    for place_id in dict.fromkeys(why.reasons["place_id"].tolist()):
        rows = why.reasons[why.reasons["place_id"] == place_id]
        counts = pd.Series([label("rule", rule) for rules in rows["rules"] for rule in rules]).value_counts()
        found[int(place_id)] = t(", ").join(t("{rule}: {n}", rule=rule, n=n) for rule, n in counts.items())
    return found


def _person_by_person(why: Explanation) -> None:
    """Why each person cannot, one open place at a time."""
    if why.reasons.empty:
        return
    with st.expander(t("Person by person")):
        opened = why.open.to_dict("records")
        names = {int(row["place_id"]): f"{day(row['on_day'])} · {row['post']} · {row['shift']}" for row in opened}
        chosen = st.selectbox(
            t("Open place"), list(names), format_func=lambda one: names.get(one, str(one)), key="rota-why-place"
        )
        rows = why.reasons[why.reasons["place_id"] == chosen]
        for row in rows.to_dict("records"):
            sentences = " ".join(plain(told(one)) for one in row["sentences"])
            st.markdown(f"**{plain(row['member'])}** {sentences}")
