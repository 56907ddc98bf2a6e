"""From a signed reference to the values that a checkout keeps for good."""

from dataclasses import fields, replace
from typing import Any

from payments.models import Checkout
from payments.models import Source as Columns
from supporters.appeals import articles, references


def frozen(
    text: str, *, article: str = "", sticky: bool = False, holdout: str = ""
) -> dict[str, Any]:
    """The source's columns; nearly empty where the reference cannot be read. Giving goes on then.

    `sticky` is the device's own word that it keeps its variant, `holdout` its group; `article` is
    its word for the page where the reference, made for many pages, names none.
    """
    source = references.read(text)
    if source is None:
        return {"holdout": holdout}
    article = source.article or article
    facts = articles.facts(article)
    told = replace(
        source,
        article=article,
        section=facts.section or source.section,
        author=facts.author or source.author,
        sticky=source.sticky or sticky,
    )
    return _fitting(told.columns() | {"holdout": holdout})


def again(checkout: Checkout) -> str:
    """A reference that says what a checkout has frozen; empty where none was read for it."""
    if checkout.asked_at is None:
        return ""
    known = {field.name for field in fields(references.Source)} & set(Columns.FIELDS)
    values = {name: getattr(checkout, name) for name in known}
    return references.sign(references.Source(**values, hour=checkout.asked_at))


def _fitting(columns: dict[str, Any]) -> dict[str, Any]:
    """Text cut to what the row can hold."""
    lengths = {name: Columns._meta.get_field(name).max_length for name in Columns.FIELDS}  # type: ignore[union-attr]
    return {
        name: value[: lengths[name]] if lengths[name] else value for name, value in columns.items()
    }
