"""What the files of other systems mean: headings, values, lines that are no matter, numbers of identity cards."""
