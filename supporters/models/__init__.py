"""Rows about people."""

from supporters.models.people import User

__all__ = ["User"]
