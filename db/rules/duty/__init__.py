"""Rules of duty and patrol scheduling."""
