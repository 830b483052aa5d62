-- What machines say is said again by those that connect to a server that knows it.
--
-- A field that the older server does not know would leave a fleet as it is for ever. Of both it knows what people say.
-- What stands between quotation marks stays.
UPDATE fleet SET
	rule = (SELECT string_agg(CASE WHEN part.text[1] LIKE '"%' THEN part.text[1]
			ELSE regexp_replace(part.text[1], '\mall_tags(?=\s+has\M)', 'tags', 'gi') END, '' ORDER BY part.n)
		FROM regexp_matches(rule, '"(?:[^"\\]|\\.)*"|[^"]+', 'g') WITH ORDINALITY part (text, n)),
	reads = (SELECT coalesce(jsonb_agg(DISTINCT CASE read.name WHEN 'agent_tags' THEN 'tags' ELSE read.name END), '[]')
		FROM jsonb_array_elements_text(reads) read (name)),
	is_settled = false
WHERE reads ? 'agent_tags';
--> statement-breakpoint
-- As it stands in an address. Nothing else that is saved holds a rule for hosts: those of health name a tag.
UPDATE saved_view SET query = regexp_replace(query, 'all_tags(?=(?:\+|%20|%09|%0A|%0D)+has)', 'tags', 'gi')
WHERE query ~* 'all_tags';
--> statement-breakpoint
UPDATE fleet_due SET columns = array_replace(columns, 'agent_tags', 'tags') WHERE 'agent_tags' = ANY (columns);
--> statement-breakpoint
DROP TRIGGER "host_updated_tags" ON "host";
--> statement-breakpoint
DROP TRIGGER "host_inserted_tags" ON "host";
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "host_tag_keep"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	DELETE FROM host_tag WHERE host_id = NEW.id AND NOT NEW.tags ? tag;
	INSERT INTO host_tag (host_id, tag) SELECT DISTINCT NEW.id, said.tag FROM jsonb_array_elements_text(NEW.tags) said (tag)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
DELETE FROM host_tag USING host WHERE host.id = host_tag.host_id AND NOT host.tags ? host_tag.tag;
--> statement-breakpoint
DROP INDEX "host_tag_by_text";--> statement-breakpoint
DROP INDEX "host_tag_by_value";--> statement-breakpoint
ALTER TABLE "host_tag" DROP COLUMN "is_given";--> statement-breakpoint
CREATE INDEX "host_tag_by_text" ON "host_tag" USING btree (lower("tag" collate "C"),("tag" collate "C"));--> statement-breakpoint
CREATE INDEX "host_tag_by_value" ON "host_tag" USING btree (lower(substr("tag", strpos("tag", ':') + 1) collate "C"),("tag" collate "C")) WHERE strpos(tag, ':') > 0;
--> statement-breakpoint
INSERT INTO host_tag (host_id, tag) SELECT DISTINCT host.id, said.tag FROM host CROSS JOIN jsonb_array_elements_text(host.tags) said (tag)
WHERE host.approval IN ('revoked', 'rejected') ON CONFLICT DO NOTHING;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "fleet_due_take_changed"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	INSERT INTO fleet_due (host_id, columns)
	SELECT id, columns FROM (
		SELECT n.id, array_remove(ARRAY[
			CASE WHEN n.fqdn <> o.fqdn THEN 'fqdn' END,
			CASE WHEN n.platform <> o.platform THEN 'platform' END,
			CASE WHEN n.approval <> o.approval THEN 'approval' END,
			CASE WHEN n.state <> o.state THEN 'state' END,
			CASE WHEN n.os_name <> o.os_name THEN 'os_name' END,
			CASE WHEN n.os_version <> o.os_version THEN 'os_version' END,
			CASE WHEN n.kernel IS DISTINCT FROM o.kernel THEN 'kernel' END,
			CASE WHEN n.architecture IS DISTINCT FROM o.architecture THEN 'architecture' END,
			CASE WHEN n.agent_version <> o.agent_version THEN 'agent_version' END,
			CASE WHEN n.addresses <> o.addresses THEN 'addresses' END,
			CASE WHEN n.hardware IS DISTINCT FROM o.hardware THEN 'hardware' END,
			CASE WHEN n.tags <> o.tags THEN 'tags' END,
			CASE WHEN n.certificate_ends <> o.certificate_ends THEN 'certificate_ends' END,
			CASE WHEN n.health IS DISTINCT FROM o.health THEN 'health' END
		], NULL) AS columns
		FROM written n JOIN replaced o ON o.id = n.id
	) changed
	WHERE columns <> '{}';
	RETURN NULL;
END
$$;
--> statement-breakpoint
DROP INDEX "host_agent_tags";
--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "agent_tags";
--> statement-breakpoint
CREATE TRIGGER "host_inserted_tags" AFTER INSERT ON "host" FOR EACH ROW WHEN (NEW.tags <> '[]') EXECUTE FUNCTION "host_tag_keep"();
--> statement-breakpoint
CREATE TRIGGER "host_updated_tags" AFTER UPDATE OF tags ON "host" FOR EACH ROW WHEN (NEW.tags <> OLD.tags) EXECUTE FUNCTION "host_tag_keep"();
