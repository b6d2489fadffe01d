"""Which heading means which field: as it is guessed, corrected with a list for each, saved and offered by name."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import import_desk
from components.case_labels import code_labels, labels
from components.forms import Form, mark_problem, plain, press
from components.import_labels import label
from components.words import moment, t
from db.rules.importing.headings import FIELDS
from db.rules.permissions import Actor
from db.rules.problems import Problem
from db.services.importing import mapping
from db.services.importing.mapping import DEFAULTS, SavedMapping
from db.services.importing.reading import Column, SheetLook
from db.services.importing.waiting import Waiting

SAMPLES = 3
LONGEST_SAMPLE = 60


def ask(seen: Waiting, look: SheetLook, wrong: Sequence[Problem]) -> None:
    """A list of fields for each heading, what stands below it, and what is wrong with the choice."""
    known = [column for column in look.columns if not column.why_not]
    for place, column in enumerate(known):
        with st.container(key=f"import-heading-{place}", gap="small"):
            left, right = st.columns([2, 3], vertical_alignment="bottom")
            with left:
                _field(seen, place, column)
            right.markdown(_samples(column))
            for problem in wrong:
                if problem.field == column.heading:
                    mark_problem(problem)
    for column in look.columns:
        if column.why_not:
            st.markdown(f":material/block: **{plain(column.heading)}** · {plain(t(column.why_not))}")
    headings = {column.heading for column in known}
    for problem in wrong:
        if problem.field not in headings:
            mark_problem(problem)


def _field(seen: Waiting, place: int, column: Column) -> None:
    import_desk.widget(
        st.selectbox,
        seen,
        f"column-{place}",
        seen.chosen.columns.get(column.heading, ""),
        import_desk.with_field,
        column.heading,
        label=plain(column.heading),
        options=["", *FIELDS],
        format_func=_field_name,
    )


def _field_name(name: str) -> str:
    return t(FIELDS[name].name) if name else t("– left out –")


def _samples(column: Column) -> str:
    """A few different cells, so that one sees what the column is about."""
    found = list(dict.fromkeys(column.samples))[:SAMPLES]
    cut = [one if len(one) <= LONGEST_SAMPLE else f"{one[:LONGEST_SAMPLE]}…" for one in found]
    return f":gray[{plain(' · '.join(cut) or t('empty in the first rows'))}]"


def ask_defaults(actor: Actor, seen: Waiting, wrong: Sequence[Problem]) -> None:
    """What stands where the file says nothing."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-defaults"):
        for name, codes in DEFAULTS.items():
            words = code_labels(actor, "category") if name == "category" else labels(name)
            import_desk.widget(
                st.selectbox,
                seen,
                f"default-{name}",
                seen.chosen.defaults.get(name),
                import_desk.with_default,
                name,
                label=label("default", name),
                options=list(codes or words),
                format_func=partial(_word, words),
                width=200,
            )
    for problem in wrong:
        if problem.field in DEFAULTS:
            mark_problem(problem)


def _word(words: Mapping[Any, str], code: Any) -> str:
    return words.get(code, str(code))


def saved_mappings(actor: Actor, seen: Waiting) -> None:
    """The mappings saved by name, to be laid on this file; saving this one; renaming and removing."""
    found, removed = mapping.saved(actor), mapping.removed(actor)
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-mappings"):
        if found:
            names = {one.id: one.name for one in found}
            key = f"import-saved-{seen.id}"
            st.selectbox(
                t("Use a saved mapping"),
                list(names),
                index=None,
                format_func=partial(_word, names),
                placeholder=t("Choose"),
                key=key,
                on_change=import_desk.lay_on,
                args=(seen.id, key),
                width=300,
            )
        with st.popover(t("Save this mapping"), icon=":material/bookmark_add:"):
            with Form("import.mapping", record=seen.id, border=False) as form:
                form.text("name", t("Name"), max_chars=100)
                form.submit(t("Save"), mapping.save, chosen=seen.chosen)
            st.caption(t("One of the same name is replaced. Headings and defaults are kept, no rows."))
        if found or removed:
            with st.popover(t("Saved mappings ({n})", n=len(found)), icon=":material/bookmarks:"):
                for one in found:
                    _saved(one)
                for one in removed:
                    _removed(one)


def _saved(one: SavedMapping) -> None:
    with st.container(key=f"import-mapping-{one.id}"):
        said = " · ".join(part for part in (moment(one.saved_at), one.saved_by) if part)
        with Form("import.rename", record=one.id, version=one.version, border=False) as form:
            form.text("name", t("Name"), one.name, max_chars=100)
            form.submit(t("Rename"), mapping.rename, main=False, mapping_id=one.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(said), width="stretch")
            press(
                "import.remove",
                t("Remove"),
                import_desk.remove_mapping,
                record=one.id,
                mapping_id=one.id,
                version=one.version,
            )


def _removed(one: SavedMapping) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"import-removed-{one.id}"):
        st.caption(plain(f"{one.name} · {t('Removed')}"), width="stretch")
        which: dict[str, Any] = {"mapping_id": one.id, "version": one.version}
        press("import.put_back", t("Put back"), mapping.put_back, record=one.id, icon=":material/undo:", **which)
