"""Functions of texts. See macros.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import Overloads

# INITCAP's default separators.
_SEPARATORS = r"""\s\v!?@"^#$&~_,.:;+\-*%/|\\\[\](){}<>"""
_WORD = "upper(left(w, 1)) || lower(substr(w, 2))"

TEXTS: dict[str, Overloads] = {
    "INITCAP": [
        (
            "s",
            (
                f"array_to_string(list_transform(regexp_extract_all(s, '[^{_SEPARATORS}]+|[{_SEPARATORS}]+'), lambda w:"
                f" {_WORD}), '')"
            ),
        ),
        (
            "s, d",
            (
                "array_to_string(list_transform(regexp_extract_all(s, case when d = '' then '(?s).+' else '[^' ||"
                " regexp_escape(d) || ']+|[' || regexp_escape(d) || ']+' end), lambda w: case when contains(d, left(w,"
                f" 1)) then w else {_WORD} end), '')"
            ),
        ),
    ],
    "CHR": [("n", "chr(n::integer)")],
    "CHAR": [("n", "chr(n::integer)")],
    "LPAD": [("s, n", "lpad(s::varchar, n::integer, ' ')"), ("s, n, p", "lpad(s::varchar, n::integer, p)")],
    "RPAD": [("s, n", "rpad(s::varchar, n::integer, ' ')"), ("s, n, p", "rpad(s::varchar, n::integer, p)")],
    "TRIM": [("s", "trim(s::varchar)"), ("s, c", "trim(s::varchar, c)")],
    "LTRIM": [("s", "ltrim(s::varchar)"), ("s, c", "ltrim(s::varchar, c)")],
    "RTRIM": [("s", "rtrim(s::varchar)"), ("s, c", "rtrim(s::varchar, c)")],
    "SPACE": [("n", "repeat(' ', n::bigint)")],
    "STARTSWITH": [("s, p", "starts_with(s::varchar, p::varchar)")],
    "ENDSWITH": [("s, p", "suffix(s::varchar, p::varchar)")],
    "CONTAINS": [("s, p", "contains(s::varchar, p::varchar)")],
    "CHARINDEX": [
        ("p, s", "strpos(s::varchar, p::varchar)::bigint"),
        ("p, s, f", "case when strpos(substr(s, f), p) = 0 then 0 else strpos(substr(s, f), p) + f - 1 end::bigint"),
    ],
    "EDITDISTANCE": [("a, b", "levenshtein(a, b)::bigint"), ("a, b, m", "least(levenshtein(a, b), m)::bigint")],
    "JAROWINKLER_SIMILARITY": [("a, b", "cast(floor(jaro_winkler_similarity(upper(a), upper(b)) * 100) as bigint)")],
    "OCTET_LENGTH": [("s", "octet_length(_sf_bytes(s))::bigint")],
    "SHA2": [("s", "sha256(_sf_bytes(s))"), ("s, n", "_native_sha2(_sf_bytes(s), n::bigint)")],
    "SHA2_HEX": [("s", "sha256(_sf_bytes(s))"), ("s, n", "_native_sha2(_sf_bytes(s), n::bigint)")],
    "SHA2_BINARY": [("s", "unhex(sha256(_sf_bytes(s)))"), ("s, n", "unhex(_native_sha2(_sf_bytes(s), n::bigint))")],
    "MD5": [("s", "md5(_sf_bytes(s))")],
    "MD5_HEX": [("s", "md5(_sf_bytes(s))")],
    "SHA1": [("s", "sha1(_sf_bytes(s))")],
    "SHA1_HEX": [("s", "sha1(_sf_bytes(s))")],
    "TRY_BASE64_DECODE_STRING": [("s", "_native_try_base64(s)")],
    "TRY_HEX_DECODE_STRING": [("s", "case when regexp_full_match(s, '([0-9A-Fa-f]{2})*') then decode(unhex(s)) end")],
    "SOUNDEX": [("s", "_native_soundex_of(s::varchar)")],
    "PARSE_URL": [("u", "cast(_native_url_parts(u::varchar) as json)")],
    "BASE64_ENCODE": [("s", "to_base64(_sf_bytes(s))")],
    "BASE64_DECODE_STRING": [("s", "decode(from_base64(s))")],
    "HEX_ENCODE": [("s", "hex(s::varchar)")],
    "HEX_DECODE_STRING": [("s", "decode(unhex(s))")],
    "UNICODE": [("s", "case when s = '' then 0 else unicode(s) end::bigint")],
    "ASCII": [("s", "case when s = '' then 0 else ascii(s) end::bigint")],
}
