-- The same for MariaDB 10.11, with what only it has.
set names utf8mb4; alter database character set latin1 collate latin1_german1_ci;
create sequence s1 start with 100 increment by 5 minvalue 1 maxvalue 100000 cache 20 cycle; create sequence `s 2`;
create table seqd (id bigint default nextval(s1) primary key, b int default (nextval(@DB@.`s 2`)));
create table parent (id bigint unsigned not null auto_increment, `we``ird "n'ame" %s ? & / # 日本` varchar(30) character set utf8 collate utf8_bin default 'x\ty\\z''q' comment 'cömment ''quoted'' \\ back ${user.home} {d \'2020-01-01\'}', primary key(id), unique key u1 (`we``ird "n'ame" %s ? & / # 日本`)) engine=innodb auto_increment=42 comment='table ${PATH} cömment; -- x /* y */';
create table child (id int primary key, p bigint unsigned, q bigint unsigned, self int, constraint `fk z` foreign key(p) references parent(id) on delete set null on update cascade, constraint fk_a foreign key(q) references parent(id), constraint fk_self foreign key(self) references child(id) on delete cascade) charset utf8mb4;
create table types (a tinyint, b tinyint(1), c smallint unsigned, d mediumint(5) zerofill, f bigint, g float, h float(7,3), i double, k decimal(65,30), m bit(1) default b'1', n bit(64), o date default '2020-02-29', p time(3), q datetime(6) default current_timestamp(6) on update current_timestamp(6), r timestamp(2) null default null on update current_timestamp(2), s timestamp not null default '2020-01-01 00:00:00', t year, u char(0), v char(255), x binary(4) default 0x00ff0a, z tinyblob, ae text default 'tx', ah json, ai enum('a','b''c','d,e','') not null default 'b''c', aj set('x','y'), ak geometry, al point not null, au text character set sjis, av varchar(10) collate latin1_bin, u4 inet4, u6 inet6, uu uuid default uuid(), comp text compressed, spatial index sp (al)) row_format=dynamic stats_persistent=1 page_compressed=1;
create table ver (id int primary key, v varchar(20), key(v)) with system versioning; create table ver2 (id int primary key, s timestamp(6) generated always as row start invisible, e timestamp(6) generated always as row end invisible, period for system_time(s,e)) with system versioning partition by system_time (partition p_hist history, partition p_cur current);
create table app (id int, d1 date, d2 date, period for p(d1,d2), unique(id, p without overlaps));
create table jc (j json, k longtext check (json_valid(k)), c int check (c > 0), d int invisible default 5, constraint named check (c < d and d <> 7));
create table ar (a int, t text) engine=aria transactional=1 page_checksum=1; create table myi (a int) engine=myisam;
create table idx (id int, a int not null, b varchar(200), c text, e int generated always as (a*2) virtual, f int generated always as (a+1) stored comment 'gen', unique key uq_null (b(10)), key k_desc (a desc, b(5)), key ign (b) ignored comment 'x', fulltext key ft (c), key gen (e), unique uhash(c));
create table parts (id int, d date, primary key(id,d), key(d)) partition by range (year(d)) subpartition by hash(id) subpartitions 2 (partition p0 values less than (2000) comment 'old', partition pmax values less than maxvalue);
create table simple1 (id int not null auto_increment primary key, name varchar(50) not null default 'x', qty int, price decimal(10,2) not null default '0.00', d date, note text, big bigint unsigned not null, key(name)) auto_increment=7 comment='Simple table';
create table exprd (a int default (1+2), b varchar(36) default uuid(), c datetime default (now() + interval 1 day), d timestamp default current_timestamp());
delimiter //
create function f1(x int) returns varchar(100) charset utf8mb4 deterministic sql security invoker comment 'fünc ''x'' ${user.home}' begin declare y varchar(20); /* c ; */ set y = 'a;b//c'; -- dash 'quote
 # hash "q
 return concat(x,'${user.home}',y, "dq\r\n\\"); end//
create procedure p1(in a int, out b varchar(10)) begin select '{fn now()}', {d '2020-01-01'} ; for i in 1..3 do set b = i; end for; end;//
set sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'//
create procedure "p ansi"() begin select "id" || 'back\slash' from "parent"; end//
set sql_mode='ORACLE'//
create procedure p_ora(a int) as b int := 5; begin select a + b; end//
create package pkg as function ff(a int) return int; procedure pp; end//
create package body pkg as function ff(a int) return int as begin return a+1; end; procedure pp as begin select ff(1); end; end//
set sql_mode=default//
create trigger @DB@.t1 after insert on @DB@.child for each row insert into simple1(name) values (new.id)//
create or replace trigger t2 after insert on child for each row set @x='b'//
create trigger t0 after insert on child for each row precedes t1 begin set @y=3; end//
delimiter ;
set names latin1; create procedure p_latin1() select 'ascii only'; create view v_latin1 as select 'x' as a;
set names utf8mb4; set character_set_client=latin1; create procedure p_latin1_na() select 'Ã©'; create view v_latin1_na as select 'Ã©' as `cÃ©`; set names utf8mb4;
create view z_base as select id, `we``ird "n'ame" %s ? & / # 日本` as n from parent where id > 0 with cascaded check option;
create algorithm=merge sql security invoker view m_mid as select id, f1(id) as fx from z_base;
create algorithm=temptable view a_top as select b.id, m.fx, case when b.id in (select p from child) then 'yes' else 'no' end as yn from z_base b left join m_mid m on m.id=b.id order by 2 desc limit 3;
create view v_pkg as select 1 as x; 
set time_zone='+05:30'; create event e1 on schedule every 1 day starts '2020-01-01 00:00:00' do select 'é';
create event e2 on schedule at '2035-01-01 00:00:00' on completion preserve disable comment 'e''2' do select 3;
