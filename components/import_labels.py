"""What the states of an import and what became of its rows are called."""

from collections.abc import Mapping

from components.code_words import CodeWords
from components.words import N_

TABLES: Mapping[str, Mapping[str, str]] = {
    "state": {
        "new": N_("Being prepared"),
        "waiting": N_("Waiting for its turn"),
        "running": N_("Being brought in"),
        "done": N_("Brought in"),
        "stopped": N_("Stopped on the way"),
        "failed": N_("Broken off"),
        "taken_back": N_("Taken back"),
    },
    "verdict": {
        "added": N_("New"),
        "updated": N_("Updated"),
        "skipped_duplicate": N_("Known already"),
        "rejected": N_("Can't be brought in"),
    },
    "default": {
        "channel": N_("How it came"),
        "source": N_("Source"),
        "kind": N_("Kind"),
        "grade": N_("Grade"),
        "category": N_("Category"),
    },
}
COLOURS: Mapping[str, str] = {
    "new": "gray",
    "waiting": "blue",
    "running": "blue",
    "done": "green",
    "stopped": "orange",
    "failed": "red",
    "taken_back": "gray",
    "added": "green",
    "updated": "blue",
    "skipped_duplicate": "gray",
    "rejected": "red",
}
_WORDS = CodeWords(TABLES)
label, labels = _WORDS.label, _WORDS.labels
