-- A Snowflake account for the pipelines of one environment, with no right more than they use. It can be run again: what
-- is there is brought to what stands here, and nothing is dropped.
--
--   .venv/bin/python -m include.deploy.snowflake --connection admin --public-key rsa_key.pub --address 203.0.113.7
--
-- or `snow sql --filename setup.sql`, with a --variable for each name that stands between percent signs: docs/deploy.md.
-- By a user who has ACCOUNTADMIN, which alone makes resource monitors. All else is made, and owned, by the role that
-- Snowflake has for it. Values of variables would not do: SET takes 256 bytes, and a public key has more.

-- What a month may cost. Notices go to account administrators who have switched them on.
-- https://docs.snowflake.com/en/sql-reference/sql/create-resource-monitor
USE ROLE ACCOUNTADMIN;
CREATE RESOURCE MONITOR IF NOT EXISTS <% name %> WITH
  CREDIT_QUOTA = <% credits %> FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY
  TRIGGERS ON 75 PERCENT DO NOTIFY ON 90 PERCENT DO SUSPEND ON 100 PERCENT DO SUSPEND_IMMEDIATE;
ALTER RESOURCE MONITOR <% name %> SET CREDIT_QUOTA = <% credits %>
  TRIGGERS ON 75 PERCENT DO NOTIFY ON 90 PERCENT DO SUSPEND ON 100 PERCENT DO SUSPEND_IMMEDIATE;

-- Costs nothing a minute after the last statement. Its longest statement is Airflow's longest task.
-- https://docs.snowflake.com/en/sql-reference/sql/create-warehouse
USE ROLE SYSADMIN;
CREATE WAREHOUSE IF NOT EXISTS <% name %> WAREHOUSE_SIZE = <% size %> INITIALLY_SUSPENDED = TRUE;
ALTER WAREHOUSE <% name %> SET WAREHOUSE_SIZE = <% size %>
  AUTO_SUSPEND = 60 AUTO_RESUME = TRUE STATEMENT_TIMEOUT_IN_SECONDS = 86400 STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 3600;
USE ROLE ACCOUNTADMIN; -- who alone may put a monitor on a warehouse
ALTER WAREHOUSE <% name %> SET RESOURCE_MONITOR = <% name %>;

USE ROLE SYSADMIN;
CREATE DATABASE IF NOT EXISTS <% name %>;
CREATE SCHEMA IF NOT EXISTS <% name %>.<% schema %>;

-- Below SYSADMIN, so that administrators keep their hands on what pipelines make.
USE ROLE USERADMIN;
CREATE ROLE IF NOT EXISTS <% name %> COMMENT = 'Pipelines of Snowpod';
GRANT ROLE <% name %> TO ROLE SYSADMIN;

USE ROLE SYSADMIN;
-- To run statements, and to start the warehouse by that (AUTO_RESUME).
GRANT USAGE ON WAREHOUSE <% name %> TO ROLE <% name %>;
-- To find the schema.
GRANT USAGE ON DATABASE <% name %> TO ROLE <% name %>;
GRANT USAGE ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- Outputs of tasks, and SNOWPOD_TASK_RUNS, which tells of each. What the role makes is its own: it needs no more to read
-- it, fill it and drop it. Temporary tables would need no right.
GRANT CREATE TABLE ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- `sql:` tasks that make views.
GRANT CREATE VIEW ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- Stages of files and models; the temporary one that code is shipped by.
GRANT CREATE STAGE ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- The temporary ones of pandas' frames that Snowpark writes, and those that `sql:` tasks name.
GRANT CREATE FILE FORMAT ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- `run_as: stored_procedure`: a temporary procedure for each task.
GRANT CREATE PROCEDURE ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- `batch_callable:`: a temporary vectorised UDF for each task.
GRANT CREATE FUNCTION ON SCHEMA <% name %>.<% schema %> TO ROLE <% name %>;
-- INFORMATION_SCHEMA.QUERY_HISTORY_BY_SESSION, by which tasks are measured, shows a user's own queries without a grant.

-- From where Airflow and its pods call. Where several policies share addresses, Snowflake advises network rules instead.
-- https://docs.snowflake.com/en/sql-reference/sql/create-network-policy
USE ROLE SECURITYADMIN;
CREATE NETWORK POLICY IF NOT EXISTS <% name %> ALLOWED_IP_LIST = (<% addresses %>);
ALTER NETWORK POLICY <% name %> SET ALLOWED_IP_LIST = (<% addresses %>);

-- A program: it has no password, and cannot get one. It may log in from there alone before it can log in at all.
-- https://docs.snowflake.com/en/sql-reference/sql/create-user
USE ROLE USERADMIN;
CREATE USER IF NOT EXISTS <% name %> TYPE = SERVICE COMMENT = 'Airflow of Snowpod';
USE ROLE ACCOUNTADMIN; -- a user and a policy are joined by who owns both
ALTER USER <% name %> SET NETWORK_POLICY = <% name %>;
USE ROLE USERADMIN;
GRANT ROLE <% name %> TO USER <% name %>;
ALTER USER <% name %> SET
  DEFAULT_ROLE = <% name %> DEFAULT_WAREHOUSE = <% name %> DEFAULT_NAMESPACE = <% name %>.<% schema %>
  DEFAULT_SECONDARY_ROLES = () RSA_PUBLIC_KEY = '<% public_key %>';
