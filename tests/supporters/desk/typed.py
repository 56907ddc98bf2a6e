"""The writing form as a browser sends it."""

FORM = {
    "code": "spring-end",
    "placement": "article-end",
    "paragraph": "3",
    "priority": "90",
    "sensitive": "hide",
    "starts_at": "",
    "ends_at": "",
    "variant-TOTAL_FORMS": "1",
    "variant-INITIAL_FORMS": "0",
    "variant-0-code": "a",
    "variant-0-share": "100",
    "variant-0-heading": "Reporting that stays open",
    "variant-0-body": "Readers pay for this so that everybody can read it.",
    "variant-0-button": "",
    "rule-TOTAL_FORMS": "1",
    "rule-INITIAL_FORMS": "0",
    "rule-0-field": "",
    "rule-0-operator": "",
    "rule-0-value": "",
    "do": "save",
}


def filled(campaign, **fields):
    """The form with other fields; dots in names stand for dashes."""
    changed = {name.replace("__", "-"): value for name, value in fields.items()}
    return FORM | {"campaign": str(campaign.pk)} | changed
