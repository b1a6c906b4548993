"""Every reason for which a node refuses a call by itself, by the words of sbc/kamailio/refusals.cfg."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """`status` and `text` are the answer's; `cause` and `cure` are sentences for the customer."""

    status: int
    text: str
    cause: str
    cure: str


REFUSALS = {
    "trunk-disabled": Refusal(
        403,
        "Trunk Disabled",
        "The trunk was disabled or deleted when the call came.",
        "Enable the trunk on its page, or send the call through another one.",
    ),
    "international-blocked": Refusal(
        403,
        "International Calls Blocked",
        "The call crosses a border, and the trunk does not allow international calls.",
        "Allow international calls in the settings of the trunk, if you mean to make them.",
    ),
    "caller-invalid": Refusal(
        403,
        "Caller Number Fits No Numbering Plan",
        "The number that was sent as the caller's is no telephone number.",
        "Let your PBX send one of your own numbers with its country code.",
    ),
    "tls-required": Refusal(
        403,
        "TLS Required",
        "The trunk was ordered with TLS, and the call came without.",
        "Set your PBX to send over TLS to the address on the trunk's page.",
    ),
    "tls-not-ordered": Refusal(
        403,
        "TLS Not Ordered",
        "The call came over TLS, and the trunk was ordered without.",
        "Set your PBX to UDP, or order a trunk with TLS.",
    ),
    "provider-key-unknown": Refusal(
        403,
        "Provider Account Unknown",
        "The call came from a provider, and its account or the name that it asked for belongs to no trunk here.",
        "Compare the Twilio Account SID, or the Outbound SIP Termination FQDN in Genesys, with the trunk's page.",
    ),
    "too-many-failures": Refusal(
        403,
        "Too Many Failures",
        "A wrong password was shown from this address again and again, so it is listened to once in ten seconds only.",
        "Put the password in your PBX right. It is let in with its next attempt, after ten seconds at most.",
    ),
    "number-not-telephone": Refusal(
        404,
        "Not a Telephone Number",
        "What was dialled is no telephone number.",
        "Dial digits: the country code, then the number.",
    ),
    "number-invalid": Refusal(
        404,
        "Number Fits No Numbering Plan",
        "The number that was dialled exists in no country's numbering plan.",
        "Check the number, and the number format in the settings of the trunk.",
    ),
    "number-unassigned": Refusal(
        404,
        "Unassigned Number",
        "The number that was dialled points to no trunk.",
        "Choose a trunk for the number on the page Numbers.",
    ),
    "extension-required": Refusal(
        420,
        "Bad Extension",
        "Your PBX insists on an extension that we do not have: reliable provisional answers (100rel) or preconditions.",
        "Set 100rel (also called PRACK) and preconditions in your PBX to optional or off.",
    ),
    "destination-unreachable": Refusal(
        480,
        "Destination Unreachable",
        "None of the addresses to which we send your calls answered.",
        "Check that your equipment is running, its firewall lets our addresses through and its host name leads to it.",
    ),
    "not-registered": Refusal(
        480,
        "Not Registered",
        "Your PBX was not registered when the call came.",
        "Check the user name, the password and the server address in your PBX.",
    ),
    "call-repeated": Refusal(
        482,
        "Loop Detected",
        "The same call came a second time while it was up or being set up: by another way, or in a loop.",
        "Let your PBX send each call to us once, and look for a loop in its call forwarding.",
    ),
    "channels-busy": Refusal(
        486,
        "Channel Limit Reached",
        "As many calls were up as the trunk has channels, so the caller heard the busy tone.",
        "Add channels in the settings of the trunk.",
    ),
    "codec-not-allowed": Refusal(
        488,
        "No Codec In Common",
        "None of the codecs that were offered is allowed on the trunk.",
        "Allow a codec of your PBX in the settings of the trunk, or the other way round.",
    ),
    "srtp-required": Refusal(
        488,
        "SRTP Required",
        "The trunk was ordered with TLS, and your PBX offered or answered with sound that is not encrypted.",
        "Set your PBX to SRTP with keys in SDP (SDES), and not to fall back to RTP.",
    ),
    "node-exhausted": Refusal(
        503,
        "Node Out of Resources",
        "Our node had no memory left for another call.",
        "Try again, or through the other node. If it goes on, write to us with the Call-ID.",
    ),
    "channels-exceeded": Refusal(
        503,
        "Channel Limit Reached",
        "As many calls were up as the trunk has channels.",
        "Add channels in the settings of the trunk.",
    ),
    "rate-exceeded": Refusal(
        503,
        "Too Many Calls Per Second",
        "Calls were begun faster than the trunk allows.",
        "Let your PBX begin calls more slowly.",
    ),
    "no-gateway": Refusal(
        503,
        "No Gateway Available",
        "No way into the telephone network was open.",
        "Try again. If it goes on, write to us with the Call-ID.",
    ),
    "data-centre-unreachable": Refusal(
        503,
        "Data Centre Unreachable",
        "The trunk that was to take the call is in another data centre, and no node there answered.",
        "Try again. If it goes on, write to us with the Call-ID.",
    ),
    "not-ready": Refusal(
        503,
        "Not Ready",
        "The node was new and had not been told yet whose calls it takes.",
        "Send the call to the other node, or try again in a minute.",
    ),
    "media-unavailable": Refusal(
        503,
        "Media Unavailable",
        "The part of our node that carries sound was out of service for a moment.",
        "Try again. If it goes on, write to us with the Call-ID.",
    ),
}
