"""What each trigger counts, in words: printed beside every computed point."""

from collections.abc import Mapping
from types import MappingProxyType

from db.rules.problems import N_

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "on_time_acceptance": N_(
            "Matters whose notice was given on the due day or before ÷ matters whose notice fell due in this period"
        ),
        "on_time_completion": N_(
            "Matters answered on the due day or before, an approved extension included ÷ matters due in this period"
        ),
        "rated_share": N_("Matters with at least one valid rating ÷ matters answered in this period that can be rated"),
        "satisfaction": N_("Ratings “satisfied” ÷ all valid ratings given in this period"),
        "satisfied_or_fairly": N_("Ratings “satisfied” or “fairly satisfied” ÷ all valid ratings given in this period"),
        "resolved_locally": N_(
            "Disputes that ended in an agreement in effect ÷ disputes that ended in this period and were not withdrawn"
        ),
        "overdue": N_("Matters due in this period that were not answered on the due day or before"),
        "supervised": N_(
            "Matters in which a leader stepped in: returned an opinion, ruled who handles it, or issued a supervision "
            "notice; each once"
        ),
        "late_acceptance": N_("Matters due in this period that were not accepted or not answered in time; each once"),
        "disputes_found": N_("Disputes found by the searches held in this period"),
        "standard_files": N_("Mediation files archived in this period with every required document"),
        "duty_gaps": N_("Places nobody served, and shifts that ended without a hand-over note"),
        "missed_attendance": N_("Shifts whose start or end was not marked; each once"),
        "uniform_missing": N_("Shifts begun without uniform or armband"),
        "meetings_led": N_("Meetings at which the leaders heard or arranged the work"),
        "meetings_missed": N_("Persons absent from meetings, each time; who was excused was not absent"),
        "reports_missing": N_("Reports whose day is over and that were not handed in"),
        "adopted_town": N_("Pieces of information whose highest adoption was by the town"),
        "adopted_county": N_("Pieces of information whose highest adoption was by the county"),
        "adopted_city": N_("Pieces of information whose highest adoption was by the city or province"),
        "adopted_central": N_("Pieces of information adopted at central level"),
        "inspections": N_("Months in which the unit was inspected"),
        "activities": N_("Larger activities held"),
    }
)
