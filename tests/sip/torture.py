"""The torture messages of RFC 4475, addressed to our node: what each is, and the answers that are right.

{node} and {local} are host and host:port; a line that begins with a blank continues a header. Answer 0 is silence. A user
that is no telephone number is refused with 404 where a trunk calls, a stranger is asked for a password with 407. Stricter
than the RFC is one answer: what follows the body in a datagram (dblreq) is not passed over, the whole is refused. wsinv gets
none: Kamailio reads no CSeq that is folded between number and method.
"""

# ruff: noqa: E501 - a message is easier to compare with the RFC in one line
from dataclasses import dataclass

CALL = frozenset({404, 407})
BAD = frozenset({0, 400})
SDP = "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0\r\n"
FROM, TO = "From: <sip:caller@example.net>;tag=93942939o2", "To: <sip:j.user@{node}>"
VIA, MAX = "Via: SIP/2.0/UDP {local};branch=z9hG4bK", "Max-Forwards: 70"
CONTACT = "Contact: <sip:caller@host5.example.net>"


@dataclass(frozen=True)
class Torture:
    """`name` and `section` are the RFC's."""

    name: str
    section: str
    answers: frozenset[int]
    text: str

    def raw(self, node, local):
        """As it is sent."""
        return self.text.replace("{node}", node).replace("{local}", local).encode("utf-8", "surrogateescape")


def _message(name, section, answers, first, *headers, body="", length=None):
    """With the headers that every request needs, unless another one of the name is given, or none is wanted ("Name:")."""
    method = first.split(" ")[0]
    wanted = [f"{VIA}{name}", MAX, FROM, TO, f"Call-ID: {name}.{{local}}", f"CSeq: 1 {method}"]
    names = {header.partition(":")[0].strip().lower() for header in headers}
    given = [header for header in wanted if header.partition(":")[0].lower() not in names]
    given += [header for header in headers if not header.endswith(":~")]
    if "content-length" not in names:
        given.append(f"Content-Length: {len(body) if length is None else length}")
    return Torture(name, section, frozenset(answers), "\r\n".join([first, *given, "", body]))


def _invite(name, section, answers, *headers, uri="sip:j.user@{node}", **body):
    return _message(name, section, answers, f"INVITE {uri} SIP/2.0", *headers, CONTACT, **body)


def _options(name, section, answers, *headers, uri="sip:j.user@{node}", version="SIP/2.0", **body):
    return _message(name, section, answers, f"OPTIONS {uri} {version}", *headers, **body)


_SDP = "Content-Type: application/sdp"
_LONG = "long" * 60
_METHOD = "!interesting-Method0123456789_*+`.%indeed'~"

