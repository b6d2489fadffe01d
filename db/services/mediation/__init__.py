"""Mediation: committees and their members, disputes from the application to the archive, figures and papers."""
