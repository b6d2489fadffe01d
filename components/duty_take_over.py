"""Somebody does not come: a colleague takes the place over at once, and the director approves afterwards."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from components.duty_labels import Row, in_words, span
from components.forms import Form, plain
from components.rota_labels import in_words as rota_in_words
from components.tables import pick
from components.words import t, told
from db import clock
from db.engine import current
from db.rules.duty.attending import IN_CHARGE
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services.duty import now, rotas, swap_lists, swaps
from db.services.duty.rotas import RotaView
from db.services.duty.rows import records

REASON = 200


def published(actor: Actor, duty_id: int, on_day: date) -> RotaView | None:
    """The published rota of a duty that covers a day."""
    found = rotas.rotas(actor, duty_id=duty_id)
    covers = (found["state"] == "published") & (found["from_on"] <= on_day) & (found["until_on"] >= on_day)
    for rota_id in found.loc[covers, "id"].head(1):
        return rota_in_words(rotas.rota_view(actor, rota_id=int(rota_id)))
    return None


def show(actor: Actor, shifts: pd.DataFrame) -> None:
    """For the leader or deputy on shift and who plans: choose the place, then who takes it over."""
    this = clock.now()
    serves = shifts[(shifts["begins_at"] <= this) & (shifts["ends_at"] > this)]
    if not actor.may(Permission.DUTY_PLAN) and not serves["role"].isin(IN_CHARGE).any():
        return
    seen = now.on_now(actor)
    everybody = in_words(pd.concat([seen.on, seen.next], ignore_index=True))
    places = {
        int(row["place_id"]): f"{row['member']} · {row['duty']} · {span(row['begins_at'], row['ends_at'])}"
        for row in records(everybody)
        if row["member"]
    }
    if not places:
        return
    with st.expander(t("Somebody does not come: take over at once"), icon=":material/emergency:"):
        place_id = pick("missing", t("Whose place"), places)
        if place_id is not None:
            _form(actor, next(row for row in records(everybody) if row["place_id"] == place_id))


def _form(actor: Actor, row: Row) -> None:
    place_id = int(row["place_id"])
    try:
        found = records(swap_lists.propose(actor, place_id=place_id))
    except NotThere:
        st.info(t("This duty is not in your charge. Its own leader on duty, or whoever plans it, does this."))
        return
    fitting = who_fits(found)
    rota = published(actor, int(row["duty_id"]), _day(row))
    if not fitting or rota is None:
        tell_others(found)
        return
    version = int(rota.places.loc[rota.places["id"] == place_id, "version"].iloc[0])
    form = Form("swap.take-over", record=place_id, version=version, border=False)
    with form:
        form.choose("taker_id", t("Who takes over"), fitting, next(iter(fitting)))
        form.text("reason", t("Reason"), max_chars=REASON)
        form.submit(t("Take over now"), swaps.take_over_now, icon=":material/emergency:", place_id=place_id)
    st.caption(t("It counts at once. The director approves it afterwards or puts it back."))
    tell_others(found)


def who_fits(found: Sequence[Row]) -> dict[int, str]:
    """Who could take a place, those with the fewest shifts first."""
    return {
        int(one["member_id"]): t("{name} ({n} shifts)", name=one["member"], n=one["total"])
        for one in found
        if one["fits"]
    }


def tell_others(found: Sequence[Row]) -> None:
    """Who has the role and can't take a place, with the rule that is against it."""
    others = [one for one in found if not one["fits"]]
    if len(others) == len(found):
        st.info(t("By the duty's rules nobody can take this shift. Talk to whoever plans the rota."))
    if not others:
        return
    with st.expander(t("Who can't take it, and why ({n})", n=len(others))):
        for one in others:
            why = " ".join(told(problem) for problem in one["why"])
            st.caption(f"**{plain(one['member'])}** {plain(why)}")


def _day(row: Row) -> date:
    """The day a place belongs to, in the office."""
    begins_at: datetime = row["begins_at"]
    return begins_at.astimezone(ZoneInfo(current().settings.timezone)).date()