VALID = (
    _invite("wsinv", "3.1.1.1", {0, 481}, "TO :\r\n sip:vivekg@{node} ;   tag    = 1918181833n", "v:  SIP  / 2.0 / UDP\r\n  {local};branch=z9hG4bKwsinv",
            'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8', "MaX-fOrWaRdS: 0068", "cseq: 0009\r\n  INVITE",
            "i: wsinv.ndaksdj@{local}", "Call-ID:~", "Via:~", "Subject:", "NewFangledHeader:   newfangled value\r\n continued newfangled value",
            "UnknownHeaderWithUnusualValue: ;;,,;;,;", "Content-Type: application/sdp", "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
            uri="sip:vivekg@{node};unknownparam", body=SDP),
    _message("intmeth", "3.1.1.2", {405}, f"{_METHOD} sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@{{node}} SIP/2.0",
             f"CSeq: 139122385 {_METHOD}", 'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual@{node}>'),
    _invite("esc01", "3.1.1.3", CALL, "To: <sip:%75se%72@{node}>", 'From: <sip:I%20have%20spaces@example.net>;tag=938', uri="sip:sips%3Auser%40example.com@{node}", body=SDP),
    _message("escnull", "3.1.1.4", {200, 401, 403}, "REGISTER sip:{node} SIP/2.0", "To: sip:null-%00-null@{node}", "From: sip:null-%00-null@{node};tag=839923423",
             "Contact: <sip:%00@host5.example.com>", "Contact: <sip:%00%00@host5.example.com>"),
    _message("esc02", "3.1.1.5", {405}, "RE%47IST%45R sip:registrar.{node} SIP/2.0", 'To: "%Z%45" <sip:resource@{node}>', 'From: "%Z%45" <sip:resource@{node}>;tag=f232jadfj23',
             "Contact: <sip:alias1@host1.example.com>"),
    _options("lwsdisp", "3.1.1.6", {200}, "From: caller<sip:caller@example.com>;tag=323"),
    _invite("longreq", "3.1.1.7", CALL, f'To: "I have a user name of {"extreme" * 30} proportion"<sip:user@{{node}}:6000;unknownparam1=very{_LONG}>',
            f"F: sip:{'amazingly' * 30}name@example.net;tag=12{'982' * 60}424;unknownheaderparam", "From:~", f"Call-ID: longreq.one{'really' * 30}longcallid@{{local}}",
            f"Unknown-{_LONG}-Name: unknown-{_LONG}-value", body=SDP),
    _message("dblreq", "3.1.1.8", {400}, "REGISTER sip:{node} SIP/2.0", "Contact: sip:j.user@host.example.com", length=0,
             body="\r\nINVITE sip:joe@{node} SIP/2.0\r\nMax-Forwards: 0\r\n\r\n"),
    _options("semiuri", "3.1.1.9", {200}, "To: sip:j_user@{node}", uri="sip:user;par=u%40example.net@{node}"),
    _options("transports", "3.1.1.10", {200}, "Via: SIP/2.0/UDP {local};branch=z9hG4bKtransports\r\nVia: SIP/2.0/TLS t3.example.com;branch=z9hG4bKa\r\n"
             "Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKb"),
    _message("mpart01", "3.1.1.11", {405}, "MESSAGE sip:kumiko@{node} SIP/2.0", "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
             body="--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n\x00\x01\x82\r\n--7a9cbec02ceef655--"),
    Torture("unreason", "3.1.1.12", frozenset({0}), "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKu\r\nCall-ID: unreason.{local}\r\n"
            "CSeq: 35 INVITE\r\nFrom: <sip:u@example.com>;tag=1\r\nTo: <sip:w@example.com>;tag=2\r\nContact: <sip:u@example.com>\r\nContent-Length: 0\r\n\r\n"),
    Torture("noreason", "3.1.1.13", frozenset({0}), "SIP/2.0 100 \r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKn\r\nCall-ID: noreason.{local}\r\n"
            "CSeq: 35 INVITE\r\nFrom: <sip:u@example.com>;tag=1\r\nTo: <sip:w@example.com>;tag=2\r\nContent-Length: 0\r\n\r\n"),
)  # fmt: skip

INVALID = (
    _invite("badinv01", "3.1.2.1", BAD | CALL, "Contact: \"Joe\" <sip:joe@example.org>;;;;", "Via: SIP/2.0/UDP {local};;,;,,", body=SDP),
    _invite("clerr", "3.1.2.2", BAD, _SDP, body=SDP, length=9999),
    _invite("ncl", "3.1.2.3", BAD, _SDP, body=SDP, length=-999),
    _message("scalar02", "3.1.2.4", BAD | {401, 403, 483}, "REGISTER sip:{node} SIP/2.0", "CSeq: 36893488147419103232 REGISTER", "Max-Forwards: 300", "Expires: 1" + "0" * 60,
             "Contact: <sip:user@host129.example.com>;expires=280297596632815"),
    Torture("scalarlg", "3.1.2.5", frozenset({0}), "SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/TCP {local};branch=z9hG4bKs\r\nCall-ID: scalarlg.{local}\r\n"
            "CSeq: 9292394834772304023312 OPTIONS\r\nFrom: <sip:u@example.com>;tag=1\r\nTo: <sip:w@example.com>;tag=2\r\nRetry-After: 949302838503028349304023988\r\n"
            "Warning: 1812 overture \"In Progress\"\r\nContent-Length: 0\r\n\r\n"),
    _invite("quotbal", "3.1.2.6", BAD | CALL, 'To: "Mr. J. User <sip:j.user@{node}>', body=SDP),
    _invite("ltgtruri", "3.1.2.7", BAD, uri="<sip:user@{node}>", body=SDP),
    _invite("lwsruri", "3.1.2.8", BAD, uri="sip:user@{node}; lr", body=SDP),
    _message("lwsstart", "3.1.2.9", BAD | CALL, "INVITE  sip:user@{node}  SIP/2.0", CONTACT, body=SDP),
    _options("trws", "3.1.2.10", BAD | {200}, version="SIP/2.0  "),
    _invite("escruri", "3.1.2.11", BAD | CALL, uri="sip:user@{node}?Route=%3Csip:example.com%3E", body=SDP),
    _invite("baddate", "3.1.2.12", BAD | CALL, "Date: Fri, 01 Jan 2010 16:00:00 EST", body=SDP),
    _message("regbadct", "3.1.2.13", BAD | {401, 403}, "REGISTER sip:{node} SIP/2.0", "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"),
    _options("badaspec", "3.1.2.14", BAD | {200}, "To: <sip:j.user@{node}>", "From: \"Bell, Alexander\" <sip:a.g.bell@bell-tel.com>;tag=43", uri="sip:j.user@{node} <mailto:x>"),
    _options("baddn", "3.1.2.15", BAD | {200}, "To: \"Watson, Thomas\" < sip:t.watson@{node} >", "From: Bell, Alexander <sip:a.g.bell@bell-tel.com>;tag=43"),
    _options("badvers", "3.1.2.16", {0, 505}, "Via: SIP/7.0/UDP {local};branch=z9hG4bKbadvers", version="SIP/7.0"),
    _options("mismatch01", "3.1.2.17", BAD, "CSeq: 8 INVITE"),
    _message("mismatch02", "3.1.2.18", {400, 405}, "NEWMETHOD sip:user@{node} SIP/2.0", "CSeq: 34 INVITE"),
    Torture("bigcode", "3.1.2.19", frozenset({0}), "SIP/2.0 4294967301 better not break the receiver\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKb\r\nCall-ID: bigcode.{local}\r\n"
            "CSeq: 353494 INVITE\r\nFrom: <sip:u@example.com>;tag=1\r\nTo: <sip:w@example.com>;tag=2\r\nContent-Length: 0\r\n\r\n"),
    _options("badbranch", "3.2.1", {200}, "Via: SIP/2.0/UDP {local};branch=z9hG4bK"),
)  # fmt: skip

