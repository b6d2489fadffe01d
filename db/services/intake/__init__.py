"""Taking in: registering a matter, telling likely earlier ones, drafts, the receipt and the resident's own look."""

from db.services.intake.asking import Form, emergency_words, form_for, guidance, takers
from db.services.intake.drafting import Draft, draft, draft_of, drafts, drop_draft, keep_draft
from db.services.intake.likely import EARLIER, likely_earlier
from db.services.intake.looking_up import RATINGS, Progress, progress, query_code, rate
from db.services.intake.registering import Receipt, Registered, next_number, receipt, register, take_in

__all__ = [
    "EARLIER",
    "RATINGS",
    "Draft",
    "Form",
    "Progress",
    "Receipt",
    "Registered",
    "draft",
    "draft_of",
    "drafts",
    "drop_draft",
    "emergency_words",
    "form_for",
    "guidance",
    "keep_draft",
    "likely_earlier",
    "next_number",
    "progress",
    "query_code",
    "rate",
    "receipt",
    "register",
    "take_in",
    "takers",
]
