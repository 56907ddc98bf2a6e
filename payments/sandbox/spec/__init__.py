"""What Stripe's pinned API version takes and answers, as tables with their readers.

The two tables are written by tests/tools/make_sandbox_spec.py from the types of Stripe's own
Python library; nothing in this package imports that library.
"""

from payments.sandbox.spec.blanks import blank
from payments.sandbox.spec.forms import parse_form
from payments.sandbox.spec.parameters import check
from payments.sandbox.spec.problems import problems
from payments.sandbox.spec.refusals import ParameterError

__all__ = ["ParameterError", "blank", "check", "parse_form", "problems"]
