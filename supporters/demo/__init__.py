"""A small invented newspaper that carries the appeal, and a year of life behind it."""
