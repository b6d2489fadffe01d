"""The registers of work: meetings, reports, inspections and activities, and how each unit stands in them."""
