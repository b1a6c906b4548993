"""No page about calls has an accessibility violation, light or dark."""

from __future__ import annotations

from django.urls import reverse

from tests.calls.rows import failed, make_call
from tests.e2e.judge import Judge
from tests.factories import make_specification, order_trunk


def test_calls(visit, account, new_york, work):
    trunk = order_trunk(account, make_specification(new_york, name="Main office"))
    work()
    judge = Judge(visit())

    judge.visit(reverse("calls:list"))
    answered, refused = make_call(trunk), make_call(trunk, **failed(503, "channels-exceeded"))
    for query in ("", "?q=%2B99999", "?q=1"):
        judge.visit(reverse("calls:list") + query)
    for call in (answered, refused):
        judge.visit(reverse("calls:detail", args=[call.pk]))
    judge.visit(reverse("trunks:detail", args=[trunk.pk]))

    assert judge.found == {}
