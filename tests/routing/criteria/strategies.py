"""Random criteria and random leads, made so that they meet: few keys, few values, many edges."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, Group, Kind, When
from glossary.engine.fields import DERIVED_FIELDS, OPS_BY_TYPE, ContractField, FieldType, Op, Store
from tests.support import NOW

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
# Edges of text: wildcards, quotes, letters that fold to two, that fold apart by language, both normal forms, NUL.
TEXTS = (
    "a", "A", "50%", "50_", "5\\0", "%", "_", "'\"", "straße", "STRASSE", "İstanbul", "istanbul", "É", "é", "e\u0301",
    "Ǆ", "ς", "Σ", "ﬁn", "FIN", "😀", "0", "12", "true", "null", "2026-11-22", "2026-02-30", "2024-02-29", "gmail.com",
    "x gmail.com", "VP  Sales", " ", "2026-11-22T00:00:00Z", "granted", "denied", "GB", "DE", "ann@gmail.com",
    "2026-11-22T00:00:00+14:00",
)  # fmt: skip
NUMBERS = (0, 1, -1, 12, 12.5, 0.1, 65, 65.0, 10**15, 1e-9)
DATES = ("2026-11-22", "2026-11-23", "2024-02-29", "0001-01-01", "9999-12-31", "2026-11-24")
INSTANTS = tuple(
    base + shift
    for base in (
        NOW, NOW - DAY, NOW - 30 * DAY, datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    )
    for shift in (-TICK, timedelta(0), TICK)
)  # fmt: skip
OWNERS = ("anna", "Änne", "straße", "bob_50%")
NAMES = ("demo_request", "pricing_page", "webinar")
THRESHOLDS = {"mql": 65.0, "low": 12.0}


def _field(key: str, kind: FieldType, store: Store = Store.ATTRIBUTE) -> ContractField:
    values = ("a", "A", "0") if kind is FieldType.CHOICE else ()
    return ContractField(key=key, label=key.title(), type=kind, store=store, values=values, strict=False)


FIELDS = {
    **DERIVED_FIELDS,
    **{
        field.key: field
        for field in (
            _field("company", FieldType.TEXT, Store.COLUMN),
            _field("consent", FieldType.CHOICE, Store.COLUMN),
            _field("country", FieldType.COUNTRY, Store.COLUMN),
            _field("alt_email", FieldType.EMAIL),
            _field("industry", FieldType.CHOICE, Store.COLUMN),
            _field("employees", FieldType.NUMBER, Store.COLUMN),
            _field("annual_revenue", FieldType.NUMBER, Store.COLUMN),
            _field("suppressed", FieldType.BOOLEAN, Store.COLUMN),
            _field("consent_at", FieldType.DATE, Store.COLUMN),
            _field("next_touch_on", FieldType.DATE, Store.COLUMN),
            _field("captured_at", FieldType.DATE, Store.COLUMN),
            _field("plan", FieldType.TEXT),
            _field("seats", FieldType.NUMBER),
            _field("opted_in", FieldType.BOOLEAN),
            _field("renewal", FieldType.DATE),
        )
    },
}
ATTRIBUTES = ("plan", "seats", "opted_in", "renewal", "alt_email")
COUNTRIES = ("", "GB", "DE")
CONSENTS = ("", "granted", "denied", "withdrawn")
# The same moment, as clocks elsewhere show it: one behind, one ahead by odd minutes, one on the other day.
ZONES = (UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Kiritimati"))
moments = st.sampled_from(ZONES).map(NOW.astimezone)

texts = st.sampled_from(TEXTS) | st.text(st.sampled_from("aAbB%_\\ßİéς0"), min_size=1, max_size=4)
numbers = st.sampled_from(NUMBERS) | st.integers(-5, 70) | st.floats(-100, 100)
scalars = st.booleans() | numbers | texts
days = st.sampled_from((1, 30)) | st.sampled_from((0.5, 29, 31, 3650))
# What an attribute may hold after a contract changed its type, or a sender had its own idea.
wild = (
    scalars
    | st.sampled_from(DATES)
    | st.sampled_from((None, "", [], {}, [1], {"a": 1}, 10**30, 10**309, -(10**400)))
)


def _values(op: Op) -> st.SearchStrategy[dict[str, Any]]:
    if op in {Op.IS_KNOWN, Op.IS_UNKNOWN, Op.IS_FREE_MAIL}:
        return st.just({})
    if op in {Op.AT_LEAST, Op.AT_MOST}:
        named = st.sampled_from(sorted(THRESHOLDS)).map(lambda key: {"threshold": key})
        return numbers.map(lambda value: {"value": value}) | named
    if op is Op.BETWEEN:
        pairs = st.lists(numbers, min_size=2, max_size=2) | st.lists(
            st.sampled_from(DATES), min_size=2, max_size=2
        )
        return pairs.map(lambda pair: {"value": tuple(sorted(pair))})
    one = {
        Op.WITHIN_DAYS: days,
        Op.OLDER_THAN_DAYS: days,
        Op.BEFORE: st.sampled_from(DATES),
        Op.AFTER: st.sampled_from(DATES),
        Op.CONTAINS: texts,
        Op.STARTS_WITH: texts,
    }
    if op in {Op.IN, Op.NOT_IN}:
        return st.lists(scalars, min_size=1, max_size=4).map(lambda items: {"value": tuple(items)})
    return one.get(op, scalars).map(lambda value: {"value": value})


@st.composite
def field_criteria(draw: st.DrawFn) -> FieldCriterion:
    """Mostly operators that the contract offers for the field, but any other now and then."""
    key = draw(st.sampled_from(sorted(FIELDS)))
    offered = sorted(OPS_BY_TYPE[FIELDS[key].type])
    op = draw(st.sampled_from(offered) | st.sampled_from(offered) | st.sampled_from(list(Op)))
    return FieldCriterion(kind=Kind.FIRMOGRAPHIC, field=key, op=op, **draw(_values(op)))


@st.composite
def behaviour_criteria(draw: st.DrawFn) -> BehaviourCriterion:
    where = draw(
        st.dictionaries(st.sampled_from(("page", "utm.Source-x")), texts.filter(str.strip), max_size=2)
    )
    within = draw(st.none() | st.sampled_from((1, 30, 3650)))
    before = draw(st.none() | st.sampled_from((1, 30)))
    return BehaviourCriterion(
        kind=Kind.TRIGGER,
        behaviour=draw(st.sampled_from(NAMES)),
        at_least=draw(st.integers(1, 3)),
        within_days=within,
        latest_before_days=before if before is None or within is None or before < within else None,
        where=where,
    )


criteria = st.one_of(field_criteria(), field_criteria(), field_criteria(), behaviour_criteria())
groups = st.lists(criteria, min_size=1, max_size=3).map(lambda items: Group(any=tuple(items)))
# Mostly a single criterion, for or against: the more of them stand together, the less a wrong one shows.
whens = st.one_of(
    criteria.map(lambda item: When(all=(Group(any=(item,)),))),
    criteria.map(lambda item: When(none=(item,))),
    st.builds(
        When, all=st.lists(groups, max_size=2).map(tuple), none=st.lists(criteria, max_size=2).map(tuple)
    ),
)


@st.composite
def behaviours(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "name": draw(st.sampled_from(NAMES)),
        "occurred_at": draw(st.sampled_from(INSTANTS)),
        "recorded_at": draw(st.sampled_from(INSTANTS)),
        "properties": draw(st.dictionaries(st.sampled_from(("page", "utm.Source-x")), wild, max_size=2)),
    }


@st.composite
def leads(draw: st.DrawFn) -> dict[str, Any]:
    """Columns, attributes, owner's name, behaviours, touches and the pass of one lead."""
    blank = st.just("")
    return {
        "columns": {
            "company": draw(blank | texts),
            "industry": draw(blank | texts),
            "consent": draw(st.sampled_from(CONSENTS)),
            "country": draw(st.sampled_from(COUNTRIES)),
            "email_domain": draw(blank | st.sampled_from(("gmail.com", "acme.com"))),
            "employees": draw(st.none() | st.sampled_from((0, 12, 65))),
            "annual_revenue": draw(st.none() | st.decimals(-1000, 10**12, places=2)),
            "icp_grade": draw(st.sampled_from(("", "A", "B", "D"))),
            "intent_score": draw(st.none() | st.sampled_from((0.0, 12.0, 64.99, 65.0))),
            "territory": draw(st.sampled_from(("", "emea", "apac_50"))),
            "suppressed": draw(st.booleans()),
            "consent_at": draw(st.none() | st.sampled_from(INSTANTS)),
            "next_touch_on": draw(st.none() | st.sampled_from([date.fromisoformat(day) for day in DATES])),
            "captured_at": draw(
                st.sampled_from((*INSTANTS, NOW - 12 * DAY, NOW - 12 * DAY - TICK, NOW + DAY))
            ),
            "attributes": draw(st.dictionaries(st.sampled_from(ATTRIBUTES), wild)),
        },
        "owner": draw(st.none() | st.sampled_from(OWNERS)),
        "behaviours": draw(st.lists(behaviours(), max_size=3)),
        "touches": draw(
            st.lists(
                st.tuples(st.sampled_from(INSTANTS), st.sampled_from(("", "automatic", "inbound"))),
                max_size=2,
            )
        ),
        "second_pass_at": draw(st.none() | st.sampled_from(INSTANTS)),
        "merged": draw(st.booleans()),
    }
