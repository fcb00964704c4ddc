"""Which rows of one file are about the same lead: by id, by address, or by a row that has both."""


class SameLead:
    """Groups of identities (union-find), each with the number of its last row and the count of its rows."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._last: dict[str, int] = {}
        self._shared: set[str] = set()

    def add(self, number: int, keys: list[str]) -> None:
        """Row `number` (rising) names its lead by `keys`."""
        if not keys:
            return
        roots = [self._find(key) for key in keys]
        first = roots[0]
        seen = any(root in self._last for root in roots)
        shared = seen or any(root in self._shared for root in roots)
        for root in roots[1:]:
            self._parent[root] = first
        self._last[first] = number
        if shared:
            self._shared.add(first)

    def repeated(self) -> dict[str, int]:
        """Identity → number of the last row about its lead, for leads that several rows are about."""
        found = {}
        for key in self._parent:
            root = self._find(key)
            if root in self._shared:
                found[key] = self._last[root]
        return found

    def _find(self, key: str) -> str:
        parent = self._parent
        root = parent.setdefault(key, key)
        while parent[root] != root:
            root = parent[root]
        while parent[key] != root:
            parent[key], key = root, parent[key]
        return root
