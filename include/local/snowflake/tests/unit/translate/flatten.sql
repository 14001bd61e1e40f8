select f.VALUE from T, lateral flatten(input => V) f;
SELECT "F"."VALUE" FROM "DB"."SC"."T" AS "T", _SF_FLATTEN("V", '', FALSE, 'BOTH') AS "F"("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS");

select VALUE::int, INDEX from table(flatten(parse_json('[1, 2]')));
SELECT _SF_TO_INTEGER("VALUE") AS "VALUE::INT", "INDEX" FROM _SF_FLATTEN(_SF_PARSE_JSON('[1, 2]'), '', FALSE, 'BOTH');

select f.KEY from T, lateral flatten(V, path => 'a', outer => true) f;
SELECT "F"."KEY" FROM "DB"."SC"."T" AS "T", _SF_FLATTEN((JSON_EXTRACT("V", '$.a')), 'a', TRUE, 'BOTH') AS "F"("SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS");

select f.PATH from table(flatten(parse_json('{}'), recursive => true, mode => 'OBJECT')) f;
SELECT "F"."PATH" FROM _SF_FLATTEN_RECURSIVE(_SF_PARSE_JSON('{}'), '', FALSE, 'OBJECT') AS "F";

select t.A, s.VALUE from T t, lateral split_to_table(t.S, ',') s;
SELECT "T"."A", "S"."VALUE" FROM "DB"."SC"."T" AS "T", _SF_SPLIT_TO_TABLE("T"."S", ',') AS "S";
