"""One rostering core: the office's duties and the public benchmark instances are both tasks for it."""
