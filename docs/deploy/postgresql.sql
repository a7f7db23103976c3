-- Once, as a superuser: psql --file docs/deploy/postgresql.sql
-- The role owns its database and nothing else; it logs in over the unix socket as the system user of the same name.

CREATE ROLE macaw LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 60;
CREATE DATABASE macaw OWNER macaw ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE macaw FROM PUBLIC;

-- The product sets these for its own connections; here they also bind whoever connects by hand.
ALTER ROLE macaw IN DATABASE macaw SET statement_timeout = '30s';
ALTER ROLE macaw IN DATABASE macaw SET lock_timeout = '5s';
ALTER ROLE macaw IN DATABASE macaw SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE macaw IN DATABASE macaw SET timezone = 'UTC';
