-- Every kind of object that gets lost on the way from one MySQL 8.0 to another. Run in an empty database.
set names utf8mb4; alter database character set latin1 collate latin1_german1_ci;
create table parent (id bigint unsigned not null auto_increment, `we``ird "n'ame" %s ? & / # 日本` varchar(30) character set utf8 collate utf8_bin default 'x\ty\\z''q' comment 'cömment ''quoted'' \\ back ${user.home} {d \'2020-01-01\'}', primary key(id), unique key u1 (`we``ird "n'ame" %s ? & / # 日本`)) engine=innodb auto_increment=42 comment='table ${PATH} cömment; -- x /* y */';
create table child (id int primary key, p bigint unsigned, q bigint unsigned, self int, constraint `fk z` foreign key(p) references parent(id) on delete set null on update cascade, constraint fk_a foreign key(q) references parent(id), constraint fk_self foreign key(self) references child(id) on delete cascade) charset utf8mb4;
create table c1 (id int primary key, o int, key(o)); create table c2(id int primary key, o int, foreign key (o) references c1(id)); alter table c1 add constraint c1_o foreign key (o) references c2(id);
create table types (a tinyint, b tinyint(1), c smallint unsigned, d mediumint(5) zerofill, e int(7) unsigned zerofill, f bigint, g float, h float(7,3), i double, j double(10,2), k decimal(65,30), l decimal, m bit(1) default b'1', n bit(64), o date default '2020-02-29', p time(3), q datetime(6) default current_timestamp(6) on update current_timestamp(6), r timestamp(2) null default null on update current_timestamp(2), s timestamp not null default '2020-01-01 00:00:00', s2 timestamp not null default current_timestamp, t year, u char(0), v char(255), w varchar(16000), x binary(16) default 0x00ff0a, y varbinary(20), z tinyblob, aa blob, ab mediumblob, ac longblob, ad tinytext, ae text, af mediumtext, ag longtext, ah json, ai enum('a','b''c','d,e','') not null default 'b''c', aj set('x','y','z') default 'x', ak geometry, al point not null srid 4326, am linestring, an polygon srid 0, ao multipoint, ap multilinestring, aq multipolygon, ar geometrycollection, at varchar(10) character set binary, au text character set sjis, av varchar(10) collate latin1_bin, aw varchar(5) charset latin1 collate latin1_german1_ci, spatial index sp (al)) row_format=dynamic stats_persistent=1 stats_auto_recalc=0 stats_sample_pages=17 ;
set sql_mode='';
create table zerodates (a date not null default '0000-00-00', b datetime default '0000-00-00 00:00:00', c timestamp not null default '0000-00-00 00:00:00', d datetime not null default '2020-00-00');
set sql_mode=default;
create table idx (id int, a int not null, b varchar(200), c text, d json, e int generated always as (a*2) virtual, f int generated always as (a+1) stored not null comment 'gen', g varchar(50) as (concat(b,'x')) , unique key uq_null (b(10)), unique key uq (a,id), key k_desc (a desc, b(5) asc), key k_inv (b) invisible comment 'inv''x', fulltext key ft (c), fulltext key ft2 (b,c) with parser ngram, key fn ((lower(b))), key fn2 ((cast(d->>'$.a' as char(20)))), key gen (e), key k_block (a) key_block_size=4 using hash, unique key after_all (f)) default charset utf8mb4 collate utf8mb4_unicode_ci;
create table nokey (a int, b int, key(a)); create table uqonly(a int not null, b int not null, c int, key kc(c), unique key b_first(b), unique key a_second(a)); 
create table aikey(id int not null auto_increment, x int not null, primary key(x), key other(x,id), key ai(id)) auto_increment=100;
create table exprdef (id binary(16) default (uuid_to_bin(uuid())), a varchar(36) default (uuid()), b json default (json_object('k','v{d}')), c int default (1+2), d varchar(20) default ('it''s'));
create table parts (id int, d date, primary key(id,d), key(d)) partition by range (year(d)) subpartition by hash(id) subpartitions 2 (partition p0 values less than (2000) comment 'old', partition p1 values less than (2020), partition pmax values less than maxvalue);
create table parts2 (id int, s varchar(10)) partition by list columns(s) (partition a values in ('x','y'), partition b values in ('z',null));
create table parts3 (id int primary key) partition by key() partitions 3; create table parts4 (a int, b varchar(10)) partition by range columns(a,b) (partition p0 values less than (1,'a'), partition p1 values less than (maxvalue,maxvalue)); create table parts5(ts timestamp not null) partition by range (unix_timestamp(ts)) (partition p0 values less than (1577836800), partition p1 values less than maxvalue);
create table my (id int auto_increment primary key, t text, fulltext(t)) engine=myisam max_rows=1000 avg_row_length=50 checksum=1 delay_key_write=1 pack_keys=1; create table my2 like my;
create table mem (a int, key(a) using btree, key k2(a)) engine=memory; create table arch(a int) engine=archive; create table csvt (a int not null) engine=csv; create table bh (a int) engine=blackhole;
create table compr (a int primary key, b text) row_format=compressed key_block_size=8; create table pagec (a int) compression='zlib'; create table mixed(a varchar(10), b varchar(10) charset utf8mb4, c varchar(10) charset utf8mb4 collate utf8mb4_bin, d varchar(10) collate latin1_german1_ci, e char(3) charset latin1) ;
alter table mixed default charset utf8mb4;
create table `Ünï cödé$ table` (`a.b` int, `select` int, ` x` int, key `idx with space` (`a.b`));
create table simple1 (id int not null auto_increment primary key, name varchar(50) not null default 'x', qty int, price decimal(10,2) not null default '0.00', d date, note text, big bigint unsigned not null, c char(3) default 'abc', key(name)) auto_increment=7 comment='Simple table';
create table simple2 (a int not null, b int not null, v varchar(10), primary key(b,a));
delimiter //
create function f1(x int) returns varchar(100) charset utf8mb4 deterministic sql security invoker comment 'fünc ''x'' ${user.home}' begin declare y varchar(20); /* c ; */ set y = 'a;b//c'; -- dash 'quote
 # hash "q
 return concat(x,'${user.home}',y, "dq\r\n\\"); end//
