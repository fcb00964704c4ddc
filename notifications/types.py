"""What a caller hands to the outbox."""

from dataclasses import dataclass
from datetime import datetime

from notifications.choices import Channel

EVERYWHERE = (Channel.INBOX, Channel.MAIL)
LONGEST_KEY = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to be told to some people.

    Attributes:
        kind: what happened, e.g. `clock_breached`; people mute by kind.
        subject: one line.
        dedupe_key: the same key is told to the same person over the same channel once, however often asked.
        body: plain text.
        url: path of the page it is about, e.g. `/desk/leads/7/`.
        channels: where it goes.
        not_before: the mail waits for this instant; None = it goes out at once. The inbox never waits.
    """

    kind: str
    subject: str
    dedupe_key: str
    body: str = ""
    url: str = ""
    channels: tuple[Channel, ...] = EVERYWHERE
    not_before: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a key that would not fit the column once person and channel are added."""
        if not self.dedupe_key or len(self.dedupe_key) > LONGEST_KEY:
            raise ValueError(
                f"dedupe_key {self.dedupe_key!r} has {len(self.dedupe_key)} characters; give 1 to {LONGEST_KEY}"
            )
