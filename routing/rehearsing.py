"""Rehearses a call to a route: entry by entry what the nodes would do now, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from provisioning.rehearsing import RehearsedEntry, rehearse_at
from routing.enums import HuntOn
from routing.route_document import unsaved_document
from routing.route_words import listed, name_of, place_name
from routing.specification import EntrySettings
from sbc.documents import RouteDocument
from sbc.refusals import REFUSALS
from trunks.models import Trunk

TRY, PASSED_OVER, ELSEWHERE = "TRY", "PASSED_OVER", "ELSEWHERE"
SILENT = "destination-silent"
# Why an entry cannot take the call at this moment; what is not here is told as of a call that was refused.
_WHY = {
    "trunk-disabled": lazy("it is disabled, or the node does not have it"),
    "not-registered": lazy("no PBX is registered on it"),
    "channels-busy": lazy("all its channels are in use"),
    "channels-exceeded": lazy("all its channels are in use"),
    "rate-exceeded": lazy("calls are begun faster than it allows"),
    "international-blocked": lazy("the call crosses a border, and it does not allow international calls"),
    "codec-not-allowed": lazy("it allows no codec that the call offers"),
    "destination-unreachable": lazy("there is no address to which we could send the call"),
    "data-centre-unreachable": lazy("no node of its data centre answers ours"),
    "no-gateway": lazy("no way into the telephone network is open"),
    "number-unassigned": lazy("the number leads nowhere"),
    SILENT: lazy("none of its addresses answered us lately. It is tried only if no other entry can take the call"),
}
_AFTER = {
    HuntOn.UNREACHABLE: lazy("cannot be reached"),
    HuntOn.TIMEOUT: lazy("does not answer within %(ring)s s"),
    HuntOn.ERROR: lazy("has an error (5xx)"),
    HuntOn.BUSY: lazy("is busy"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """Where the call arrives, which number was called and who calls; both numbers may be empty: any."""

    data_centre: str
    number: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One entry as it would be met: `detail` says why, or where it goes; `after` where the call goes when it fails."""

    position: int
    tone: str
    name: str
    word: str
    detail: str
    hops: tuple[str, ...] = ()
    after: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`told` says who said it; `trouble` why there is nothing to show."""

    stages: list[Stage]
    told: str = ""
    trouble: str = ""
    summary: str = ""


def rehearse(
    question: Question,
    entries: Sequence[EntrySettings],
    trunks: Mapping[str, Trunk],
    account_id: object,
    *,
    saved: bool,
) -> Rehearsed:
    """`saved`: the number leads to these entries already, so that its own node is asked about it as it is."""
    document = unsaved_document(account_id, entries, trunks)
    said = rehearse_at(question.data_centre, question.number, question.caller, None if saved else document)
    if said is None:
        words = _("No node of %(place)s can say at the moment what it would do. Try again in a minute")
        return Rehearsed([], trouble=words % {"place": place_name(question.data_centre)})
    told = _("%(role)s node of %(place)s, asked just now") % {
        "role": said.node.get_role_display(),
        "place": place_name(question.data_centre),
    }
    if said.rehearsal.refused:
        words = _("The call would be refused: %(why)s")
        return Rehearsed([], told, trouble=words % {"why": why_words(said.rehearsal.refused)})
    if len(said.rehearsal.entries) != len(entries):
        return Rehearsed([], told, trouble=_("The node has another version of this route at the moment. Try again"))
    in_order = sorted(said.rehearsal.entries, key=lambda entry: entry.position)
    met = [_settled(found, question, document) for found in in_order]
    way = _Way(entries, trunks, met, said.node.data_centre_id)
    return Rehearsed([way.stage(place) for place in range(len(entries))], told, summary=way.summary())


def _settled(found: RehearsedEntry, question: Question, document: RouteDocument) -> RehearsedEntry:
    """An entry of another data centre as a node there sees it."""
    if found.verdict != ELSEWHERE:
        return found
    entry = document.entries[found.position - 1]
    said = rehearse_at(entry.data_centre, question.number, question.caller, replace(document, entries=(entry,)))
    if said is None or not said.rehearsal.entries:
        return found
    return replace(said.rehearsal.entries[0], position=found.position)


@dataclass(frozen=True, slots=True)
class _Way:
    """What was said of every entry, by nodes of `home` and of where its trunk is."""

    entries: Sequence[EntrySettings]
    trunks: Mapping[str, Trunk]
    met: Sequence[RehearsedEntry]
    home: str

    def stage(self, place: int) -> Stage:
        entry, found = self.entries[place], self.met[place]
        trunk, name = self.trunks.get(entry.trunk_id), name_of(entry, self.trunks)
        if found.verdict == PASSED_OVER:
            return Stage(place + 1, "off", name, _("Passed over"), why_words(found.why))
        if found.verdict == ELSEWHERE:
            words = _("no node of %(place)s can say at the moment whether it could take the call")
            return Stage(place + 1, "none", name, _("Unknown"), words % {"place": trunk.data_centre if trunk else ""})
        is_far = trunk is not None and trunk.data_centre_id != self.home
        where = _("by way of the nodes of %(place)s") % {"place": trunk.data_centre} if trunk and is_far else ""
        note = "" if trunk else _("A call of its own, charged at normal rates. There is no list of rates yet")
        is_first = all(other.verdict == PASSED_OVER for other in self.met[:place])
        word = _("Tried first") if is_first else _("Tried next")
        return Stage(place + 1, "good", name, word, where, found.hops, self._after(place), note)

    def _after(self, place: int) -> str:
        """Where the call goes on to, and after what."""
        entry = self.entries[place]
        later = next((at for at, other in enumerate(self.met) if at > place and other.verdict != PASSED_OVER), None)
        if later is None:
            words = _("Nothing comes after it: the caller hears its answer, after %(ring)s s of ringing at most")
            return words % {"ring": entry.ring_seconds}
        if not entry.hunt_on:
            return _("The call never goes on from here: the caller hears its answer")
        reasons = [str(_AFTER[reason]) % {"ring": entry.ring_seconds} for reason in HuntOn if reason in entry.hunt_on]
        words = _("If it %(reasons)s: on to %(position)s. %(name)s. Any other answer is the caller's")
        target = name_of(self.entries[later], self.trunks)
        return words % {"reasons": listed(reasons, _(" or ")), "position": later + 1, "name": target}

    def summary(self) -> str:
        first = next((place for place, found in enumerate(self.met) if found.verdict == TRY), None)
        if first is None:
            return _("No entry could take the call now. The caller would hear why the last one could not")
        passed = sum(found.verdict == PASSED_OVER for found in self.met)
        name = name_of(self.entries[first], self.trunks)
        if not passed:
            return _("The call would go to %(name)s first") % {"name": name}
        words = _("The call would go to %(name)s first; %(count)s of %(all)s entries would be passed over")
        return words % {"name": name, "count": passed, "all": len(self.met)}


def why_words(why: str) -> str:
    if why in _WHY:
        return str(_WHY[why])
    return REFUSALS[why].cause.rstrip(".") if why in REFUSALS else why
