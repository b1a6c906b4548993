"""User, Account, Member, Invitation, Limits and the audit trail."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import RIGHTS, AccountCause, Right, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person; signs in by e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Account(models.Model):
    """A customer. Its row is the lock under which money moves and limits are counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=128)
    currency = models.CharField(max_length=3, default="USD")
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension = models.CharField(max_length=16, choices=AccountCause, blank=True, help_text=_("Why we suspended it"))
    suspension_note = models.CharField(max_length=200, blank=True, help_text=_("The customer reads it"))
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Member", related_name="accounts")

    class Meta:
        ordering = ["name"]
        permissions = [
            ("suspend_account", "Can suspend and release accounts"),
            ("act_for_account", "Can look at the portal as a customer does"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def why_suspended(self) -> str:
        """A sentence without its full stop for the account's people; empty while nothing is the matter."""
        if self.suspended_at is None:
            return ""
        return gettext("This account is suspended: %(why)s") % {"why": self.cause}

    @property
    def cause(self) -> str:
        """Why it is suspended, in words for its people: the cause, and the note where there is one."""
        cause = "" if self.suspension == AccountCause.OTHER else self.get_suspension_display()
        why = ". ".join(words for words in (cause, self.suspension_note) if words)
        return why or gettext("contact us about the cause")


class Member(models.Model):
    account = models.ForeignKey(Account, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    class Meta:
        ordering = ["user__email"]
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]


class Invitation(models.Model):
    """A mailed link with which one person becomes a member, once. Of the token in it only the SHA-256 is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(max_length=16, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, help_text=_("Empty when the mail server did not take it"))
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class Limits(models.Model):
    """How much an account may have; staff edit them."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="limits")
    trunks = models.PositiveIntegerField(default=10)
    trunks_per_data_centre = models.PositiveIntegerField(default=10)
    data_centres = models.PositiveIntegerField(default=2)
    hosts_per_direction = models.PositiveIntegerField(default=3)
    channels = models.PositiveIntegerField(default=100, help_text=_("All trunks of the account together"))
    numbers = models.PositiveIntegerField(default=100)
    routes = models.PositiveIntegerField(default=50)
    calls_per_second = models.PositiveIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("That may begin on one trunk, on each node"),
    )
    credit = models.DecimalField(
        max_digits=12, decimal_places=2, default=0, help_text=_("How far orders may go beyond the balance")
    )

    class Meta:
        verbose_name_plural = "limits"

    def __str__(self) -> str:
        return f"Limits of {self.account}"


class AuditEvent(models.Model):
    """Who did what; written in the transaction of the change, never altered (a trigger holds that)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="audit", null=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, help_text=_("Empty when the system did it"))
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"]),
            # What staff search for.
            models.Index(fields=["subject_id"], name="audit_by_subject"),
            models.Index(fields=["action"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the audit trail is append-only")
