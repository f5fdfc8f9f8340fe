-- What Transload asks of a source, a cutover and ShardingSphere included.
CREATE USER 'mover'@'%' IDENTIFIED BY 'demo';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO 'mover'@'%';
GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.* TO 'mover'@'%';
