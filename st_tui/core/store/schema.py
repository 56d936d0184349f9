"""The database's schema, as steps that each take a file one version forward.

It is plain SQL, not sqlite-utils' builders: triggers, STRICT types and CHECKs are the promises, and
builders cannot say them. Importing sqlite-utils also costs as much as the app's first frame may
(40 to 130 ms).

**A token is immutable.** Triggers refuse to change its row, and to change the scopes of a token
that is there. So scopes are written before their token and deleted after it; the foreign key
between the two is deferred: it is checked when the transaction ends.

**`service_token_listing` is what lists are sorted and searched by.** Sorting 100,000 tokens through
joins takes half a second; this narrow table repeats what the token's row and scopes say. Only
`ends_at` is its own: where a rotation lets the token end before its `expires_at`.

**A secret's name, value and comment are sealed apart**, in one row for each version. A secret is
found by `name_hash`, a hash keyed with the project's `name_key`, which `server.key` wraps. That key
is NULL until the project's first secret is written.

`failed_authentication` counts for all processes of the server at once.
"""

from __future__ import annotations

APPLICATION_ID = 0x73745475
"""Marks the file as ours ("stTu")."""

_TOKENS_AND_PROJECTS = """
CREATE TABLE project (
  id                 TEXT PRIMARY KEY,
  slug               TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  e2ee               INTEGER NOT NULL CHECK (e2ee IN (0, 1)),
  operator_copy      BLOB NOT NULL,
  server_copy        BLOB CHECK (e2ee = 0 OR server_copy IS NULL),
  created_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE environment (
  project_id         TEXT NOT NULL REFERENCES project (id),
  slug               TEXT NOT NULL,
  name               TEXT NOT NULL,
  position           INTEGER NOT NULL,
  PRIMARY KEY (project_id, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE folder (
  project_id         TEXT NOT NULL,
  environment        TEXT NOT NULL,
  path               TEXT NOT NULL CHECK (path GLOB '/?*' AND path NOT GLOB '*/'),
  PRIMARY KEY (project_id, environment, path),
  FOREIGN KEY (project_id, environment) REFERENCES environment (project_id, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_token (
  id                 TEXT PRIMARY KEY,
  project_id         TEXT NOT NULL REFERENCES project (id),
  version            INTEGER NOT NULL CHECK (version IN (2, 3)),
  name               TEXT NOT NULL,
  permissions        TEXT NOT NULL CHECK (permissions IN ('read', 'write', 'read write')),
  expires_at         INTEGER,
  secret_hash        BLOB NOT NULL CHECK (length(secret_hash) = 32),
  encrypted_key      TEXT NOT NULL,
  iv                 TEXT NOT NULL,
  tag                TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  created_by         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE service_token_scope (
  token_id           TEXT NOT NULL REFERENCES service_token (id) DEFERRABLE INITIALLY DEFERRED,
  position           INTEGER NOT NULL,
  environment        TEXT NOT NULL,
  secret_path        TEXT NOT NULL,
  PRIMARY KEY (token_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_token_scope_by_environment ON service_token_scope (environment, token_id);

CREATE TABLE service_token_v3 (
  token_id           TEXT PRIMARY KEY REFERENCES service_token (id),
  is_active          INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  trusted_ips        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE service_token_listing (
  token_id           TEXT PRIMARY KEY REFERENCES service_token (id),
  project_id         TEXT NOT NULL,
  name               TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  ends_at            INTEGER,
  text               TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX service_token_by_age ON service_token_listing (project_id, created_at, token_id);
CREATE INDEX service_token_by_name
  ON service_token_listing (project_id, name COLLATE NOCASE, token_id);
CREATE INDEX service_token_by_end
  ON service_token_listing (project_id, ends_at IS NULL, ends_at, token_id);
CREATE INDEX service_token_due ON service_token_listing (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE service_token_use (
  token_id           TEXT PRIMARY KEY REFERENCES service_token (id),
  last_used          INTEGER NOT NULL,
  use_count          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER service_token_no_update BEFORE UPDATE ON service_token
BEGIN SELECT RAISE(ABORT, 'a service token is immutable: clone or rotate it'); END;

CREATE TRIGGER service_token_no_replace BEFORE INSERT ON service_token
WHEN EXISTS (SELECT 1 FROM service_token WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a service token is immutable: clone or rotate it'); END;

CREATE TRIGGER service_token_scope_no_update BEFORE UPDATE ON service_token_scope
BEGIN SELECT RAISE(ABORT, 'the scopes of a service token are immutable'); END;

CREATE TRIGGER service_token_scope_no_insert BEFORE INSERT ON service_token_scope
WHEN EXISTS (SELECT 1 FROM service_token WHERE id = NEW.token_id)
BEGIN SELECT RAISE(ABORT, 'the scopes of a service token are immutable'); END;

CREATE TRIGGER service_token_scope_no_delete BEFORE DELETE ON service_token_scope
WHEN EXISTS (SELECT 1 FROM service_token WHERE id = OLD.token_id)
BEGIN SELECT RAISE(ABORT, 'the scopes of a service token are immutable'); END;

CREATE TRIGGER service_token_listing_no_update BEFORE UPDATE ON service_token_listing
WHEN NEW.token_id <> OLD.token_id OR NEW.project_id <> OLD.project_id OR NEW.name <> OLD.name
  OR NEW.created_at <> OLD.created_at OR NEW.text <> OLD.text
  OR NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at
BEGIN SELECT RAISE(ABORT, 'the end of a service token can only be brought forward'); END;

CREATE TRIGGER service_token_listing_no_replace BEFORE INSERT ON service_token_listing
WHEN EXISTS (SELECT 1 FROM service_token_listing WHERE token_id = NEW.token_id)
BEGIN SELECT RAISE(ABORT, 'a service token is immutable: clone or rotate it'); END;

CREATE TRIGGER service_token_listing_no_delete BEFORE DELETE ON service_token_listing
WHEN EXISTS (SELECT 1 FROM service_token WHERE id = OLD.token_id)
BEGIN SELECT RAISE(ABORT, 'a service token cannot be left out of lists'); END;

CREATE TRIGGER service_token_is_listed AFTER INSERT ON service_token
BEGIN
  INSERT INTO service_token_listing (token_id, project_id, name, created_at, ends_at, text)
  SELECT NEW.id, NEW.project_id, NEW.name, NEW.created_at, NEW.expires_at, NEW.name || coalesce(
    (SELECT group_concat(char(10) || environment || ':' || secret_path, '')
     FROM service_token_scope WHERE token_id = NEW.id), '');
END;

CREATE TRIGGER service_token_takes_all_along AFTER DELETE ON service_token
BEGIN
  DELETE FROM service_token_scope WHERE token_id = OLD.id;
  DELETE FROM service_token_listing WHERE token_id = OLD.id;
  DELETE FROM service_token_v3 WHERE token_id = OLD.id;
  DELETE FROM service_token_use WHERE token_id = OLD.id;
END;

CREATE TABLE audit_log (
  seq                INTEGER PRIMARY KEY,
  time               INTEGER NOT NULL,
  actor              TEXT NOT NULL,
  ip                 TEXT,
  user_agent         TEXT,
  event              TEXT NOT NULL,
  project_id         TEXT,
  target             TEXT,
  environment        TEXT,
  path               TEXT,
  operation          TEXT,
  verdict            TEXT,
  reason             TEXT,
  details            TEXT NOT NULL,
  hash               TEXT NOT NULL
) STRICT;
CREATE INDEX audit_log_by_project ON audit_log (project_id, seq);
CREATE INDEX audit_log_by_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_by_target ON audit_log (target, seq) WHERE target IS NOT NULL;

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_log_only_at_the_end BEFORE INSERT ON audit_log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_log)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""

_SECRETS = """
ALTER TABLE project ADD COLUMN name_key BLOB;

