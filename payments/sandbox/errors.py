"""Refusals in Stripe's words: status, type, code, parameter."""


class ApiError(Exception):
    """A refusal; `body()` is what Stripe would send.

    `kept` says whether an idempotency key remembers it: refusals before the work began are not.
    `final` that Stripe's library is told not to try again by itself.
    """

    def __init__(
        self,
        message,
        *,
        status=400,
        type="invalid_request_error",
        kept=False,
        final=False,
        **fields,
    ):
        super().__init__(message)
        self.final = final
        self.status = status
        self.type = type
        self.kept = kept
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def body(self):
        code = self.fields.get("code")
        error = {"message": str(self), "type": self.type, **self.fields}
        if code:
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        return {"error": error}


def missing(kind, *, id, param="id"):
    message = f"No such {kind}: '{id}'"
    return ApiError(message, status=404, code="resource_missing", param=param)


def missing_reference(kind, *, id, param):
    """An unknown id inside the parameters is a bad request, not a missing page."""
    return ApiError(f"No such {kind}: '{id}'", code="resource_missing", param=param)


def required(param):
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def invalid(message, *, param=None, code=None):
    return ApiError(message, param=param, code=code)


def refused(message, *, param=None, code=None):
    """A no that rests on how things stand, found at work: its key remembers it."""
    return ApiError(message, param=param, code=code, kept=True)


def prorates(param):
    """What Stripe would prorate and we cannot: said, where a wrong sum would lie."""
    message = "The sandbox does not prorate: send proration_behavior=none."
    return ApiError(message, param=param)


def unknown_url(method, *, path):
    return ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)


def conflict(message, *, code):
    return ApiError(message, status=409, code=code)


def unauthorised(message):
    return ApiError(message, status=401)
