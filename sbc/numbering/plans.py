"""The numbering plan of each country calling code, from the metadata of phonenumberslite (Google's libphonenumber)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, REGION_CODE_FOR_NON_GEO_ENTITY, PhoneMetadata, PhoneNumberDesc

from sbc.numbering.digits import NOTHING, DigitSets, State

LONGEST = 15  # digits of an E.164 number; the metadata knows longer ones
NO_COUNTRY = REGION_CODE_FOR_NON_GEO_ENTITY
# A number is valid when it is of one of these types. Short and emergency numbers are no part of this metadata.
_TYPES = (
    *("fixed_line", "mobile", "voip", "pager", "personal_number", "uan", "voicemail"),
    *("toll_free", "shared_cost", "premium_rate"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A country calling code, its valid national numbers (each labelled with its region, which is an ISO 3166 code or
    NO_COUNTRY) and the lengths that national numbers may have at all.
    """

    code: str
    numbers: State
    lengths: tuple[int, ...]


def plans() -> Iterator[Plan]:
    """Every plan there is."""
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        yield _Reader(code, regions).plan()


class _Reader:
    """Reads one plan, region by region."""

    def __init__(self, code: int, regions: Sequence[str]) -> None:
        self._code, self._regions = code, regions
        self._sets = DigitSets()
        # As in the library the first region, the main one, tells the lengths of all; others only add local ones.
        general = self._metadata(regions[0]).general_desc
        lengths = general.possible_length if general else ()
        self._lengths = tuple(length for length in lengths if length + len(str(code)) <= LONGEST)

    def plan(self) -> Plan:
        """Regions overlap: the first one that takes a number has it, as in the library's region_code_for_number."""
        numbers = NOTHING
        for region in reversed(self._regions):
            valid = self._valid(region)
            leading = self._metadata(region).leading_digits
            # Numbers that begin so are judged by this region alone, whatever others say; not where there are no others.
            if leading and len(self._regions) > 1:
                led = self._sets.read(rf"(?:{leading})\d{{0,{LONGEST}}}", region)
                valid, numbers = self._sets.both(led, valid), self._sets.without(numbers, led)
            numbers = self._sets.either(valid, numbers)
        return Plan(str(self._code), numbers, self._lengths)

    def _metadata(self, region: str) -> PhoneMetadata:
        found = PhoneMetadata.metadata_for_region_or_calling_code(self._code, region)
        if not found:
            raise LookupError(f"no metadata for +{self._code} in {region}")
        return found

    def _valid(self, region: str) -> State:
        metadata = self._metadata(region)
        valid = NOTHING
        for name in _TYPES:
            valid = self._sets.either(valid, self._described(getattr(metadata, name), region))
        return self._sets.both(self._described(metadata.general_desc, region), valid)

    def _described(self, description: PhoneNumberDesc | None, region: str) -> State:
        """The numbers of a description; there is none, or one without a pattern, for a type that a region lacks."""
        if not description or not description.national_number_pattern:
            return NOTHING
        lengths = [length for length in description.possible_length or self._lengths if length in self._lengths]
        of_lengths = self._sets.read("|".join(rf"\d{{{length}}}" for length in lengths), region)
        return self._sets.both(of_lengths, self._sets.read(description.national_number_pattern, region))
