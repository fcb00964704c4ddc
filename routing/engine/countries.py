"""Country names and codes to ISO 3166 alpha-2, in every language that the phonenumbers package carries."""

from functools import lru_cache

from phonenumbers.geodata.locale import LOCALE_DATA
from rapidfuzz import fuzz, process

from routing.engine.text import fold

# What people write besides the official names, and alpha-3 codes of the usual markets.
_ALSO = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "u.k.": "GB", "gbr": "GB", "usa": "US", "u.s.": "US", "u.s.a.": "US",
    "america": "US", "united states of america": "US", "deu": "DE", "brd": "DE", "fra": "FR", "esp": "ES",
    "ita": "IT", "nld": "NL", "the netherlands": "NL", "holland": "NL", "bel": "BE", "che": "CH", "aut": "AT",
    "swe": "SE", "nor": "NO", "dnk": "DK", "fin": "FI", "irl": "IE", "republic of ireland": "IE", "pol": "PL",
    "prt": "PT", "cze": "CZ", "czechia": "CZ", "czech republic": "CZ", "can": "CA", "mex": "MX", "bra": "BR",
    "arg": "AR", "aus": "AU", "nzl": "NZ", "sgp": "SG", "jpn": "JP", "chn": "CN", "ind": "IN", "kor": "KR",
    "korea": "KR", "republic of korea": "KR", "south korea": "KR", "russia": "RU", "russian federation": "RU",
    "viet nam": "VN", "uae": "AE", "türkiye": "TR", "turkiye": "TR", "kosovo": "XK", "xk": "XK", "el": "GR",
}  # fmt: skip


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Folded name or code → alpha-2. A name that two countries share in different languages is left out."""
    english: dict[str, str] = {}
    elsewhere: dict[str, set[str]] = {}
    for code, names in LOCALE_DATA.items():
        for language, written in names.items():
            name = fold(names[written[1:]] if written.startswith("*") else written)
            if language == "en":
                english[name] = code
            elsewhere.setdefault(name, set()).add(code)
    only_one = {name: next(iter(codes)) for name, codes in elsewhere.items() if len(codes) == 1}
    own = {code.lower(): code for code in LOCALE_DATA}
    return {**only_one, **english, **_ALSO, **own}


def country_code(text: str) -> str | None:
    """Alpha-2 code of a country written as a code or a name in any usual language; None when unknown."""
    return _codes().get(fold(text))


def nearest_country(text: str) -> str | None:
    """The known name that `text` looks most like, for the error message; None when nothing is near."""
    found = process.extractOne(
        fold(text), [n for n in _codes() if len(n) > 3], scorer=fuzz.ratio, score_cutoff=75
    )
    return found[0] if found else None
