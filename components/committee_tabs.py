"""What stands under a committee's name: its members, their trainings, its searches for disputes."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import saved_by
from components.committees import FOUNDED_FROM, Row, use
from components.forms import Form, press
from components.kept_forms import KeptForm
from components.tables import pick, table
from components.words import N_, day, t
from db import clock
from db.engine import current
from db.rules.mediation.words import Position, Sex
from db.rules.permissions import Actor
from db.services.duty.rows import records
from db.services.mediation import committees, members, training

POSITIONS: Mapping[str, str] = {
    Position.CHAIR: N_("Chair"),
    Position.DEPUTY: N_("Deputy chair"),
    Position.MEMBER: N_("Member"),
}
SEXES: Mapping[str, str] = {Sex.FEMALE: N_("Female"), Sex.MALE: N_("Male")}
Acts = tuple[Callable[..., int], Callable[..., int]]
TRAINING: Acts = (training.remove_training, training.restore_training)
SEARCH: Acts = (training.remove_search, training.restore_search)


# --- its members ---


def show_members(actor: Actor, row: Row, *, keeps: bool) -> None:
    """The members, and for those who keep the directory a form for each."""
    retired = keeps and st.toggle(t("Also retired members"), key="members:retired")
    found = members.members(actor, committee_id=int(row["id"]), retired=retired)
    if found.empty:
        st.info(t("No members yet. The chair comes first: name, position, and the account if there is one."))
    else:
        _member_table(found, keeps, retired)
    if not keeps:
        return
    if row["active"]:
        with st.expander(t("Add a member"), icon=":material/person_add:"):
            adding = KeptForm("members.add", record=row["id"], border=False)
            with adding:
                _member_fields(actor, adding, {})
                adding.submit(t("Add"), members.add_member, committee_id=int(row["id"]))
    chosen = pick("member", t("Change a member"), {int(each["id"]): each["name"] for each in records(found)})
    if chosen is not None:
        _change_member(actor, next(each for each in records(found) if each["id"] == chosen))


def _member_table(found: pd.DataFrame, keeps: bool, retired: bool) -> None:
    columns = {"name": t("Name"), "position": t("Position"), "sex": t("Sex"), "full_time": t("Full-time")}
    columns |= {"from_on": t("From"), "until_on": t("Until"), "hours": t("Training hours")}
    columns |= {"open_files": t("Open files")}
    if keeps:
        columns |= {"account": t("Account")}
    if retired:
        columns |= {"active": t("In use")}
    words = {"position": _said(POSITIONS), "sex": _said(SEXES), "from_on": day, "until_on": day}
    table(found, columns, shows=words | {"full_time": _yes, "active": _yes})


def _change_member(actor: Actor, member: Row) -> None:
    mediator_id, version = int(member["id"]), int(member["version"])
    saved_by.show(actor, "mediator", mediator_id)
    form = KeptForm("members.edit", record=mediator_id, version=version)
    with form:
        _member_fields(actor, form, member)
        form.submit(t("Save"), members.edit_member, mediator_id=mediator_id)
    use("members", member, members.retire_member, members.restore_member, mediator_id=mediator_id)


def _member_fields(actor: Actor, form: Form, member: Row) -> None:
    person_id = None if pd.isna(member.get("person_id")) else int(member["person_id"])
    kept = {} if person_id is None else {person_id: str(member["account"])}
    accounts = {None: t("No account")} | kept | members.account_names(actor)
    left, right = st.columns(2)
    with left:
        form.text("name", t("Name"), member.get("name", ""))
        form.choose("sex", t("Sex"), {"": t("Not said")} | _labels(SEXES), member.get("sex", ""))
        form.day("from_on", t("Member from"), member.get("from_on"), min_value=FOUNDED_FROM)
    with right:
        form.choose("position", t("Position"), _labels(POSITIONS), member.get("position", Position.MEMBER))
        form.choose("person_id", t("Account, to keep files in Linli"), accounts, person_id)
        form.day("until_on", t("Until (optional)"), member.get("until_on"), min_value=FOUNDED_FROM)
    form.tick("full_time", t("Full-time mediator"), bool(member.get("full_time", False)))


# --- what it does beside its files ---


def show_trainings(actor: Actor, row: Row, *, keeps: bool) -> None:
    """Who was trained when, on what and for how long."""
    committee_id = int(row["id"])
    removed = keeps and st.toggle(t("Also removed ones"), key="trainings:removed")
    found = training.trainings(actor, committee_id=committee_id, removed=removed)
    if found.empty:
        st.info(t("No trainings yet. Enter one for everybody who took part, with its day and hours."))
    else:
        columns = {"held_on": t("Day"), "subject": t("Subject"), "member": t("Member"), "hours": t("Hours")}
        _dated_table(found, columns | {"organiser": t("Organised by")}, removed)
    if not keeps:
        return
    names = committees.mediator_names(actor, committee_id=committee_id)
    with st.expander(t("Enter a training"), icon=":material/school:"):
        form = KeptForm("trainings.add", record=committee_id, border=False)
        with form:
            form.choose_many("mediator_ids", t("Who took part"), names, names)
            form.text("subject", t("Subject"))
            left, right = st.columns(2)
            with left:
                form.day("held_on", t("Day"), _today(), min_value=FOUNDED_FROM)
            with right:
                form.number("hours", t("Hours"), 4, min_value=0)
            form.text("organiser", t("Organised by (optional)"))
            form.submit(t("Enter"), training.add_training, committee_id=committee_id)
    labels = {
        int(each["id"]): f"{day(each['held_on'])} · {each['subject']} · {each['member']}" for each in records(found)
    }
    _take_out(
        "training", TRAINING, t("Remove or restore a training") if removed else t("Remove a training"), found, labels
    )


def show_searches(actor: Actor, row: Row, *, keeps: bool) -> None:
    """Searches for disputes in numbers: found, and prevented from beginning."""
    committee_id = int(row["id"])
    removed = keeps and st.toggle(t("Also removed ones"), key="searches:removed")
    found = training.searches(actor, committee_id=committee_id, removed=removed)
    if found.empty:
        st.info(t("No searches yet. After a round through the neighbourhood, enter how many disputes were found."))
    else:
        columns = {"held_on": t("Day"), "found": t("Disputes found"), "prevented": t("Disputes prevented")}
        _dated_table(found, columns | {"note": t("Note")}, removed)
    if not keeps:
        return
    with st.expander(t("Enter a search"), icon=":material/travel_explore:"):
        form = KeptForm("searches.add", record=committee_id, border=False)
        with form:
            places = st.columns(3)
            with places[0]:
                form.day("held_on", t("Day"), _today(), min_value=FOUNDED_FROM)
            with places[1]:
                form.number("found", t("Disputes found"), min_value=0)
            with places[2]:
                form.number("prevented", t("Disputes prevented"), min_value=0)
            form.area("note", t("Note: where and how, no names"), height="content")
            form.submit(t("Enter"), training.add_search, committee_id=committee_id)
    labels = {
        int(each["id"]): f"{day(each['held_on'])} · {each['found']} / {each['prevented']}" for each in records(found)
    }
    _take_out("search", SEARCH, t("Remove or restore a search") if removed else t("Remove a search"), found, labels)


def _dated_table(found: pd.DataFrame, columns: dict[str, str], removed: bool) -> None:
    shows: dict[str, Callable[[Any], object]] = {"held_on": day}
    if removed:
        columns = columns | {"removed_at": t("Removed")}
        shows["removed_at"] = lambda moment: t("Removed") if moment is not None else ""
    table(found, columns, shows=shows)


def _take_out(name: str, acts: Acts, label: str, found: pd.DataFrame, labels: Mapping[int, str]) -> None:
    """Choose a row and take it out, or put it back."""
    if found.empty:
        return
    chosen = pick(name, label, labels)
    if chosen is None:
        return
    row = next(each for each in records(found) if each["id"] == chosen)
    gone = not pd.isna(row["removed_at"])
    act, said = (acts[1], t("Restore")) if gone else (acts[0], t("Remove"))
    form = f"{name}.{'restore' if gone else 'remove'}"
    press(form, said, act, record=chosen, version=int(row["version"]), **{f"{name}_id": chosen})


def _labels(words: Mapping[str, str]) -> dict[str, str]:
    return {str(code): t(label) for code, label in words.items()}


def _said(words: Mapping[str, str]) -> Callable[[Any], str]:
    """A stored code in the person's language, "" for none."""
    labels = _labels(words)
    return lambda code: labels.get(str(code), "")


def _yes(value: bool) -> str:
    return t("Yes") if value else "–"


def _today() -> date:
    return clock.today(current().settings.timezone)
