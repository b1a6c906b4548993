"""The pages of the wizard: begin, one page per step, review, pay, discard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from common.forms import PortalForm
from common.htmx import wants_part
from trunks.forms import OrderForm
from trunks.limits import room_of, validate_trunks_left
from trunks.models import TrunkDraft
from trunks.selectors import open_drafts_of
from trunks.wizard import flow
from trunks.wizard.asides import leave_aside
from trunks.wizard.order import REVIEW, Order
from trunks.wizard.paying import CONFLICT, UNPROCESSABLE, answer_payment, placed_at, review_page
from trunks.wizard.steps import Step

ADD_ADDRESS = "add_address"


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET: continue a draft or begin; POST: begin."""
    account = account_of(request)
    try:
        if request.method == "POST":
            return redirect(first_url(flow.begin(account, actor_of(request))))
        validate_trunks_left(room_of(account))
    except ValidationError as full:
        return render(request, "trunks/wizard/full.html", {"reason": full.messages[0]}, status=CONFLICT)
    return render(request, "trunks/wizard/new.html", {"drafts": open_drafts_of(account)})


def first_url(draft: TrunkDraft) -> str:
    order = Order(draft)
    return order.steps[0].url(order)


@needs(Right.CHANGE_TRUNKS)
@require_safe
def resume(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Where the person left off."""
    draft = flow.draft_of(account_of(request), draft_id)
    waiting = None if draft.is_ordered else Order(draft).first_open()
    return redirect("trunks:step", draft.pk, waiting.slug) if waiting else redirect("trunks:review", draft.pk)


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, draft_id: UUID, step: str) -> HttpResponse:
    draft = flow.draft_of(account_of(request), draft_id)
    if draft.is_ordered:
        return already_ordered(request, draft)
    order = Order(draft)
    asked = order.step(step)
    if asked is None:
        raise Http404
    if wants_part(request) and request.method == "GET":
        return part_of(request, order, asked)
    if waiting := order.first_open(before=asked):
        return answer_first(request, order, waiting)
    return submit(request, order, asked) if request.method == "POST" else show(request, order, asked)


def part_of(request: HttpRequest, order: Order, asked: Step) -> HttpResponse:
    """What follows from a choice on the page, before it is sent: the usual order of the codecs, the price."""
    form = asked.form(order, request.GET)
    if isinstance(form, OrderForm) and "codecs" in form.fields:
        form.propose_codecs()
        return render(request, "trunks/wizard/codecs.html", {"field": form["codecs"], "proposed": form.proposed})
    return render(request, "trunks/wizard/price.html", {"offer": order.offer(request.GET)})


def already_ordered(request: HttpRequest, draft: TrunkDraft) -> HttpResponse:
    messages.info(request, placed_at(draft))
    return redirect("trunks:handover", draft.trunk_id)


def answer_first(request: HttpRequest, order: Order, waiting: Step) -> HttpResponse:
    """An answer that was right once is judged there, so that the person sees what is wrong with it."""
    messages.warning(request, _("Answer this first"))
    url = waiting.url(order)
    was_answered = waiting.slug in order.draft.answers
    return redirect(from_review(url) if was_answered or came_from_review(request) else url)


def with_origin(request: HttpRequest, url: str) -> str:
    """Keep in mind that the person came from the review and wants to return there."""
    return from_review(url) if came_from_review(request) else url


def from_review(url: str) -> str:
    return f"{url}?{urlencode({'from': REVIEW})}"


def came_from_review(request: HttpRequest) -> bool:
    return request.GET.get("from") == REVIEW


def show(request: HttpRequest, order: Order, asked: Step) -> HttpResponse:
    """The question with the answer given so far; judged only for whoever comes from the review."""
    form = asked.form(order)
    chosen = request.GET.get("address", "")
    if chosen in order.choices.addresses and "service_address" in form.fields:
        form = asked.form(order, preset(form, "service_address", chosen))
    if "channels" in request.GET and "channels" in form.fields:
        form = asked.form(order, preset(form, "channels", request.GET["channels"]))
    if not came_from_review(request):
        form.leave_unjudged()
    return page(request, order, asked, form)


def preset(form: PortalForm, name: str, value: str) -> QueryDict:
    """The form's answers, or what it proposes, with one of them chosen."""
    if form.is_bound:
        data: QueryDict = form.data.copy()
    else:
        data = QueryDict(mutable=True)
        for field in form:
            initial = field.initial if isinstance(field.initial, list) else [field.initial]
            data.setlist(field.html_name, [str(item) for item in initial if item])
    data[name] = value
    return data


def submit(request: HttpRequest, order: Order, asked: Step) -> HttpResponse:
    """Keep the answer, right or wrong, and go on; a list's button or a wrong answer shows the question again."""
    form = asked.form(order, request.POST)
    if form.rework():
        flow.answer(order.draft, asked, form)
        return page(request, order, asked, form)
    if request.POST.get("action") == ADD_ADDRESS:
        form.is_valid()
        flow.answer(order.draft, asked, form)
        return HttpResponseRedirect(address_url(request, asked.url(order)))
    if aside := leave_aside(request, order, asked, form, with_origin(request, asked.url(order))):
        return aside
    form = asked.checked_form(order, request.POST)
    is_right = form.is_valid()
    flow.answer(order.draft, asked, form)
    if not is_right:
        return page(request, order, asked, form, status=UNPROCESSABLE)
    for finding in asked.findings(form):
        messages.warning(request, finding)
    return redirect(next_url(request, order, asked))


def address_url(request: HttpRequest, back: str) -> str:
    """The page that adds a service address and returns here with it chosen."""
    return f"{reverse('addresses:add')}?{urlencode({'next': with_origin(request, back)})}"


def next_url(request: HttpRequest, order: Order, answered: Step) -> str:
    """The next question; back to the review for whoever came from there, past what the new answer asks for."""
    order = Order(flow.draft_of(order.choices.account, order.draft.pk))
    following = order.first_open() if came_from_review(request) else order.after(answered)
    if following is None:
        return reverse("trunks:review", args=[order.draft.pk])
    return with_origin(request, following.url(order))


def page(request: HttpRequest, order: Order, asked: Step, form: PortalForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "order": order,
        "draft": order.draft,
        "step": asked,
        "form": form,
        "number": order.steps.index(asked) + 1,
        "steps": len(order.steps) + 1,
        "offer": order.offer(),
        "chosen": order.chosen(asked),
        "answered_later": bool(order.draft.answers.keys() - {asked.slug}),
        "back_url": back_url(request, order, asked),
    }
    return render(request, asked.template, context, status=status)


def back_url(request: HttpRequest, order: Order, asked: Step) -> str:
    if came_from_review(request) and not order.first_open():
        return reverse("trunks:review", args=[order.draft.pk])
    previous = order.before(asked)
    return previous.url(order) if previous else reverse("trunks:list")


@needs(Right.CHANGE_TRUNKS)
@require_safe
def review(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    draft = flow.draft_of(account_of(request), draft_id)
    if draft.is_ordered:
        return already_ordered(request, draft)
    order = Order(draft)
    if waiting := order.first_open():
        return answer_first(request, order, waiting)
    return review_page(request, order)


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """POST orders; what stands in its way is shown at this address, where a GET leads back to the review."""
    draft = flow.draft_of(account_of(request), draft_id)
    return answer_payment(request, draft) if request.method == "POST" else redirect("trunks:review", draft.pk)


@needs(Right.CHANGE_TRUNKS)
@require_POST
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    flow.discard(flow.draft_of(account_of(request), draft_id))
    messages.success(request, _("The draft was discarded"))
    return redirect("trunks:list")
