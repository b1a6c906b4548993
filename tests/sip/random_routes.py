"""Random routes in random states, and the way that a call takes which is told what a rehearsal tells."""

import itertools
import random
from dataclasses import dataclass, field, replace

from conftest import Site
from hunting import EVERY_REASON, RINGS, SILENT, answers

from sbc.lab.answerer import Reaction
from sbc.lab.carrier import by_ending
from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_entry, sample_number, sample_registered, sample_route, sample_trunk
from sbc.lab.sip import Address
from sbc.refusals import REFUSALS
from sbc.rehearsal import ELSEWHERE, PASSED_OVER

HOME, AWAY = "NEW_YORK", "FRANKFURT"
CALLERS, GATEWAY = ("+13125559999", "+442079460000", ""), 16
FIRST_HOST, FIRST_NUMBER = 12_000, 13125560000
REACTIONS = {
    "200": Reaction(ring_seconds=0.05),
    "486": answers(486),
    "503": answers(503),
    "480": answers(480),
    "404": answers(404),
    "rings": RINGS,
    "silent": SILENT,
}
REASONS = {408: "TIMEOUT", 480: "TIMEOUT", 486: "BUSY", 503: "ERROR"}


@dataclass
class Random:
    """Makes routes, their trunks and the state that these are in, on two nodes, each alone in its data centre."""

    home: Site
    away: Site
    chance: random.Random
    reactions: dict[str, Reaction] = field(default_factory=dict)  # by host
    hosts: itertools.count = field(default_factory=lambda: itertools.count(FIRST_HOST))
    numbers: itertools.count = field(default_factory=lambda: itertools.count(FIRST_NUMBER))
    held: str = ""  # a trunk without a free channel
    again: int = 0  # calls for which a timer of the lab was too short on a busy machine: these are placed once more
    registered_ids: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)  # hosts that OPTIONS has to find silent first

    def host(self, *names):
        """Somewhere new, where it goes as one of these names says."""
        host = self.home.net.customer(next(self.hosts))
        self.reactions[host] = REACTIONS[self.chance.choice(names or list(REACTIONS))]
        return host

    def trunk(self, site=None, hosts=None, **changes):
        """A static trunk; its equipment does anything."""
        site, trunk_id = site or self.home, f"random-{next(self.hosts)}"
        hosts = hosts or [self.host() for _ in range(self.chance.choice((1, 1, 2, 3)))]
        changes = {"strategy": self.chance.choice(("FAILOVER", "ROUND_ROBIN"))} | changes
        site.put(sample_trunk(trunk_id, [], [(host, SIP_PORT) for host in hosts], **changes))
        return trunk_id, hosts

    def usual(self):
        return self.trunk()[0]

    def disabled(self):
        return self.trunk(admin_status="DISABLED")[0]

    def gone(self):
        return "never-was"

    def full(self):
        return self.held if self.chance.random() < 0.5 else self.trunk(channels=0)[0]

    def too_fast(self):
        return self.trunk(calls_per_second=0)[0]

    def domestic(self):
        return self.trunk(international=False)[0]

    def unregistered(self):
        return self.registered(contact=False)

    def registered(self, contact=True):
        trunk_id, host = f"random-{next(self.hosts)}", self.host("200", "486", "503", "480", "rings", "silent")
        self.home.put(sample_registered(trunk_id, "secret"))
        self.registered_ids.add(trunk_id)
        if contact:
            self.home.register(Phone(trunk_id, Address(host, SIP_PORT)))
        return trunk_id

    def dead(self):
        """A call found so, a moment ago; it may be back."""
        trunk_id, hosts = self.trunk(hosts=[self.host("200", "486", "silent")])
        self.home.node.switch().call("htable.seti", "dead", f"{hosts[0]}:{SIP_PORT}", 1)
        return trunk_id

    def silent_to_options(self):
        """One destination of one or two."""
        others = [self.host("200", "486")] if self.chance.random() < 0.5 else []
        trunk_id, hosts = self.trunk(hosts=[self.host("silent"), *others], options=True)
        self.unanswered.add(hosts[0])
        return trunk_id

    def elsewhere(self):
        changes = self.chance.choice(({}, {}, {"channels": 0}, {"admin_status": "DISABLED"}))
        return self.trunk(self.away, **changes)[0]

    def entry(self):
        kinds = [self.usual] * 4 + [self.registered] * 2 + [self.elsewhere] * 2 + [self.dead, self.silent_to_options]
        kinds += [self.disabled, self.gone, self.full, self.too_fast, self.domestic, self.domestic, self.unregistered]
        kind = self.chance.choice(kinds)
        where = AWAY if kind == self.elsewhere else HOME
        return sample_entry(kind(), data_centre=where, ring_seconds=1, hunt_on=self.reasons())

    def reasons(self):
        return tuple(reason for reason in EVERY_REASON if self.chance.random() < 0.8)

    def route(self):
        """A number in front of a route, which may end at a telephone."""
        number = f"+{next(self.numbers)}"
        entries = [self.entry() for _ in range(self.chance.randint(1, 6))]
        if self.chance.random() < 0.4:
            telephone = f"+13125570{self.chance.choice(('100', '100', '486', '503'))}"
            entries.append(sample_entry(phone=telephone, ring_seconds=1, hunt_on=self.reasons()))
        route = sample_route(f"random-{number[1:]}", *entries)
        self.home.put(route)
        self.home.put(sample_number(number, route_id=route.id))
        return Case(number, self.chance.choice(CALLERS), route)


