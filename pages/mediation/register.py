"""The list of disputes: what needs me first."""

from components.screens import enter

actor = enter(__file__)
