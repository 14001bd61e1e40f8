select V:a.b from T;
SELECT (JSON_EXTRACT("V", '$.a.b')) AS "V:A.B" FROM "DB"."SC"."T" AS "T";

select V:a[0]."B"::varchar, V['a']::int from T;
SELECT _SF_VARCHAR((JSON_EXTRACT("V", '$.a[0].B'))) AS "V:A[0].""B""::VARCHAR", _SF_TO_INTEGER((JSON_EXTRACT("V", '$.a'))) AS "V['A']::INT" FROM "DB"."SC"."T" AS "T";

select V:a = 1, V:a > 1, V:a + 1 from T;
SELECT _SF_TO_DOUBLE((JSON_EXTRACT("V", '$.a'))) = 1 AS "V:A = 1", _SF_TO_DOUBLE((JSON_EXTRACT("V", '$.a'))) > 1 AS "V:A > 1", _SF_TO_DOUBLE((JSON_EXTRACT("V", '$.a'))) + 1 AS "V:A + 1" FROM "DB"."SC"."T" AS "T";

select max(V:a), min(V) from T;
SELECT STRUCT_EXTRACT(MAX(_SF_VARIANT_KEY((JSON_EXTRACT("V", '$.a')))), 'v') AS "MAX(V:A)", STRUCT_EXTRACT(MIN(_SF_VARIANT_KEY("V")), 'v') AS "MIN(V)" FROM "DB"."SC"."T" AS "T";

select V:a from T order by V:a;
SELECT (JSON_EXTRACT("V", '$.a')) AS "V:A" FROM "DB"."SC"."T" AS "T" ORDER BY _SF_VARIANT_KEY((JSON_EXTRACT("V", '$.a')));

select parse_json(S), try_parse_json(S), to_json(V) from T;
SELECT _SF_PARSE_JSON("S") AS "PARSE_JSON(S)", _SF_TRY_PARSE_JSON("S") AS "TRY_PARSE_JSON(S)", _SF_TO_JSON("V") AS "TO_JSON(V)" FROM "DB"."SC"."T" AS "T";

select object_construct('a', A, 'b', null), {'a': A} from T;
SELECT _FS_OBJECT_CONSTRUCT(['a', 'b'], [TO_JSON("A"), TO_JSON(NULL)], FALSE) AS "OBJECT_CONSTRUCT('A', A, 'B', NULL)", _FS_OBJECT_CONSTRUCT(['a'], [TO_JSON("A")], FALSE) AS "{'A': A}" FROM "DB"."SC"."T" AS "T";

select array_construct(1, 'a'), [1, A] from T;
SELECT JSON_ARRAY(1, 'a') AS "ARRAY_CONSTRUCT(1, 'A')", JSON_ARRAY(1, "A") AS "[1, A]" FROM "DB"."SC"."T" AS "T";

select array_size(V), array_contains(1::variant, V), get(V, 0), get_path(V, 'a.b') from T;
SELECT _SF_ARRAY_SIZE("V") AS "ARRAY_SIZE(V)", _SF_ARRAY_CONTAINS(_SF_TO_VARIANT(1), "V") AS "ARRAY_CONTAINS(1::VARIANT, V)", _SF_GET("V", 0) AS "GET(V, 0)", _SF_GET_PATH("V", 'a.b') AS "GET_PATH(V, 'A.B')" FROM "DB"."SC"."T" AS "T";

select array_append([1], 2), array_cat([1], [2]), array_slice([1, 2, 3], 0, 2) from T;
SELECT _SF_ARRAY_APPEND(JSON_ARRAY(1), 2) AS "ARRAY_APPEND([1], 2)", _SF_ARRAY_CAT(JSON_ARRAY(1), JSON_ARRAY(2)) AS "ARRAY_CAT([1], [2])", _SF_ARRAY_SLICE(JSON_ARRAY(1, 2, 3), 0, 2) AS "ARRAY_SLICE([1, 2, 3], 0, 2)" FROM "DB"."SC"."T" AS "T";

select filter([1, 2], x -> x > 1), transform([1, 2], x int -> x * 2);
SELECT _SF_TO_VARIANT(LIST_FILTER(_SF_LIST(JSON_ARRAY(1, 2)), "X" -> _SF_TO_DOUBLE(X) > 1)) AS "FILTER([1, 2], X -> X > 1)", _SF_TO_VARIANT(LIST_TRANSFORM(_SF_LIST(JSON_ARRAY(1, 2)), "X" -> _SF_TO_INTEGER(X) * 2)) AS "TRANSFORM([1, 2], X INT -> X * 2)";

select typeof(V), is_integer(V), as_integer(V), A::variant from T;
SELECT _SF_TYPEOF("V") AS "TYPEOF(V)", _SF_IS_INTEGER("V") AS "IS_INTEGER(V)", _SF_AS_INTEGER("V") AS "AS_INTEGER(V)", _SF_TO_VARIANT("A") AS "A::VARIANT" FROM "DB"."SC"."T" AS "T";

select object_keys(V), object_insert(V, 'a', 1), object_delete(V, 'b') from T;
SELECT _SF_OBJECT_KEYS("V") AS "OBJECT_KEYS(V)", _SF_OBJECT_INSERT("V", 'a', 1) AS "OBJECT_INSERT(V, 'A', 1)", _SF_OBJECT_DELETE("V", JSON_ARRAY('b')) AS "OBJECT_DELETE(V, 'B')" FROM "DB"."SC"."T" AS "T";

select upper(V), V || 'x', V:a::date from T;
SELECT UPPER(_SF_TEXT("V")) AS "UPPER(V)", _SF_TEXT("V") || 'x' AS "V || 'X'", _SF_TO_DATE((JSON_EXTRACT("V", '$.a'))) AS "V:A::DATE" FROM "DB"."SC"."T" AS "T";

select V::array, V::object, [1]::variant from T;
SELECT _SF_TO_ARRAY("V") AS "V::ARRAY", _SF_TO_OBJECT("V") AS "V::OBJECT", _SF_TO_VARIANT(JSON_ARRAY(1)) AS "[1]::VARIANT" FROM "DB"."SC"."T" AS "T";
