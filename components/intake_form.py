"""The intake form in the order of the conversation: how it came, who, what, how it is sorted, files, what now."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import suggestion_offer
from components.case_labels import labels
from components.forms import megabytes
from components.intake_draft import REGISTER, SPOT, OpenDraft
from components.intake_fields import Fields
from components.reception import read_notice
from components.words import language, t
from db import clock
from db.engine import current
from db.rules.cases import Kind, Source
from db.rules.files import EXTENSIONS, MOST_PER_CASE
from db.rules.intake import MOST_PEOPLE
from db.rules.permissions import Actor
from db.services import intake
from db.services.intake import Form


def how(fields: Fields) -> None:
    """Channel, source, the other system's number, and when it was received."""
    st.subheader(t("How it came"), anchor=False)
    fields.pick("channel", t("Channel"), labels("channel"))
    where, number = st.columns(2)
    with where:
        source = fields.choose("source", t("Source"), labels("source"))
    if source not in (None, Source.RESIDENT):
        with number:
            fields.line("source_number", t("Number at the source"))
    earlier = fields.switch("earlier", t("It was received earlier than now"))
    with st.container():
        if not earlier:
            return
        now = clock.now().astimezone(ZoneInfo(current().settings.timezone)).replace(tzinfo=None)
        fields.moment("received_at", t("Received"), max_value=now)


def who(actor: Actor, fields: Fields, form: Form) -> None:
    """The privacy notice, then who it is: a name and one contact, a guardian for a child, representatives."""
    st.subheader(t("Who"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        fields.switch("notice_shown", t("Privacy notice shown or read out"))
        read_notice(actor)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        anonymous = fields.switch("anonymous", t("Anonymous"))
        child = fields.switch("child", t("A child under 14"))
    with st.container():
        if anonymous:
            st.caption(t("Registered all the same; nobody can be told the answer in writing."))
        else:
            _joint(fields, form, child)


def _joint(fields: Fields, form: Form, child: bool) -> None:
    """Head count and representatives of a joint visit; for one person, only the person."""
    people, chosen = st.columns(2)
    with people:
        heads = fields.number("head_count", t("How many people"), 1, MOST_PEOPLE)
    most = min(heads, form.representatives_most)
    shown = 1
    if heads > 1:
        with chosen:
            shown = fields.number("representatives", t("Representatives (at most {most})", most=most), 1, most)
    with st.container():
        if heads >= form.collective_from:
            st.caption(t("Counts as a joint visit of many ({from_} or more).", from_=form.collective_from))
        fields.problems_of("parties")
    for number in range(shown):
        with st.container(border=shown > 1):
            _party(fields, number, shown, child)


def _party(fields: Fields, number: int, of: int, child: bool) -> None:
    with st.container():
        if of > 1:
            st.caption(t("Representative {number}", number=number + 1))
    name, contact = st.columns(2)
    with name:
        fields.line(f"name_{number}", t("Name"))
    with contact:
        fields.line(f"contact_{number}", t("Telephone or another contact"))
    fields.line(f"address_{number}", t("Address (optional)"))
    if child and number == 0:
        fields.line("guardian_0", t("Parent or guardian who agrees"))


def what(fields: Fields) -> None:
    """The matter as told."""
    st.subheader(t("What it is about"), anchor=False)
    fields.line("subject", t("In a line"))
    fields.area("text", t("What was said, in their words"), height=180)
    place, since = st.columns(2)
    with place:
        fields.line("place", t("Where"))
    with since:
        fields.line("since", t("Since when"))
    fields.area("request", t("What they ask for"), height=90)


def sort(actor: Actor, fields: Fields, form: Form, draft: OpenDraft) -> None:
    """Kind with what it asks for, category and grade."""
    st.subheader(t("What kind of matter"), anchor=False)
    kinds = labels("kind")
    kind = fields.pick(
        "kind", t("Kind"), {code: kinds[code] for code in (Kind.REQUEST, Kind.SUGGESTION, Kind.ACCUSATION)}
    )
    with st.container():
        if kind == Kind.ACCUSATION:
            _accusation(actor, fields, form)
        elif kind == Kind.REQUEST and fields.switch(
            "other_open", t("Another legal procedure is open or was concluded")
        ):
            fields.line("other_procedure", t("Which (court, arbitration, reconsideration …)"))
    category, grade = st.columns(2)
    with category:
        fields.choose("category", t("Category"), _named(form.categories))
        with st.container():
            suggestion_offer.category(actor, draft, _named(form.categories))
    if draft.value("what_now") == REGISTER or kind == Kind.ACCUSATION:
        with grade:
            fields.choose("grade", t("Grade"), labels("grade"))


def _accusation(actor: Actor, fields: Fields, form: Form) -> None:
    unit, taker = st.columns(2)
    with unit:
        accused = fields.choose("accused_unit_id", t("Which unit it is about"), _named(form.units))
    with taker:
        people = dict(intake.takers(actor, accused_unit_id=accused))
        fields.choose("taken_by_id", t("Who takes it"), people)
    st.warning(
        t("Once registered, only the person who takes it sees it: not you, not the unit, no list, no search."),
        icon=":material/lock:",
    )


def files(fields: Fields, draft: OpenDraft) -> None:
    """Files and the camera; they wait in memory until the matter is registered."""
    st.subheader(t("Files"), anchor=False)
    most = megabytes()
    st.file_uploader(
        t("Photos, documents, recordings"),
        type=list(EXTENSIONS),
        accept_multiple_files=True,
        key=draft.key("_files"),
        max_upload_size=most,
        help=t("At most {most} files of {megabytes} MB each.", most=MOST_PER_CASE, megabytes=most),
    )
    camera = fields.switch("camera", t("Use this device's camera"))
    with st.container():
        if camera:
            st.camera_input(t("Photo"), key=draft.key("_photo"))
    st.caption(t("Files are kept only once the matter is registered; after a sign-out choose them again."))
    fields.problems_of("files")


def answer(fields: Fields, draft: OpenDraft) -> bool:
    """Registered, or answered on the spot with what was explained; answers whether it will be closed at once."""
    st.subheader(t("What happens now"), anchor=False)
    if draft.value("kind") == Kind.ACCUSATION:
        st.caption(t("An accusation is always registered."))
        return False
    ways = {REGISTER: t("Register it"), SPOT: t("Answered on the spot")}
    on_spot: bool = fields.pick("what_now", t("What happens now"), ways, label_visibility="collapsed") == SPOT
    if on_spot:
        fields.choose("outcome", t("Outcome"), labels("outcome"))
        fields.area("words", t("What was explained or done"), height=120)
    return on_spot


def _named(labels: Mapping[Any, tuple[str, str]]) -> Mapping[Any, str]:
    """Codes with the label of this run's language."""
    return {code: zh if language() == "zh" else en for code, (zh, en) in labels.items()}
