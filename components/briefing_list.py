"""The list of briefings: what is not written yet, all of them by kind, state and year, a new one, and the bin."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components import asked
from components.briefing_address import open_briefing
from components.briefing_labels import COLOURS, kind_name, kind_names, label, labels
from components.due_rows import clicked
from components.forms import id_of, news_of, plain, press
from components.kept_forms import KeptForm
from components.shown_lists import export_shown
from components.words import language, moment, t
from db.documents import chart_words
from db.rules.briefings.issuing import Kind
from db.rules.permissions import Actor, Permission
from db.services.briefings import briefings
from db.services.briefings.briefings import LONGEST_TITLE, Choice
from db.services.duty.rows import records

KIND, STATE, YEAR = "kind", "state", "year"
_WENT = "briefing_made"


def due(actor: Actor) -> None:
    """What ought to be written by now: never invented, never hidden."""
    for row in records(briefings.due(actor)):
        kind = Kind(row["kind"])
        key = f"{row['kind']}-{row['begins']}"
        with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"briefing-due-{key}"):
            st.markdown(f"**{plain(kind_name(kind))}**", width="content")
            st.markdown(plain(days_told(row)), width="content")
            drafted = bool(row["title"])
            if drafted:
                st.badge(t("draft, not issued yet"), icon=":material/edit_note:", color="orange")
            else:
                st.badge(t("not written yet"), icon=":material/schedule:", color="red")
            st.markdown(f":gray[{plain(row['source'])}]", width="content")
            st.space("stretch")
            if not actor.may(Permission.BRIEFINGS_KEEP):
                continue
            if drafted:
                _went(news_of(id_of("briefings.write", key)))
                if st.button(t("Open this draft"), key=f"briefing-due-open-{key}"):
                    open_briefing(int(row["briefing_id"]))
            else:
                named = {"kind": row["kind"], "begins": row["begins"], "ends": row["ends"]}
                _went(press("briefings.write", t("Write it"), briefings.new, record=key, language=language(), **named))


def choice_asked(named: Mapping[str, str] | None = None) -> Choice:
    """The choice an address names, this page's own unless one is given; what makes no sense there is left out."""
    named = st.query_params.to_dict() if named is None else named
    return Choice(
        kind=named.get(KIND, "") if named.get(KIND) in kind_names() else "",
        state=named.get(STATE, "") if named.get(STATE) in labels("state") else "",
        year=asked.year_of(named.get(YEAR)),
    )


def choice(actor: Actor) -> Choice:
    """What the address asks for, with the filters drawn."""
    found = choice_asked()
    years = {year: str(year) for year in briefings.years(actor)}
    kinds, states = kind_names(), labels("state")
    with st.container(horizontal=True, key="briefing-filters"):
        asked.any_of(KIND, t("Kind"), kinds, found.kind)
        if actor.may(Permission.BRIEFINGS_KEEP):
            asked.any_of(STATE, t("State"), states, found.state)
        asked.any_of(YEAR, t("Year"), years, found.year)
    return found


def table(actor: Actor, found: Choice) -> None:
    """The briefings; a click opens one."""
    rows = briefings.briefings(actor, choice=found)
    if rows.empty:
        _nothing(actor, found)
        return
    told = pd.DataFrame(
        {
            "id": rows["id"],
            "title": rows["title"],
            "kind": [kind_name(Kind(kind)) for kind in rows["kind"]],
            "days": [days_told(row) for row in records(rows)],
            "state": [[label("state", state)] for state in rows["state"]],
            "edition": [_edition(row) for row in records(rows)],
            "who": [_who(row) for row in records(rows)],
        }
    )
    config = st.column_config
    states = {label("state", state): colour for state, colour in COLOURS.items()}
    columns: dict[str, Any] = {
        "title": config.TextColumn(t("Briefing"), width=195),
        "kind": config.TextColumn(t("Kind"), width=140),
        "days": config.TextColumn(t("About"), width=175),
        "state": config.MultiselectColumn(t("State"), options=list(states), color=list(states.values()), width=105),
        "edition": config.TextColumn(t("Edition"), width=85),
        "who": config.TextColumn(t("By whom and when"), width=195),
    }
    export_shown("briefings", t("Briefings"), told, columns)
    place = clicked(told, columns, key="briefings", alt=t("Briefings; press Enter on one to open it"))
    if place is not None:
        open_briefing(int(rows["id"].iloc[place]))


def new_form(actor: Actor) -> None:
    """A new briefing: its kind first, because days and title follow from it."""
    if not actor.may(Permission.BRIEFINGS_KEEP):
        return
    with st.expander(t("New briefing"), icon=":material/add:", key="briefing-new"):
        kinds = kind_names()
        kind = st.segmented_control(
            t("Kind"),
            list(kinds),
            default=Kind.MONTHLY.value,
            format_func=kinds.__getitem__,
            key="new-kind",
            required=True,
        )
        days = briefings.first_days(actor, kind=str(kind))
        form = KeptForm("briefings.new", record=f"{kind}", border=False)
        with form:
            left, right = st.columns(2)
            with left:
                form.day("begins", t("First day"), days.begins)
            with right:
                form.day("ends", t("Last day"), days.ends)
            form.text("title", t("Title (may stay empty)"), max_chars=LONGEST_TITLE)
            form.tick("like_last", t("Begin with the parts of the last one of this kind"), True)
            form.submit(t("Begin the draft"), briefings.new, icon=":material/edit:", kind=kind, language=language())
        st.caption(t("Without a last one it begins with the parts every office needs. All of it can be changed."))
        _went(form.result)


def bin_of(actor: Actor) -> None:
    """Drafts thrown away, to be fetched back; drawn only when there are any."""
    if not actor.may(Permission.BRIEFINGS_KEEP):
        return
    rows = briefings.briefings(actor, choice=Choice(removed=True))
    if rows.empty:
        return
    with st.expander(t("Drafts thrown away ({n})", n=len(rows)), icon=":material/restore_from_trash:"):
        for row in records(rows):
            with st.container(horizontal=True, vertical_alignment="center", key=f"briefing-bin-{row['id']}"):
                st.markdown(f"{plain(row['title'])} :gray[{plain(days_told(row))}]", width="content")
                which: dict[str, Any] = {"briefing_id": int(row["id"]), "record": int(row["id"])}
                press("briefings.restore", t("Restore"), briefings.restore, **which)


def days_told(row: Any) -> str:
    """From the first day to the last; one day alone."""
    return chart_words.days(row["begins"], row["ends"], language())


def _edition(row: Any) -> str:
    return str(row["edition"]) if row["latest"] else t("{n}, replaced", n=row["edition"])


def _who(row: Any) -> str:
    at, who = (row["issued_at"], row["issued_by"]) if row["issued_by"] else (row["drafted_at"], row["drafted_by"])
    return f"{who} {moment(at)}"


def _nothing(actor: Actor, found: Choice) -> None:
    if found != Choice():
        st.info(t("No briefing is like this."), icon=":material/search_off:")
    elif actor.may(Permission.BRIEFINGS_KEEP):
        st.info(t("No briefing yet. Begin the first one below."), icon=":material/article:")
    else:
        st.info(t("No briefing is issued yet."), icon=":material/article:")


def _went(made: Any) -> None:
    """Once, to what was just made."""
    known: set[Any] = st.session_state.setdefault(_WENT, set())
    if made is not None and made not in known:
        known.add(made)
        open_briefing(int(made))
