"""Which lead a payload is about: by the id of another system first, then by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.engine.contract import Normalised
from routing.exceptions import FieldError, IntakeRefused
from routing.models import ExternalId, Lead
from routing.types import Capture


@dataclass(frozen=True, slots=True)
class Found:
    """The lead that stands for the person. `by_former_address`: known by the address of a merged lead."""

    lead_id: int
    by_former_address: bool = False


def identity_errors(clean: Normalised, capture: Capture) -> list[FieldError]:
    """Why the payload names nobody; empty when it names somebody."""
    found = []
    if capture.external is not None and not _is_key(capture.external):
        message = "give (system, id): at most 40 and 200 characters of plain text, neither empty"
        found.append(FieldError("external_id", str(capture.external)[:80], message))
    email_refused = any(error.field == "email" for error in clean.errors)
    if capture.external is None and not clean.values.get("email") and not email_refused:
        message = (
            "nobody can be recognised without one. Send an e-mail address, or the id of the sending system"
        )
        found.append(FieldError("email", "", message))
    return found


def identify(values: Mapping[str, object], capture: Capture) -> Found | None:
    """The lead known by the external id or the e-mail; None when the person is new.

    Raises IntakeRefused when the two lead to different people: only a person can tell what is right.
    """
    by_id = _by_external_id(capture)
    by_email = _by_email(str(values.get("email") or ""))
    if by_id is None or by_email is None or by_id == by_email.lead_id:
        return (
            by_email if by_id is None else Found(by_id, by_email is not None and by_email.by_former_address)
        )
    message = (
        f"this address belongs to lead {by_email.lead_id}, but {':'.join(capture.external or ())} "
        f"is lead {by_id}. Merge the two, or correct the address or the id"
    )
    raise IntakeRefused([FieldError("email", values.get("email"), message)])


def _is_key(external: tuple[str, str]) -> bool:
    system, value = external
    return 0 < len(system) <= 40 and 0 < len(value) <= 200 and "\x00" not in system + value


def _by_external_id(capture: Capture) -> int | None:
    if capture.external is None:
        return None
    system, value = capture.external
    row = ExternalId.objects.filter(system=system, value=value).select_related("lead").first()
    return None if row is None else (row.lead.merged_into_id or row.lead_id)


def _by_email(email: str) -> Found | None:
    """The standing lead with the address; else the survivor of the one that was merged last."""
    if not email:
        return None
    rows = list(
        Lead.objects.filter(email=email).order_by("-merged_at", "-pk").values_list("pk", "merged_into_id")
    )
    standing = next((pk for pk, merged_into in rows if merged_into is None), None)
    if standing is not None:
        return Found(standing)
    return next((Found(into, by_former_address=True) for _, into in rows if into is not None), None)
