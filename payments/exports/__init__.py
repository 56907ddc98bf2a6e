"""Files for finance: published columns, rows, and writers that know formats."""
