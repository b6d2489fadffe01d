"""Which edition of which rubric an address asks for, and which part of it is shown."""

from collections.abc import Mapping

import streamlit as st

from components import asked
from components.words import N_, t
from db.rules.permissions import Actor
from db.rules.problems import NotThere
from db.rules.scoring.words import RubricKind
from db.services.scoring.rubrics import RubricView, rubric_view

ID, PART = "id", "part"
SECTION, ITEM, KIND = "section", "item", "kind"
CORRECTING, ADDING = "rubric.item", "rubric.item.add"
PARTS: Mapping[str, str] = {
    "items": N_("Items"),
    "frame": N_("Parts, periods and sections"),
    "grades": N_("Grades"),
    "ladder": N_("Ladder"),
    "differences": N_("Differences"),
}


def asked_for(actor: Actor) -> RubricView:
    """The edition of ?id=, or a calm word and the end of the page."""
    rubric_id = asked.number_of(st.query_params.get(ID))
    try:
        if rubric_id is not None:
            return rubric_view(actor, rubric_id=rubric_id)
    except NotThere:
        pass
    st.info(t("This does not exist, or it is not yours to see."), icon=":material/search_off:")
    if st.button(t("To the assessments"), key="to-the-assessments", type="primary"):
        open_assessments()
    st.stop()


def ask_part(seen: RubricView) -> str:
    """Which part is shown, kept in the address so that a link opens it."""
    left_out = ["items", "frame", "grades"] if seen.kind == RubricKind.LADDER else ["ladder"]
    parts = [code for code in PARTS if code not in left_out]
    if len(seen.editions) < 2:
        parts.remove("differences")
    part = st.query_params.get(PART, "")
    part = part if part in parts else parts[0]
    if len(parts) > 1:
        asked.widget(
            st.pills,
            PART,
            part,
            label=t("Part of the rubric"),
            options=parts,
            format_func=lambda code: t(PARTS[code]),
            required=True,
            label_visibility="collapsed",
        )
    return part


def address_of_draft(form: str) -> dict[str, str] | None:
    """Where a draft of an item is gone on with; None for a draft of another form."""
    name, _, record = form.partition(":")
    if name not in (CORRECTING, ADDING):
        return None
    rubric_id, section, which = record.split(":", 2)
    return {ID: rubric_id, SECTION: section, (ITEM if name == CORRECTING else KIND): which}


def open_rubric(rubric_id: int) -> None:
    """Go to an edition in this tab."""
    st.switch_page("pages/scoring/rubric.py", query_params={ID: str(rubric_id)})


def open_assessments(assessment_id: int | None = None) -> None:
    """Go to the assessments, or to one of them, in this tab."""
    st.switch_page("pages/scoring/assessments.py", query_params={ID: str(assessment_id)} if assessment_id else None)
