"""Finding the lead that a duplicate is merged into, among those that the person may see."""

from django.db.models import Q

from people.models import User
from routing.models import Lead


def find_survivor(user: User, words: str) -> Lead | None:
    """The visible, standing lead with this e-mail address or number (7, #7, lead 7); None when there is none."""
    text = words.strip().lower().removeprefix("lead").strip().removeprefix("#").strip()
    if not text:
        return None
    by_number = text.isascii() and text.isdecimal() and len(text) < 19
    wanted = Q(pk=int(text)) if by_number else Q(email=text)
    return Lead.objects.visible_to(user).standing().filter(wanted).first()
