"""What a year's report on protecting personal data counts, in the order it is read."""

from collections.abc import Mapping

from db.rules.problems import N_

FIRST_YEAR = 2000
# What the journal tells, then what the tables tell.
LOOKS: Mapping[str, str] = {
    "unmasked": N_("Looks at names in clear"),
    "searched": N_("Searches for a person"),
    "exported": N_("Exports with names"),
    "records": N_("Records whose names left in them"),
    "printed": N_("Papers printed with names"),
    "copied": N_("Copies of their own data given"),
    "refused": N_("Refused by the access rules"),
}
ACTS: Mapping[str, str] = {
    "emergency": N_("Readings in an emergency"),
    "lists": N_("Review lists carried out"),
    "emptied": N_("Records persons were taken out of, and rows deleted"),
    "masked": N_("Passages of others' words masked for who asked"),
    "held": N_("Records on hold"),
    "incidents": N_("Incidents"),
    "incident_people": N_("People they touched, as far as known"),
    "unsettled": N_("Incidents not told in full yet"),
}
FIGURES: Mapping[str, str] = {**LOOKS, **ACTS}
"""Every figure by its code."""
