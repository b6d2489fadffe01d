"""The desk's line of who is on now, with telephone numbers, and the hand-over notes still to read."""

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.duty_labels import in_words, is_missing
from components.forms import plain
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services.duty import handover, now
from db.services.duty.rows import records

MOST_NEXT = 8
WIDE = 400


def show(actor: Actor) -> None:
    """Who is on in every duty; nothing while no rota is published for now or the days to come."""
    seen = now.on_now(actor)
    waiting = handover.unread(actor) if actor.may(Permission.DUTY_SERVE) else None
    if seen.on.empty and seen.next.empty:
        return
    st.subheader(t("Who is on now"), anchor=False)
    with st.container(border=True, key="desk-on-now"):
        roles = code_labels(actor, "duty_role")
        with st.container(horizontal=True):
            for _, places in in_words(seen.on).groupby("duty_id", sort=False):
                with st.container(width=WIDE):
                    _duty(places, roles)
        if seen.on.empty:
            st.caption(t("Nobody is on at this moment."))
        _next(seen.next)
        if waiting is not None:
            _go_on(waiting)


def _duty(places: pd.DataFrame, roles: dict[str, str]) -> None:
    """A duty with everybody on it; an open place in red."""
    first = places.iloc[0]
    until = t("until {time}", time=moment(min(places["ends_at"])))
    st.markdown(f"**{plain(first['duty'])}** :gray[{plain(until)}]")
    lines = []
    ranks = {role: rank for rank, role in enumerate(roles)}
    for row in sorted(records(places), key=lambda one: ranks.get(one["role"], len(ranks))):
        where = f"{roles.get(row['role'], row['role'])} · {row['post']}"
        if not row["member"]:
            lines.append(f"- :red[:material/person_off: {plain(t('open'))}] :gray[{plain(where)}]")
            continue
        phone = f" :material/call: {plain(row['phone'])}" if row["phone"] else ""
        on = "" if is_missing(row["started_at"]) else " :green[:material/check:]"
        lines.append(f"- **{plain(row['member'])}**{phone}{on} :gray[{plain(where)}]")
    st.markdown("\n".join(lines))


def _next(places: pd.DataFrame) -> None:
    """Who comes next, in a line."""
    if places.empty:
        return
    first = places["begins_at"].min()
    names = [row["member"] or t("open") for row in records(places[places["begins_at"] == first])]
    shown = ", ".join(names[:MOST_NEXT]) + (" …" if len(names) > MOST_NEXT else "")
    st.caption(plain(t("Next, {time}: {names}", time=moment(first), names=shown)))


def _go_on(waiting: pd.DataFrame) -> None:
    """What waits of the hand-over, and the way to one's own shifts."""
    if not waiting.empty:
        said = t("{n} hand-over notes wait for you.", n=len(waiting))
        st.markdown(f":orange[:material/mark_email_unread: {plain(said)}]")
    if st.button(t("To my shifts"), key="desk-to-my-duty", icon=":material/badge:"):
        st.switch_page("pages/duty/my_duty.py")
