"""What kinds of charts, periods and comparisons are called."""

from collections.abc import Mapping

from components.words import N_, t
from db.rules.briefings.chart import ChartKind, Compare, Period

ICONS: Mapping[str, str] = {
    ChartKind.BAR: ":material/bar_chart:",
    ChartKind.STACKED: ":material/stacked_bar_chart:",
    ChartKind.LINE: ":material/show_chart:",
    ChartKind.HEAT: ":material/grid_on:",
    ChartKind.TABLE: ":material/table:",
    ChartKind.FIGURE: ":material/looks_one:",
}
KINDS: Mapping[str, str] = {
    ChartKind.BAR: N_("Bars"),
    ChartKind.STACKED: N_("Stacked"),
    ChartKind.LINE: N_("Line"),
    ChartKind.HEAT: N_("Heat map"),
    ChartKind.TABLE: N_("Table"),
    ChartKind.FIGURE: N_("Single figure"),
}
COMPARED: Mapping[str, str] = {
    Compare.BEFORE: N_("period before"),
    Compare.YEAR_AGO: N_("year ago"),
}
PERIODS: Mapping[str, str] = {
    Period.TODAY: N_("Today"),
    Period.THIS_WEEK: N_("This week"),
    Period.LAST_WEEK: N_("Last week"),
    Period.THIS_HALF_MONTH: N_("This half month"),
    Period.LAST_HALF_MONTH: N_("Last half month"),
    Period.THIS_MONTH: N_("This month"),
    Period.LAST_MONTH: N_("Last month"),
    Period.THIS_QUARTER: N_("This quarter"),
    Period.LAST_QUARTER: N_("Last quarter"),
    Period.THIS_YEAR: N_("This year"),
    Period.LAST_YEAR: N_("Last year"),
    Period.LAST_12_MONTHS: N_("Last 12 months"),
    Period.CHOSEN: N_("Days of my choice"),
    Period.EVER: N_("All days"),
}


def kind_word(kind: str) -> str:
    """What a kind is called."""
    return t(KINDS[kind])


def kind_name(kind: str) -> str:
    """A kind with its icon, for what draws icons."""
    return f"{ICONS[kind]} {kind_word(kind)}"
