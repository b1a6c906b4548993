"""What is done to a draft: begun (again, or like a trunk), answered, discarded, and turned into exactly one trunk."""

from __future__ import annotations

from uuid import UUID

from django.db import OperationalError, transaction
from django.http import Http404

from accounts.models import Account, User
from accounts.services import lock_account
from billing.quotes import PriceChanged
from common.forms import PortalForm
from common.widgets import ROWS_READ
from trunks.limits import room_of, validate_trunks_left
from trunks.models import Trunk, TrunkDraft
from trunks.services import create_trunk
from trunks.wizard.likeness import answers_like
from trunks.wizard.order import Order
from trunks.wizard.steps import Step

LONGEST_ANSWER = 4000  # fifty addresses in one row are shorter
DEADLOCK, SERIALIZATION = "40P01", "40001"


class AnswersChanged(Exception):
    """Somebody, perhaps the buyer in another window, changed the draft after the buyer looked at it."""


class Unanswered(Exception):
    """An answer that was right is not right any more; `order.troubles()` says which."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


def draft_of(account: Account, draft_id: UUID) -> TrunkDraft:
    """One draft. Raises Http404 for a stranger's and an unknown one alike."""
    draft = TrunkDraft.objects.filter(account=account, pk=draft_id).first()
    if draft is None:
        raise Http404
    draft.account = account
    return draft


def locked(draft: TrunkDraft) -> TrunkDraft:
    """The draft as it is now, nobody else's until the transaction ends. Raises Http404 when it was discarded."""
    drafts = TrunkDraft.objects.select_for_update(of=("self",)).select_related("trunk")
    found = drafts.filter(pk=draft.pk).first()
    if found is None:
        raise Http404
    return found


def begin(account: Account, actor: User) -> TrunkDraft:
    """A new draft, or the one that the person began and left without an answer.

    Raises ValidationError when the account has all the trunks it may have.
    """
    validate_trunks_left(room_of(account))
    blank = TrunkDraft.objects.filter(account=account, created_by=actor, trunk=None, answers={}).first()
    return blank or TrunkDraft.objects.create(account=account, created_by=actor)


def begin_again(draft: TrunkDraft, actor: User) -> TrunkDraft:
    """A new draft with the same answers, after its trunk could not be created."""
    validate_trunks_left(room_of(draft.account))
    return TrunkDraft.objects.create(account=draft.account, created_by=actor, answers=draft.answers)


def begin_like(trunk: Trunk, account: Account, actor: User) -> TrunkDraft:
    """A new draft with what a second trunk can share with this one; see `trunks.wizard.likeness`.

    Raises ValidationError when the account has all the trunks it may have.
    """
    validate_trunks_left(room_of(account))
    return TrunkDraft.objects.create(account=account, created_by=actor, answers=answers_like(trunk))


def answer(draft: TrunkDraft, step: Step, form: PortalForm) -> None:
    """Keep what the form was given, as it was typed; the other steps' answers stay as they are by now, and so do
    answers that only another kind of trunk is asked for: nothing is lost when the kind is changed and changed back.
    """
    with transaction.atomic():
        draft = locked(draft)
        if draft.is_ordered:
            return
        kept = draft.answers.get(step.slug, {})
        others = {name: values for name, values in kept.items() if question_of(name) not in form.fields}
        draft.answers[step.slug] = others | raw(form)
        draft.save(update_fields=["answers", "saved_at"])


def raw(form: PortalForm) -> dict[str, list[str]]:
    """The answers to the form's questions as they were typed, so far as somebody may have meant them: without what
    PostgreSQL cannot keep, and no longer than any right answer.
    """
    return {
        name: [value.replace("\0", "")[:LONGEST_ANSWER] for value in values[:ROWS_READ]]
        for name, values in form.data.lists()
        if question_of(name) in form.fields
    }


def question_of(name: str) -> str:
    """Ports are typed beside their hosts."""
    return name.removesuffix("_port")


def discard(draft: TrunkDraft) -> None:
    """Nothing happens to a draft that was ordered."""
    TrunkDraft.objects.filter(pk=draft.pk, trunk=None).delete()


def place_order(draft: TrunkDraft, seen: str, actor: User) -> tuple[Trunk, bool]:
    """The draft's trunk, and whether this call ordered it. `seen` is `Order.seen()` of the page that the buyer saw.

    Raises Unanswered, PriceChanged, AnswersChanged, ValidationError keyed by field, billing's NotEnoughCredit;
    then nothing changed.
    """
    try:
        return _place_order(draft, seen, actor)
    except OperationalError as trouble:
        if getattr(trouble.__cause__, "sqlstate", "") not in {DEADLOCK, SERIALIZATION}:
            raise
        return _place_order(draft, seen, actor)


@transaction.atomic
def _place_order(draft: TrunkDraft, seen: str, actor: User) -> tuple[Trunk, bool]:
    account = lock_account(draft.account_id)
    draft = locked(draft)
    if draft.trunk is not None:
        return draft.trunk, False
    draft.account = account
    order = Order(draft)
    offer = order.offer()
    if order.first_open() or offer is None:
        raise Unanswered(order)
    if not seen.startswith(offer.fingerprint):
        raise PriceChanged(offer)
    if seen != order.seen():
        raise AnswersChanged
    draft.trunk = create_trunk(account, order.choices.room, order.specification(), offer, actor)
    draft.save(update_fields=["trunk", "saved_at"])
    return draft.trunk, True
