create table T (A number, B number(10,2), F float, S varchar, D date, TS timestamp_ntz, V variant);

create table L (K int, A int);

create table R (K int, B int);

create table N (A number(5,2) not null, S varchar(3), I int autoincrement);

create table LOWER ("year" int, "Year" int, YEAR int);

create table ALTERED (A int);

create table DROPPED (A int);

create table STAFF (TITLE varchar, ID int, BOSS int);

create temporary table PASSING (A int);

create sequence COUNTING;

create view SEEN as select A, S from T;
