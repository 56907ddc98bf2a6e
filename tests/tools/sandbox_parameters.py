"""What each call takes, read from the SDK's service classes and their typed parameters."""

import ast
import re

from tests.tools import sdk_annotations as sdk

SERVICES = (
    "stripe._balance_service",
    "stripe._balance_transaction_service",
    "stripe._charge_service",
    "stripe._customer_payment_method_service",
    "stripe._customer_service",
    "stripe._dispute_service",
    "stripe._event_service",
    "stripe._invoice_line_item_service",
    "stripe._invoice_payment_service",
    "stripe._invoice_service",
    "stripe._payment_intent_service",
    "stripe._payment_method_service",
    "stripe._payout_service",
    "stripe._price_service",
    "stripe._product_service",
    "stripe._refund_service",
    "stripe._setup_intent_service",
    "stripe._subscription_item_service",
    "stripe._subscription_service",
    "stripe._webhook_endpoint_service",
    "stripe.billing_portal._configuration_service",
    "stripe.billing_portal._session_service",
    "stripe.checkout._session_line_item_service",
    "stripe.checkout._session_service",
    "stripe.radar._early_fraud_warning_service",
    "stripe.test_helpers._test_clock_service",
)
LONG = 4


def parameters():
    """{"calls": {"POST /v1/refunds": type}, "types": [...]}."""
    table = sdk.Table()
    calls = {}
    for service in SERVICES:
        for call, params in _calls(sdk.module(service)):
            calls[call] = _object(table, params)
    return {"calls": dict(sorted(calls.items())), "types": table.rows}


def _calls(module):
    for service in module.classes.values():
        for method in service.body:
            if isinstance(method, ast.FunctionDef) and (request := _request(method)):
                verb, path = request
                yield f"{verb.upper()} {path}", _params(module, method=method)


def _request(method):
    """Verb and path of the one request that a service's method makes."""
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._request":
            verb, path = node.args[:2]
            text = path.value if isinstance(path, ast.Constant) else path.func.value.value
            return verb.value, re.sub(r"\{\w+\}", "{id}", text)
    return None


def _params(module, *, method):
    """The TypedDict of the method's `params` with the module it lives in, or None."""
    for argument in method.args.args:
        if argument.arg == "params":
            name = sdk.alternatives(argument.annotation)[0].id
            source, original = module.imports[name]
            return sdk.module(source), original
    return None


def _object(table, params):
    if params is None:
        return table.number({"object": {}})
    module, name = params
    entries = {}
    for field, annotation in sdk.fields(module.classes[name]):
        required = "" if sdk.head(annotation) == "NotRequired" else "!"
        entries[field + required] = _field(table, module=module, annotation=annotation)
    return table.number({"object": entries})


def _field(table, *, module, annotation):
    kind = sdk.written(annotation, named=lambda name: _object(table, (module, name)))
    return _kept_once(table, kind)


def _kept_once(table, kind):
    """Long lists of values move to the table."""
    if not isinstance(kind, dict):
        return kind
    if len(kind.get("enum", ())) > LONG:
        return table.number(kind)
    return {
        word: _kept_once(table, inner) if word in ("list", "map", "empty") else inner
        for word, inner in kind.items()
    }
