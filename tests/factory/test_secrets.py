"""Secrets by their format: what is looked for first, a few letters, is in all of them."""

from __future__ import annotations

import pytest

from include.factory.document.secrets import _FORMATS, secret_diagnostics

WORD = "aB3" * 20
SECRETS = {
    "an AWS access key": ["AKIA" + "A1" * 8, "ASIA" + "B2" * 8],
    "a GitHub token": [f"gh{kind}_{WORD}" for kind in "pousr"] + [f"github_pat_{WORD}"],
    "a GitLab token": [f"glpat-{WORD}"],
    "a Slack token": [f"xox{kind}-{WORD}" for kind in "abprs"],
    "a Google API key": [f"AIza{WORD[:35]}"],
    "an API key": [f"sk-{WORD}", f"sk-proj-{WORD}"],
    "a JSON web token": [f"eyJ{WORD}.{WORD}.{WORD}"],
    "a private key": ["-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"],
    "an Azure storage key": [f"AccountKey={WORD}=="],
    "a URL with a password": ["postgresql+psycopg2://me:hunter22@host/db"],
    "a password": [
        f"{name} = hunter22" for name in ("password", "Password", "PASSWD", "pwd", "PwD", "pa\u017f\u017fword")
    ],
}


@pytest.mark.parametrize("what", SECRETS)
def test_each_kind_is_found(what: str) -> None:
    for secret in SECRETS[what]:
        (found,) = secret_diagnostics({}, f"# a comment\n#  {secret}\n")
        assert found.message == f"This looks like {what}."
        assert found.position is not None
        assert (found.position.line, found.position.column) == (2, 4)
        assert secret_diagnostics({}, f"# {secret} # not-a-secret\n") == []


def test_none_is_left_out() -> None:
    assert SECRETS.keys() == _FORMATS.keys()
