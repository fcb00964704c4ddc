"""Made-up leads: who they are, where from, how well they fit, what they do. Pure and seeded."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

WORDS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text())

SUFFIXES = {
    "software": ("Systems", "Labs", "Cloud", "Data"),
    "financial_services": ("Capital", "Bank", "Assurance"),
    "professional_services": ("Consulting", "Partners", "Advisory"),
    "manufacturing": ("Works", "Industries", "Components"),
    "retail": ("Retail", "Stores", "Goods"),
    "healthcare": ("Health", "Clinics", "Care"),
    "logistics": ("Logistics", "Freight", "Lines"),
    "education": ("Academy", "Institute"),
    "public_sector": ("Council", "Agency"),
}
INDUSTRY_WEIGHTS = {
    "software": 24,
    "financial_services": 12,
    "professional_services": 14,
    "manufacturing": 13,
    "retail": 11,
    "healthcare": 9,
    "logistics": 7,
    "education": 6,
    "public_sector": 4,
}
COUNTRIES = {
    "emea": ("GB", "DE", "FR", "NL", "SE", "ES", "AE", "ZA"),
    "amer": ("US", "US", "US", "CA", "BR", "MX"),
    "apac": ("SG", "AU", "IN", "JP", "NZ"),
}
REGION_WEIGHTS = {"emea": 42, "amer": 38, "apac": 20}
# Source: (share of leads, how much better or worse they turn out).
SOURCES = {
    "organic_search": (24, 1.0),
    "paid_search": (18, 0.8),
    "paid_social": (11, 0.55),
    "referral": (10, 1.7),
    "event": (9, 1.2),
    "email": (8, 0.9),
    "partner": (6, 1.6),
    "direct_traffic": (6, 1.1),
    "outbound": (5, 0.7),
    "unknown": (2, 0.6),
    "": (1, 0.6),
}
TITLES = (
    "Head of Operations",
    "Marketing Manager",
    "VP Sales",
    "IT Director",
    "Founder",
    "Analyst",
    "Buyer",
    "CFO",
)
ROLES = ("decision_maker", "budget_holder", "champion", "influencer", "end_user", "")
FREE = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de")
BEHAVIOURS = (
    ("product_page", 50),
    ("email_click", 45),
    ("whitepaper", 25),
    ("webinar", 20),
    ("pricing_page", 22),
    ("trial_signup", 8),
    ("demo_request", 11),
    ("contact_sales", 8),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One made-up lead.

    Attributes:
        payload: what the form sends.
        quality: about 0.2 to 2.5; how much better than average it turns out.
        doings: (behaviour, when).
    """

    payload: dict[str, object]
    region: str
    captured_at: datetime
    quality: float
    doings: tuple[tuple[str, datetime], ...]


def invent(rng: random.Random, number: int, captured_at: datetime) -> Profile:
    """Invent lead `number`, captured at `captured_at` (aware)."""
    region = pick(rng, REGION_WEIGHTS)
    industry = pick(rng, INDUSTRY_WEIGHTS)
    source = rng.choices(list(SOURCES), [share for share, _ in SOURCES.values()])[0]
    employees = round(min(20_000, max(2, rng.lognormvariate(4.7, 1.3))))
    company = f"{rng.choice(WORDS['roots'])} {rng.choice(SUFFIXES[industry])}"
    first, last = rng.choice(WORDS["first"]), rng.choice(WORDS["last"])
    private = rng.random() < 0.09
    domain = rng.choice(FREE) if private else f"{company.lower().replace(' ', '-')}.example"
    payload: dict[str, object] = {
        "email": f"{first}.{last}{number}@{domain}".lower(),
        "first_name": first,
        "last_name": last,
        "job_title": rng.choice(TITLES),
        "company": company if rng.random() > 0.06 else "",
        "industry": industry if rng.random() > 0.08 else "",
        "employees": employees if rng.random() > 0.1 else None,
        "country": rng.choice(COUNTRIES[region]),
        "region": region if rng.random() > 0.03 else "",
        "segment": "smb" if employees < 100 else "mid_market" if employees < 1000 else "enterprise",
        "buying_role": rng.choice(ROLES),
        "source": source,
        "channel": "event" if source == "event" else "web_form",
        "consent": "granted" if rng.random() > 0.07 else rng.choice(("", "denied")),
    }
    fit = 1.3 if employees >= 200 else 1.0 if employees >= 50 else 0.5
    quality = SOURCES[source][1] * fit * rng.lognormvariate(0, 0.35)
    known = {key: value for key, value in payload.items() if value not in ("", None)}
    return Profile(known, region, captured_at, quality, _doings(rng, captured_at, quality))


def pick(rng: random.Random, weights: dict[str, int]) -> str:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def _doings(rng: random.Random, start: datetime, quality: float) -> tuple[tuple[str, datetime], ...]:
    """What the lead does within about three weeks; better leads do more, and more telling things."""
    count = min(9, 1 + int(rng.expovariate(1 / (1.6 + 1.2 * quality))))
    names, weights = zip(*BEHAVIOURS, strict=True)
    moments = sorted(start + timedelta(hours=rng.expovariate(1 / 60)) for _ in range(count - 1))
    return tuple(
        (rng.choices(names, weights)[0], moment) for moment in [start - timedelta(minutes=3), *moments]
    )


def arrivals(rng: random.Random, count: int, start: datetime, end: datetime) -> list[datetime]:
    """`count` capture times between two instants, sorted: busier by day, on weekdays, and over the year."""
    span = (end - start).total_seconds()
    found: list[datetime] = []
    while len(found) < count:
        share = rng.random()
        moment = start + timedelta(seconds=share * span)
        weekday = 1.0 if moment.weekday() < 5 else 0.3
        hour = 1.0 if 7 <= moment.hour < 19 else 0.35
        growth = 0.6 + 0.4 * share
        if rng.random() < weekday * hour * growth:
            found.append(moment)
    return sorted(found)