CREATE TABLE secret (
  id                 TEXT PRIMARY KEY,
  project_id         TEXT NOT NULL,
  environment        TEXT NOT NULL,
  path               TEXT NOT NULL,
  name_hash          BLOB NOT NULL CHECK (length(name_hash) = 32),
  version            INTEGER NOT NULL,
  created_at         INTEGER NOT NULL,
  UNIQUE (project_id, environment, path, name_hash),
  FOREIGN KEY (project_id, environment) REFERENCES environment (project_id, slug) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_version (
  secret_id          TEXT NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
  version            INTEGER NOT NULL,
  key_ciphertext     TEXT NOT NULL,
  key_iv             TEXT NOT NULL,
  key_tag            TEXT NOT NULL,
  value_ciphertext   TEXT NOT NULL,
  value_iv           TEXT NOT NULL,
  value_tag          TEXT NOT NULL,
  comment_ciphertext TEXT NOT NULL,
  comment_iv         TEXT NOT NULL,
  comment_tag        TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  PRIMARY KEY (secret_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_import (
  id                 TEXT PRIMARY KEY,
  project_id         TEXT NOT NULL,
  environment        TEXT NOT NULL,
  path               TEXT NOT NULL,
  import_environment TEXT NOT NULL,
  import_path        TEXT NOT NULL,
  position           INTEGER NOT NULL,
  created_at         INTEGER NOT NULL,
  UNIQUE (project_id, environment, path, import_environment, import_path),
  FOREIGN KEY (project_id, environment)
    REFERENCES environment (project_id, slug) ON DELETE CASCADE,
  FOREIGN KEY (project_id, import_environment)
    REFERENCES environment (project_id, slug) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TRIGGER secret_version_no_update BEFORE UPDATE ON secret_version
BEGIN SELECT RAISE(ABORT, 'a version of a secret is immutable: write the next one'); END;

CREATE TRIGGER secret_version_no_replace BEFORE INSERT ON secret_version
WHEN EXISTS (SELECT 1 FROM secret_version WHERE secret_id = NEW.secret_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'a version of a secret is immutable: write the next one'); END;

-- Entries that name further places: few, and asked for among all of a project's.
CREATE INDEX audit_log_of_several_places ON audit_log (project_id) WHERE instr(details, '"also');

CREATE TABLE failed_authentication (
  minute             INTEGER NOT NULL,
  address            TEXT NOT NULL,
  failures           INTEGER NOT NULL,
  PRIMARY KEY (minute, address)
) STRICT, WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_TOKENS_AND_PROJECTS, _SECRETS)
"""Step i takes a file from version i to version i + 1; `PRAGMA user_version` is its version."""
