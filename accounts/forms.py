"""Questions about people: whom to invite, which role, who you are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import RIGHTS, Right, Role
from accounts.validators import why_not_manage, why_not_step_down
from common.forms import PortalForm
from common.signin import NewPasswordForm
from common.text import has_control_characters, tidy
from common.widgets import Card, CardsField
from common.wording import EMAIL_MESSAGES


def in_words(role: Role) -> str:
    """What a role may do, as a sentence that begins with the greatest role it includes."""
    below = max(
        (other for other in Role if RIGHTS[other] < RIGHTS[role]), key=lambda other: len(RIGHTS[other]), default=None
    )
    more = RIGHTS[role] - RIGHTS[below] if below else RIGHTS[role]
    rights = "; ".join(str(right.label) for right in Right if right in more)
    if below is None:
        return gettext("May %(rights)s.") % {"rights": rights}
    return gettext("May do all that %(role)s may; also %(rights)s.") % {"role": below.label, "rights": rights}


class RoleForm(PortalForm):
    """`present` is the role the person has now; roles that the actor may not give are shown with the reason."""

    role = CardsField(label=_("Role"), error_messages={"required": _("Choose a role")})

    def __init__(self, *args: Any, actor: str, present: str = "", owners: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stuck = why_not_step_down(present, owners)
        field = self.fields["role"]
        field.set_cards(  # type: ignore[attr-defined]
            Card(
                role.value,
                role.label,
                in_words(role),
                reason=why_not_manage(actor, role) or (stuck if role != present else ""),
            )
            for role in Role
        )


class InviteForm(RoleForm):
    field_order = ("email", "role")

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages=EMAIL_MESSAGES | {"required": _("Enter an email address")},
        help_text=_("We send a link that works once, for 7 days"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class JoinForm(NewPasswordForm):
    """A new person: their name and first password."""

    field_order = ("name", "password1", "password2")

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Enter your name")},
        help_text=_("Your colleagues see it"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")
        self.fields["password2"].label = _("Password again")

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if has_control_characters(name):
            raise ValidationError(_("Enter the name without control characters"))
        return name
