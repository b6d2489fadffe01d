"""What the codes of supervision notices are called, and the colours of their states."""

from collections.abc import Mapping

from components.code_words import CodeWords
from components.words import N_

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "draft": N_("Draft notice"),
        "issued": N_("Waiting for an answer"),
        "answered": N_("Answer received"),
        "closed": N_("Closed"),
        "withdrawn": N_("Withdrawn"),
    },
    "why": {
        "overdue": N_("Overdue"),
        "repeated": N_("Repeated"),
        "decision": N_("Decided in a meeting"),
        "other": N_("Other reason"),
    },
    "tab": {
        "to_issue": N_("To issue"),
        "waiting": N_("Waiting for an answer"),
        "answered": N_("Answer received"),
        "all": N_("All"),
    },
}
COLOURS: Mapping[str, str] = {
    "draft": "gray",
    "issued": "orange",
    "answered": "blue",
    "closed": "green",
    "withdrawn": "gray",
}

_words = CodeWords(TABLES)
label, label_in, labels = _words.label, _words.label_in, _words.labels
