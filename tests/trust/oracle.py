"""The oracle of governance: what must hold of the stored rows after every act, whatever happened.

It recomputes everything from rows: contents are read as JSON, people are told apart by their accounts, and
what the charter asked for is read from the charter that was in force when a version was published. Of the code
it judges it uses only the reading of draft rows, the text that a signature covers, and `verify_everything`.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings

from glossary import registry
from glossary.engine.seal import canonical_json, key_id
from glossary.exceptions import DocumentRefused, ForgedPolicy
from glossary.models import ChangeRequest, Edition, PolicyVersion, SignOff
from glossary.queries.standing import answer_seal
from glossary.queries.verify import verify_everything
from glossary.registry.rows import read_rows
from people.models import User

DRAFTING, REVIEW = {"draft", "changes_requested"}, {"in_review", "approved", "scheduled"}
BINDING = {"approve", "validate"}
BACK_TESTED = {"glossary", "scoring"}


@dataclass(frozen=True)
class Look:
    """What the oracle is told about the moment.

    Attributes:
        tampered: requests whose rows a test wrote past the services; nothing of theirs may be in force, but
            what stands on them is noticed only by the next act.
        fresh: versions published by the very last act: their signers still hold their roles.
        swept: the sweep has just run at `now`.
    """

    now: datetime
    tampered: frozenset[int] = field(default_factory=frozenset)
    fresh: frozenset[int] = field(default_factory=frozenset)
    swept: bool = False


def breaches(look: Look) -> list[str]:
    """Everything that does not hold, in sentences; empty = all is well."""
    persons = persons_by_account()
    found = [*_chain(), *_editions(), *_slots_once()]
    for request in ChangeRequest.objects.order_by("pk").prefetch_related("signoffs", "contributors"):
        found += _request(request, look, persons)
    for version in PolicyVersion.objects.order_by("pk"):
        if version.warrant.get("kind") != "founding":
            found += [f"{version}: {problem}" for problem in _version(version, look, persons)]
    return found


def assert_holds(look: Look) -> None:
    """Raise AssertionError with every breach."""
    found = breaches(look)
    assert not found, "\n".join(found)


def persons_by_account() -> dict[int, int]:
    """Account → person. Accounts of one mailbox (without its tag) or one SSO subject are one person."""
    person: dict[int, int] = {}
    known: dict[str, int] = {}
    for user in User.objects.order_by("pk"):
        local, _, domain = user.email.lower().partition("@")
        keys = [f"{local.split('+')[0]}@{domain}"] + ([f"sso {user.sso_subject}"] if user.sso_subject else [])
        same = {known[key] for key in keys if key in known}
        mine = min(same, default=user.pk)
        person[user.pk] = mine
        person |= {pk: mine for pk, other in person.items() if other in same}
        known |= {key: mine for key, other in known.items() if other in same} | dict.fromkeys(keys, mine)
    return person


def charter_before(version: PolicyVersion) -> dict[str, Any]:
    """The charter that was in force when the version was published, as plain data."""
    editions = [
        e for e in Edition.objects.order_by("number") if e.versions[version.workstream] == version.number
    ]
    before = Edition.objects.get(number=editions[0].number - 1)
    return _charter(before)


def _asking(request: ChangeRequest, instant: datetime) -> dict[str, Any]:
    """The charter by which an emergency is ratified: the one in force; never one that it put in force itself."""
    if request.version is not None and request.workstream == "charter":
        return charter_before(request.version)
    return _charter(Edition.objects.filter(in_force_from__lte=instant).latest("number"))


def newest_charter() -> dict[str, Any]:
    """The charter in force, as plain data."""
    return _charter(Edition.objects.latest("number"))


def _charter(edition: Edition) -> dict[str, Any]:
    row = PolicyVersion.objects.get(workstream="charter", number=edition.versions["charter"])
    found: dict[str, Any] = json.loads(row.content)
    return found


def duties(charter: dict[str, Any], workstream: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What a charter asks for of a workstream: (binding, all) pairs of duty and role."""
    line = next(line for line in charter["raci"] if line["workstream"] == workstream)
    binding = {("approve", role) for role in line["accountable"]}
    if workstream in charter["validate"]["workstreams"]:
        binding.add(("validate", charter["validate"]["role"]))
    return binding, binding | {("consult", role) for role in line["consulted"]}


