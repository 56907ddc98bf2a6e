"""Products and prices, prices made from `price_data` included."""

from payments.sandbox import errors, lists, made, money, render

PRODUCT_FIELDS = (
    "active", "default_price", "description", "images", "marketing_features", "name",
    "package_dimensions", "shippable", "statement_descriptor", "tax_code", "unit_label", "url",
)  # fmt: skip


def make_product(box, *, name, id=None, **fields):
    product = made.make(
        box, "product", prefix="prod", id=id, name=name, active=True, type="service",
        updated=box.clock.now(),
    )  # fmt: skip
    made.change(box, product, changes=fields)
    box.emit("product.created", product)
    return product


def create_product(call):
    box, params = call.box, call.params
    if "name" not in params:
        raise errors.required("name")
    if params.get("id") in box.store.objects:
        raise errors.invalid("Product already exists.", code="resource_already_exists")
    fields = made.emptied(params, names=PRODUCT_FIELDS)
    product = make_product(
        box, id=params.get("id"), metadata=params.get("metadata") or {}, **fields
    )
    if "default_price_data" in params:
        price = make_price(box, data={**params["default_price_data"], "product": product["id"]})
        made.change(box, product, changes={"default_price": price["id"]})
    return product


def update_product(call):
    box, params = call.box, call.params
    product = box.store.get("product", id=call.id)
    before = render.snapshot(product)
    changes = made.emptied(params, names=(*PRODUCT_FIELDS, "metadata"))
    changes["updated"] = box.clock.now()
    made.change(box, product, changes=changes)
    box.emit("product.updated", product, before=before)
    return product


def retrieve_product(call):
    return call.box.store.get("product", id=call.id)


def list_products(call):
    same = ("active", "shippable", "type", "url")
    ids = call.params.get("ids")
    found = lists.filtered(call, kind="product", same=same)
    return lists.Listing(
        (one for one in found if ids is None or one["id"] in ids), url="/v1/products"
    )


def make_price(box, *, data, active=True):
    """A price from `price_data` or from the parameters of a price."""
    for name in ("currency", "product"):
        if name not in data:
            raise errors.required(f"price_data[{name}]")
    money.check_currency(data["currency"])
    product = box.store.get("product", id=data["product"], param="price_data[product]")
    if not product["active"]:
        message = f"The product {product['id']} is inactive."
        raise errors.invalid(message, param="price_data[product]")
    amount = data.get("unit_amount")
    if amount is None and data.get("unit_amount_decimal", "").isdecimal():
        amount = int(data["unit_amount_decimal"])
    if amount is None and "custom_unit_amount" not in data:
        message = "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set."
        raise errors.invalid(message, param="unit_amount")
    recurring = data.get("recurring")
    price = made.make(
        box, "price", prefix="price", active=active, billing_scheme="per_unit",
        currency=data["currency"].lower(), custom_unit_amount=data.get("custom_unit_amount"),
        lookup_key=data.get("lookup_key"), metadata=data.get("metadata") or {},
        nickname=data.get("nickname"), product=product["id"], recurring=full_recurring(recurring),
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        unit_amount=amount, unit_amount_decimal=None if amount is None else str(amount),
    )  # fmt: skip
    box.emit("price.created", price)
    return price


def full_recurring(given):
    if not given:
        return None
    if given.get("interval") not in ("day", "week", "month", "year"):
        raise errors.invalid("Invalid recurring interval.", param="recurring[interval]")
    if given.get("interval_count", 1) < 1:
        message = "This value must be greater than or equal to 1."
        raise errors.invalid(message, param="recurring[interval_count]")
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": given.get("usage_type", "licensed"),
    }


def create_price(call):
    box, params = call.box, dict(call.params)
    if "product_data" in params:
        data = params.pop("product_data")
        params["product"] = make_product(box, name=data["name"])["id"]
    for name in ("currency", "product"):
        if name not in params:
            raise errors.required(name)
    return make_price(box, data=params, active=params.get("active", True))


def update_price(call):
    box, params = call.box, call.params
    price = box.store.get("price", id=call.id)
    before = render.snapshot(price)
    names = ("active", "lookup_key", "metadata", "nickname", "tax_behavior")
    made.change(box, price, changes=made.emptied(params, names=names))
    box.emit("price.updated", price, before=before)
    return price


def retrieve_price(call):
    return call.box.store.get("price", id=call.id)


def list_prices(call):
    keys, recurring = call.params.get("lookup_keys"), call.params.get("recurring") or {}
    found = lists.filtered(call, kind="price", same=("active", "currency", "product", "type"))
    found = (
        one for one in found
        if (keys is None or one["lookup_key"] in keys)
        and recurring.items() <= (one["recurring"] or {}).items()
    )  # fmt: skip
    return lists.Listing(found, url="/v1/prices")


def recurring_price_of(box, *, item, param):
    """The same for what is charged again and again, each time the same sum."""
    price = price_of(box, item=item, param=param)
    if price["recurring"] is None or price["unit_amount"] is None:
        message = "The price specified is not a recurring one of a fixed sum."
        raise errors.invalid(message, param=f"{param}[price]")
    return price


def price_of(box, *, item, param):
    """The price a line item names, or the one its `price_data` describes."""
    if "price" in item:
        price = box.store.get("price", id=item["price"], param=f"{param}[price]")
        if not price["active"]:
            message = "The price specified is inactive. This field only accepts active prices."
            raise errors.invalid(message, param=f"{param}[price]")
        return price
    if "price_data" not in item:
        raise errors.required(f"{param}[price]")
    data = dict(item["price_data"])
    if "product" not in data and "product_data" in data:
        details = data.pop("product_data")
        data["product"] = make_product(
            box, name=details["name"], description=details.get("description")
        )["id"]
    return make_price(box, data=data)
