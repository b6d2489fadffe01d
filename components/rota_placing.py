"""Putting somebody on a place: the day, the place, who could take it, and every rule that would be broken, by name."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.forms import Form, plain, press
from components.rota_grid import Picked, picked
from components.rota_labels import label
from components.rota_sheet import in_order, member_of, signed
from components.words import day, t, told
from db import clock
from db.engine import current
from db.rules.duty.breaking import Break
from db.rules.duty.needs import Mark
from db.rules.permissions import Actor
from db.services.duty import editing, publishing
from db.services.duty.rotas import RotaView
from db.services.duty.rows import records
from db.services.records import Saved

Place = Mapping[str, Any]
LINE = 400
# What is told below the form takes as much room as it mostly needs, so that the grid below does not move.
STYLE = "<style>.st-key-rota-told { min-height: 1.6rem; }</style>"


def show(actor: Actor, seen: RotaView) -> None:
    """The form below the grid, for who plans; it follows the cell that was chosen."""
    _follow(seen, picked(seen.id))
    st.html(STYLE)
    with st.container(border=True, key=f"rota-placing-{seen.id}"):
        left, middle, right = st.columns([1, 2, 2])
        with left:
            st.session_state.setdefault(_day_key(seen.id), _first_day(seen))
            on_day = st.date_input(
                t("Day"),
                key=_day_key(seen.id),
                min_value=seen.from_on,
                max_value=seen.until_on,
                format="YYYY-MM-DD",
            )
        of_day = in_order((one for one in seen.rows if one["on_day"] == on_day), list(code_labels(actor, "duty_role")))
        if not of_day:
            st.info(t("No place is needed on this day."), icon=":material/event_available:")
            return
        with middle:
            place = _choose_place(actor, seen, of_day)
        with right:
            candidates = editing.candidates(actor, rota_id=seen.id, place_id=int(place["id"]), planned=seen.planned)
            member_id = _choose_who(seen, place, candidates)
        if seen.state == "published":
            _override(seen, place, member_id)
        else:
            _put(seen, place, member_id)
        with st.container(gap="small", key="rota-told"):
            _tell_here(seen, place)
            if member_id is not None:
                _tell_before(actor, seen, place, member_id, candidates)
            else:
                st.caption(t("Choose a cell of the grid, or a day, a place and a person here."))


def whole(act: Callable[..., Saved]) -> Callable[..., Saved]:
    """The act on one row; what was not saved of it is told as of a form."""

    def acted(actor: Actor, **values: Any) -> Saved:
        saved = act(actor, **values)
        for kept_out in (*saved.conflicts.values(), *saved.rejected.values()):
            raise kept_out
        return saved

    return acted


def _choose_place(actor: Actor, seen: RotaView, of_day: list[dict[str, Any]]) -> Place:
    roles = code_labels(actor, "duty_role")
    places = {int(row["id"]): _place_name(seen, row, roles) for row in of_day}
    key = _place_key(seen.id)
    if st.session_state.get(key) not in places:
        open_first = [int(row["id"]) for row in of_day if member_of(row) is None]
        st.session_state[key] = (open_first or list(places))[0]
    # Set anew, because the browser else keeps showing the name the place had when it was chosen.
    st.session_state[key] = st.session_state[key]
    st.selectbox(t("Place to serve"), list(places), format_func=lambda one: places.get(one, str(one)), key=key)
    return next(row for row in of_day if int(row["id"]) == st.session_state[key])


def _choose_who(seen: RotaView, place: Place, candidates: pd.DataFrame) -> int | None:
    """Who could serve here: whoever breaks nothing and served least comes first."""
    options = {int(row["member_id"]): _candidate(row) for row in records(candidates)}
    key = _who_key(seen.id)
    asked = st.session_state.get(key)
    if asked in seen.names and asked not in options:
        options[asked] = t("{name} – breaks: {rules}", name=seen.names[asked], rules=label("rule", "role"))
    options.pop(member_of(place) or 0, None)
    chosen = st.session_state.get(key)
    st.session_state[key] = chosen if chosen in options else None
    return st.selectbox(
        t("Who"),
        list(options),
        index=None,
        format_func=lambda one: options.get(one, str(one)),
        placeholder=t("Choose"),
        key=key,
    )


def _candidate(row: Mapping[Any, Any]) -> str:
    """Li Li – fits, −1.5; Wang Fang – breaks: Rest."""
    if row["free"]:
        return t("{name} – fits, {over} to the average", name=row["member"], over=signed(row["over_total"]))
    rules = t(", ").join(dict.fromkeys(label("rule", one.rule) for one in row["breaks"]))
    return t("{name} – breaks: {rules}", name=row["member"], rules=rules)


def _tell_here(seen: RotaView, place: Place) -> None:
    """What stands at this place against a rule."""
    for one in seen.breaks:
        if one.place_id == int(place["id"]):
            _broken(one, t("Stands against a rule"))


def _tell_before(actor: Actor, seen: RotaView, place: Place, member_id: int, candidates: pd.DataFrame) -> None:
    """What a placing would break, before it is made."""
    known = candidates.loc[candidates["member_id"] == member_id, "breaks"]
    asked = {"rota_id": seen.id, "place_id": int(place["id"]), "member_id": member_id}
    breaks = known.iloc[0] if len(known) else editing.would_break(actor, **asked)
    for one in breaks:
        _broken(one, t("Would break"))
    if not breaks:
        st.markdown(f":green[:material/check: {plain(t('This breaks no rule.'))}]")


def _broken(one: Break, lead: str) -> None:
    name = plain(label("rule", one.rule))
    st.markdown(f":red[:material/error: {plain(lead)}: **{name}** – {plain(told(one.problem))}]")


def _put(seen: RotaView, place: Place, member_id: int | None) -> None:
    """The acts on one place of a draft."""
    version, place_id = int(place["version"]), int(place["id"])
    act = whole(editing.put)

    def rows(**values: object) -> dict[int, tuple[int, dict[str, object]]]:
        return {place_id: (version, values)}

    record = f"{place_id}:{version}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"rota-put-{seen.id}"):
        press(
            "rota.put",
            t("Put on this place"),
            act,
            record=f"{record}:{member_id}",
            main=member_id is not None,
            icon=":material/person_add:",
            disabled=member_id is None,
            rota_id=seen.id,
            rows=rows(member_id=member_id),
        )
        if member_of(place) is not None:
            press("rota.open", t("Leave open"), act, record=record, rota_id=seen.id, rows=rows(member_id=None))
            says = t("Let searches move it") if place["fixed"] else t("Hold in place")
            icon = ":material/lock_open:" if place["fixed"] else ":material/lock:"
            fixed = rows(fixed=not place["fixed"])
            press("rota.fix", says, act, record=record, icon=icon, rota_id=seen.id, rows=fixed)


def _override(seen: RotaView, place: Place, member_id: int | None) -> None:
    """A change on top of a published rota, with its reason."""
    place_id = int(place["id"])
    with Form("rota.override", record=place_id, version=int(place["version"]), border=False) as form:
        form.text("reason", t("Reason of the change"), max_chars=LINE)
        fixed: dict[str, Any] = {"rota_id": seen.id, "place_id": place_id}
        with st.container(horizontal=True):
            if member_id is not None:
                form.submit(
                    t("Change"), publishing.override, icon=":material/swap_horiz:", member_id=member_id, **fixed
                )
            elif member_of(place) is not None:
                form.submit(t("Leave open"), publishing.override, main=False, member_id=None, **fixed)
            else:
                st.caption(t("Choose who takes the place."))


def _follow(seen: RotaView, cell: Picked | None) -> None:
    """Set the form to the cell: its day, the person's place on it, or an open one for that person."""
    if cell is None or not seen.from_on <= cell.on_day <= seen.until_on:
        return
    st.session_state[_day_key(seen.id)] = cell.on_day
    if cell.place_id is not None:
        st.session_state[_place_key(seen.id)] = cell.place_id
        return
    of_day = seen.places[seen.places["on_day"] == cell.on_day]
    if cell.member_id is None:
        st.session_state.pop(_place_key(seen.id), None)
        st.session_state[_who_key(seen.id)] = None
        return
    own = of_day[of_day["member_id"] == cell.member_id]
    if len(own):
        st.session_state[_place_key(seen.id)] = int(own["id"].iloc[0])
        st.session_state[_who_key(seen.id)] = None
        return
    roles = seen.members.loc[seen.members["id"] == cell.member_id, "roles"].iloc[0]
    fitting = of_day[of_day["role"].isin(roles)]
    unfilled = fitting[fitting["member_id"].isna()]
    wanted = unfilled if len(unfilled) else fitting
    if len(wanted):
        st.session_state[_place_key(seen.id)] = int(wanted["id"].iloc[0])
    st.session_state[_who_key(seen.id)] = cell.member_id


def _place_name(seen: RotaView, row: Place, roles: Mapping[str, str]) -> str:
    """Centre · Night · Leader: Li Li."""
    member_id = member_of(row)
    who = t("open") if member_id is None else seen.names.get(member_id, "?")
    parts = (seen.posts.get(int(row["post_id"])), seen.shifts.get(int(row["shift_id"])), roles.get(row["role"]))
    said = t("{place}: {who}", place=" · ".join(str(part) for part in parts if part), who=who)
    if row["mark"] == Mark.MOVED:
        said += " " + t("(moved from {day})", day=day(row["moved_from"]))
    elif row["mark"] == Mark.KEPT:
        said += " " + t("(kept on a holiday)")
    return said + (" 🔒" if row["fixed"] else "")


def _first_day(seen: RotaView) -> date:
    """Today while a published rota is in force, else its first day."""
    today = clock.today(current().settings.timezone)
    return today if seen.state == "published" and seen.from_on <= today <= seen.until_on else seen.from_on


def _day_key(rota_id: int) -> str:
    return f"rota-day:{rota_id}"


def _place_key(rota_id: int) -> str:
    return f"rota-place:{rota_id}"


def _who_key(rota_id: int) -> str:
    return f"rota-who:{rota_id}"
