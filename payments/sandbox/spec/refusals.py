"""Refusals of a parameter, in Stripe's words.

`at` is the way to a value from the outside in: (((), "line_items"), 0) stands for line_items[0].
"""


class ParameterError(ValueError):
    """A parameter that Stripe would refuse: its message, its bracketed name, its error code."""

    def __init__(self, message, param=None, code=None):
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


def spelled(at):
    """The name of a parameter as Stripe spells it: line_items[0][quantity]."""
    names = []
    while at:
        at, name = at
        names.append(name)
    first, *rest = reversed(names)
    return first + "".join(f"[{name}]" for name in rest)


def unknown(at, *, names):
    params = [spelled((at, name)) for name in names]
    if params[0] == "payment_method_types":
        return ParameterError(
            "The `payment_method_types` parameter is no longer supported. Use"
            " `allowed_payment_method_types` or `excluded_payment_method_types` instead.",
            params[0],
            "payment_method_types_no_longer_supported",
        )
    word = "parameter" if len(params) == 1 else "parameters"
    return ParameterError(
        f"Received unknown {word}: {', '.join(params)}", params[0], "parameter_unknown"
    )


def missing(at, *, name):
    param = spelled((at, name))
    return ParameterError(f"Missing required param: {param}.", param, "parameter_missing")


def malformed(kind, *, at, value=None, code=None):
    """ "Invalid integer: abc" and its like; the value is only told where it is a text."""
    told = f": {value}" if isinstance(value, str) else ""
    return ParameterError(f"Invalid {kind}{told}", spelled(at), code)


def no_choice(at, *, choices):
    """A value outside an enumeration."""
    *others, last = choices
    told = f"{', '.join(others)}, or {last}" if len(others) > 1 else " or ".join(choices)
    param = spelled(at)
    return ParameterError(f"Invalid {param}: must be one of {told}", param)


def emptied(at):
    param = spelled(at)
    return ParameterError(
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset"
        f" a parameter; however '{param}' cannot be unset. You should remove '{param}' from your"
        " request or supply a non-empty value.",
        param,
        "parameter_invalid_empty",
    )
