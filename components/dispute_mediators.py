"""Who mediates: assigned or chosen, stepped aside or objected to; and who will follow up."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.case_texts import quoted
from components.dispute_labels import label, labels
from components.dispute_progress import standing
from components.dispute_sheet import closing, is_open, kept, menu, opener, sheet
from components.dispute_texts import parties
from components.forms import Form, plain
from components.words import day, t
from db.rules.permissions import Actor
from db.services.mediation import committees, mediators
from db.services.mediation.read import DisputeView

ENDS: Mapping[str, Callable[..., object]] = {
    "step_aside": mediators.step_aside,
    "object": mediators.object_to,
    "replace": mediators.replace,
}


def show(actor: Actor, seen: DisputeView) -> None:
    """The mediators on the file, those who left it, and a way to add one."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"mediators-acts-{seen.id}"):
        if seen.may_keep:
            opener(seen, t("Assign a mediator"), "assign", icon=":material/person_add:")
    with st.container(key=f"assign-{seen.id}"):
        if is_open(seen.id, "assign"):
            with sheet(seen, t("Assign a mediator"), "assign"):
                _assign(actor, seen)
    if not seen.mediators:
        st.info(t("Nobody mediates yet. Assign a mediator of the committee, or the one a party chose."))
    for row in seen.mediators:
        _row(seen, row)


def _row(seen: DisputeView, row: Mapping[str, Any]) -> None:
    ended = row["ended_on"] is not None
    with st.container(border=True, key=f"mediator-{row['id']}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"mediator-head-{row['id']}"):
            st.markdown(_told(seen, row), width="stretch")
            if seen.may_keep and not ended:
                ends = {
                    "step_aside": t("Steps aside"),
                    "object": t("A party objects"),
                    "replace": t("Replace"),
                }
                menu(seen, ends, row["id"], of="mediator")
        if ended and row["reason"]:
            st.markdown(quoted(row["reason"]))
        with st.container(key=f"mediator-form-{row['id']}"):
            _end_form(seen, row)


def _told(seen: DisputeView, row: Mapping[str, Any]) -> str:
    """Name and committee, how and since when; and why no more."""
    badges = f" :blue-badge[{plain(t('Leads'))}]" if row["lead"] and row["ended_on"] is None else ""
    come = label("come_by", row["how"])
    chooser = parties(seen).get(row["party_id"]) if row["party_id"] is not None else None
    come = f"{come}: {chooser}" if chooser else come
    since = t("since {day}", day=day(row["from_on"]))
    lines = [
        f"**{plain(row['name'])}**{badges} :gray[{plain(row['committee'])}]",
        f"{plain(come)} :gray[{plain(since)}]",
    ]
    if row["ended_on"] is not None:
        lines.append(f":orange[{plain(label('end_kind', row['end_kind']))}] :gray[{plain(day(row['ended_on']))}]")
    return "  \n".join(lines)


def _end_form(seen: DisputeView, row: Mapping[str, Any]) -> None:
    """Why and since when a mediator leaves the file."""
    titles = {
        "step_aside": t("{name} steps aside", name=row["name"]),
        "object": t("A party objects to {name}", name=row["name"]),
        "replace": t("Replace {name}", name=row["name"]),
    }
    for name, act in ENDS.items():
        if is_open(seen.id, name, row["id"]):
            with sheet(seen, titles[name], name, row["id"]):
                if name != "replace":
                    st.caption(t("Who steps aside or is objected to sees nothing more of this file."))
                with kept(seen, titles[name], name, row["id"], version=int(row["version"])) as form:
                    if name == "object":
                        form.choose("party_id", t("Which party"), parties(seen))
                    form.day("ended_on", t("From which day"), seen.today, max_value=seen.today)
                    form.area("reason", t("Reason"), height=80)
                    form.submit(t("Save"), closing(seen.id, act), dispute_id=seen.id, row_id=int(row["id"]))


def _assign(actor: Actor, seen: DisputeView) -> None:
    own = committees.mediator_names(actor, committee_id=seen.fields["committee_id"])
    others = {k: v for k, v in committees.mediator_names(actor).items() if k not in own}
    with kept(seen, t("Assign a mediator"), "assign") as form:
        form.choose("mediator_id", t("Mediator"), own | others)
        st.caption(t("From another committee only when a party chose that mediator."))
        left, right = st.columns(2)
        with left:
            form.choose("how", t("How"), labels("come_by"), "assigned")
            form.choose("party_id", t("Chosen by (if so)"), parties(seen))
        with right:
            form.day("from_on", t("From which day"), seen.today, max_value=seen.today)
            form.tick("lead", t("Leads the mediation"), not standing(seen))
        form.submit(t("Assign"), closing(seen.id, mediators.assign), dispute_id=seen.id)


def visitor(actor: Actor, seen: DisputeView) -> None:
    """Who follows up: named, or to be named among those who never mediated this file."""
    named = seen.people.get(seen.fields["visitor_id"], "")
    with st.container(horizontal=True, vertical_alignment="center", key=f"visitor-{seen.id}"):
        told = t("{name} follows up.", name=named) if named else t("Nobody is named for the follow-up yet.")
        st.markdown(plain(told), width="content")
        if seen.may_keep:
            opener(seen, t("Name somebody else") if named else t("Name who follows up"), "visitor")
    with st.container(key=f"visitor-form-{seen.id}"):
        if is_open(seen.id, "visitor"):
            with sheet(seen, t("Who follows up"), "visitor"):
                st.caption(t("Somebody who never mediated this file. They will see it."))
                names = mediators.visitors(actor, dispute_id=seen.id)
                with Form("dispute.visitor", record=seen.id, version=seen.version, border=False) as form:
                    form.choose("person_id", t("Person"), names, seen.fields["visitor_id"])
                    form.submit(t("Save"), closing(seen.id, mediators.name_visitor), dispute_id=seen.id)
