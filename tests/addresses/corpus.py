"""Every bad service address and what is said about it: (rule, changed answers, field, sentence)."""

from __future__ import annotations

GOOD = {
    "name": "Chicago HQ",
    "country_code": "USA",
    "street": "233 S Wacker Drive",
    "suite": "",
    "city": "Chicago",
    "region_code": "US-IL",
    "post_code": "60606",
}
ZIP = "Enter a ZIP code, like 60601 or 60601-1234"
PO_BOX = "Enter the street address where your equipment is. A P.O. box cannot be used"

BAD = [
    ("V-ADR-1", {"name": ""}, "name", "Enter a name for this address"),
    ("V-ADR-1", {"name": " \u200b\u00a0 "}, "name", "Enter a name for this address"),
    ("V-ADR-1", {"street": ""}, "street", "Enter the street"),
    ("V-ADR-1", {"city": "  "}, "city", "Enter the city"),
    ("V-ADR-1", {"country_code": ""}, "country_code", "Select a country"),
    ("V-ADR-1", {"country_code": "XXX"}, "country_code", "Select a country"),
    (
        "V-ADR-1",
        {"country_code": "DEU", "region_code": "", "city": "Berlin", "post_code": ""},
        "post_code",
        "Enter the post code, like 26133",
    ),
    ("V-ADR-2", {"region_code": ""}, "region_code", "Select a state"),
    ("V-ADR-2", {"region_code": "CA-ON"}, "region_code", "Select a state"),
    (
        "V-ADR-2",
        {"country_code": "CAN", "region_code": "", "city": "Toronto", "post_code": "M5V 3L9"},
        "region_code",
        "Select a province",
    ),
    ("V-ADR-3", {"post_code": "1234"}, "post_code", ZIP),
    ("V-ADR-3", {"post_code": "ABCDE"}, "post_code", ZIP),
    ("V-ADR-3", {"post_code": "12345-67"}, "post_code", ZIP),
    ("V-ADR-3", {"post_code": ""}, "post_code", ZIP),
    (
        "V-ADR-4",
        {"region_code": "US-NY", "post_code": "90210"},
        "post_code",
        "ZIP code 90210 is in California. Check the state or the ZIP code",
    ),
    ("V-ADR-5", {"street": "P.O. Box 123"}, "street", PO_BOX),
    ("V-ADR-5", {"street": "po box 7"}, "street", PO_BOX),
    ("V-ADR-5", {"street": "Post Office Box 7"}, "street", PO_BOX),
    ("V-ADR-8", {"street": "x" * 300}, "street", "Street must be 100 characters or less"),
    ("V-ADR-8", {"name": "x" * 65}, "name", "Name must be 64 characters or less"),
    ("V-ADR-8", {"suite": "x" * 51}, "suite", "Suite must be 50 characters or less"),
    ("V-ADR-8", {"city": "x" * 65}, "city", "City must be 64 characters or less"),
    (
        "V-ADR-8",
        {"street": "1 Main Street\nSuite 2"},
        "street",
        "Street must not include line breaks or control characters",
    ),
    ("V-ADR-8", {"city": "Chi\u202ecago"}, "city", "City must not include line breaks or control characters"),
]
IDS = [f"{rule}-{place}" for place, (rule, *_rest) in enumerate(BAD)]
