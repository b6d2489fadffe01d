"""Nouns: tables, keys and constraints. Importing this package fills the metadata."""

from db.journal import JournalRow
from db.models.accounts import Person, PersonRole, SignInCounter, SignInSession, SignInTicket, Unit
from db.models.cases import (
    Case,
    CaseAccess,
    CaseEntry,
    CaseExtension,
    CaseLink,
    CaseParty,
    CaseRecusal,
    CaseReview,
    CaseUnit,
    CaseVisit,
    CaseWords,
)
from db.models.files import Attachment, Export
from db.models.intake import Draft, RunningNumber, Submission
from db.models.office import CalendarDay, CalendarYear, Code, LimitRule, LimitSet, OfficeFact, PrivacyNotice

__all__ = [
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CaseAccess",
    "CaseEntry",
    "CaseExtension",
    "CaseLink",
    "CaseParty",
    "CaseRecusal",
    "CaseReview",
    "CaseUnit",
    "CaseVisit",
    "CaseWords",
    "Code",
    "Draft",
    "Export",
    "JournalRow",
    "LimitRule",
    "LimitSet",
    "OfficeFact",
    "Person",
    "PersonRole",
    "PrivacyNotice",
    "RunningNumber",
    "SignInCounter",
    "SignInSession",
    "SignInTicket",
    "Submission",
    "Unit",
]
