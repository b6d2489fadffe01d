"""What journal rows are called when people read them; an event or table not listed is shown as stored."""

from collections.abc import Mapping

from db.rules.problems import N_

EVENTS: Mapping[str, str] = {
    "insert": N_("Added"),
    "update": N_("Changed"),
    "delete": N_("Deleted"),
    "look": N_("Looked at"),
    "unmask": N_("Unmasked"),
    "search_identity": N_("Searched for a person"),
    "export": N_("Exported"),
    "export_fetched": N_("Fetched an export"),
    "download": N_("Downloaded a file"),
    "print": N_("Printed"),
    "refused": N_("Refused"),
    "sign_in": N_("Signed in"),
    "sign_in_failed": N_("Sign-in failed"),
    "sign_out": N_("Signed out"),
    "session_ended": N_("Session ended"),
    "password_changed": N_("Password changed"),
    "password_refused": N_("Present password was wrong"),
    "set_up_link": N_("Set-up link issued"),
    "first_administrator": N_("First administrator set up"),
    "journal_verified": N_("Journal verified"),
    "journal_purged": N_("Old journal rows removed"),
    "backup": N_("Backup written"),
    "restored": N_("Restored from a backup"),
}

TABLES: Mapping[str, str] = {
    "attachment": N_("File"),
    "calendar_day": N_("Calendar day"),
    "calendar_year": N_("Calendar year"),
    "case_access": N_("Access to a sealed case"),
    "case_entry": N_("Case timeline"),
    "case_extension": N_("Extension"),
    "case_file": N_("Case"),
    "case_link": N_("Link between cases"),
    "case_party": N_("Resident"),
    "case_recusal": N_("Recusal"),
    "case_review": N_("Review"),
    "case_unit": N_("Unit's share of a case"),
    "case_visit": N_("Follow-up visit"),
    "code": N_("Code list entry"),
    "export": N_("Export"),
    "journal": N_("Journal"),
    "limit_rule": N_("Limit"),
    "limit_set": N_("Limit set"),
    "office_fact": N_("Fact about the office"),
    "person": N_("Person"),
    "person_role": N_("Role of a person"),
    "privacy_notice": N_("Privacy notice"),
    "unit": N_("Unit"),
}
