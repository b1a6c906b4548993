"""The table of prefixes: what it says of numbers, its file, and that Kamailio says the same."""

import random
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumber, ValidationResult

from sbc.lab.net import SIP_PORT, first_free_net
from sbc.lab.node import kamailio_path
from sbc.lab.process import Child
from sbc.lab.sip import Message
from sbc.numbering.digits import NOTHING, DigitSets
from sbc.numbering.plans import LONGEST
from sbc.numbering.table import country_of, table, write_numbering

CONFIGURATION = Path(__file__).with_name("numbering.cfg")
CODES = [str(code) for code in COUNTRY_CODE_TO_REGION_CODE]
TYPES = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan")


def parts(number):
    """The calling code and the rest; calling codes are no prefixes of each other."""
    code = next((code for code in CODES if number.startswith(code)), "")
    return code, number[len(code) :]


def country_by_library(number):
    """What `country_of` promises, told by the library itself. It knows local numbers, too, which E.164 does not."""
    code, national = parts(number)
    if not (code and national):
        return None
    zeros = min(len(national) - len(national.lstrip("0")), len(national) - 1)
    found = PhoneNumber(int(code), int(national), italian_leading_zero=zeros > 0, number_of_leading_zeros=zeros)
    assert phonenumbers.national_significant_number(found) == national
    if phonenumbers.is_possible_number_with_reason(found) != ValidationResult.IS_POSSIBLE:
        return None
    region = phonenumbers.region_code_for_number(found) if phonenumbers.is_valid_number(found) else ""
    return "" if region == "001" else region


def examples():
    """A number of every type of every region."""
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            for kind in TYPES:
                description = getattr(metadata, kind)
                if description and description.example_number:
                    yield f"{code}{description.example_number}"


def digits(chance, length):
    return "".join(chance.choices("0123456789", k=length))


def mutated(chance, number):
    """Another end, another digit, shorter or longer."""
    place = chance.randrange(len(number))
    return chance.choice(
        [
            number[:place] + digits(chance, len(number) - place),
            number[:place] + digits(chance, 1) + number[place + 1 :],
            number[: max(1, place)],
            (number + digits(chance, 3))[: len(number) + chance.randint(1, 3)],
        ]
    )[:LONGEST]


def sample(size, seed=1):
    """Numbers that are valid, nearly so, and anything; among them every area code of +1. In order: twice as quick."""
    chance = random.Random(seed)
    valid = [number for number in examples() if len(number) <= LONGEST]
    found = valid + [f"1{area}{digits(chance, 7)}" for area in range(200, 1000)]
    found += [digits(chance, chance.randint(1, LONGEST)) for _ in range(size // 10)]
    return sorted(found + [mutated(chance, chance.choice(valid)) for _ in range(size - len(found))])


def test_ten_thousand_numbers_are_where_the_library_says():
    numbers = sample(10_000)

    told = {number: country_of(number) for number in numbers}

    assert told == {number: country_by_library(number) for number in numbers}
    assert len(set(told.values())) > 240
    assert 2_000 < sum(country is None for country in told.values()) < 5_000


def test_a_number_under_each_row_is_where_the_library_says():
    chance = random.Random(3)
    numbers = [prefix + digits(chance, chance.randint(0, LONGEST - len(prefix))) for prefix in sorted(table())]

    assert {number: country_of(number) for number in numbers} == {n: country_by_library(n) for n in numbers}


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("13125551234", "US"),
        ("14165551234", "CA"),
        ("18765551234", "JM"),
        ("18005551234", "US"),
        ("442079460000", "GB"),
        ("441481256789", "GG"),
        ("441534256789", "JE"),
        ("441624756789", "IM"),
        ("74951234567", "RU"),
        ("77172123456", "KZ"),
        ("390236618300", "IT"),
        ("390669812345", "VA"),
    ],
)
def test_countries_that_share_a_calling_code_are_told_apart(number, country):
    assert country_of(number) == country


@pytest.mark.parametrize("number", ["80012345678", "881612345678", "882123456789", "883510012345678", "979123456789"])
def test_a_number_of_no_country_fits_a_plan(number):
    assert country_of(number) == ""


def test_a_number_that_nobody_can_have_still_fits_its_plan():
    assert country_of("13121551234") == ""


@pytest.mark.parametrize("number", ["911", "112", "1", "1312555123", "131255512345", "21012345678", "1" * 20])
def test_short_wrong_and_unassigned_numbers_fit_no_plan(number):
    assert country_of(number) is None


