"""Every API call the sandbox knows: method, path template, function."""

import dataclasses
import urllib.parse
from collections.abc import Callable

from payments.sandbox import (
    balance,
    catalog,
    checkout,
    customers,
    disputes,
    errors,
    event_calls,
    intents,
    invoice_calls,
    methods,
    payouts,
    portal,
    refunds,
    setup_intents,
    subscription_changes,
    subscriptions,
    test_clocks,
    webhook_endpoints,
)


@dataclasses.dataclass(frozen=True)
class Route:
    method: str
    template: str
    handler: Callable


TABLE = [
    ("POST", "/v1/products", catalog.create_product),
    ("GET", "/v1/products", catalog.list_products),
    ("GET", "/v1/products/{id}", catalog.retrieve_product),
    ("POST", "/v1/products/{id}", catalog.update_product),
    ("POST", "/v1/prices", catalog.create_price),
    ("GET", "/v1/prices", catalog.list_prices),
    ("GET", "/v1/prices/{id}", catalog.retrieve_price),
    ("POST", "/v1/prices/{id}", catalog.update_price),
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", customers.index),
    ("GET", "/v1/customers/{id}", customers.retrieve),
    ("POST", "/v1/customers/{id}", customers.update),
    ("DELETE", "/v1/customers/{id}", customers.delete),
    ("GET", "/v1/customers/{id}/payment_methods", methods.index_of_customer),
    ("POST", "/v1/payment_methods", methods.create),
    ("GET", "/v1/payment_methods", methods.index),
    ("GET", "/v1/payment_methods/{id}", methods.retrieve),
    ("POST", "/v1/payment_methods/{id}", methods.update),
    ("POST", "/v1/payment_methods/{id}/attach", methods.attach_call),
    ("POST", "/v1/payment_methods/{id}/detach", methods.detach_call),
    ("POST", "/v1/setup_intents", setup_intents.create),
    ("GET", "/v1/setup_intents", setup_intents.index),
    ("GET", "/v1/setup_intents/{id}", setup_intents.retrieve),
    ("POST", "/v1/setup_intents/{id}/confirm", setup_intents.confirm),
    ("POST", "/v1/setup_intents/{id}/cancel", setup_intents.cancel),
    ("POST", "/v1/payment_intents", intents.create),
    ("GET", "/v1/payment_intents", intents.index),
    ("GET", "/v1/payment_intents/{id}", intents.retrieve),
    ("POST", "/v1/payment_intents/{id}", intents.update),
    ("POST", "/v1/payment_intents/{id}/confirm", intents.confirm_call),
    ("POST", "/v1/payment_intents/{id}/cancel", intents.cancel),
    ("GET", "/v1/charges", intents.list_charges),
    ("GET", "/v1/charges/{id}", intents.retrieve_charge),
    ("POST", "/v1/charges/{id}", intents.update_charge),
    ("POST", "/v1/checkout/sessions", checkout.create),
    ("GET", "/v1/checkout/sessions", checkout.index),
    ("GET", "/v1/checkout/sessions/{id}", checkout.retrieve),
    ("POST", "/v1/checkout/sessions/{id}", checkout.update),
    ("POST", "/v1/checkout/sessions/{id}/expire", checkout.expire),
    ("GET", "/v1/checkout/sessions/{id}/line_items", checkout.line_items),
    ("POST", "/v1/subscriptions", subscriptions.create),
    ("GET", "/v1/subscriptions", subscriptions.index),
    ("GET", "/v1/subscriptions/{id}", subscriptions.retrieve),
    ("POST", "/v1/subscriptions/{id}", subscription_changes.update),
    ("DELETE", "/v1/subscriptions/{id}", subscriptions.cancel),
    ("POST", "/v1/subscriptions/{id}/resume", subscriptions.resume),
    ("POST", "/v1/subscriptions/{id}/pause", subscriptions.pause),
    ("GET", "/v1/subscription_items", subscriptions.list_items),
    ("POST", "/v1/invoices/create_preview", invoice_calls.create_preview),
    ("GET", "/v1/invoices", invoice_calls.index),
    ("GET", "/v1/invoices/{id}", invoice_calls.retrieve),
    ("POST", "/v1/invoices/{id}", invoice_calls.update),
    ("DELETE", "/v1/invoices/{id}", invoice_calls.delete),
    ("GET", "/v1/invoices/{id}/lines", invoice_calls.lines),
    ("POST", "/v1/invoices/{id}/finalize", invoice_calls.finalise),
    ("POST", "/v1/invoices/{id}/pay", invoice_calls.pay),
    ("POST", "/v1/invoices/{id}/void", invoice_calls.void),
    ("POST", "/v1/invoices/{id}/mark_uncollectible", invoice_calls.mark_uncollectible),
    ("GET", "/v1/invoice_payments", invoice_calls.list_payments),
    ("GET", "/v1/invoice_payments/{id}", invoice_calls.retrieve_payment),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.index),
    ("GET", "/v1/refunds/{id}", refunds.retrieve),
    ("POST", "/v1/refunds/{id}", refunds.update),
    ("GET", "/v1/disputes", disputes.index),
    ("GET", "/v1/disputes/{id}", disputes.retrieve),
    ("POST", "/v1/disputes/{id}", disputes.update),
    ("POST", "/v1/disputes/{id}/close", disputes.close),
    ("GET", "/v1/radar/early_fraud_warnings", disputes.list_warnings),
    ("GET", "/v1/radar/early_fraud_warnings/{id}", disputes.retrieve_warning),
    ("GET", "/v1/balance", balance.retrieve),
    ("GET", "/v1/balance_transactions", balance.list_transactions),
    ("GET", "/v1/balance_transactions/{id}", balance.retrieve_transaction),
    ("GET", "/v1/payouts", payouts.index),
    ("GET", "/v1/payouts/{id}", payouts.retrieve),
    ("GET", "/v1/events", event_calls.index),
    ("GET", "/v1/events/{id}", event_calls.retrieve),
    ("POST", "/v1/test_helpers/test_clocks", test_clocks.create),
    ("GET", "/v1/test_helpers/test_clocks", test_clocks.index),
    ("GET", "/v1/test_helpers/test_clocks/{id}", test_clocks.retrieve),
    ("DELETE", "/v1/test_helpers/test_clocks/{id}", test_clocks.delete),
    ("POST", "/v1/test_helpers/test_clocks/{id}/advance", test_clocks.advance),
    ("POST", "/v1/billing_portal/configurations", portal.create_configuration),
    ("GET", "/v1/billing_portal/configurations", portal.list_configurations),
    ("GET", "/v1/billing_portal/configurations/{id}", portal.retrieve_configuration),
    ("POST", "/v1/billing_portal/configurations/{id}", portal.update_configuration),
    ("POST", "/v1/billing_portal/sessions", portal.create_session),
    ("POST", "/v1/webhook_endpoints", webhook_endpoints.create),
    ("GET", "/v1/webhook_endpoints", webhook_endpoints.index),
    ("GET", "/v1/webhook_endpoints/{id}", webhook_endpoints.retrieve),
    ("POST", "/v1/webhook_endpoints/{id}", webhook_endpoints.update),
    ("DELETE", "/v1/webhook_endpoints/{id}", webhook_endpoints.delete),
]


FIXED = {(method, path): Route(method, path, run) for method, path, run in TABLE if "{" not in path}
VARIABLE = {
    (method, tuple(path.split("/"))): Route(method, path, run)
    for method, path, run in TABLE
    if "{" in path
}
LONGEST = max(len(parts) for _, parts in VARIABLE)


def find_route(method, *, path):
    """The route of a call and the id in its path, if it has one."""
    route = FIXED.get((method, path))
    if route is not None:
        return route, None
    parts = path.split("/")
    for place in range(3, min(len(parts), LONGEST)):
        pattern = (*parts[:place], "{id}", *parts[place + 1 :])
        route = VARIABLE.get((method, pattern))
        if route is not None:
            return route, urllib.parse.unquote(parts[place])
    raise errors.unknown_url(method, path=path)
