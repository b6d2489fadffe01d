"""One data request: who asks and by when, where the data lie, what was done, and the next thing to do."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components import data_request_words
from components.data_request_labels import labels, term
from components.data_request_list import PAGE
from components.forms import attempt, plain, press
from components.kept_forms import KeptForm
from components.retention_labels import table_name
from components.shown_lists import Shows, export_shown
from components.tables import table
from components.words import N_, day, language, moment, t
from db import clock
from db.engine import current
from db.rules.data_requests import ARTICLES, LIFTABLE, Act, Kind, State
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services import data_requests
from db.services.data_requests import Request

# What a line of the course says of records, by its name in the detail.
_DONE = {
    "emptied": N_("Taken out of {numbers}"),
    "withheld": N_("Names withheld in {numbers}"),
    "masked": N_("Words of others masked in {numbers}"),
    "told": N_("Names told again in {numbers}"),
}


def show(actor: Actor, request_id: int) -> None:
    """The request from top to bottom."""
    st.page_link(PAGE, label=t("All data requests"), icon=":material/arrow_back:")
    clear = st.toggle(t("Show names (journalled)"), key=f"request-clear-{request_id}")
    try:
        seen = data_requests.view(actor, request_id=request_id, clear=clear)
    except NotThere:
        st.info(t("This does not exist, or it is not yours to see."))
        return
    _head(seen)
    _records(seen)
    if seen.open:
        _next(actor, seen)
    if seen.state in LIFTABLE and (seen.masked or seen.records["withheld"].any()):
        _withheld(actor, seen)
    if seen.state in (State.CHECKED, State.GRANTED, State.PARTLY) and seen.kind in (Kind.ACCESS, Kind.COPY):
        _copy(actor, seen)
    st.subheader(t("Course"), anchor=False)
    for row in reversed(seen.course):
        st.markdown(_line(row))


def _head(seen: Request) -> None:
    kind, state = labels("kind")[seen.kind], labels("state")[seen.state]
    st.subheader(plain(f"{seen.number} · {kind}"), anchor=False)
    due = t("answer by {day}", day=day(seen.due_on)) if seen.open else t("answered {day}", day=day(seen.answered_on))
    st.markdown(plain(f"{state} · {due}"))
    facts = {t("Person"): " · ".join(part for part in (seen.name, seen.contact) if part)}
    facts[t("For whom they ask")] = labels("for_whom")[seen.for_whom]
    facts |= {t("Who asks"): seen.applicant} if seen.applicant else {}
    facts |= {t("Received"): day(seen.received_on), t("Taken in by"): seen.registered_by}
    facts[t("The right")] = t("PIPL Art. {article}", article=ARTICLES[Kind(seen.kind)])
    if seen.identity_how:
        facts[t("Identity")] = f"{labels('identity')[seen.identity_how]}, {day(seen.identity_on)}"
    facts[t("What they want")] = seen.wants
    if seen.answer:
        facts[t("Answer")] = seen.answer
    if seen.article:
        facts[t("Rests on")] = seen.article
    st.markdown("  \n".join(f"**{plain(name)}** {plain(value)}" for name, value in facts.items()))
    st.caption(plain(term(seen.limit)))
    if seen.provisional:
        st.caption(t("The working calendar of that year is not known yet; the day is provisional."))


def _records(seen: Request) -> None:
    st.subheader(t("Where the data lie"), anchor=False)
    if seen.records.empty:
        st.caption(t("No record was found under this name or telephone. Sealed matters are not looked into."))
        return
    names = {"root": t("Record"), "number": t("Number"), "found_by": t("Found by"), "taken": t("Is this person's")}
    found_by = labels("found_by")
    yes_no = {True: t("Yes"), False: t("No")}
    shows: Shows = {"root": table_name, "found_by": found_by.get, "taken": yes_no.get, "withheld": yes_no.get}
    if seen.records["withheld"].any():
        names |= {"withheld": t("Names withheld")}
    if seen.records["name"].any():
        names |= {"name": t("Name")}
    export_shown("data-requests", t("Where the data lie"), seen.records, names, shows=shows, key="request-records")
    table(seen.records, names, shows=shows)


def _withheld(actor: Actor, seen: Request) -> None:
    st.info(
        t(
            "Names, telephones and addresses of this person show as masks everywhere; "
            "only the director sees them, here."
        ),
        icon=":material/visibility_off:",
    )
    if actor.may(Permission.RETENTION_APPROVE):
        press("data_requests.lift", t("Tell them again"), data_requests.lift, record=seen.id, request_id=seen.id,
              version=seen.version)  # fmt: skip


def _numbers(seen: Request, *, taken: bool) -> Mapping[int, str]:
    rows = seen.records[seen.records["taken"]] if taken else seen.records
    return {int(one): str(number) for one, number in zip(rows["id"], rows["number"], strict=True)}


def _next(actor: Actor, seen: Request) -> None:
    about: dict[str, Any] = {"record": seen.id, "version": seen.version, "label": seen.number}
    if not seen.records.empty:
        with (
            st.expander(t("Choose which records are this person's"), icon=":material/checklist:"),
            KeptForm("data_requests.take", border=False, **about) as form,
        ):
            form.choose_many("record_ids", t("Records"), _numbers(seen, taken=False), list(_numbers(seen, taken=True)))
            form.submit(t("Save"), data_requests.take, request_id=seen.id)
    press("data_requests.search", t("Look again"), data_requests.search, record=seen.id, request_id=seen.id,
          icon=":material/search:")  # fmt: skip
    if seen.state == State.RECEIVED:
        with KeptForm("data_requests.identify", **about) as form:
            form.choose("how", t("How it was made sure who asks"), labels("identity"))
            form.day("on", t("On"), clock.today(current().settings.timezone))
            form.submit(t("Identity checked"), data_requests.identify, request_id=seen.id)
    elif seen.kind == Kind.CORRECT:
        _correct(seen, about)
    _answer(actor, seen, about)


def _correct(seen: Request, about: dict[str, Any]) -> None:
    with KeptForm("data_requests.correct", **about) as form:
        form.choose("record_id", t("In which record"), _numbers(seen, taken=True))
        form.choose("field", t("What is wrong"), labels("field"))
        form.text("value", t("What is right"))
        form.submit(t("Correct"), data_requests.correct, request_id=seen.id)


def _answer(actor: Actor, seen: Request, about: dict[str, Any]) -> None:
    acts = labels("act")
    grants = seen.kind != Kind.DELETE or (actor.may(Permission.RETENTION_APPROVE) and seen.identity_by_id != actor.id)
    offered = (Act.GRANT, Act.PARTLY, Act.REFUSE) if grants and seen.state == State.CHECKED else (Act.REFUSE,)
    with (
        st.expander(t("Answer"), icon=":material/reply:", expanded=seen.state == State.CHECKED),
        KeptForm("data_requests.answer", border=False, **about) as form,
    ):
        form.choose("act", t("Decision"), {act.value: acts[act] for act in offered}, offered[0].value)
        form.area("words", t("What the person is told, with the reason"))
        form.text("article", t("Law and article a refusal rests on"))
        if not grants:
            st.caption(t("The director grants a deletion, and is somebody else than who made sure of the person."))
        if seen.kind == Kind.DELETE:
            st.caption(t("Granted: persons go from records whose period is over. Others are restricted, in part."))
        if seen.kind == Kind.RESTRICT:
            st.caption(t("Granted: names of this person show as masks in the records chosen."))
        others = data_request_words.choose(actor, seen)
        form.submit(t("Answer"), data_requests.answer, request_id=seen.id, others=others)
    press("data_requests.withdraw", t("They ask no more"), data_requests.withdraw, record=seen.id, request_id=seen.id,
          version=seen.version)  # fmt: skip


def _copy(actor: Actor, seen: Request) -> None:
    """The copy to look at and to take away; each making is journalled."""
    st.subheader(t("Copy for the person"), anchor=False)
    kept = f"request-copied-{seen.id}"
    if not st.toggle(t("Show the copy (journalled)"), key=f"request-copy-{seen.id}"):
        st.session_state.pop(kept, None)
        return
    made = data_request_words.once(
        kept,
        (seen.version, language()),
        lambda: attempt(data_requests.copied, actor, request_id=seen.id, language=language()),
    )
    if made is None:
        return
    lines, closed = made
    names = {"number": t("Number"), "what": t("What it is"), "value": t("Value")}
    export_shown("data-requests", f"{t('Copy of personal data')} {seen.number}", lines, names, key="request-copy")
    table(lines, names)
    if closed:
        told = t(", ").join(closed)
        st.warning(t("Not yours to read, so not in this copy: {numbers}. The director gives them.", numbers=told))
    where = f"/data-copy/{seen.id}?lang={language()}"
    st.link_button(t("As Word"), where, icon=":material/description:", key=f"copy-word-{seen.id}")


def _line(row: Mapping[str, Any]) -> str:
    head = f"**{plain(labels('act')[row['act']])}** :gray[{plain(moment(row['at']))} · {plain(row['who'])}]"
    detail = row["detail"]
    parts = [head, *([plain(row["text"])] if row["text"] else [])]
    for name, label in _DONE.items():
        if name in detail:
            parts.append(plain(t(label, numbers=t(", ").join(detail[name]))))
    if "before" in detail:
        field = labels("field")[detail["field"]]
        parts.append(plain(f"{detail['number']} {field}: {detail['before']} → {detail['after']}"))
    return "  \n".join(parts)
