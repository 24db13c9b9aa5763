"""Whether a plan says exactly what was pasted: foldings, numerals, alignment, verdicts. Pure: no file, no database."""