STRANGE = (
    Torture("insuf", "3.3.1", BAD, "INVITE sip:user@{node} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKinsuf\r\nCSeq: 193942 INVITE\r\nMax-Forwards: 95\r\n\r\n"),
    _options("unkscm", "3.3.2", BAD | {200, 416}, uri="nobodyKnowsThisScheme:totallyopaquecontent"),
    _options("novelsc", "3.3.3", BAD | {200, 416}, uri="soap.beep://192.0.2.103:3002"),
    _message("unksm2", "3.3.4", BAD | {401, 403, 416}, "REGISTER sip:{node} SIP/2.0", "To: isbn:2983792873", "From: <http://www.example.com>;tag=3234233", "Contact: <name:John_Smith>"),
    _options("bext01", "3.3.5", {200, 420}, "Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis"),
    _invite("invut", "3.3.6", CALL | {415}, "Content-Type: application/unknownformat", body="<audio>\r\n <pcmu port=\"443\"/>\r\n</audio>\r\n"),
    _message("regaut01", "3.3.7", {401, 403}, "REGISTER sip:{node} SIP/2.0", "Authorization: NoOneKnowsThisScheme opaque-data=here", CONTACT),
    _invite("multi01", "3.3.8", BAD | CALL, "CSeq: 5 INVITE\r\nCSeq: 59 INVITE", "Call-ID: multi01.{local}\r\nCall-ID: multi02.{local}", "From: <sip:a@example.com>;tag=1\r\nFrom: <sip:b@example.com>;tag=2", body=SDP),
    _options("mcl01", "3.3.9", BAD | {200}, "Content-Length: 13\r\nContent-Length: 5", body="There's no way to know how many octets are supposed to be here.\r\n"),
    Torture("bcast", "3.3.10", frozenset({0}), "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2\r\nCall-ID: bcast.{local}\r\n"
            "CSeq: 35 INVITE\r\nFrom: <sip:u@example.com>;tag=1\r\nTo: <sip:w@example.com>;tag=2\r\nContact: <sip:u@example.com>\r\nContent-Length: 0\r\n\r\n"),
    _options("zeromf", "3.3.11", {200, 483}, "Max-Forwards: 0"),
    _message("cparam01", "3.3.12", {200, 401, 403}, "REGISTER sip:{node} SIP/2.0", "Contact: sip:+19725552222@gw1.example.net;unknownparam"),
    _message("cparam02", "3.3.13", {200, 401, 403}, "REGISTER sip:{node} SIP/2.0", "Contact: <sip:+19725552222@gw1.example.net;unknownparam>"),
    _message("regescrt", "3.3.14", {200, 401, 403}, "REGISTER sip:{node} SIP/2.0", "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    _invite("sdp01", "3.3.15", CALL | {406}, _SDP, "Accept: text/nobodyKnowsThis", body=SDP),
    _message("inv2543", "3.4.1", CALL | BAD, "INVITE sip:UserB@{node} SIP/2.0", "Via: SIP/2.0/UDP {local}", "From: <sip:UserA@example.com>", "To: <sip:UserB@{node}>", "Max-Forwards:~", body=SDP),
)  # fmt: skip
