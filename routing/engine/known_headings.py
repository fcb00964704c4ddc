"""Headings of well-known exports that mean a contract field, a stage or an id. Only those, not all."""

import re
from enum import StrEnum


class KnownSystem(StrEnum):
    """Systems whose exports are recognised by their headings."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"


def plain(heading: str) -> str:
    """A heading reduced to letters and digits, in lower case: `Company Name` and `company_name` are one."""
    return re.sub(r"[^0-9a-z]+", "", heading.casefold())


# Heading (plain) → contract field: labels and names of HubSpot, API names of Salesforce, everyday words.
FIELDS: dict[str, str] = {
    "email": "email",
    "emailaddress": "email",
    "firstname": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "jobtitle": "job_title",
    "title": "job_title",
    "phone": "phone",
    "phonenumber": "phone",
    "company": "company",
    "companyname": "company",
    "website": "website",
    "websiteurl": "website",
    "industry": "industry",
    "numberofemployees": "employees",
    "numemployees": "employees",
    "annualrevenue": "annual_revenue",
    "country": "country",
    "countryregion": "country",
    "originaltrafficsource": "source",
    "hsanalyticssource": "source",
    "leadsource": "source",
    "origin": "source",
    "buyingrole": "buying_role",
    "hsbuyingrole": "buying_role",
    "originaltrafficsourcedrilldown1": "campaign",
    "hsanalyticssourcedata1": "campaign",
    "utmcampaign": "campaign",
}
# An opt-out is a consent that was taken back; the absence of one is no consent.
OPT_OUTS = frozenset({"hasoptedoutofemail", "hsemailoptout", "unsubscribedfromallemail"})
OPT_OUT_VALUES = {"true": "withdrawn", "1": "withdrawn", "yes": "withdrawn", "false": "", "0": "", "no": ""}
CAPTURED = frozenset({"createdate", "createddate"})
EXTERNAL_IDS: dict[str, KnownSystem] = {
    "recordid": KnownSystem.HUBSPOT,
    "hsobjectid": KnownSystem.HUBSPOT,
    "id": KnownSystem.SALESFORCE,
}
SIGNS: dict[str, KnownSystem] = {
    "recordid": KnownSystem.HUBSPOT,
    "hsobjectid": KnownSystem.HUBSPOT,
    "lifecyclestage": KnownSystem.HUBSPOT,
    "contactowner": KnownSystem.HUBSPOT,
    "hubspotownerid": KnownSystem.HUBSPOT,
    "isdeleted": KnownSystem.SALESFORCE,
    "systemmodstamp": KnownSystem.SALESFORCE,
    "createdbyid": KnownSystem.SALESFORCE,
}
BLANKS: dict[KnownSystem, tuple[str, ...]] = {KnownSystem.SALESFORCE: ("000000000000000AAA",)}
# Stages (plain) as HubSpot's lifecycle names them → what the stage may be called here (key or short name).
STAGE_WORDS: dict[str, tuple[str, ...]] = {
    "subscriber": ("inquiry",),
    "lead": ("lead",),
    "marketingqualifiedlead": ("mql",),
    "salesqualifiedlead": ("sql",),
    "salesacceptedlead": ("sal",),
    "opportunity": ("opportunity",),
    "customer": ("won",),
}
STAGE_HEADINGS = (
    re.compile(r'^date entered "(?P<stage>.+?)(?: \([^()]*pipeline\))?"$', re.IGNORECASE),
    re.compile(r"^became an? (?P<stage>.+?) date$", re.IGNORECASE),
    re.compile(r"^hs_v2_date_entered_(?P<stage>[a-z]+)$"),
    re.compile(r"^hs_lifecyclestage_(?P<stage>[a-z]+)_date$"),
)
NOT_TAKEN: dict[str, str] = {
    "contactowner": "owners are given by routing, not by a file",
    "hubspotownerid": "owners are given by routing, not by a file",
    "ownerid": "owners are given by routing, not by a file",
    "lifecyclestage": "the current stage follows from the dates of the stages",
    "status": "the current stage follows from the dates of the stages",
    "leadstatus": "the current stage follows from the dates of the stages",
    "hsleadstatus": "the current stage follows from the dates of the stages",
    "hubspotscore": "scores are computed here",
}
