"""A program that talks to the API as one person."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


class ApiClient:
    """Sends JSON and reads JSON; `None` is somebody who is not logged in."""

    def __init__(self, user: Any, *, enforce_csrf_checks: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=enforce_csrf_checks)
        if user is not None:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, address: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{address}", query)

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(f"/api/v1/{address}", data, content_type="application/json")

    def patch(self, address: str, **data: Any) -> Any:
        return self.client.patch(f"/api/v1/{address}", data, content_type="application/json")

    def put(self, address: str, **data: Any) -> Any:
        return self.client.put(f"/api/v1/{address}", data, content_type="application/json")

    def delete(self, address: str) -> Any:
        return self.client.delete(f"/api/v1/{address}", content_type="application/json")

    def send(self, address: str, content: bytes, name: str = "proof.txt", **data: Any) -> Any:
        """Send a file, as a form does."""
        return self.client.post(f"/api/v1/{address}", {"file": SimpleUploadedFile(name, content), **data})

    def rows(self, name: str, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list; the count of the page says as many."""
        answer = self.get(f"{name}/", page_size=200, **query)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert told["count"] == len(told["results"])
        rows: list[dict[str, Any]] = told["results"]
        return rows

    def ids(self, name: str, **query: Any) -> set[int]:
        return {row["id"] for row in self.rows(name, **query)}


def problem_of(answer: Any) -> dict[str, Any]:
    """The problem document of an answer, which says the same status twice."""
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert {"type", "title", "status", "detail", "instance"} <= set(told)
    return told
