"""Publishing on screen: choose what to announce, look at it, see what is missing or differs, publish it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.forms import Form, attempt, plain
from components.result_address import open_publication
from components.result_labels import said, unit_name, word
from components.score_labels import names_in
from components.words import language, t
from db.rules.permissions import Actor, Permission
from db.services.duty.rows import records
from db.services.scoring import publishing
from db.services.scoring.publishing import Preview

LONGEST = 200
MOST_NAMED = 12


def show(actor: Actor, assessment_id: int, document: Mapping[str, Any]) -> None:
    """The panel, for who publishes; `document` of the rubric in force."""
    if not actor.may(Permission.SCORES_PUBLISH):
        return
    found = publishing.scopes(actor, assessment_id=assessment_id)
    with st.expander(t("Publish a result"), icon=":material/campaign:", key="publish-panel"):
        names = {row["scope"]: _named(row) for row in records(found)}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            scope = st.selectbox(
                t("What to publish"),
                list(names),
                index=next((place for place, row in enumerate(records(found)) if row["edition"] is None), 0),
                format_func=lambda code: names.get(code, code),
                key=f"publish-scope-{assessment_id}",
                width=360,
            )
            looking = st.toggle(t("Look at it"), key=f"publish-look-{assessment_id}")
        if looking and scope is not None:
            _look(actor, assessment_id, document, str(scope))


def _named(row: dict[str, object]) -> str:
    issued = row["edition"]
    return f"{said(row)} · {t('edition {n} published', n=issued)}" if issued else said(row)


def _look(actor: Actor, assessment_id: int, document: Mapping[str, Any], scope: str) -> None:
    found: Preview | None = attempt(publishing.preview, actor, assessment_id=assessment_id, scope=scope)
    if found is None:
        return
    _tell(found, document)
    form = Form("score.publish", record=f"{assessment_id}:{scope}", border=False)
    if form.result:
        st.success(t("Published."), icon=":material/campaign:")
        if st.button(t("Open what was published"), key="open-published", type="primary"):
            open_publication(int(form.result))
    if found.units["total"].isna().all() or (found.replaces_id is not None and not found.differences):
        return
    with form:
        if found.missing:
            form.tick("incomplete", t("Publish without what is missing"))
            form.text("reason", t("Why without it"), max_chars=LONGEST)
        said_as = t("Publish edition {n}", n=found.edition) if found.replaces_id else t("Publish this result")
        form.submit(
            said_as,
            publishing.publish,
            icon=":material/campaign:",
            assessment_id=assessment_id,
            scope=scope,
            seen=found.seen,
        )
    st.caption(t("A copy of every sheet, of the rubric and of all evidence is kept; it never changes again."))


def _tell(found: Preview, document: Mapping[str, Any]) -> None:
    """Ranks as they would be announced, what is missing, what differs, what waits."""
    names, rows = names_in(document), records(found.units.sort_values("rank", na_position="last"))
    if found.missing:
        told = [
            f"{unit.within(language())} ({t(', ').join(names.get(code, code) for code in periods)})"
            for unit, periods in found.missing[:MOST_NAMED]
        ]
        more = " …" if len(found.missing) > MOST_NAMED else ""
        st.warning(
            plain(t("Still missing: {units}", units=t(", ").join(told)) + more), icon=":material/hourglass_empty:"
        )
    if found.asked:
        st.warning(t("Appeals that wait for a ruling: {n}", n=found.asked), icon=":material/gavel:")
    if found.accepted:
        st.info(
            t("Accepted appeals to be corrected in this edition: {n}", n=found.accepted), icon=":material/task_alt:"
        )
    if found.replaces_id is not None:
        _differences(found, names)
    shown = {
        t("Rank"): [row["rank"] for row in rows],
        t("Unit"): [unit_name(row) for row in rows],
        t("Total") if document else t("Increase (%)"): [
            "" if row["total"] is None else f"{row['total']:.1f}" for row in rows
        ],
        t("Grade"): [names.get(row["grade"], "") for row in rows],
        t("Card"): [word("card", row["card"]) if row["card"] else "" for row in rows],
    }
    shown = {heading: values for heading, values in shown.items() if any(values)}
    st.dataframe(
        shown, hide_index=True, width="stretch", key="publish-preview", alt=t("Ranks as they would be published")
    )


def _differences(found: Preview, names: dict[str, str]) -> None:
    if not found.differences:
        st.caption(t("Nothing differs from what was published."))
        return
    st.markdown(f"**{plain(t('What differs from the edition before'))}**")
    told = [
        t(
            "{unit}: {what} {before} → {after}",
            unit=unit_name(one),
            what=names.get(one["item"], "") or word("what", one["what"]),
            before=_value(one, one["before"], names),
            after=_value(one, one["after"], names),
        )
        for one in found.differences
    ]
    st.markdown("\n".join(f"- {plain(line)}" for line in told[:MOST_NAMED]))
    if len(told) > MOST_NAMED:
        st.caption(t("and {n} more", n=len(told) - MOST_NAMED))


def _value(difference: publishing.Told, value: str, names: dict[str, str]) -> str:
    if difference["what"] == "card":
        return word("card", value)
    return names.get(value, value) or "–"
