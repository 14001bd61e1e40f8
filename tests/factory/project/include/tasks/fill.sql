insert into T_{{ target }} select 1;
insert into T_{{ target }} select 2;
