"""Verbs: one public function per act or per list."""