def test_a_number_that_is_dialled_locally_only_fits_no_plan():
    assert phonenumbers.is_valid_number(PhoneNumber(1, 3101234))
    assert country_of("13101234") is None


@pytest.mark.parametrize("number", ["", "+13125551234", "1312555123a", "1312555١٢٣٤", " 13125551234", "1312555123\n"])
def test_what_is_not_digits_fits_no_plan(number):
    assert country_of(number) is None


def test_every_calling_code_has_a_row_without_a_country():
    for code in CODES:
        country, valid, possible = table()[code].split(":")
        assert (country, valid) == ("", "0")
        assert int(possible) < 1 << LONGEST + 1


def test_no_row_repeats_the_one_it_stands_under():
    for prefix, row in table().items():
        above = next((table()[prefix[:end]] for end in range(len(prefix) - 1, 0, -1) if prefix[:end] in table()), None)
        assert row != above


@pytest.mark.parametrize("pattern", [r"[^1]\d", r"(?=1)\d", r"1\d*", r"\w", "."])
def test_a_pattern_that_is_not_about_digits_alone_is_not_guessed(pattern):
    with pytest.raises(ValueError):
        DigitSets().read(pattern, "x")


def test_sets_that_are_alike_are_one_object():
    sets = DigitSets()

    assert sets.read("1[2-4]|15", "x") is sets.read("(?:1[25]|13)|14", "x")
    assert sets.without(sets.read(r"\d{2}", "x"), sets.read(r"\d\d?", "x")) is NOTHING


def test_the_file_has_the_table(tmp_path):
    write_numbering(tmp_path / "numbering.db")

    with closing(sqlite3.connect(tmp_path / "numbering.db")) as file:
        assert dict(file.execute("SELECT tprefix, tvalue FROM numbering")) == table()
    assert [path.name for path in tmp_path.iterdir()] == ["numbering.db"]


def test_writing_twice_keeps_the_file(tmp_path):
    path = tmp_path / "numbering.db"
    write_numbering(path)
    before = path.stat().st_mtime_ns, path.stat().st_ino

    write_numbering(path)

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_file_of_other_numbering_plans_is_replaced(tmp_path):
    path = tmp_path / "numbering.db"
    write_numbering(path)
    with closing(sqlite3.connect(path)) as file:
        file.executescript("DELETE FROM numbering; UPDATE source SET name = 'phonenumberslite 8.0.0, form 1'")

    write_numbering(path)

    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM numbering").fetchone() == (len(table()),)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_broken_file_is_replaced(tmp_path, content):
    path = tmp_path / "numbering.db"
    path.write_bytes(content)

    write_numbering(path)

    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT table_version FROM version").fetchall() == [(1,)]


@pytest.fixture
def ask_kamailio(tmp_path):
    """A function that asks a real Kamailio, which has loaded the file, for a number's country."""
    write_numbering(tmp_path / "numbering.db")
    address = (first_free_net().node(1), SIP_PORT)
    command = [kamailio_path(), "-DD", "-E", "-M", "64", "-l", f"udp:{address[0]}:{SIP_PORT}", "-f", str(CONFIGURATION)]
    kamailio = Child([*command, "-w", str(tmp_path), "-Y", str(tmp_path)], folder=tmp_path, log="kamailio.log")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((address[0], 0))
        phone.connect(address)
        phone.settimeout(2)
        kamailio.wait_until(lambda: answers(phone))
        yield lambda number: country_by_kamailio(phone, number)
    kamailio.stop()


def answers(phone):
    try:
        return country_by_kamailio(phone, "13125551234") is not None
    except ConnectionRefusedError:
        return False


def country_by_kamailio(phone, number):
    host, port = phone.getsockname()
    headers = [("Via", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{number}"), ("From", "<sip:test@test>;tag=1")]
    headers += [("To", "<sip:test@test>"), ("Call-ID", number), ("CSeq", "1 OPTIONS"), ("Max-Forwards", "70")]
    phone.send(str(Message(f"OPTIONS sip:{number}@test SIP/2.0", headers)).encode())
    answer = Message.parse(phone.recv(4096).decode())
    assert answer["Call-ID"] == number
    country = answer.first.split(maxsplit=2)[2]
    return None if answer.status == 404 else country.replace("-", "")


@pytest.mark.sip
def test_kamailio_gives_the_same_answers(ask_kamailio):
    numbers = random.Random(2).sample(sample(10_000, seed=2), 1_000)

    assert {number: ask_kamailio(number) for number in numbers} == {number: country_of(number) for number in numbers}
