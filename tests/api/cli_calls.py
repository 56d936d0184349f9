"""The calls of the official Infisical CLI with a service token, as its source makes them.

It reads with three parts of the token and writes with all four; `secrets set` lists first.
"""

from __future__ import annotations

from typing import Any

from tests.api.http_calls import Answer, Connection, in_path

Text = dict[str, str]


class Cli:
    """The CLI with one token, given by `--token` or INFISICAL_TOKEN."""

    def __init__(self, token: str, url: str) -> None:
        parts = token.split(".")
        assert len(parts) == 4, "the CLI refuses a token of fewer parts itself"
        self._three, self._four = ".".join(parts[:3]), token
        self.line = Connection(url, {"User-Agent": "cli", "Accept": "application/json"})

    def ask(
        self,
        method: str,
        path: str,
        *,
        whole: bool = False,
        query: Text | None = None,
        body: dict[str, Any] | None = None,
    ) -> Answer:
        """One call. `whole`: with all four parts of the token."""
        headers = {"Authorization": f"Bearer {self._four if whole else self._three}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self.line.ask(method, f"/api{path}", query=query, body=body, headers=headers)
        # Its HTTP library decodes nothing else.
        assert answer.headers["content-type"].split(";")[0] == "application/json"
        return answer

    def service_token(self, *, whole: bool = False) -> dict[str, Any]:
        """What each reading command asks first."""
        answer = self.ask("GET", "/v2/service-token", whole=whole)
        assert answer.status == 200, answer
        return answer.json

    def workspace(self) -> str:
        """The project: always from the token, never from `--projectId`."""
        workspace = self.service_token()["workspace"]
        assert isinstance(workspace, str)
        return workspace

    def login_status(self) -> int:
        """`login status`: 401 and 403 mean rejected."""
        return self.ask("GET", "/v2/service-token", whole=True).status

    def list_v4(
        self,
        environment: str = "dev",
        path: str = "/",
        *,
        imports: bool = True,
        expand: bool = True,
        recursive: bool = False,
        whole: bool = False,
    ) -> Answer:
        """`run`, `export`, `secrets`, `secrets get`; `export --template` with the whole token."""
        query = {
            "projectId": self.workspace(),
            "environment": environment,
            "secretPath": path,
            "includeImports": _flag(imports),
            "recursive": _flag(recursive),
            "expandSecretReferences": _flag(expand),
            "includePersonalOverrides": "true",
        }
        return self.ask("GET", "/v4/secrets", query=query, whole=whole)

    def list_v3(
        self,
        environment: str = "dev",
        path: str = "/",
        *,
        imports: bool = True,
        expand: bool = True,
        recursive: bool = False,
    ) -> Answer:
        """The same before v0.43.99: an option that is off is left out."""
        query = {"workspaceId": self.workspace(), "environment": environment, "secretPath": path}
        if imports:
            query["include_imports"] = "true"
        if recursive:
            query["recursive"] = "true"
        if expand:
            query["expandSecretReferences"] = "true"
        return self.ask("GET", "/v3/secrets/raw", query=query)

    def set(
        self, project_id: str, name: str, value: str, environment: str = "dev", path: str = "/"
    ) -> Answer | None:
        """`secrets set NAME=VALUE --projectId …`: lists, then writes what is new or differs."""
        listed = self.list_v4(environment, path, imports=False, expand=False)
        if listed.status != 200:
            return listed
        known = {one["secretKey"]: one["secretValue"] for one in listed.json["secrets"]}
        if known.get(name) == value:
            return None
        body = {
            "workspaceId": project_id,
            "type": "shared",
            "environment": environment,
            "secretPath": path,
            "secretValue": value,
        }
        method = "PATCH" if name in known else "POST"
        return self.ask(method, f"/v3/secrets/raw/{in_path(name)}", body=body, whole=True)

    def delete(
        self,
        project_id: str,
        name: str,
        environment: str = "dev",
        path: str = "/",
        *,
        kind: str = "personal",
    ) -> Answer:
        """`secrets delete NAME --projectId …`: asks for a personal secret unless told otherwise."""
        body = {
            "secretName": name,
            "workspaceId": project_id,
            "environment": environment,
            "type": kind,
            "secretPath": path,
        }
        return self.ask("DELETE", f"/v3/secrets/raw/{in_path(name)}", body=body, whole=True)

    def folders(self, environment: str = "dev", path: str = "/") -> Answer:
        """`folders get`."""
        query = {"environment": environment, "workspaceId": self.workspace(), "directory": path}
        return self.ask("GET", "/v1/folders", query=query)

    def create_folder(
        self, project_id: str, name: str, environment: str = "dev", path: str = "/"
    ) -> Answer:
        """`folders create`."""
        body = {"name": name, "workspaceId": project_id, "environment": environment, "path": path}
        return self.ask("POST", "/v1/folders", body=body, whole=True)

    def delete_folder(
        self, project_id: str, name: str, environment: str = "dev", path: str = "/"
    ) -> Answer:
        """`folders delete`."""
        body = {
            "folderName": name,
            "workspaceId": project_id,
            "environment": environment,
            "directory": path,
        }
        return self.ask("DELETE", f"/v1/folders/{in_path(name)}", body=body, whole=True)


def merged(data: dict[str, Any]) -> Text:
    """Names and values as `run` sets them. Later imports win, and the folder's own over all."""
    result: Text = {}
    for secret in data["secrets"]:
        result[secret["secretKey"]] = secret["secretValue"]
    for link in reversed(data["imports"]):
        for secret in link["secrets"]:
            result.setdefault(secret["secretKey"], secret["secretValue"])
    return result


def _flag(value: bool) -> str:
    return "true" if value else "false"
