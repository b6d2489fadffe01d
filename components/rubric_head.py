"""The head of a rubric: which edition, in which state, what keeps it from being in force, and what can be done."""

from typing import Any

import streamlit as st

from components.forms import plain, press
from components.rubric_address import ID, open_assessments, open_rubric
from components.rubric_labels import TABLES, label
from components.score_labels import named, names_in
from components.words import N_, t, told
from db.rules.permissions import Actor
from db.rules.problems import Problem
from db.services.scoring import drafts, rubrics
from db.services.scoring.rubrics import DISCARDED, DRAFT, IN_FORCE, RubricView

COLOURS = {"draft": "orange", "in_force": "green", "replaced": "gray", "discarded": "gray"}
_SEEN, _BEFORE = "rubric_seen", "rubric_before"


def head(seen: RubricView) -> None:
    """Name, year, state, and the other editions."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(f"{named({'name': seen.name, 'name_en': seen.name_en})} {seen.year}"), anchor=False)
        st.space("stretch")
        if st.button(t("All assessments"), key="all-assessments", icon=":material/arrow_back:", type="tertiary"):
            open_assessments()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        colour: Any = COLOURS[seen.state]
        st.badge(t("Edition {n}", n=seen.edition), color="blue")
        st.badge(label("state", seen.state), color=colour)
        if not seen.active:
            st.badge(t("Retired"), color="gray")
        if seen.source:
            st.markdown(f":gray[{plain(seen.source)}]", width="content")
    _editions(seen)


def _editions(seen: RubricView) -> None:
    """The way to the other editions."""
    if len(seen.editions) < 2:
        return
    names = {one.id: f"{t('Edition {n}', n=one.edition)} · {label('state', one.state)}" for one in seen.editions}
    key = f"rubric-edition:{seen.id}"
    st.session_state.setdefault(key, seen.id)
    chosen = st.segmented_control(
        t("Editions"), list(names), format_func=lambda one: names.get(one, ""), key=key, required=True
    )
    if chosen != seen.id:
        st.session_state.pop(key)
        st.query_params[ID] = str(chosen)
        st.rerun()


def acts(actor: Actor, seen: RubricView) -> None:
    """What may be done with this edition as a whole."""
    if not (seen.may_manage and seen.active):
        return
    where: dict[str, Any] = {"rubric_id": seen.id, "record": f"{seen.id}:{seen.version}"}
    with st.container(horizontal=True, vertical_alignment="center", key="rubric-acts"):
        if seen.state == DRAFT:
            _put_in_force(seen, where)
            _discard(seen, where)
            _undo(actor, seen, where)
        elif seen.state == DISCARDED:
            press("rubric.restore", t("Take up again"), rubrics.restore_draft, version=seen.version, **where)
        elif (draft := seen.id_of(DRAFT)) is not None:
            if st.button(t("To the draft"), key="to-the-draft", icon=":material/edit:"):
                open_rubric(draft)
        else:
            made = press("rubric.edition", t("New edition"), rubrics.new_edition, icon=":material/edit:", **where)
            if made is not None:
                open_rubric(int(made))
    if seen.state not in (DRAFT, DISCARDED):
        st.caption(t("This edition is never changed. A new edition begins as this one and leaves it as it is."))


def _put_in_force(seen: RubricView, where: dict[str, Any]) -> None:
    fine = not seen.faults
    with st.popover(
        t("Put in force"), icon=":material/gavel:", type="primary" if fine else "secondary", key="rubric-force"
    ):
        if not fine:
            st.markdown(f":red[:material/error: {plain(t('First what is listed below has to be put right.'))}]")
            return
        st.markdown(plain(t("Every unit is added up by this edition from now on; it is never changed afterwards.")))
        if seen.id_of(IN_FORCE) is not None:
            st.markdown(plain(t("The edition in force is replaced and stays readable; what was published stays.")))
        press(
            "rubric.force",
            t("Put this edition in force"),
            rubrics.put_in_force,
            main=True,
            version=seen.version,
            **where,
        )


def _discard(seen: RubricView, where: dict[str, Any]) -> None:
    """Only where another edition is left; the first of all goes with its assessment."""
    if len(seen.editions) < 2:
        return
    with st.popover(t("Discard"), icon=":material/delete:", type="tertiary", key="rubric-discard"):
        st.markdown(plain(t("The draft is put aside; it can be taken up again.")))
        press("rubric.discard", t("Discard this draft"), rubrics.discard_draft, version=seen.version, **where)


def _undo(actor: Actor, seen: RubricView, where: dict[str, Any]) -> None:
    """One's own last change in this session, taken back."""
    last: RubricView | None = st.session_state.get(_SEEN)
    if last is not None and (last.id, last.version + 1, actor.name) == (seen.id, seen.version, seen.by):
        st.session_state[_BEFORE] = (seen.id, seen.version, last.document)
    st.session_state[_SEEN] = seen
    rubric_id, version, document = st.session_state.get(_BEFORE, (0, 0, {}))
    if (rubric_id, version) == (seen.id, seen.version):
        act: dict[str, Any] = {"version": seen.version, "document": document, **where}
        press("rubric.undo", t("Undo the last change"), drafts.save_document, icon=":material/undo:", **act)


def faults(seen: RubricView) -> None:
    """Everything that keeps a draft from being put in force, where it is."""
    if not seen.faults or not seen.may_edit:
        return
    names = names_in(seen.document)
    lines = dict.fromkeys(_sentence(fault, names) for fault in seen.faults)
    with st.container(border=True, key="rubric-faults"):
        st.markdown(f":orange[:material/construction: {plain(t('Before it can be put in force:'))}]")
        st.markdown("\n".join(f"- {plain(line)}" for line in lines))


def _sentence(fault: Problem, names: dict[str, str]) -> str:
    """A fault with the name of what it is about."""
    kind, _, code = fault.field.partition(":")
    where = names.get(code) or t(WHERE.get(kind, ""))
    return f"{where}: {told(fault)}" if where else told(fault)


WHERE = {
    "weights": N_("Weights"),
    "grades": N_("Grades"),
    "bonus_cap": TABLES["field"]["bonus_cap"],
    "rewards": N_("Rewards"),
}
