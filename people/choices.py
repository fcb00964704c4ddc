"""The roles of the charter. A role is an auth group whose name is the role's key."""

from django.db.models import TextChoices


class Role(TextChoices):
    """Role keys as the policy documents name them, with their labels."""

    REVOPS = "revops", "RevOps"
    CRO = "cro", "CRO"
    CMO = "cmo", "CMO"
    FINANCE = "finance", "Finance"
    REVOPS_LEAD = "revops_lead", "RevOps Lead"
    MARKETING_OPS = "marketing_ops", "Marketing Ops"
    SALES_OPS = "sales_ops", "Sales Ops"
    ANALYTICS = "analytics", "Analytics"
    SALES_MANAGER = "sales_manager", "Sales manager"
    SDR = "sdr", "SDR"
    AE = "ae", "AE"
    MARKETING = "marketing", "Marketing"
    SALES = "sales", "Sales"
    PRODUCT = "product", "Product"
    CUSTOMER_SUCCESS = "customer_success", "Customer Success"
    ENABLEMENT = "enablement", "Enablement"
    IT = "it", "IT"
    GTM = "gtm", "GTM leaders"


# Who sees every lead; everyone else sees by ownership, queue or team.
SEES_ALL_LEADS = frozenset(
    {
        Role.REVOPS,
        Role.REVOPS_LEAD,
        Role.MARKETING_OPS,
        Role.SALES_OPS,
        Role.ANALYTICS,
        Role.CRO,
        Role.CMO,
        Role.FINANCE,
    }
)
REPS = frozenset({Role.SDR, Role.AE})
# Who may run imports, resolve quarantine and routing errors.
RUNS_OPERATIONS = frozenset({Role.REVOPS, Role.REVOPS_LEAD, Role.MARKETING_OPS, Role.SALES_OPS})
# Who works in /admin/, each within what their role may do there; administrators (is_staff) enter too.
ENTERS_ADMIN = RUNS_OPERATIONS | {Role.ANALYTICS}
