"""How many people support the newsroom."""

from datetime import datetime

from django.db.models import F

from payments.models import Contribution


def supporters_between(start: datetime, end: datetime) -> int:
    """People whose money arrived in the period and was not wholly sent back."""
    kept = (
        Contribution.objects.received()
        .filter(received_at__gte=start, received_at__lt=end, supporter__isnull=False)
        .with_refunded()
        .filter(refunded_minor__lt=F("gift_minor") + F("cover_minor"))
    )
    return kept.values("supporter").distinct().count()