def sha(text: str) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _chain() -> Iterator[str]:
    try:
        verify_everything()
    except ForgedPolicy as error:
        yield str(error)


def _editions() -> Iterator[str]:
    editions = list(Edition.objects.order_by("number"))
    for before, after in pairwise(editions):
        if after.number != before.number + 1 or after.in_force_from < before.in_force_from:
            yield f"{after} does not follow {before}"
        steps = [after.versions[key] - before.versions[key] for key in before.versions]
        if sorted(steps) != [0] * (len(steps) - 1) + [1]:
            yield f"{after} is not one version ahead of {before}"


def _slots_once() -> Iterator[str]:
    standing = SignOff.objects.filter(voided_at=None)
    counts = Counter(standing.values_list("request", "cycle", "duty", "role"))
    yield from (f"slot {slot} stands {count} times" for slot, count in counts.items() if count > 1)


def _request(request: ChangeRequest, look: Look, persons: dict[int, int]) -> Iterator[str]:
    name = f"change request {request.pk} ({request.state})"
    standing = [s for s in request.signoffs.all() if s.voided_at is None]
    running = [s for s in standing if s.cycle == request.cycle]
    is_open = request.state in DRAFTING | REVIEW
    if (request.closed_at is None) != is_open or (request.version_id is None) == (
        request.state == "published"
    ):
        yield f"{name}: state, end and version do not belong together"
    over = request.state in {*DRAFTING, "rejected", "withdrawn", "expired"}
    if over and any(s.verdict in {"", "given"} for s in running):
        yield f"{name}: sign-offs stand though nothing is asked for"
    if (
        look.swept
        and request.state == "scheduled"
        and request.effective_at
        and request.effective_at <= look.now
    ):
        yield f"{name}: overdue since {request.effective_at}"
    if request.state in REVIEW and request.pk not in look.tampered:
        yield from (f"{name}: {problem}" for problem in _in_review(request, running, persons))
    if request.ratified_at is not None and request.version is not None:
        given = [s for s in running if s.verdict == "given"]
        binding = duties(_asking(request, request.ratified_at), request.workstream)[0]
        yield from (f"{name}: {p}" for p in _counts(request, binding, given, persons))


def _in_review(request: ChangeRequest, running: list[SignOff], persons: dict[int, int]) -> Iterator[str]:
    if sha(request.content) != request.digest or rows_digest(request) != request.digest:
        yield "the rows are not what was frozen, and sign-offs are asked for"
    authors = _authors(request, persons)
    for signoff in running:
        if signoff.verdict and (signoff.digest != request.digest or _people(signoff, persons) & authors):
            yield f"a sign-off by {signoff.signer_name} stands for another content or by a contributor"
        validated = (signoff.duty, signoff.verdict) == ("validate", "given")
        if validated and request.workstream in BACK_TESTED:
            yield from (f"the validation {problem}" for problem in _unmeasured(signoff, request))
    binding, asked = duties(newest_charter(), request.workstream)
    owed = {(s.duty, s.role) for s in running if not s.verdict}
    strange = {(s.duty, s.role) for s in running if s.duty != "emergency"} - asked
    if strange:
        yield f"it asks {sorted(strange)}, which the charter does not"
    if request.state == "in_review" and not owed & binding:
        yield "it waits for nobody, and is not approved"


def rows_digest(request: ChangeRequest) -> str:
    """Digest of the document that the draft rows make; empty when they make none."""
    try:
        return sha(canonical_json(registry.parse(request.workstream, read_rows(request))))
    except DocumentRefused:
        return ""


