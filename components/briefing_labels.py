"""What kinds, states and parts of briefings are called."""

from components.code_words import CodeWords
from components.words import N_, language
from db.rules.briefings.issuing import Kind
from db.services.briefings import templates

TABLES = {
    "state": {"draft": N_("Being drafted"), "issued": N_("Issued")},
    "part": {
        "heading": N_("Heading"),
        "text": N_("Text"),
        "figures": N_("Row of figures"),
        "chart": N_("Chart"),
    },
    "period": {
        "this_month": N_("The briefing's own days"),
        "last_12_months": N_("The last 12 months up to its last day"),
        "this_year": N_("The year up to its last day"),
    },
    "compare": {
        "": N_("Nothing beside it"),
        "before": N_("The period before"),
        "year_ago": N_("The same days a year ago"),
    },
}
COLOURS = {"draft": "orange", "issued": "green"}

_words = CodeWords(TABLES)
label, labels = _words.label, _words.labels


def kind_name(kind: Kind) -> str:
    """A kind of briefing in the person's language."""
    return templates.name_of(kind).within(language())


def kind_names() -> dict[str, str]:
    """Every kind: code to name."""
    return {kind.value: kind_name(kind) for kind in Kind}
