"""What an edition says otherwise than another one: line by line, before and after."""

import pandas as pd
import streamlit as st

from components.rubric_labels import label, said
from components.words import language, t
from db.rules.permissions import Actor
from db.rules.scoring.editions import Differs, between
from db.services.scoring.rubrics import RubricView, rubric_view


def show(actor: Actor, seen: RubricView) -> None:
    """Choose the other edition, and read what differs."""
    others = {one.id: one for one in seen.editions if one.id != seen.id}
    earlier = [one.id for one in others.values() if one.edition < seen.edition and one.state != "discarded"]
    likely = list(others).index(earlier[-1]) if earlier else 0
    chosen = st.selectbox(
        t("Compared with"),
        list(others),
        index=likely,
        format_func=lambda one: f"{t('Edition {n}', n=others[one].edition)} · {label('state', others[one].state)}",
        key=f"rubric-other:{seen.id}",
    )
    other = rubric_view(actor, rubric_id=int(chosen))
    before, after = (other, seen) if other.edition < seen.edition else (seen, other)
    found = between(before.document, after.document)
    if not found:
        st.success(t("Both editions say the same."), icon=":material/check:")
        return
    rows = [
        (
            label("what", one.what),
            one.name.within(language()) or "–",
            label("field", one.field) if one.field else label("differs", one.differs),
            said(one.field, one.before, before.document) if one.field else _mark(one.differs is Differs.GONE),
            said(one.field, one.after, after.document) if one.field else _mark(one.differs is Differs.ADDED),
        )
        for one in found
    ]
    columns = [t("What"), t("Name"), t("Differs in"), *(t("Edition {n}", n=one.edition) for one in (before, after))]
    st.caption(t("Differences: {n}", n=len(rows)))
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, height="content")


def _mark(there: bool) -> str:
    """Whether a line is in an edition at all."""
    return "✓" if there else "–"
