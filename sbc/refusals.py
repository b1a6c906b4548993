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
        "The call came from a provider, and its account or termination identifier belongs to no trunk of ours here.",
        "Compare the Twilio Account SID or the Genesys identifier on the trunk's page with what your provider shows.",
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
    "media-unavailable": Refusal(
        503,
        "Media Unavailable",
        "The part of our node that carries sound was out of service for a moment.",
        "Try again. If it goes on, write to us with the Call-ID.",
    ),
}
