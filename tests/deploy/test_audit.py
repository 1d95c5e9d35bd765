"""The audit of the dependencies never calls packages safe that it could not audit."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests import audit
from tests.audit import verdict

LOCK = Path("requirements.lock")
SAFE = {"name": "one", "version": "1.0", "vulns": []}
SKIPPED = {"name": "two", "skip_reason": "not found in the index"}
VULNERABLE = {"name": "three", "version": "3.0", "vulns": [{"id": "X-1", "fix_versions": ["3.1"]}]}


def answer(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


@pytest.mark.parametrize(
    ("output", "errors", "required", "offline", "words"),
    [
        (answer(SAFE), "", 0, 0, "1 packages audited, no known vulnerabilities"),
        (answer(SAFE, VULNERABLE), "", 1, 1, "three 3.0: X-1, fixed in ['3.1']"),
        (answer(SKIPPED, VULNERABLE), "", 1, 1, "three 3.0"),
        (answer(SAFE, SKIPPED), "", 2, 0, "NOT AUDITED: 1 of 2 packages (two): osv.dev has no data"),
        (answer(SKIPPED), "", 2, 0, "NOT AUDITED: 1 of 1 packages"),
        (answer(), "", 2, 0, "NOT AUDITED: all packages"),
        (
            "",
            "Traceback\nConnectionError: osv.dev",
            2,
            0,
            "NOT AUDITED: all packages: ConnectionError: osv.dev",
        ),
        ("{}", "", 2, 0, "NOT AUDITED"),
        ("<html>a registry without advisories</html>", "", 2, 0, "NOT AUDITED"),
    ],
)
def test_the_exit_code_is_0_only_for_what_was_audited_or_is_reported_as_not_audited(
    output: str, errors: str, required: int, offline: int, words: str
) -> None:
    for expected, ci in ((required, True), (offline, False)):
        code, text = verdict(LOCK, output, errors, required=ci)
        assert (code, words in text) == (expected, True), text


def test_an_audit_is_required_only_in_a_pipeline_that_reaches_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(audit, "SOURCE", server.getsockname())
        found = {}
        for value in ("true", "1", "false", ""):
            monkeypatch.setenv("CI", value)
            found[value] = audit.must_audit()
    monkeypatch.setenv("CI", "true")
    assert found == {"true": True, "1": True, "false": False, "": False}
    assert not audit.must_audit()  # nothing listens any more
