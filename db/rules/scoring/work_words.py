"""What the codes of the registers of work are called, for screens and for charts: by kind of code and code."""

from collections.abc import Mapping

from db.rules.problems import N_
from db.rules.scoring.works import About, Kind, Stand

TABLES: Mapping[str, Mapping[str, str]] = {
    "kind": {
        Kind.MEETING: N_("Meeting"),
        Kind.REPORT: N_("Report"),
        Kind.INSPECTION: N_("Inspection"),
        Kind.ACTIVITY: N_("Activity"),
    },
    "about": {
        About.REGULAR: N_("Regular meeting"),
        About.LEADERS: N_("Leaders heard the work"),
        About.OTHER_MEETING: N_("Other meeting"),
        About.MONTHLY: N_("Monthly report"),
        About.ANALYSIS: N_("Analysis"),
        About.SPECIAL: N_("Report of a special period"),
        About.INFORMATION: N_("Piece of information"),
        About.OTHER_REPORT: N_("Other report"),
        About.MONTH: N_("Monthly inspection"),
        About.UNPLANNED: N_("Unannounced inspection"),
        About.PUBLICITY: N_("Publicity"),
        About.LARGE: N_("Larger activity of the law-publicity month"),
        About.DRILL: N_("Drill or training"),
        About.OTHER_ACTIVITY: N_("Other activity"),
    },
    "stand": {
        Stand.PRESENT: N_("Attended"),
        Stand.EXCUSED: N_("Excused"),
        Stand.ABSENT: N_("Absent"),
        Stand.LED: N_("Heard and arranged"),
        Stand.HANDED_IN: N_("Handed in"),
        Stand.MISSING: N_("Not handed in"),
        "expected": N_("Expected"),
        Stand.DONE: N_("Done"),
    },
}
