"""Promises about every template and every byte of our own CSS and JavaScript."""

import gzip
import re

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
NAMES = [path.relative_to(settings.BASE_DIR / "templates").as_posix() for path in TEMPLATES]
FORBIDDEN = [
    r"\sstyle=",
    r"<style",
    r"\shx-on",
    r"js:",
    r"\son[a-z]+=",
    r"\|safe\b",
    r"javascript:",
    r"<script(?![^>]*(?:src=|json))",
]
BANNED = "invalid please sorry oops forbidden origination termination peers? sites? jobs? tickets? data.center"
BANNED_WORDS = rf"\b({'|'.join(BANNED.split())})\b"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_obeys_the_content_security_policy(path):
    text = path.read_text()

    assert [pattern for pattern in FORBIDDEN if re.search(pattern, text)] == []
    assert settings.BRAND not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_uses_our_words(path):
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL)

    assert re.findall(BANNED_WORDS, text, flags=re.IGNORECASE) == []


def test_our_own_css_and_javascript_stay_small():
    styles = sorted((settings.BASE_DIR / "static/css").glob("*.css"))
    scripts = sorted((settings.BASE_DIR / "static/js").glob("*.js"))

    assert sum(path.stat().st_size for path in styles) <= 30_000
    assert sum(len(gzip.compress(path.read_bytes())) for path in [*styles, *scripts]) <= 15_000
