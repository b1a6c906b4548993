"""Good messages, and a thousand ways to spoil them: the same ones for the same seed."""

from sbc.lab.sip import Message, offer

METHODS = ("INVITE", "INVITE", "REGISTER", "OPTIONS", "BYE", "ACK", "CANCEL")
_WORDS = (b"\0", b"%00", b"%n%s", b"\xff\xfe", b"\r\n", b"\r\n\r\n", b";;;", b"<<>>", b'"', b"::", b"-1", b"4294967296")


def good(method, local, node, n):
    """What a PBX would send. No two have the same Call-ID."""
    number = f"1312555{n % 10000:04}"
    headers = [("Via", f"SIP/2.0/UDP {local};branch=z9hG4bK{n:x};rport"), ("Max-Forwards", "70")]
    if method in ("BYE", "ACK"):
        headers.append(("Route", f"<sip:{node.host};lr;ftag=f{n};did=9c5.b542>"))
    headers += [("From", f'"Ana" <sip:13125550100@{local.host}>;tag=f{n}')]
    headers += [("To", f"<sip:{number}@{node.host}>" + (f";tag=t{n}" if method in ("BYE", "ACK") else ""))]
    headers += [("Call-ID", f"{n:x}@{local.host}"), ("CSeq", f"{1 + n % 5} {method}")]
    headers += [("Contact", f"<sip:ana@{local}>;expires=60"), ("User-Agent", "PBX 1.0")]
    headers += [("P-Asserted-Identity", f"<sip:+13125550100@{local.host}>"), ("Privacy", "id")]
    if method in ("REGISTER", "INVITE") and n % 3 == 0:
        name = "Authorization" if method == "REGISTER" else "Proxy-Authorization"
        words = f'username="u{n}", realm="sip.example.com", nonce="{n:032x}", uri="sip:{node.host}"'
        headers.append((name, f'Digest {words}, response="{n:032x}", algorithm=MD5'))
    body = ""
    if method == "INVITE":
        headers.append(("Content-Type", "application/sdp"))
        body = offer(local)
    return str(Message(f"{method} sip:{number}@{node.host} SIP/2.0", headers, body)).encode()


def spoil(random, message):
    """The message after one to four mutations."""
    for _ in range(random.randint(1, 4)):
        message = random.choice(_MUTATIONS)(random, message)
    return message[:60_000]


def _flip_bits(random, message):
    spoilt = bytearray(message)
    for _ in range(random.randint(1, 8)):
        if spoilt:
            spoilt[random.randrange(len(spoilt))] ^= 1 << random.randrange(8)
    return bytes(spoilt)


def _truncate(random, message):
    return message[: random.randint(0, len(message))]


def _repeat_part(random, message):
    begin = random.randint(0, len(message))
    part = message[begin : begin + random.randint(1, 80)]
    return message[:begin] + part * random.randint(2, 40) + message[begin:]


def _insert_word(random, message):
    place = random.randint(0, len(message))
    return message[:place] + random.choice(_WORDS) * random.randint(1, 5) + message[place:]


def _lines(message):
    head, found, body = message.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), found + body


def _swap_lines(random, message):
    lines, body = _lines(message)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines) + body


def _repeat_line(random, message):
    lines, body = _lines(message)
    place = random.randrange(len(lines))
    return b"\r\n".join([*lines[:place], *lines[place : place + 1] * random.randint(1, 60), *lines[place:]]) + body


def _drop_line(random, message):
    lines, body = _lines(message)
    lines.pop(random.randrange(len(lines)))
    return b"\r\n".join(lines) + body


def _huge_value(random, message):
    lines, body = _lines(message)
    place = random.randrange(len(lines))
    lines[place] += random.choice((b"x", b";a=b", b"\t", b"%41", b",")) * random.choice((300, 3000, 15_000))
    return b"\r\n".join(lines) + body


def _wrong_length(random, message):
    wrong = random.choice((b"0", b"5", b"99999", b"-3", b"4294967297", b"x", b""))
    lines, body = _lines(message)
    return (
        b"\r\n".join([line for line in lines if b"Content-Length" not in line] + [b"Content-Length: " + wrong]) + body
    )


def _other_value(random, message):
    """One header's value under another's name."""
    lines, body = _lines(message)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one] = lines[one].partition(b":")[0] + b":" + lines[other].partition(b":")[2]
    return b"\r\n".join(lines) + body


def _spoil_body(random, message):
    head, found, body = message.partition(b"\r\n\r\n")
    change = random.choice((_flip_bits, _truncate, _repeat_part, _insert_word))
    return head + found + change(random, body)


_MUTATIONS = (_flip_bits, _truncate, _repeat_part, _insert_word, _swap_lines, _repeat_line, _drop_line, _huge_value,
              _wrong_length, _other_value, _spoil_body)  # fmt: skip
