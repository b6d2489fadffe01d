"""The figure of all of a chart in one line: what it is, what it is made of, how it moved."""

from db.documents import chart_words as words
from db.languages import speaker
from db.rules.briefings.chart import ChartKind, Drawn


def overall(drawn: Drawn, language: str) -> str:
    """Overall: 129 · +18, +16%; nothing where the chart is that very figure, or nothing was counted."""
    if drawn.kind == ChartKind.FIGURE or words.is_empty(drawn):
        return ""
    t = speaker(language)
    said = t("{name}: {value}", name=t("Overall"), value=words.figure(drawn.total, drawn, language))
    return _joined(said, words.worked_out(drawn.total, language), words.change(drawn, language))


def moved(drawn: Drawn, language: str) -> str:
    """How far a single figure moved, and what it was in which days."""
    if drawn.total_before is None:
        return ""
    t, days = speaker(language), words.now_and_before(drawn, language)[1]
    before = t("{name}: {value}", name=days, value=words.figure(drawn.total_before, drawn, language))
    return _joined(words.change(drawn, language), before)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
