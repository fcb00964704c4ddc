"""One value of one field type: cleaned, or a ValueError that says what is wrong and the way out.

`contract.normalise` calls these for every field; the shape of what comes back is the shape kept in the
database: text, int or float, bool, ISO date.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from rapidfuzz import fuzz, process

from glossary.engine.fields import ContractField, FieldType
from routing.engine.countries import country_code, nearest_country
from routing.engine.text import fold

YES = frozenset({"true", "yes", "y", "1", "on", "x", "ja", "oui", "si", "sí", "sim"})
NO = frozenset({"false", "no", "n", "0", "off", "nein", "non", "não", "nao"})
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([ ,.'\u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
# 1.250 is 1250 to half of Europe and 1.25 to everybody else; 1,250 is read as English, 0.250 is clear.
_TWO_NUMBERS = re.compile(r"([+-]?[1-9]\d{0,2})\.(\d{3})")
_DATE_ONLY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")


def clean_value(field: ContractField, text: str) -> object:
    """Clean a non-empty text for its field. Raises ValueError with the message for the person."""
    return CLEANERS[field.type](field, text)


def _text(field: ContractField, text: str) -> str:
    return _alias(field, text) or text


def _email(field: ContractField, text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError(f"{text!r} is not an e-mail address: {error}") from None


def _domain(field: ContractField, text: str) -> str:
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.lower())
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rsplit("@", 1)[-1]
    host = re.sub(r":\d+$", "", host).removeprefix("www.").rstrip(".")
    if not _DOMAIN.fullmatch(host):
        raise ValueError(f"{text!r} is not a web address. Write it like acme.com")
    return host


def _country(field: ContractField, text: str) -> str:
    code = country_code(_alias(field, text) or text)
    if code is None:
        near = nearest_country(text)
        hint = f"Did you mean {near!r}? " if near else ""
        raise ValueError(f"{text!r} is no country. {hint}Write a name or a two-letter code such as GB")
    return code


def _choice(field: ContractField, text: str) -> str:
    known = {fold(value): value for value in field.values}
    value = known.get(fold(text)) or _alias(field, text)
    if value is not None:
        return value
    if not field.strict:
        return text
    near = process.extractOne(fold(text), list(known), scorer=fuzz.ratio, score_cutoff=60)
    hint = f"Did you mean {known[near[0]]!r}? " if near else ""
    raise ValueError(f"{text!r} is not among the values. {hint}Use one of: {', '.join(field.values)}")


def _alias(field: ContractField, text: str) -> str | None:
    wanted = fold(text)
    return next((value for alias, value in field.aliases.items() if fold(alias) == wanted), None)


def _boolean(field: ContractField, text: str) -> bool:
    word = fold(text)
    if word in YES or word in NO:
        return word in YES
    raise ValueError(f"{text!r} is neither yes nor no. Write yes or no")


def _number(field: ContractField, text: str) -> int | float:
    bare = re.sub(r"^(?:[€$£]|eur|usd|gbp)\s*|\s*(?:[€$£]|eur|usd|gbp)$", "", text, flags=re.IGNORECASE)
    unclear = _TWO_NUMBERS.fullmatch(bare)
    if unclear:
        whole, part = unclear[1], f"{unclear[1]}.{unclear[2]}".rstrip("0").rstrip(".")
        raise ValueError(f"{text!r} can be read as two numbers. Write {whole}{unclear[2]} or {part}")
    try:
        number = Decimal(_plain_digits(bare))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number. Write it like 1250 or 1250.50") from None
    if not number.is_finite() or abs(number) >= Decimal("1e15"):
        raise ValueError(f"{text!r} is out of range. Write a number below 1,000,000,000,000,000")
    return int(number) if number == number.to_integral_value() else float(number)


def _plain_digits(text: str) -> str:
    """Without group separators: 1,250,000.5 and 1.250.000,5 and 1 250 000 read alike.

    One comma followed by exactly three digits is a group separator (English reading; contract values are
    asked for in plain digits); one dot followed by exactly three digits was refused before.
    """
    if "_" in text:
        return "not a number"  # Decimal would read 1_000
    groups = _GROUPS.fullmatch(text)
    dots_once = text.count(".") == 1 and not re.search(r"[, '\u00a0\u202f]", text)
    if groups and not dots_once:
        return text.replace(groups[1], "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _date(field: ContractField, text: str) -> str:
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        pass
    parts = _DATE_ONLY.fullmatch(text)
    if parts is None:
        raise ValueError(f"{text!r} is not a date. Write it like 2026-11-22")
    first, second, third = int(parts[1]), int(parts[2]), int(parts[3])
    if first > 31:
        return _made(text, first, second, third)
    dotted = "." in text
    if not dotted and first <= 12 and second <= 12 and first != second:
        raise ValueError(
            f"{text!r} can be read as two dates. "
            f"Write {third}-{second:02}-{first:02} or {third}-{first:02}-{second:02}"
        )
    month, day = (second, first) if dotted or first > 12 else (first, second)
    return _made(text, third, month, day)


def _made(text: str, year: int, month: int, day: int) -> str:
    try:
        if year < 1000:
            raise ValueError("two-digit year")
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is not a date. Write it like 2026-11-22") from None


def phone_number(text: str, country: str | None) -> str | None:
    """E.164 of a number; `country` (alpha-2) reads national numbers. None when it cannot be read."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


CLEANERS: dict[FieldType, Callable[[ContractField, str], object]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.DATE: _date,
    FieldType.COUNTRY: _country,
    FieldType.EMAIL: _email,
    FieldType.DOMAIN: _domain,
}
