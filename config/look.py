"""How the two sites look: names, colours, our stylesheets. What their sidebars offer stands in navigation.py.

Values are dotted names or callables of the request: settings are read before apps and addresses exist.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def file_of_ours(path: str) -> Callable[[HttpRequest], str]:
    """Address of a static file, asked for per request: the storage that hashes names is not ready earlier."""

    def address(_request: HttpRequest) -> str:
        return static(path)

    return address


# A calm blue for what acts, a cool grey for the rest; lightness steps keep AA contrast in light and dark.
BLUE = {
    "50": "oklch(97% 0.013 262)",
    "100": "oklch(93.5% 0.03 262)",
    "200": "oklch(88% 0.055 262)",
    "300": "oklch(80% 0.09 262)",
    "400": "oklch(72% 0.12 262)",
    "500": "oklch(60% 0.15 262)",
    "600": "oklch(49% 0.15 262)",
    "700": "oklch(42% 0.135 262)",
    "800": "oklch(36% 0.11 262)",
    "900": "oklch(30% 0.085 262)",
    "950": "oklch(23% 0.06 262)",
}
GREY = {
    "50": "oklch(98.2% 0.003 250)",
    "100": "oklch(96% 0.004 250)",
    "200": "oklch(91.8% 0.007 250)",
    "300": "oklch(85.5% 0.01 250)",
    "400": "oklch(71% 0.015 250)",
    "500": "oklch(52% 0.018 250)",
    "600": "oklch(43.5% 0.018 250)",
    "700": "oklch(36% 0.018 250)",
    "800": "oklch(28.5% 0.016 250)",
    "900": "oklch(20.5% 0.014 250)",
    "950": "oklch(16.5% 0.012 250)",
}
COMMON: dict[str, Any] = {
    "SITE_TITLE": "Concord",
    "SITE_HEADER": "Concord",
    "SITE_URL": "/",
    "SITE_ICON": file_of_ours("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": file_of_ours("img/mark.svg")}],
    "STYLES": [
        file_of_ours(f"css/{name}.css")
        for name in ("frame", "concord", "forms", "policies", "changes", "drafts", "print")
    ],
    "COLORS": {"primary": BLUE, "base": GREY},
    "BORDER_RADIUS": "6px",
}
UNFOLD: dict[str, Any] = {
    **COMMON,
    "SITE_SUBHEADER": "Administration",
    "SHOW_BACK_BUTTON": True,
    "ACCOUNT": {
        "navigation": [
            {"title": "Your account", "link": reverse_lazy("me")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ],
    },
    "SIDEBAR": {"show_search": True, "navigation": "config.admin_navigation.admin_navigation"},
}
UNFOLD_PORTAL: dict[str, Any] = {
    **COMMON,
    "ACCOUNT": {
        "navigation": [
            {"title": "Your account", "link": reverse_lazy("me")},
            {"title": "Change password", "link": reverse_lazy("portal:password_change")},
        ],
    },
    "SIDEBAR": {"navigation": "config.navigation.portal_navigation"},
}
