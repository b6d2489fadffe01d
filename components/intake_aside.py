"""What stands beside the intake form: emergency numbers first, likely earlier matters, care at the counter."""

import streamlit as st

from components.case_labels import label
from components.forms import plain
from components.intake_draft import FORM, OpenDraft, resume, start_empty, throw_away
from components.intake_fields import Fields
from components.words import N_, day, language, moment, t
from db import clock
from db.engine import current
from db.rules.intake import emergency_in
from db.rules.permissions import Actor
from db.rules.rates import TooMany
from db.services import intake

WHY = {
    "contact": N_("same contact"),
    "name": N_("same name"),
    "place": N_("same place"),
    "words": N_("like words"),
}
LOOKED_AT = ("contact_0", "name_0", "place", "subject", "text")


def emergency(draft: OpenDraft) -> None:
    """The numbers to call first, when the words ask for them."""
    spoken = " ".join(str(draft.value(name)) for name in ("subject", "text", "request"))
    numbers = emergency_in(spoken, intake.emergency_words())
    if numbers:
        sentence = str(intake.guidance(language())["emergency"])
        with st.container(key="take_in_emergency"):
            st.error(f"{sentence} **{' · '.join(numbers)}**", icon=":material/emergency:")


def earlier(actor: Actor, fields: Fields, draft: OpenDraft) -> None:
    """Likely earlier matters with their state, and the choice that this is a repeat of one."""
    if draft.value("repeat_of_id"):
        _repeat(fields, draft)
        return
    asked = tuple(str(draft.value(name)) for name in LOOKED_AT)
    asked = ("", "", *asked[2:]) if draft.value("anonymous") else asked
    if not any(asked):
        return
    if draft.likely[0] != asked:
        contact, name, place, subject, text = asked
        try:
            found = intake.likely_earlier(actor, contact=contact, name=name, place=place, text=f"{subject} {text}")
        except TooMany:
            st.caption(t("Earlier matters can be looked for again in a minute."))
            return
        draft.likely = (asked, found)
    found_now = draft.likely[1]
    if found_now is None or found_now.empty:
        return
    st.markdown(f"**{t('Likely earlier matters')}**")
    for row in found_now.to_dict("records"):
        with st.container(border=True, gap="small"):
            _number_line(str(row["number"]), str(row["state"]))
            st.text(str(row["subject"]))
            reasons = " · ".join(t(WHY[reason]) for reason in row["why"])
            received = clock.day_of(row["received_at"], current().settings.timezone)
            st.caption(f"{day(received)} · {reasons}")
            st.button(
                t("This is a repeat of it"),
                key=draft.key(f"_repeat_{row['id']}"),
                on_click=_link,
                args=(draft, int(row["id"]), str(row["number"]), str(row["state"]), bool(row["exhausted"])),
            )


def _repeat(fields: Fields, draft: OpenDraft) -> None:
    """What the resident is told about the first matter, and whether facts are new."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{t('A repeat of')}**")
        _number_line(str(draft.value("repeat_number")), str(draft.value("repeat_state")))
        if draft.value("repeat_exhausted"):
            st.warning(t("Decided by a re-review: taken up again only for new facts or reasons."))
            fields.switch("new_facts", t("There are new facts or reasons"))
        else:
            st.caption(t("Tell the resident where the first matter stands; both stay in the register, linked."))
        fields.problems_of("repeat_of_id")
        st.button(t("It is not a repeat"), key=draft.key("_unlink"), on_click=_link, args=(draft, None, "", "", False))


def _number_line(number: str, state: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(number)}**")
        st.badge(label("state", state), color="gray")


def _link(draft: OpenDraft, case_id: int | None, number: str, state: str, exhausted: bool) -> None:
    draft.values |= {
        "repeat_of_id": case_id,
        "repeat_number": number,
        "repeat_state": state,
        "repeat_exhausted": exhausted,
        "new_facts": False,
    }
    st.session_state.pop(draft.key("new_facts"), None)


def kept_drafts(actor: Actor, draft: OpenDraft) -> None:
    """Where this draft stands, and, on an empty form, the others that were left."""
    if draft.saved_at is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said = t("Draft restored, kept {time}") if draft.restored else t("Draft kept {time}")
            st.caption(f":material/cloud_done: {said.format(time=moment(draft.saved_at))}")
            st.button(
                t("Start empty"), key=draft.key("_empty"), type="tertiary", on_click=start_empty, args=(draft.token,)
            )
        return
    left = intake.drafts(actor)
    left = left[left["form"] == FORM].head(5)
    for row in left.to_dict("records"):
        token = str(row["subject"])
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"kept-{token}"):
            st.text(t("Draft of {time}", time=moment(row["saved_at"])))
            st.text(str(row["label"]) or t("without a subject"))
            st.button(t("Continue"), key=f"resume-{token}", on_click=resume, args=(token,))
            st.button(t("Throw away"), key=f"drop-{token}", type="tertiary", on_click=throw_away, args=(token,))
