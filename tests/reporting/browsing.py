"""Pages as somebody signed in gets them."""

from django.test import Client

from people.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    """The page in one line."""
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return " ".join(response.content.decode().split())
