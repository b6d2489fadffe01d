"""A part more: a heading, a text, a row of figures, or a chart from those saved or those every office needs."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import briefing_undo, chart_address
from components.briefing_address import ADD, FORM, NEW
from components.briefing_figures import chooser, figures_named, preview
from components.briefing_labels import label, labels
from components.forms import Form
from components.kept_forms import KeptForm
from components.words import N_, language, t
from db.documents import chart_words
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.issuing import BlockKind
from db.rules.briefings.parts import Part
from db.rules.permissions import Actor
from db.rules.problems import Problem, Problems
from db.services.briefings import saved, standard
from db.services.briefings.blocks import LONGEST_HEADING, LONGEST_TEXT
from db.services.briefings.scope import Head

_SHORT = 40


def show(actor: Actor, seen: Head, parts: Sequence[Part]) -> None:
    """What kind, then its form; it stands at the end unless somebody says behind which part."""
    with st.container(border=True, key="briefing-add"):
        kinds, asked = labels("part"), st.query_params.get(ADD)
        kind = st.segmented_control(
            t("Add a part"),
            list(kinds),
            default=asked if asked in kinds else None,
            format_func=kinds.__getitem__,
            key=f"add-kind-{seen.id}",
        )
        if kind == BlockKind.CHART:
            _chart(actor, seen, parts)
        elif kind == BlockKind.FIGURES:
            _figures(seen, parts)
        elif kind is not None:
            _text(actor, seen, parts, str(kind))


def _text(actor: Actor, seen: Head, parts: Sequence[Part], kind: str) -> None:
    name = f"{FORM}{seen.id}:{NEW}{kind}"
    form = KeptForm(name, subject=seen.title, label=t("Text of a briefing"), border=False)
    with form:
        if kind == BlockKind.HEADING:
            form.text("text", t("Heading"), max_chars=LONGEST_HEADING)
        else:
            typed = form.area("text", t("Text"), max_chars=LONGEST_TEXT, height=140)
            chooser(name)
            preview(actor, seen, typed)
        form.choose("after", t("Place it after"), _places(parts), 0)
        form.submit(t("Add"), briefing_undo.added, icon=":material/add:", briefing_id=seen.id, kind=kind)


def _figures(seen: Head, parts: Sequence[Part]) -> None:
    form = Form("briefing.figures", record=seen.id, border=False)
    with form:
        form.choose_many("codes", t("Figures"), figures_named())
        form.choose("after", t("Place it after"), _places(parts), 0)
        form.submit(t("Add"), briefing_undo.added, icon=":material/add:", briefing_id=seen.id, kind="figures")


def _chart(actor: Actor, seen: Head, parts: Sequence[Part]) -> None:
    specs = _charts(actor)
    form = Form("briefing.chart", record=seen.id, border=False)
    with form:
        form.choose("chart", t("Chart"), {name: name for name in specs})
        form.choose("after", t("Place it after"), _places(parts), 0)
        form.submit(t("Add"), _add_chart, icon=":material/add:", briefing_id=seen.id, specs=specs)
    if st.button(t("Make another chart"), key="make-chart", type="tertiary", icon=":material/bar_chart:"):
        chart_address.open_chart()


def _add_chart(actor: Actor, *, chart: str | None, specs: Mapping[str, ChartSpec], **typed: Any) -> int:
    """The chart chosen; nothing chosen is told beside the field."""
    if chart is None or chart not in specs:
        raise Problems(Problem("chart", N_("Choose a chart.")))
    return briefing_undo.chart_added(actor, spec=specs[chart], **typed)


def _charts(actor: Actor) -> dict[str, ChartSpec]:
    """Saved charts by name, then those every office needs."""
    found = {t("Saved: {name}", name=one.name): one.spec for one in saved.charts(actor)}
    return found | {name.within(language()): spec for name, spec in standard.standard(actor)}


def _places(parts: Sequence[Part]) -> dict[int, str]:
    return {0: t("At the end"), **{part.block_id: _short(part) for part in parts}}


def _short(part: Part) -> str:
    """What a part is called in a list."""
    if part.drawn is not None:
        said = chart_words.headline(part.drawn, language())
    else:
        said = part.within(language()) or " ".join(figure.name.within(language()) for figure in part.figures)
    said = " ".join(said.split())
    return f"{label('part', part.kind)}: {said[:_SHORT]}{'…' if len(said) > _SHORT else ''}"