def _version(version: PolicyVersion, look: Look, persons: dict[int, int]) -> Iterator[str]:
    request = ChangeRequest.objects.filter(version=version).first()
    if request is None:
        yield "no change request became it"
        return
    digests = {sha(version.content), version.content_digest, sha(request.content), request.digest}
    if request.state != "published" or request.workstream != version.workstream or len(digests) != 1:
        yield f"change request {request.pk} is not published with this content"
    if request.pk in look.tampered:
        yield "its draft was written past the services"
    charter = charter_before(version)
    running = request.signoffs.filter(voided_at=None, cycle=request.cycle, verdict="given")
    if request.ratify_by is None:
        binding = duties(charter, version.workstream)[0]
        yield from _counts(request, binding, running, persons)
        if request.effective_at is not None and version.in_force_from < request.effective_at:
            yield f"it went in force before {request.effective_at}"
    else:
        seats = {("emergency", f"seat_{n}") for n in range(1, charter["emergency"]["people"] + 1)}
        yield from _counts(request, seats, running, persons)
    if version.pk in look.fresh:
        yield from _may_still(running, version.workstream, charter, emergency=request.ratify_by is not None)


def _counts(
    request: ChangeRequest, wanted: set[tuple[str, str]], given: Iterable[SignOff], persons: dict[int, int]
) -> Iterator[str]:
    """Problems of the sign-offs that are wanted: one each, genuine, for this content, no author, no one twice."""
    by_slot = {(s.duty, s.role): s for s in given}
    authors, seen = _authors(request, persons), Counter[int]()
    for slot in sorted(wanted):
        signoff = by_slot.get(slot)
        if signoff is None:
            yield f"{slot} was not given"
            continue
        people = _people(signoff, persons)
        seen.update(people)
        if not is_genuine(signoff):
            yield f"{slot} was not given through the application"
        if signoff.digest != request.digest:
            yield f"{slot} was given for another content"
        if people & authors:
            yield f"{slot} was given by somebody who wrote a part"
        if slot[0] == "validate" and request.workstream in BACK_TESTED:
            yield from (f"{slot} {problem}" for problem in _unmeasured(signoff, request))
    yield from (f"person {person} counts {n} times" for person, n in seen.items() if n > 1)


def _unmeasured(signoff: SignOff, request: ChangeRequest) -> Iterator[str]:
    """Problems of the back-test that a validation must rest on: done, of this content, on this base."""
    row = signoff.back_test
    if row is None:
        yield "names no back-test"
        return
    if row.state != "done" or row.result is None:
        yield f"rests on back-test {row.pk}, which was never done"
    if {row.digest, sha(row.content)} != {request.digest}:
        yield f"rests on back-test {row.pk} of another content"
    base = getattr(row, f"{request.workstream}_before")
    if (row.request_id, row.workstream, base) != (request.pk, request.workstream, request.base_number):
        yield f"rests on back-test {row.pk} of another change"


def _may_still(
    given: Iterable[SignOff], workstream: str, charter: dict[str, Any], *, emergency: bool
) -> Iterator[str]:
    line = next(line for line in charter["raci"] if line["workstream"] == workstream)
    any_of = {*line["accountable"], *line["responsible"], "revops", "revops_lead"}
    counting = {"emergency"} if emergency else BINDING
    for signoff in given:
        if signoff.duty not in counting:
            continue
        wanted = any_of if signoff.duty == "emergency" else {signoff.role}
        holder, signer = signoff.on_behalf_of or signoff.signer, signoff.signer
        roles = set(holder.groups.values_list("name", flat=True)) if holder else set()
        if signer is None or holder is None or not (signer.is_active and holder.is_active and roles & wanted):
            yield f"{signoff.signer_name} could no longer sign as {signoff.role} when it was published"


def _authors(request: ChangeRequest, persons: dict[int, int]) -> set[int]:
    return {persons[row.user_id] for row in request.contributors.all() if row.user_id}


def _people(signoff: SignOff, persons: dict[int, int]) -> set[int]:
    return {persons[pk] for pk in (signoff.signer_id, signoff.on_behalf_of_id) if pk}


def is_genuine(signoff: SignOff) -> bool:
    """Whether the signature is the HMAC of what the row says, under a policy key."""
    for key in settings.POLICY_KEYS:
        made = hmac.new(key.encode(), answer_seal(signoff).encode(), hashlib.sha256).hexdigest()
        if signoff.key_id == key_id(key) and hmac.compare_digest(made, signoff.signature):
            return True
    return False