@dataclass
class Phone:
    """What Site.register needs to know of a trunk."""

    id: str
    phone: Address


@dataclass
class Case:
    """A number and its route; what the rehearsal told; where a call was to go and went: hosts in order, last answer."""

    number: str
    caller: str
    route: object
    told: list = field(default_factory=list)
    expected: tuple = ()
    found: tuple = ()
    elsewhere: int = 0  # of the entries


def rehearse(made, case):
    """Ask; what is elsewhere is asked there."""
    case.told, case.elsewhere = [], 0
    rehearsal = made.home.client.rehearse(case.number, case.caller)
    assert rehearsal.refused == ""
    for one in rehearsal.entries:
        there = one
        if one.verdict == ELSEWHERE:
            assert one.hops == (made.away.node.address,)
            alone = sample_route("asked", case.route.entries[one.position - 1])
            [there] = made.away.client.rehearse(case.number, case.caller, alone).entries
        case.told.append(replace(there, position=one.position))
        case.elsewhere += one.verdict == ELSEWHERE
    case.expected = follow(made, case)


def follow(made, case):
    """Where a call goes that is told this, knowing what everybody answers."""
    path, said = [], 0
    for one in case.told:
        entry = case.route.entries[one.position - 1]
        if one.verdict == PASSED_OVER:
            said = REFUSALS[one.why].status if one.why in REFUSALS else said
            continue
        said, reason = ask(made, entry, [hop.rpartition(":")[0] for hop in one.hops], path)
        if said == 200 or reason not in entry.hunt_on:
            break
    return path, said


def ask(made, entry, hosts, path):
    """The status that comes of an entry, and the reason that it is to go on."""
    error = False
    is_contact = not entry.phone and entry.trunk_id in made.registered_ids
    for host in hosts:
        path.append(host)
        reaction = by_ending(Called(entry.phone)) if entry.phone else made.reactions[host]
        if reaction.silent:
            continue
        if reaction.status == 503 and not is_contact:
            error = True
            continue
        status = reaction.status or 408
        if status == 503:
            return 500, "ERROR"  # as a proxy should pass on what is no word about itself
        return status, REASONS.get(status, "-")
    return (503 if entry.phone else 480), "ERROR" if error else "UNREACHABLE"


@dataclass
class Called:
    """What `by_ending` looks at."""

    user: str
