"""A Hypothesis machine that drives random people through random acts; the oracle is asked after every one."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from glossary import registry
from glossary.choices import OPEN, Workstream
from glossary.exceptions import PolicyError
from glossary.models import BackTest, ChangeRequest, Delegation, PolicyVersion, SignOff
from glossary.queries.editions import forget
from glossary.queries.proposals import plain, proposal_of
from glossary.registry.rows import read_rows
from glossary.services.acknowledging import acknowledge
from glossary.services.commenting import comment
from glossary.services.delegating import delegate, take_back
from glossary.services.drafting import Texts, change_texts, note_edit, replace_draft, settle_conflicts
from glossary.services.emergency import declare_emergency
from glossary.services.measuring import ask_for_request, cancel, default_window
from glossary.services.opening import Proposal, open_request, version_document
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit, withdraw
from glossary.services.sweeping import tick
from people.models import User
from tests.glossary.governing import all_computed
from tests.support import NOW
from tests.trust.oracle import Look, breaches
from tests.trust.scene import AUTHORS, a_change

PEOPLE = (
    "revops", "cro", "cmo", "finance", "marketing_ops", "sales_ops", "analytics", "lead", "omni",
    "carla", "carla_2", "dora", "dora_2", "root", "gone", "sdr",
)  # fmt: skip
ROLES = ("cro", "cmo", "finance", "revops", "marketing_ops", "revops_lead", "sales_ops")
people, picks, numbers = st.sampled_from(PEOPLE), st.integers(0, 7), st.integers(1, 9)
workstreams = st.sampled_from(["scoring", "scoring", "glossary", "charter", *Workstream.values])


class Governance(RuleBasedStateMachine):
    """Every act may be refused, but only with a PolicyError, and never leaves the oracle's bounds.

    Attributes:
        done: how often each kind of act went through; kept over all examples, so that a test can see that the
            machine got anywhere.
    """

    done: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.scope = transaction.atomic()
        self.scope.__enter__()
        forget()
        self.now: datetime = NOW
        self.tampered: set[int] = set()
        self.versions = set(PolicyVersion.objects.values_list("pk", flat=True))
        self.swept = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)
        forget()

    # --- helpers

    def act(self, what: Callable[..., object], *args: object, user: str = "", **extra: Any) -> None:
        """Try an act; a refusal changes what it must and raises PolicyError, nothing else."""
        self.now += timedelta(minutes=1)
        self.swept = False
        if user:
            extra["acting_user"] = User.objects.get(username=user)
        try:
            with transaction.atomic(durable=False):
                what(*args, now=self.now, **extra)
        except PolicyError:
            return
        self.done[what.__name__] = self.done.get(what.__name__, 0) + 1

    def pick(self, pick: int, **where: object) -> ChangeRequest | None:
        found = list(ChangeRequest.objects.filter(**where).order_by("-pk")[:4])
        return found[pick % len(found)] if found else None

    # --- acts on drafts

    @initialize(workstream=workstreams, number=numbers)
    def begin(self, workstream: str, number: int) -> None:
        """Two changes of one workstream in review."""
        for one in (number, number + 1):
            self.propose(workstream, one, AUTHORS[workstream])
            request = self.pick(0)
            if request is not None:
                self.act(submit, request.pk, user=AUTHORS[workstream])

    @rule(workstream=workstreams, number=numbers, user=st.none() | people)
    def propose(self, workstream: str, number: int, user: str | None) -> None:
        """Open a request and change something in it at once."""
        if ChangeRequest.objects.filter(state__in=OPEN).count() >= 4:
            return
        user = user or AUTHORS[workstream]
        self.act(open_request, Proposal(workstream, f"Change {number}", "A reason."), user=user)
        request = ChangeRequest.objects.order_by("pk").last()
        if request is not None and request.state == "draft" and request.workstream == workstream:
            self.change(request, number, user)

    def change(self, request: ChangeRequest, number: int, user: str) -> None:
        document = proposal_of(request, self.now).proposed.document
        if document is None:
            return
        data = plain(document)
        a_change(request.workstream, number)(data)
        self.act(replace_draft, request.pk, registry.parse(request.workstream, data), user=user)

    @rule(pick=picks, number=numbers, user=people)
    def edit(self, pick: int, number: int, user: str) -> None:
        request = self.pick(pick)
        if request is not None:
            self.change(request, number, user)

    @rule(pick=picks, user=people, way=st.sampled_from(["past", "rows"]))
    def edit_rows(self, pick: int, user: str, way: str) -> None:
        """Write a draft row: as the pages do, in one transaction with `note_edit`; or past everything."""
        request = self.pick(pick, state__in=OPEN)
        if request is None:
            return
        before, table = read_rows(request), registry.document_type(request.workstream).tables[0]
        column = next(c for c in ("name", "label", "informed", "grade") if c in table.columns.values())
        row = table.model._default_manager.filter(request=request).first()
        if row is None:
            return
        fits = getattr(
            table.model._meta.get_field(column), "max_length", None
        )  # PostgreSQL takes no longer one
        value = [*getattr(row, column), "it"] if column == "informed" else f"{user} was here"[:fits]

        def write(*, acting_user: User | None, now: datetime) -> None:
            table.model._default_manager.filter(pk=row.pk).update(**{column: value})
            if acting_user is not None:
                note_edit(request.pk, acting_user=acting_user, now=now)

        self.act(write, **({"acting_user": None} if way == "past" else {"user": user}))
        if way == "past" and read_rows(request) != before and request.is_under_review:
            self.tampered.add(request.pk)

    @rule(pick=picks, user=people, how=st.sampled_from(["texts", "date", "mine", "live", "neither"]))
    def tinker(self, pick: int, user: str, how: str) -> None:
        """Change the texts or the date, or settle conflicts, there or not."""
        request = self.pick(pick)
        if request is None:
            return
        if how in {"texts", "date"}:
            at = None if how == "texts" else self.now + timedelta(days=pick - 1)
            self.act(change_texts, request.pk, Texts(request.title, f"{request.why}!", at), user=user)
        else:
            conflicts = proposal_of(request, self.now).proposed.conflicts
            self.act(settle_conflicts, request.pk, {c.item: how for c in conflicts}, user=user)

    @rule(pick=picks, user=people, how=st.sampled_from(["send", "send", "withdraw", "go back"]))
    def move(self, pick: int, user: str, how: str) -> None:
        request = self.pick(pick)
        if request is not None and how == "go back":
            first = version_document(request.workstream, 1)
            self.act(open_request, Proposal(request.workstream, "Back", "It was better.", first), user=user)
        elif request is not None and how == "send":
            self.act(submit, request.pk, user=user)
        elif request is not None:
            self.act(withdraw, request.pk, "Not wanted.", user=user)

    @rule(pick=picks, user=people, how=st.sampled_from(["ask", "ask", "cancel", "compute"]))
    def measure(self, pick: int, user: str, how: str) -> None:
        """Ask for a back-test, cancel one, or let the worker come by."""
        request, last = self.pick(pick), BackTest.objects.order_by("pk").last()
        if how == "compute":
            all_computed(self.now)
        elif how == "cancel" and last is not None:
            self.act(cancel, last.pk, user=user)
        elif request is not None:
            self.act(ask_for_request, request.pk, default_window(self.now), user=user)

    # --- acts of signers

    @rule(
        pick=picks,
        user=people,
        verdict=st.sampled_from(["given", "given", "changes", "rejected", ""]),
        stale=st.booleans(),
    )
    def answer(self, pick: int, user: str, verdict: str, stale: bool) -> None:
        signoffs = list(SignOff.objects.order_by("-pk")[:10])
        if signoffs:
            signoff = signoffs[pick % len(signoffs)]
            shown = "0" * 64 if stale else proposal_of(signoff.request, self.now).digest
            self.act(sign, Answer(signoff.pk, verdict, shown, "Because."), user=user)

    @rule(pick=picks, reason=st.sampled_from(["no time", ""]), user=people)
    def call_an_emergency(self, pick: int, reason: str, user: str) -> None:
        request = self.pick(pick)
        if request is not None:
            self.act(declare_emergency, request.pk, reason, request.digest, user=user)

    @rule(pick=picks, user=people)
    def put_in_force(self, pick: int, user: str) -> None:
        request = self.pick(pick)
        if request is not None:
            self.act(publish_request, request.pk, user=user)

    @rule(pick=picks, users=st.permutations(PEOPLE))
    def go_through(self, pick: int, users: list[str]) -> None:
        """All the way, as far as it goes."""
        for _ in range(3):
            self.press_on(pick, users)

    @rule(pick=picks, users=st.permutations(PEOPLE))
    def press_on(self, pick: int, users: list[str]) -> None:
        """What brings a request one step nearer to its end, by whoever may first."""
        request = self.pick(pick, state__in=OPEN)
        if request is None:
            return
        if request.is_drafting:
            self.act(submit, request.pk, user=AUTHORS[request.workstream])
        elif request.state == "approved":
            self.act(publish_request, request.pk, user=AUTHORS[request.workstream])
        all_computed(self.now)
        for signoff in SignOff.objects.owed().filter(request=request).exclude(duty="consult"):
            self.first_of(users, signoff)

    @rule(users=st.permutations(PEOPLE))
    def ratify(self, users: list[str]) -> None:
        all_computed(self.now)
        for signoff in SignOff.objects.owed().filter(request__ratify_by__isnull=False)[:2]:
            self.first_of(users, signoff)

    def first_of(self, users: list[str], signoff: SignOff) -> None:
        shown = proposal_of(signoff.request, self.now).digest
        for user in users:
            self.act(sign, Answer(signoff.pk, "given", shown, "Fine."), user=user)
            signoff.refresh_from_db()
            if signoff.verdict or signoff.voided_at:
                return

    # --- people, time, talk

    @rule(
        user=people,
        role=st.sampled_from(ROLES),
        how=st.sampled_from(["grant", "revoke", "out", "in", "signer"]),
    )
    def reorganise(self, user: str, role: str, how: str) -> None:
        last = (
            SignOff.objects.standing()
            .filter(verdict="given", signer__isnull=False)
            .order_by("decided_at")
            .last()
        )
        if how == "signer" and last is not None and last.signer is not None:
            last.signer.groups.remove(*Group.objects.filter(name=last.role))
        elif how in {"grant", "revoke"}:
            groups = User.objects.get(username=user).groups
            (groups.add if how == "grant" else groups.remove)(Group.objects.get(name=role))
        elif how in {"out", "in"}:
            User.objects.filter(username=user).update(is_active=how == "in")

    @rule(user=people, other=people, days=st.sampled_from([-1, 0, 1, 10, 10, 100]))
    def hand_over(self, user: str, other: str, days: int) -> None:
        """Delegate; for no days: take the last delegation back."""
        last = Delegation.objects.order_by("pk").last()
        if days:
            span = (self.now, self.now + timedelta(days=days))
            self.act(delegate, User.objects.get(username=other), span, user=user)
        elif last is not None:
            self.act(take_back, last.pk, user=last.from_user.username)

    @rule(pick=picks, user=people, text=st.sampled_from(["", "Hm.", "x" * 5000]))
    def talk(self, pick: int, user: str, text: str) -> None:
        request = self.pick(pick)
        self.act(acknowledge, PolicyVersion.objects.latest("pk").pk, user=user)
        if request is not None:
            self.act(comment, request.pk, text, uuid.uuid4(), user=user)

    @rule(hours=st.sampled_from([0, 1, 25, 25, 24 * 6, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        tick(self.now)
        self.swept = True

    # --- the oracle

    @invariant()
    def holds(self) -> None:
        known = set(PolicyVersion.objects.values_list("pk", flat=True))
        fresh, self.versions = known - self.versions, known
        if self.swept:
            fresh = set()  # a sweep may publish several in a row, one of them the charter
        for request in ChangeRequest.objects.filter(pk__in=self.tampered):
            if not request.is_under_review:
                self.tampered.discard(request.pk)
        look = Look(self.now, frozenset(self.tampered), frozenset(fresh), self.swept)
        found = breaches(look)
        assert not found, "\n".join(found)