create procedure p1(in a int, out b varchar(10), inout c decimal(5,2)) reads sql data begin if a > 1 then select '{fn now()}', {d '2020-01-01'} ; end if; select 1 as `x``y`; end;//
set sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'//
create procedure "p ansi"() begin select "id" || 'back\slash' from "parent"; end//
create trigger "t ansi" before update on parent for each row set new.id = old.id || ''//
set sql_mode='NO_ENGINE_SUBSTITUTION,IGNORE_SPACE,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH,ALLOW_INVALID_DATES,REAL_AS_FLOAT'//
create function f2() returns int no sql return 1//
set sql_mode=default//
create trigger t1 after insert on child for each row insert into simple2 values (new.id, 1, 'a')//
create trigger t2 after insert on child for each row insert into simple2 values (new.id, 2, 'b')//
create trigger t0 after insert on child for each row precedes t1 begin insert into simple2 values (new.id, 3, 'c'); end//
create trigger tmid after insert on child for each row follows t1 begin end//
create trigger tdel before delete on child for each row begin set @x = 'semi;colon'; end ;//
delimiter ;
set names latin1; create procedure p_latin1() select 'ascii only'; create view v_latin1 as select 'x' as a; set names utf8mb4;
set collation_connection=utf8mb4_bin; create procedure p_bin() select 'é😀'; create view v_bin as select 'é😀' as `col é`; set names utf8mb4;
alter database collate latin1_swedish_ci; create procedure p_dbcoll(x varchar(10)) select x; create function f_dbcoll(x char(5)) returns char(5) deterministic return x; alter database collate latin1_german1_ci;
create view z_base as select id, `we``ird "n'ame" %s ? & / # 日本` as n from parent where id > 0 with cascaded check option;
create algorithm=merge sql security invoker view m_mid as select id, f1(id) as fx from z_base;
create algorithm=temptable view a_top as select b.id, m.fx, json_extract('{"a": [1, "${PATH}"]}', '$.a') as j, case when b.id in (select p from child) then 'yes' else 'no' end as yn from z_base b left join m_mid m on m.id=b.id and m.fx like '%\_x' escape '|' group by b.id, m.fx order by 2 desc limit 3;
create view `v w``x` as select 1 as `a b`, date_add(now(), interval 1 day) as d, cast('1' as unsigned) u, _binary'abc' bb, x'ff00' hx, 'tab\tnl\nq''' s union all select 2, null, 3, '', '', '' ;
create view v_cte as with recursive c as (select 1 n union all select n+1 from c where n<5) select n, row_number() over (order by n) rn from c;
create definer='nobody'@'nowhere' view v_definer as select 1 as one;
create definer='nobody'@'nowhere' procedure p_definer() select 1;
set time_zone='+05:30';
create event e1 on schedule every 1 day starts '2020-01-01 00:00:00' do select 'é';
create event e2 on schedule at '2035-01-01 00:00:00' on completion preserve disable comment 'e''2' do select 3;
set time_zone='SYSTEM';
create event e3 on schedule every '1:30' hour_minute starts '2021-01-01 00:00:00' ends '2035-01-01 00:00:00' on completion preserve enable do update simple1 set qty=1;
set timestamp=1577836800;
create event e_past on schedule at '2020-06-01 00:00:00' do select 1;
create event e_past_p on schedule at '2020-06-01 00:00:00' on completion preserve do select 1;
create event e_ended on schedule every 1 day starts '2020-02-01 00:00:00' ends '2020-03-01 00:00:00' do select 1;
set timestamp=default;
create table after_coll (a varchar(10)) collate latin1_bin; alter table after_coll add column b varchar(3) collate latin1_bin;
create table m1 (id int not null primary key, t varchar(10)) engine=myisam; create table m2 like m1; create table a_merge (id int not null primary key, t varchar(10)) engine=merge union=(m1,m2) insert_method=last;
set character_set_client=latin1; create view v_latin1_na as select 'Ã©' as `cÃ©`; set names utf8mb4;
