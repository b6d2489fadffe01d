"""Opening a dispute: from a case, an application or on the committee's own initiative."""

from components.screens import enter

actor = enter(__file__)
