-- A target that holds nothing else: everything. docs/preflight.md lists what a migration really asks for.
CREATE USER 'mover'@'%' IDENTIFIED BY 'demo';
GRANT ALL PRIVILEGES ON *.* TO 'mover'@'%';
