"""Scoring: rubrics, points, totals that show their sum, ranks, and the ladder of notices. No database, no clock."""
