"""Notes whatever goes wrong in a browser while a walk looks elsewhere."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# Tells the console of a violated content security policy, whatever words the browser has for it.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} blocked ${event.blockedURI} on ${event.documentURI}`));
"""
OWN_SCHEMES = ("data:", "blob:")


class Watch:
    """Collects faults of a browser context: console errors, CSP violations, failed requests, foreign hosts.

    Attributes:
        faults: what went wrong so far, in sentences.
        expected: parts of faults that a walk provokes on purpose.
    """

    def __init__(self, home: str) -> None:
        self.home = home
        self.faults: list[str] = []
        self.expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._web_error)
        context.on("request", self._request)
        context.on("requestfailed", self._request_failed)
        context.on("response", self._response)

    def unexpected(self) -> list[str]:
        """Faults that no walk asked for."""
        return [fault for fault in self.faults if not any(part in fault for part in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} at {message.location.get('url', '')}")

    def _web_error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", *OWN_SCHEMES)):
            self.faults.append(f"foreign host: {request.method} {request.url}")

    def _request_failed(self, request: Request) -> None:
        # Leaving a page, and a download, abort requests: that is no fault of the page.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"answer {response.status}: {response.request.method} {response.url}")
