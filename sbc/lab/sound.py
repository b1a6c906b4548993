"""Sound for tests: tones, G.711, and what is heard in it. Samples are 16 bit at 8,000 a second."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence

RATE = 8000
FRAME = 160  # 20 ms
LOUD = 8000.0
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
DTMF = {
    digit: (row, column)
    for row, digits in zip(_ROWS, ("123A", "456B", "789C", "*0#D"), strict=True)
    for digit, column in zip(digits, _COLUMNS, strict=True)
}
_QUIET = 300.0
_PURE = 0.8  # the share of the power that two tones must have to be a digit
_BLOCK = 320


def _from_alaw(code: int) -> int:
    code ^= 0x55
    step, part = (code >> 4) & 7, code & 15
    size = (part << 4) + 8 if step == 0 else ((part << 4) + 0x108) << (step - 1)
    return size if code & 0x80 else -size


def _from_ulaw(code: int) -> int:
    code = ~code & 0xFF
    size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return -size if code & 0x80 else size


_DECODE = {"PCMA": [_from_alaw(code) for code in range(256)], "PCMU": [_from_ulaw(code) for code in range(256)]}
_SORTED = {codec: sorted((size, code) for code, size in enumerate(table)) for codec, table in _DECODE.items()}


def encode(codec: str, samples: Iterable[float]) -> bytes:
    """G.711 by the nearest value from above."""
    table = _SORTED[codec]
    return bytes(table[min(bisect.bisect_left(table, (sample, 0)), 255)][1] for sample in samples)


def decode(codec: str, data: bytes) -> list[int]:
    """The samples of G.711."""
    return [_DECODE[codec][code] for code in data]


def tone(*frequencies: float, seconds: float, loud: float = LOUD) -> list[float]:
    """Sines on top of each other."""
    return [
        sum(loud * math.sin(2 * math.pi * frequency * at / RATE) for frequency in frequencies)
        for at in range(int(RATE * seconds))
    ]


def silence(seconds: float) -> list[float]:
    """Nothing at all."""
    return [0.0] * int(RATE * seconds)


def dial(digits: str) -> list[float]:
    """DTMF as a telephone without events sends it."""
    samples = silence(0.2)
    for digit in digits:
        samples += tone(*DTMF[digit], seconds=0.16, loud=5000) + silence(0.12)
    return samples + silence(0.2)


def share(samples: Sequence[float], frequency: float) -> float:
    """How much of the sound is one tone: 1 for nothing else, 0 for none of it (Goertzel)."""
    power = sum(sample * sample for sample in samples)
    if power == 0:
        return 0.0
    factor, last, before = 2 * math.cos(2 * math.pi * frequency / RATE), 0.0, 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    return 2 * (last * last + before * before - factor * last * before) / (len(samples) * power)


def heard(samples: Sequence[float]) -> str:
    """The DTMF digits in the sound, in order."""
    found, last = "", ""
    for at in range(0, len(samples) - _BLOCK, _BLOCK):
        digit = _digit(samples[at : at + _BLOCK])
        if digit and digit != last:
            found += digit
        last = digit
    return found


def _digit(block: Sequence[float]) -> str:
    if math.sqrt(sum(sample * sample for sample in block) / len(block)) < _QUIET:
        return ""
    best = [max(tones, key=lambda frequency: share(block, frequency)) for tones in (_ROWS, _COLUMNS)]
    if sum(share(block, frequency) for frequency in best) < _PURE:
        return ""
    return next(digit for digit, tones in DTMF.items() if tones == tuple(best))
