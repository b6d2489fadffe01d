"""A rota as a list of days for a narrow screen: who serves where, what is open, what day it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components.forms import plain
from components.rota_labels import label
from components.rota_sheet import by_day, in_order, member_of
from components.words import day, t
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.services.duty.rotas import RotaView


def show(actor: Actor, seen: RotaView, days: list[date], roles: Sequence[str]) -> None:
    """The days one under another, for a narrow screen: from today on, those gone by folded away."""
    today = clock.today(current().settings.timezone)
    gone = [one for one in days if one < today] if days[-1] >= today else []
    if gone:
        with st.expander(t("Earlier days ({n})", n=len(gone)), icon=":material/history:"):
            st.markdown(day_list(seen, gone, roles, me=actor.id))
    st.markdown(day_list(seen, days[len(gone) :], roles, me=actor.id))


def special(fact: Mapping[str, Any]) -> str:
    """A holiday's name; that a weekend day is worked for one."""
    return label("day", "make_up") if fact.get("kind") == "make_up" else str(fact.get("name") or "")


def day_list(seen: RotaView, days: list[date], roles: Sequence[str], *, me: int | None = None) -> str:
    """Who serves where on these days and what is open, as lines; `me` whose name is set in bold."""
    names = {one: plain(name) for one, name in seen.names.items()}
    own = [int(row["id"]) for row in seen.people if me is not None and row["person_id"] == me]
    names |= {one: f"**{names[one]}**" for one in own}
    broken = {one.place_id for one in seen.breaks}
    places = by_day(seen.rows)
    several = len({(place["shift_id"], place["post_id"]) for place in seen.rows}) > 1
    lines: list[str] = []
    for shown in days:
        fact = seen.facts.get(shown, {})
        told = " · ".join(plain(name) for name in (special(fact), fact.get("period")) if name)
        lines.append(f"**{plain(day(shown))}** :gray[{told}]" if told else f"**{plain(day(shown))}**")
        held: dict[tuple[int, int], list[str]] = {}
        for place in in_order(places[shown], roles):
            manned = held.setdefault((int(place["shift_id"]), int(place["post_id"])), [])
            manned.append(_person(place, names, broken))
        for (shift, post), people in held.items():
            where = plain(f"{seen.shifts.get(shift, '')} · {seen.posts.get(post, '')}")
            lines.append((f":gray[{where}] " if several else "") + t(", ").join(people))
        if not held:
            lines.append(f":gray[{plain(t('no place'))}]")
        lines.append("")
    return "  \n".join(lines)


def _person(place: dict[Any, Any], names: dict[int, str], broken: set[int]) -> str:
    member_id = member_of(place)
    if member_id is None:
        return f":red[**{plain(t('open'))}**]"
    name = names.get(member_id, "?")
    return f":red[{name} \\!]" if place["id"] in broken else name
