"""People: supporters and staff alike. An e-mail address signs in; there are no usernames."""

import unicodedata
import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from payments.models.kept import answers, found, insert_or_find


def normalise_email(email: str) -> str:
    """How addresses are compared: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", email).strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a person; without a password the person signs in by an e-mailed code."""
        if not email:
            raise ValueError("a person needs an e-mail address")
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def for_email(self, email: str, *, name: str = "") -> "User":
        """The supporter to whom money from this address belongs, made where there is none.

        A verified further address of somebody counts; an unverified one does not. Whoever is
        made here can sign in only by a code sent to the address: that proves it is theirs.
        """
        address = normalise_email(email)
        shared = answers(self.model)
        if address in shared:
            known = shared[address]
        else:
            verified = self.filter(emailaddress__email__iexact=address, emailaddress__verified=True)
            known = verified.first() or found(self.model, email=address)
        if known:
            return known
        made = self.model(email=address, name=name, password="!")  # noqa: S106 (nobody's: no hash)
        shared[address], _ = insert_or_find(made, email=address)
        return shared[address]

    def for_emails(self, names: dict[str, str]) -> dict[str, "User"]:
        """The same for many addresses with their names, each as it was given."""
        given = {email: normalise_email(email) for email in names}
        known = self.known(given.values())
        return {
            email: known[address] or self.for_email(email, name=names[email])
            for email, address in given.items()
        }

    def known(self, addresses: Iterable[str]) -> dict[str, "User | None"]:
        """To whom money from each of these addresses belongs, as far as they are there."""
        wanted = {normalise_email(address) for address in addresses}
        proved = self.filter(emailaddress__verified=True).annotate(
            address=Lower("emailaddress__email")
        )
        return (
            dict.fromkeys(wanted)
            | {user.email: user for user in self.filter(email__in=wanted)}
            | {user.address: user for user in proved.filter(address__in=wanted)}
        )

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=normalise_email(email or ""))


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.id)

    def clean(self) -> None:
        self.email = normalise_email(self.email)

    def in_group(self, names: Iterable[str]) -> bool:
        """Whether staff in one of the named roles, or an administrator."""
        return self.is_staff and (self.is_superuser or self.groups.filter(name__in=names).exists())
