from __future__ import annotations

from typing import Any

import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library import native
from tests.unit.conftest import Evaluate

VALUES = [
    ("_sf_initcap('hello wORLD-of snow')", "Hello World-Of Snow"),
    ("_sf_initcap('aa.bb cc', '.')", "Aa.Bb cc"),
    ("_sf_initcap('aa BB', '')", "Aa bb"),
    ("_sf_initcap(null)", None),
    ("_sf_chr(233)", "é"),
    ("_sf_lpad('ab', 4)", "  ab"),
    ("_sf_lpad('abcd', 2, '*')", "ab"),
    ("_sf_rpad('ab', 5, 'xy')", "abxyx"),
    ("_sf_lpad(12, 4, '0')", "0012"),
    ("_sf_trim('--a-', '-')", "a"),
    ("_sf_ltrim('xxay', 'xy')", "ay"),
    ("_sf_rtrim('ayx', 'xy')", "a"),
    ("_sf_space(3)", "   "),
    ("_sf_startswith(1234, 12)", True),
    ("_sf_endswith('abc', 'b')", False),
    ("_sf_contains('abc', '')", True),
    ("_sf_charindex('b', 'abcb')", 2),
    ("_sf_charindex('b', 'abcb', 3)", 4),
    ("_sf_charindex('z', 'abcb', 3)", 0),
    ("_sf_editdistance('kitten', 'sitting')", 3),
    ("_sf_editdistance('kitten', 'sitting', 2)", 2),
    ("_sf_jarowinkler_similarity('Snowflake', 'SNOWFLAKE')", 100),
    ("_sf_octet_length('é')", 2),
    ("_sf_octet_length('\\xAA\\xBB\\xCC'::blob)", 3),
    ("_sf_md5('Snowflake')", "edf1439075a83a447fb8b630ddc9c8de"),
    ("_sf_sha1('Snowflake')", "fda76b0bcc1e87cf259b1d1e3271d76f590fb5dd"),
    ("_sf_sha2('', 224)", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
    ("_sf_sha2('x') = _sf_sha2('x', 256) and _sf_sha2('x') = _sf_sha2('x', 0)", True),
    ("_sf_try_base64_decode_string('U25vdw==')", "Snow"),
    ("_sf_try_base64_decode_string('U25vd')", None),
    ("_sf_try_hex_decode_string('536E')", "Sn"),
    ("_sf_try_hex_decode_string('53f')", None),
    ("_sf_base64_decode_string(_sf_base64_encode('Snow'))", "Snow"),
    ("_sf_base64_encode('é')", "w6k="),
    ("_sf_base64_encode('\\xFF'::blob)", "/w=="),
    ("_sf_soundex('Robert')", "R163"),
    ("_sf_soundex('Rupert')", "R163"),
    ("_sf_soundex('Ashcraft')", "A261"),
    ("_sf_soundex('Tymczak')", "T522"),
    ("_sf_soundex('Pfister')", "P236"),
    ("_sf_soundex('')", ""),
    ("_sf_unicode('❄')", 10052),
    ("_sf_unicode('')", 0),
    ("_sf_ascii('a')", 97),
    ("_sf_parse_url('https://user@www.x.com:8080/a/b?c=1&d=&e=x%20y#f')->>'$.parameters.e'", "x y"),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_a_function_of_texts(value: Evaluate, expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_the_parts_of_a_url() -> None:
    assert native._parse_url("https://user@www.x.com:8080/a/b?c=1&d=#f") == (
        '{"fragment": "f", "host": "www.x.com", "parameters": {"c": "1", "d": ""}, "path": "a/b", "port": "8080",'
        ' "query": "c=1&d=", "scheme": "https"}'
    )
    with pytest.raises(SnowflakeError, match="scheme not specified"):
        native._parse_url("example.int/x")


def test_there_is_no_sha2_of_other_sizes() -> None:
    with pytest.raises(SnowflakeError, match="'300' is not recognized"):
        native._sha2(b"", 300)
