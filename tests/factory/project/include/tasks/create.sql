create table if not exists {{ params.table }} (n integer);
