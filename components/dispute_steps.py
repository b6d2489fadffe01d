"""The forms of what is done to the dispute as a whole; one is open at a time, above the parts."""

from collections.abc import Callable

import streamlit as st

from components.case_labels import code_labels
from components.dispute_labels import label, labels
from components.dispute_sheet import closing, is_open, kept, sheet
from components.dispute_texts import LINE, local, parties, typed
from components.forms import Form, plain
from components.kept_forms import KeptForm
from components.words import day, t
from db.rules.mediation.words import Step
from db.rules.permissions import Actor
from db.services.mediation import opening, steps
from db.services.mediation.read import DisputeView


def open_form(actor: Actor, seen: DisputeView) -> None:
    """The form that was asked for, where it stands always; nothing when none was."""
    with st.container(key=f"dispute-step-{seen.id}"):
        for step, draw in FORMS.items():
            if is_open(seen.id, step):
                with sheet(seen, label("step", step), step):
                    draw(actor, seen)


def _form(seen: DisputeView, step: Step, *, versioned: bool = True) -> KeptForm:
    return kept(seen, label("step", step), step, version=seen.version if versioned else None)


def _accept(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001 - every form is drawn alike
    st.caption(t("The time to mediate begins on the day of acceptance."))
    with _form(seen, Step.ACCEPT) as form:
        form.day("accepted_on", t("Accepted on"), seen.today, max_value=seen.today)
        form.submit(label("step", Step.ACCEPT), closing(seen.id, steps.accept), dispute_id=seen.id)


def _extend(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    for row in seen.extensions:
        told = t("{n} more days, agreed on {day}", n=row["days"], day=day(row["consented_on"]))
        st.markdown(f":gray[{plain(told)}: {plain(row['reason'])}]")
    st.caption(t("Only with the consent of every party."))
    with _form(seen, Step.EXTEND) as form:
        left, right = st.columns(2)
        with left:
            form.number("days", t("More days"), 10, min_value=1)
            form.day("consented_on", t("The parties agreed on"), seen.today, max_value=seen.today)
        with right:
            form.choose("consented_how", t("How they agreed"), labels("how"), "in_person")
        form.area("reason", t("Why more time is needed"))
        form.submit(label("step", Step.EXTEND), closing(seen.id, steps.extend), dispute_id=seen.id)


def _refuse(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    st.caption(t("One side clearly refuses: nobody is mediated against their will. Tell them where else they can go."))
    with _form(seen, Step.REFUSE) as form:
        left, right = st.columns(2)
        with left:
            form.choose("party_id", t("Who refuses"), parties(seen))
        with right:
            form.day("refused_on", t("Refused on"), seen.today, max_value=seen.today)
        form.area("reason", t("What the party said"))
        _routes(form, seen)
        form.submit(label("step", Step.REFUSE), closing(seen.id, steps.refuse), dispute_id=seen.id)


def _terminate(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    st.caption(t("No agreement was reached. Tell the parties where else they can go."))
    with _form(seen, Step.TERMINATE) as form:
        form.day("ended_on", t("Ended on"), seen.today, max_value=seen.today)
        form.area("reason", t("Why no agreement was reached"))
        _routes(form, seen)
        form.submit(label("step", Step.TERMINATE), closing(seen.id, steps.terminate), dispute_id=seen.id)


def _routes(form: Form, seen: DisputeView) -> None:
    """The other ways, all of which are told (Art. 26)."""
    left, right = st.columns(2)
    with left:
        form.choose_many("routes", t("Other ways the parties were told of"), labels("route"))
    with right:
        form.day("routes_told_on", t("Told on"), seen.today, max_value=seen.today)


def _withdraw(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    with _form(seen, Step.WITHDRAW) as form:
        form.day("ended_on", t("Withdrawn on"), seen.today, max_value=seen.today)
        form.area("reason", t("Why it was withdrawn"))
        form.submit(label("step", Step.WITHDRAW), closing(seen.id, steps.withdraw), dispute_id=seen.id)


def _reopen(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    st.caption(t("The file returns to where it stood before; everything in it stays."))
    with _form(seen, Step.REOPEN) as form:
        form.area("reason", t("Why it is reopened"))
        form.submit(label("step", Step.REOPEN), closing(seen.id, steps.reopen), dispute_id=seen.id)


def _correct(actor: Actor, seen: DisputeView) -> None:
    says = seen.fields
    st.caption(t("The earlier words stay readable in the timeline."))
    with _form(seen, Step.CORRECT) as form:
        form.text("subject", t("Subject"), says["subject"], max_chars=LINE)
        form.area("facts", t("Facts of the dispute"), says["facts"], height=180)
        form.area("request", t("What is asked for"), says["request"])
        left, right = st.columns(2)
        with left:
            form.choose("category", t("Category"), code_labels(actor, "dispute_category"), says["category"])
            form.text("place", t("Place"), says["place"], max_chars=LINE)
            form.text("amount", t("Amount in dispute (yuan)"), typed(says["amount"]))
        with right:
            form.choose("source", t("Where it came from"), code_labels(actor, "dispute_source"), says["source"])
            form.number("head_count", t("People concerned"), says["head_count"], min_value=1)
            form.tick("child", t("A child is concerned"), says["child"])
            form.tick("major", t("Major or difficult"), says["major"])
        form.submit(t("Save the correction"), closing(seen.id, opening.correct), dispute_id=seen.id)


def _escalation(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    says = seen.fields
    reported = local(says["police_reported_at"])
    st.caption(t("This concerns the dispute, never a person: what could happen, and what was done against it."))
    with _form(seen, Step.ESCALATION) as form:
        form.tick("escalation", t("The dispute may escalate"), says["escalation"])
        form.area("escalation_measure", t("What was done about it"), says["escalation_measure"])
        left, right = st.columns(2)
        with left:
            form.day("police_reported_on", t("Reported to the police on (if so)"), reported and reported.date())
        with right:
            form.time("police_reported_time", t("At what time"), reported and reported.time())
        form.tick("escalation_prevented", t("The escalation was prevented"), says["escalation_prevented"])
        form.submit(t("Save"), closing(seen.id, opening.set_escalation), dispute_id=seen.id)


def _note(actor: Actor, seen: DisputeView) -> None:  # noqa: ARG001
    with _form(seen, Step.NOTE, versioned=False) as form:
        form.area("text", t("Note"))
        form.submit(label("step", Step.NOTE), closing(seen.id, opening.add_note), dispute_id=seen.id)


FORMS: dict[Step, Callable[[Actor, DisputeView], None]] = {
    Step.ACCEPT: _accept,
    Step.EXTEND: _extend,
    Step.REFUSE: _refuse,
    Step.TERMINATE: _terminate,
    Step.WITHDRAW: _withdraw,
    Step.REOPEN: _reopen,
    Step.CORRECT: _correct,
    Step.ESCALATION: _escalation,
    Step.NOTE: _note,
}
