"""Opening a dispute in the order of the conversation: how it came, what it is about, the two sides, who mediates."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from components.asked import number_of
from components.case_labels import code_labels
from components.dispute_labels import label, labels
from components.forms import plain
from components.kept_forms import KeptForm
from components.reception import care, read_notice
from components.words import t
from db import clock
from db.engine import current
from db.rules.mediation.opening import OLDEST, Opening, PartyForm
from db.rules.mediation.words import PartyKind, Side
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problem, Problems, Refused
from db.services.mediation import committees, opening
from db.services.mediation.opening import Opened

FORM, CASE = "open-dispute", "case"
MOST_A_SIDE = 20
PARTY = tuple(one.name for one in fields(PartyForm) if one.name not in ("side", "of_case"))


def begun(actor: Actor) -> Opening:
    """What the case named by ?case= already says, or an empty opening."""
    case_id = number_of(st.query_params.get(CASE))
    if case_id is None:
        return Opening()
    try:
        return opening.from_case(actor, case_id=case_id)
    except (NotThere, Refused):
        st.info(t("This case does not exist, or it is not yours to see."), icon=":material/search_off:")
        st.stop()


def ask(actor: Actor, known: Opening) -> None:
    """The whole form; what is typed is kept as a draft."""
    with KeptForm(FORM, record=known.case_id or "", border=False, label=t("Open a dispute")) as form:
        committee_id = _how(actor, form, known)
        child = _what(actor, form, known)
        _sides(form, known, child)
        _mediator(actor, form, committee_id)
        of_case = tuple(party for party in known.parties if party.of_case is not None)
        form.submit(t("Open the dispute"), open_typed, icon=":material/check:", case_id=known.case_id, of_case=of_case)


def open_typed(actor: Actor, *, of_case: Sequence[PartyForm], key: str, **typed: Any) -> Opened:
    """Open what was typed; problems of a party go back to the field they were typed in."""
    parties: dict[str, PartyForm] = {}
    for side in Side:
        known = [party for party in of_case if party.side == side]
        for place in range(int(typed.pop(f"count_{side}"))):
            told = known[place] if place < len(known) else PartyForm(side=side)
            parties[f"_{side}_{place}"] = _party_of(typed, f"_{side}_{place}", told)
    matter = {name: value for name, value in typed.items() if not name.endswith(tuple(parties)) and value is not None}
    asked = Opening(**matter, parties=tuple(parties.values()))
    try:
        return opening.open_dispute(actor, opening=asked, key=key)
    except Problems as problems:
        raise Problems(*(_placed(problem, list(parties)) for problem in problems.problems)) from problems


def _party_of(typed: Mapping[str, Any], place: str, known: PartyForm) -> PartyForm:
    told = {name: typed[f"{name}{place}"] for name in PARTY if typed.get(f"{name}{place}") not in (None, "")}
    return replace(known, **told)


def _placed(problem: Problem, places: Sequence[str]) -> Problem:
    name, _, number = problem.field.rpartition("_")
    known = name and number.isdecimal() and int(number) < len(places)
    return replace(problem, field=f"{name}{places[int(number)]}") if known else problem


def _how(actor: Actor, form: KeptForm, known: Opening) -> int | None:
    """Which committee (the answer), where it comes from, and when."""
    st.subheader(t("How it comes to mediation"), anchor=False)
    names = committees.committee_names(actor)
    only = next(iter(names)) if len(names) == 1 else None
    committee_id: int | None = form.choose("committee_id", t("Committee"), names, only)
    source, day = st.columns(2)
    today = clock.today(current().settings.timezone)
    with source:
        form.choose("source", t("Source"), code_labels(actor, "dispute_source", retired=False), known.source)
    with day:
        form.day("received_on", t("Received"), known.received_on or today, max_value=today)
    shown, text = st.columns([2, 3], vertical_alignment="center")
    with shown:
        form.tick("notice_shown", t("Privacy notice shown or read out"))
    with text:
        read_notice(actor)
    return committee_id


def _what(actor: Actor, form: KeptForm, known: Opening) -> bool:
    """The dispute as told; answers whether a child is concerned."""
    st.subheader(t("What the dispute is about"), anchor=False)
    form.choose("category", t("Category"), code_labels(actor, "dispute_category", retired=False), known.category)
    form.text("subject", t("In a line"), known.subject)
    form.area("facts", t("Facts in short, as both sides tell them"), known.facts, height=180)
    form.area("request", t("What they ask for"), known.request, height=90)
    place, people, amount = st.columns([2, 1, 1])
    with place:
        form.text("place", t("Where"), known.place)
    with people:
        form.number("head_count", t("People concerned"), known.head_count, min_value=1)
    with amount:
        form.text("amount", t("Amount (yuan)"), known.amount, placeholder="1200.50")
    form.tick("major", t("Major or difficult"), known.major, help=t("Such a dispute ends in a written agreement."))
    return form.tick(
        "child",
        t("A child is concerned"),
        known.child,
        help=t("Then only its mediators, its visitor and the director see the file."),
    )


def _sides(form: KeptForm, known: Opening, child: bool) -> None:
    """Who is in dispute, side by side."""
    st.subheader(t("The two sides"), anchor=False)
    care(child=child)
    for column, side in zip(st.columns(2, gap="medium"), Side, strict=True):
        of_case = [party for party in known.parties if party.side == side and party.of_case is not None]
        with column:
            st.markdown(f"**{plain(label('side', side))}**")
            fewest = max(1, len(of_case))
            more = {"min_value": fewest, "max_value": MOST_A_SIDE}
            count = form.number(f"count_{side}", t("Parties on this side"), fewest, **more)
            for place in range(count or fewest):
                with st.container(border=True):
                    _party(form, f"_{side}_{place}", of_case[place] if place < len(of_case) else None, child)


def _party(form: KeptForm, place: str, known: PartyForm | None, child: bool) -> None:
    """One party; whose identity the case keeps is shown by the mask and not asked for."""
    kind: Any = PartyKind.PERSON
    if known is not None:
        st.markdown(t("**{name}** (from the case)", name=plain(known.name)))
        st.caption(t("Name, contact and address are taken over from the case without being shown."))
    else:
        kind = form.choose(f"kind{place}", t("Person or organisation"), labels("party_kind"), PartyKind.PERSON.value)
        form.text(f"name{place}", t("Name"))
        form.text(f"contact{place}", t("Telephone or another contact"))
        form.text(f"address{place}", t("Address (optional)"))
    with st.container():
        if kind == PartyKind.PERSON:
            _person(form, place, child, is_child=known is not None and known.child)
    with st.container():
        _agent(form, place)


def _person(form: KeptForm, place: str, child: bool, *, is_child: bool) -> None:
    sex, age = st.columns(2)
    with sex:
        form.choose(f"sex{place}", t("Sex (optional)"), labels("sex"))
    with age:
        form.number(f"age{place}", t("Age (optional)"), None, min_value=0, max_value=OLDEST)
    form.text(f"occupation{place}", t("Occupation (optional)"))
    if form.tick(f"child{place}", t("Is a child"), is_child) or child:
        form.text(f"guardian{place}", t("Parent or guardian who agrees"))


def _agent(form: KeptForm, place: str) -> None:
    if not form.tick(f"spoken_for{place}", t("Is represented by an agent")):
        return
    form.text(f"agent{place}", t("Agent"))
    form.text(f"agent_contact{place}", t("Contact of the agent"))
    form.area(f"agent_powers{place}", t("What the agent may do"), height=90)
    form.day(f"agent_until{place}", t("Until when (optional)"))


def _mediator(actor: Actor, form: KeptForm, committee_id: int | None) -> None:
    st.subheader(t("Who mediates"), anchor=False)
    names = committees.mediator_names(actor, committee_id=committee_id) if committee_id else {}
    form.choose("mediator_id", t("Mediator (optional)"), names)
    st.caption(t("Left open, everybody of the committee sees the file until somebody takes it on."))
