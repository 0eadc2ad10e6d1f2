"""Views meant for people: what one would otherwise take out of JSON columns and joins by hand. Plain SQL."""

VIEWS = """
CREATE VIEW v_articles AS
SELECT a.id, a.title, a.source,
  substr(a.published, 1, 10) AS day,               -- local (China) date of publication
  substr(a.published, 1, 7) AS month,
  substr(a.published, 12, 5) AS time,              -- empty where the page gives no time
  a.portal,
  coalesce(nullif(json_extract(a.site, '$.SiteName'), ''), a.portal) AS portal_name,
  a.section,
  (SELECT group_concat(value, ' > ') FROM json_each(a.breadcrumb)) AS breadcrumb,
  a.author, a.editor, a.kind,
  coalesce(json_extract(a.document, '$."发文字号"'), json_extract(a.document, '$."文号"')) AS document_number,
  length(a.body) AS characters, a.body,
  json_array_length(a.attachments) AS attachments,
  json_array_length(a.images) AS images,
  a.lang, a.url, a.published, a.first_seen, a.last_seen, a.gone_since, a.revision,
  (SELECT min(original_id) FROM reprints WHERE article_id = a.id) AS reprint_of
FROM articles a;

CREATE VIEW v_reprints AS
SELECT r.original_id, o.title AS original_title, o.portal AS original_portal,
  substr(o.published, 1, 10) AS original_day,
  r.article_id, a.title, a.portal, substr(a.published, 1, 10) AS day, r.kind, r.score
FROM reprints r JOIN articles o ON o.id = r.original_id JOIN articles a ON a.id = r.article_id;

CREATE VIEW v_revisions AS                         -- every text an article has had, the one it has now too
SELECT a.id AS article_id, a.url, a.portal, r.revision, r.seen, r.cause, r.title, substr(r.published, 1, 10) AS day,
  length(r.body) AS characters, 0 AS current
FROM revisions r JOIN articles a ON a.id = r.article_id
UNION ALL
SELECT a.id, a.url, a.portal, a.revision, coalesce(c.fetched, a.first_seen), NULL, a.title, substr(a.published, 1, 10),
  length(a.body), 1
FROM articles a LEFT JOIN captures c ON c.id = a.capture_id;
"""

# m0006: the current text counts from when it replaced another, also where our rules changed it.
REVISIONS_VIEW = """
DROP VIEW v_revisions;
CREATE VIEW v_revisions AS                         -- every text an article has had, the one it has now too
SELECT a.id AS article_id, a.url, a.portal, r.revision, r.seen, r.cause, r.title, substr(r.published, 1, 10) AS day,
  length(r.body) AS characters, 0 AS current
FROM revisions r JOIN articles a ON a.id = r.article_id
UNION ALL
SELECT a.id, a.url, a.portal, a.revision,
  coalesce((SELECT max(replaced) FROM revisions WHERE article_id = a.id), c.fetched, a.first_seen),
  NULL, a.title, substr(a.published, 1, 10), length(a.body), 1
FROM articles a LEFT JOIN captures c ON c.id = a.capture_id;
"""
