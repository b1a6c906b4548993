"""Several rules at once: every field that is wrong is named, not only the first."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError


def keyed(**rules: Callable[[], str]) -> dict[str, str]:
    """What each rule answers. Raises one ValidationError keyed by field with all their troubles."""
    answers: dict[str, str] = {}
    troubles: dict[str, ValidationError] = {}
    for field, rule in rules.items():
        try:
            answers[field] = rule()
        except ValidationError as trouble:
            troubles[field] = trouble
    if troubles:
        raise ValidationError(troubles)
    return answers
