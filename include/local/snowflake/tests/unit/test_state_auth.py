from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from embedded_snowflake.state import auth
from embedded_snowflake.state.auth import Authenticator, is_public_key

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _bare(pem: str) -> str:
    return "".join(pem.splitlines()[1:-1])


def _token(key: rsa.RSAPrivateKey, subject: str, seconds: float = 60) -> str:
    return jwt.encode({"sub": subject, "exp": time.time() + seconds}, key, algorithm="RS256")


def test_a_password_opens_a_session_for_its_user_alone() -> None:
    door = Authenticator("somebody", "right")
    assert door.user == "SOMEBODY"
    assert door.check("Somebody", "right")
    assert not door.check("SOMEBODY", "wrong")
    assert not door.check("SOMEBODY", "")
    assert not door.check("ANOTHER", "right")


def test_a_secret_works_for_an_hour_and_one_user(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Authenticator("SOMEBODY", "right")
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    secret = door.issue_secret("somebody")
    assert secret != door.issue_secret("somebody")
    assert door.check("SOMEBODY", secret)
    assert not door.check("ANOTHER", secret)
    clock[0] += auth.WORKER_SECRET_SECONDS - 1
    assert door.check("SOMEBODY", secret)
    clock[0] += 2
    assert not door.check("SOMEBODY", secret)
    door.issue_secret("somebody")
    assert len(door._secrets) == 1  # the old ones are forgotten


def test_a_token_is_signed_by_the_owner_of_the_key() -> None:
    door = Authenticator("SOMEBODY", "right", _public(KEY))
    assert door.check_token("somebody", _token(KEY, "ACCOUNT.SOMEBODY"))
    assert not door.check_token("somebody", _token(OTHER, "ACCOUNT.SOMEBODY"))
    assert not door.check_token("somebody", _token(KEY, "ACCOUNT.ANOTHER"))
    assert not door.check_token("another", _token(KEY, "ACCOUNT.SOMEBODY"))
    assert not door.check_token("another", _token(KEY, "ACCOUNT.ANOTHER"))
    assert door.check_token("another", _token(OTHER, "ACCOUNT.ANOTHER"), [_bare(_public(OTHER))])  # a user's own key
    assert not door.check_token("another", _token(OTHER, "ACCOUNT.SOMEBODY"), [_bare(_public(OTHER))])
    assert not door.check_token("somebody", _token(KEY, "ACCOUNT.SOMEBODY", seconds=-1))
    assert not door.check_token("somebody", "no token")


def test_a_token_that_says_how_it_is_signed_is_not_believed() -> None:
    door = Authenticator("SOMEBODY", "right", _public(KEY))
    unsigned = jwt.encode({"sub": "ACCOUNT.SOMEBODY"}, None, algorithm="none")
    assert not door.check_token("SOMEBODY", unsigned)


def test_a_users_own_keys_count_too() -> None:
    door = Authenticator("SOMEBODY", "right")
    token = _token(KEY, "ACCOUNT.SOMEBODY")
    assert not door.check_token("SOMEBODY", token)
    assert door.check_token("SOMEBODY", token, [_bare(_public(OTHER)), _bare(_public(KEY))])


def test_a_public_key_is_rsa_of_2048_bits_or_more() -> None:
    assert is_public_key(_bare(_public(KEY)))
    assert is_public_key("\n".join(_public(KEY).splitlines()[1:-1]))
    assert not is_public_key(_bare(_public(rsa.generate_private_key(public_exponent=65537, key_size=1024))))
    assert not is_public_key(_bare(_public(ec.generate_private_key(ec.SECP256R1()))))
    assert not is_public_key("MIIB")
    assert not is_public_key("")
