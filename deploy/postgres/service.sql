-- One service's database: a role that owns it and migrates, and a role that runs.
-- Changes nothing when run again, except that the passwords become the ones given.
--
--   SERVICE=documents OWNER_PASSWORD=… PASSWORD=… psql -f service.sql "$DATABASE_URL"

\set ON_ERROR_STOP on
\set QUIET on
\getenv service SERVICE
\getenv owner_password OWNER_PASSWORD
\getenv password PASSWORD
SELECT :'service' || '_owner' AS owner \gset

SET client_min_messages = warning;

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[:'owner', :'service']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';

SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec

REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";

\connect :"service"
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO :"service";
