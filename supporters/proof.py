"""The letter that proves support on another device: one link, and the appeal rests there."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from payments import clock
from supporters.context import newsroom
from supporters.models import User
from supporters.standing import deserved_until, rest_token


def send(request: HttpRequest, email: str) -> None:
    """Write to the address, whoever it belongs to: only its owner learns what we know of it."""
    supporter = User.objects.filter(email=email).first()
    known = supporter is not None and deserved_until(supporter, clock.now()) is not None
    words = newsroom(request) | {"site_url": settings.SITE_URL, "link": ""}
    if supporter is not None and known:
        words["link"] = rest_link(supporter)
    message = EmailMultiAlternatives(
        subject=render_to_string("mail/proof.subject.txt", words).strip(),
        body=render_to_string("mail/proof.txt", words),
        to=[email],
    )
    message.attach_alternative(render_to_string("mail/proof.html", words), "text/html")
    message.send()


def rest_link(supporter: User) -> str:
    """The full address that silences the appeal on whatever device opens it."""
    path = reverse("supporters:appeal-rest", args=[rest_token(supporter)])
    return f"{settings.SITE_URL}{path}"
