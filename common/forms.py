"""The base of every form: how questions, errors and lists that grow are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

M = TypeVar("M", bound=models.Model)


class PortalBoundField(forms.BoundField):
    """A question; also says whether it is optional and which tag stands beside it."""

    @property
    def optional(self) -> bool:
        """A form that leaves all asking to its model names its `optional` questions itself."""
        named = getattr(self.form, "optional", None)
        if named is not None:
            return self.name in named
        return not self.field.required and not isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def tags(self) -> list[str]:
        """Such as "Cannot be changed later", from the form's `tags`: one a field, or a tuple of them."""
        tags = getattr(self.form, "tags", {}).get(self.name, ())
        return [str(tag) for tag in (tags if isinstance(tags, tuple) else (tags,))]

    @property
    def width(self) -> str:
        """s, m or l, from the form's `widths`."""
        return str(getattr(self.form, "widths", {}).get(self.name, "m"))

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def prints_own_errors(self) -> bool:
        return bool(getattr(self.field.widget, "prints_own_errors", False))


class PortalRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = PortalBoundField


class RowError(ValidationError):
    """An error of one row of a list, shown beside that row and linked to it."""

    def __init__(self, message: Any, row: int, *, part: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.row = row
        self.part = part


@runtime_checkable
class Growing(Protocol):
    """A widget with rows that submit buttons add, move and remove."""

    def rework(self, verb: str, item: str, data: QueryDict, name: str) -> bool:
        """Change the posted rows; False when the button belongs to another widget."""


class Portal:
    """What PortalForm and PortalModelForm have in common."""

    use_required_attribute = False
    tags: Mapping[str, Any] = {}
    widths: Mapping[str, str] = {}
    fields: dict[str, forms.Field]
    data: Any
    add_prefix: Callable[[str], str]
    _errors: ErrorDict | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = field.label or name.replace("_", " ").capitalize()
                field.error_messages["required"] = _("%(label)s is missing") % {"label": label}

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        for name, errors in (self._errors or ErrorDict()).as_data().items():
            widget = self.fields[name].widget if name in self.fields else None
            if getattr(widget, "prints_own_errors", False):
                widget.errors = errors  # type: ignore[union-attr]

    def rework(self) -> bool:
        """Obey a list button (`action` = "up:PCMA"). True: show the form again, unchecked, with its answers."""
        verb, _, item = str(self.data.get("action", "")).partition(":")
        if not item:
            return False
        data = self.data.copy()
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, Growing) and widget.rework(verb, item, data, self.add_prefix(name)):
                self.data = data
                self.leave_unjudged()
                return True
        return False

    def leave_unjudged(self) -> None:
        """Show the answers as they are, without saying what is wrong with them."""
        self._errors = ErrorDict()

    def summary_errors(self) -> list[tuple[str, str]]:
        return summary_errors(self)  # type: ignore[arg-type]


class PortalForm(Portal, forms.Form):
    """A form of the portal."""


class PortalModelForm(Portal, forms.ModelForm[M]):
    """A model form of the portal."""


def summary_errors(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(id of the input, message) of everything that is wrong; the id is empty when no single answer is."""
    found = []
    for name, errors in form.errors.as_data().items():
        for error in errors:
            target = "" if name == NON_FIELD_ERRORS or name not in form.fields else target_of(form[name], error)
            found += [(target, str(message)) for message in error.messages]
    return found


def target_of(field: forms.BoundField, error: ValidationError) -> str:
    """The first option of a radio group, the row that is wrong, else the input itself."""
    if isinstance(error, RowError):
        return f"{field.auto_id}_{error.row}" + (f"_{error.part}" if error.part else "")
    if field.is_hidden:
        return ""
    if field.id_for_label or not field.use_fieldset:
        return field.id_for_label
    options = field.subwidgets
    return options[0].id_for_label if options else field.auto_id
