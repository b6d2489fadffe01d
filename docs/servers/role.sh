#!/bin/sh
# Linli's own role and database, made once when the server's folder is empty. No superuser: a superuser, and a role with
# BYPASSRLS, would stand before the second wall.
psql -v ON_ERROR_STOP=1 -U postgres -v password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE linli LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE linli OWNER linli;
SQL
