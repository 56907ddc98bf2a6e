"""What each object looks like, read from the SDK's resource classes.

The classes do not tell a field that may be null from one that may be absent. `absent_keys.json`
does, for the same API version; it was read from the typings of the npm package stripe 23.1.0,
where an absent field is written `name?:`. A trailing "?" in that list says "null as well".
In a shape the end of a field's name says the same: "name" always a value, "name?" null at times,
"name*" absent at times, "name*?" both.
"""

import ast
import json
from pathlib import Path

from tests.tools import sdk_annotations as sdk

RESOURCES = (
    "stripe._balance.Balance",
    "stripe._balance_transaction.BalanceTransaction",
    "stripe._charge.Charge",
    "stripe._customer.Customer",
    "stripe._dispute.Dispute",
    "stripe._event.Event",
    "stripe._invoice.Invoice",
    "stripe._invoice_line_item.InvoiceLineItem",
    "stripe._invoice_payment.InvoicePayment",
    "stripe._line_item.LineItem",
    "stripe._mandate.Mandate",
    "stripe._payment_intent.PaymentIntent",
    "stripe._payment_method.PaymentMethod",
    "stripe._payout.Payout",
    "stripe._plan.Plan",
    "stripe._price.Price",
    "stripe._product.Product",
    "stripe._refund.Refund",
    "stripe._setup_intent.SetupIntent",
    "stripe._subscription.Subscription",
    "stripe._subscription_item.SubscriptionItem",
    "stripe._webhook_endpoint.WebhookEndpoint",
    "stripe.billing_portal._configuration.Configuration",
    "stripe.billing_portal._session.Session",
    "stripe.checkout._session.Session",
    "stripe.radar._early_fraud_warning.EarlyFraudWarning",
    "stripe.test_helpers._test_clock.TestClock",
)
ABSENT = Path(__file__).with_name("absent_keys.json")


def shapes():
    """{"objects": {"charge": type}, "types": [...]}."""
    table = sdk.Table()
    absent = json.loads(ABSENT.read_text())
    objects = {}
    for resource in RESOURCES:
        dotted, name = resource.rsplit(".", 1)
        module = sdk.module(dotted)
        node = module.classes[name]
        kind = object_name(node)
        scope = Scope(table, absent=absent, module=module, path=(kind,), node=node)
        objects[kind] = scope.shape()
    return {"objects": dict(sorted(objects.items())), "types": table.rows}


def object_name(node):
    """The value of `object` that answers of this class carry."""
    for field, annotation in sdk.fields(node):
        if field == "OBJECT_NAME":
            return sdk.literal(annotation.slice)[0]
    raise ValueError(f"{node.name} has no OBJECT_NAME")


class Scope:
    """One class, the way to it from its resource, and what its annotations' names mean."""

    def __init__(self, table, *, absent, module, path, node):
        self.table = table
        self.absent = absent
        self.module = module
        self.path = path
        self.node = node
        self.inner = sdk.nested(node)

    def shape(self):
        marks = self._marks()
        fields = {}
        for field, annotation in sdk.fields(self.node):
            if field.isupper() or field.startswith("_"):
                continue
            kind = sdk.written(annotation, named=self.named)
            if self._is_expandable(annotation):
                kind = _expandable(kind)
            name, kind = _marked(field, kind=kind, mark=marks.get(field))
            fields[name] = kind
        return self.table.number({"object": fields})

    def _marks(self):
        listed = self.absent.get(".".join(self.path), [])
        return {name.rstrip("?"): "*" + "?" * name.endswith("?") for name in listed}

    def _is_expandable(self, annotation):
        return any(sdk.head(node) == "ExpandableField" for node in ast.walk(sdk.opened(annotation)))

    def named(self, name):
        """A class of the same file by its shape, another resource by its object's name."""
        if name in self.inner:
            path = (*self.path, name)
            node = self.inner[name]
            scope = Scope(self.table, absent=self.absent, module=self.module, path=path, node=node)
            return scope.shape()
        source, original = self.module.imports.get(name, (None, name))
        module = sdk.module(source) if source else self.module
        return {"resource": object_name(module.classes[original])}


def _marked(field, *, kind, mark):
    """The field's name with its mark, and its type without null."""
    nullable = isinstance(kind, dict) and "null" in kind
    kind = kind["null"] if nullable else kind
    return field + (mark or "?" * nullable), kind


def _expandable(kind):
    """An id or the object itself, wherever the type names another resource."""
    if not isinstance(kind, dict):
        return kind
    if "union" in kind:
        return {"id": [name for part in kind["union"] for name in _resources(part)]}
    if "resource" in kind:
        return {"id": _resources(kind)}
    return {word: _expandable(inner) for word, inner in kind.items()}


def _resources(kind):
    return [kind["resource"]] if isinstance(kind, dict) and "resource" in kind else []
