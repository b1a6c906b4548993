"""The node's configuration can be read: a screen per block, and a page that names every one of them on a call's way."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sbc" / "kamailio").glob("*.cfg"))
PAGE = ROOT / "docs" / "calls.md"
_HEAD = r"(?:(?:request|failure|onreply|branch|event)_)?route(?:\[[\w:-]+\])?"
BLOCK = re.compile(rf"^({_HEAD}) \{{\n(.*?)^\}}", re.MULTILINE | re.DOTALL)
A_SCREEN = 40


def blocks():
    return [(file.name, *found) for file in FILES for found in BLOCK.findall(file.read_text())]


def test_no_block_is_longer_than_a_screen():
    lengths = {f"{file} {head}": body.count("\n") + 2 for file, head, body in blocks()}

    assert len(lengths) > 50
    assert {name: length for name, length in lengths.items() if length > A_SCREEN} == {}


def test_every_file_says_first_what_it_is_for():
    texts = [file.read_text().removeprefix("#!KAMAILIO\n") for file in FILES]

    assert [text[:60] for text in texts if not text.startswith("# ")] == []


def test_every_block_is_used():
    text = "\n".join(file.read_text() for file in FILES)
    named = [re.search(r"\[(\w+)\]", head) for _, head, _ in blocks()]
    unused = [found[1] for found in named if found and len(re.findall(rf"\b{found[1]}\b", text)) == 1]

    assert unused == []


def test_the_page_names_blocks_that_there_are():
    known = set(re.findall(r"route\[(\w+)\]", "\n".join(file.read_text() for file in FILES)))
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", PAGE.read_text()))

    assert named
    assert named - known == set()
    assert {"FIND_TRUNK", "READ_TRUNK", "READ_NUMBERS", "TAKE_CHANNEL", "FIRST_HOP", "IN_DIALOG", "REFUSE"} <= named
