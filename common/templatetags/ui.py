"""The words of the house for templates: statuses, times, money, addresses. A builtin: no `load` needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms, template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.browsers import browser_words
from common.forms import summary_errors
from common.icons import ICONS

register = template.Library()
NOTHING = "\N{EN DASH}"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "JPY": "¥"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "warn" %}`; decoration unless it gets a label."""
    shape = mark_safe(ICONS[name])  # noqa: S308 -- our own constant
    spin = " spin" if name == "busy" else ""
    if label:
        return format_html(
            '<svg class="i{}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', spin, label, shape
        )
    return format_html('<svg class="i{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', spin, shape)


@register.simple_tag
def status(tone: str, word: str, detail: str = "") -> SafeString:
    """`{% status "good" "Live" %}`: shape, word and colour. Tones: good warn ring bad busy off plain."""
    colour = "warn" if tone == "ring" else tone
    shape = icon(tone) if tone in ICONS else ""
    small = format_html('<span class="sub">{}</span>', detail) if detail else ""
    return format_html('<span class="status {}">{} <span>{}</span></span>{}', colour, shape, word, small)


@register.simple_tag
def when(moment: datetime | None, empty: str = NOTHING) -> SafeString | str:
    """`{% when trunk.created_at %}`: "5 min ago" within the hour, else "14 Mar 2026, 14:02 (UTC)"."""
    if moment is None:
        return empty
    written = absolute(moment)
    spoken = relative(timezone.now() - moment) or written
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), written, spoken)


@register.simple_tag
def clock(moment: datetime | None, empty: str = NOTHING) -> SafeString | str:
    """`{% clock state.read_back_at %}`: 14:03:07.120 (UTC), for what happens within seconds."""
    if moment is None:
        return empty
    local = timezone.localtime(moment)
    spoken = f"{local:%H:%M:%S}.{local.microsecond // 1000:03d} ({zone_of(local)})"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), absolute(moment), spoken)


@register.filter
def absolute(moment: datetime) -> str:
    """`{{ invitation.expires_at|absolute }}`: for mails, where "5 min ago" grows old."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y, %H:%M} ({zone_of(local)})"


@register.filter
def moment_words(moment: datetime) -> str:
    """Inside a sentence: 14:02 (UTC) today, with the date on other days."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localtime().date():
        return f"{local:%H:%M} ({zone_of(local)})"
    return absolute(moment)


def zone_of(local: datetime) -> str:
    """UTC, or how far from it: UTC+01:00."""
    offset = f"{local:%z}"
    return "UTC" if local.utcoffset() == UTC.utcoffset(None) else f"UTC{offset[:3]}:{offset[3:]}"


def relative(age: timedelta) -> str:
    """Empty beyond one hour, where the date says more."""
    seconds = int(age.total_seconds())
    if abs(seconds) >= 3600:  # noqa: PLR2004 -- one hour
        return ""
    amount = span(abs(seconds))
    return _("in %(time)s") % {"time": amount} if seconds < 0 else _("%(time)s ago") % {"time": amount}


def span(seconds: int) -> str:
    if seconds < 60:  # noqa: PLR2004 -- one minute
        return ngettext("%(n)d s", "%(n)d s", seconds) % {"n": seconds}
    return ngettext("%(n)d min", "%(n)d min", seconds // 60) % {"n": seconds // 60}


def money(amount: Decimal | float | None, currency: str = "USD") -> str:
    """`{{ price|money:"USD" }}` or `{% money price "USD" %}`: $1,150.00, with more digits only where they are."""
    if amount is None:
        return ""
    value = Decimal(str(amount))
    places = max(2, min(6, -int(value.normalize().as_tuple().exponent)))
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    if currency in SYMBOLS:
        return f"{sign}{SYMBOLS[currency]}{abs(value):,.{places}f}"
    return f"{sign}{abs(value):,.{places}f} {currency}"


@register.filter
def signed(amount: Decimal, currency: str = "USD") -> str:
    """`{{ entry.balance_change|signed:"USD" }}`: +$45.00, or with a minus."""
    return f"+{money(amount, currency)}" if amount > 0 else money(amount, currency)


register.filter("money", money)
register.simple_tag(money, name="money")
register.filter("browser", browser_words)


@register.filter
def ltr(text: Any) -> SafeString:
    """`{{ host|ltr }}`: addresses, numbers and ids keep their order in any language."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)


@register.filter
def address(text: Any) -> SafeString:
    """`{{ host|address }}`: an IP address, host name or id in the fixed-width face."""
    return format_html('<code><bdi dir="ltr">{}</bdi></code>', text)


@register.simple_tag
def meter(used: int, limit: int) -> SafeString:
    """`{% meter 3 10 %}`: a bar with its words."""
    share = min(100, round(100 * used / limit)) if limit else 0
    bar = '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>'
    track = mark_safe('<rect class="track" width="100" height="8"/>')
    filled = format_html('<rect width="{}" height="8"/>', share)
    words = _("%(used)s of %(limit)s") % {"used": used, "limit": limit}
    return format_html('<span class="nowrap">{}{}</span>', format_html(bar, track, filled), words)


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str) -> SafeString:
    """A link of a navigation, marked where it is the page or the page is below it."""
    url = reverse(url_name)
    path = getattr(context.get("request"), "path", "")
    current = ' aria-current="page"' if path == url else ' aria-current="true"' if is_below(path, url) else ""
    return format_html('<a href="{}"{}>{}</a>', url, mark_safe(current), label)  # noqa: S308 -- our own constants


def is_below(path: str, url: str) -> bool:
    return url != "/" and path.startswith(url)


@register.inclusion_tag("partials/error_summary.html")
def error_summary(*parts: forms.BaseForm) -> dict[str, Any]:
    """`{% error_summary form other_form %}`: everything that is wrong, with a link to each answer."""
    return {"errors": [error for form in parts if form for error in summary_errors(form)]}


@register.simple_tag
def button_class(tags: list[str] | None, href: str = "") -> str:
    """The look of a button in django-allauth's pages, from the tags it carries."""
    tags = tags or []
    if "danger" in tags or "delete" in tags:
        return "button danger"
    if "link" in tags or "cancel" in tags:
        return "button quiet"
    return "button" if href or {"outline", "secondary", "tool", "panel"} & set(tags) else "button primary"


@register.filter
def wrong(form: forms.BaseForm) -> list[tuple[str, str]]:
    """`form|wrong`: what the error summary lists."""
    return summary_errors(form)


@register.filter
def spaced(first: Any, second: Any) -> str:
    return f"{first} {second}"


@register.filter
def dashed(first: Any, second: Any) -> str:
    return f"{first}-{second}"


@register.filter
def ticks(done: int, total: int) -> list[bool]:
    """`step|ticks:5`: which dashes of the step bar are filled."""
    return [at < done for at in range(total)]
