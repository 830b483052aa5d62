ALTER TABLE "host" ADD COLUMN "agent_tags" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "host_agent_tags" ON "host" USING gin ("agent_tags" jsonb_path_ops) WHERE agent_tags <> '[]';
--> statement-breakpoint
-- What machines say of themselves is a column of its own: rules that read what people say stay as they were.
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
			CASE WHEN n.agent_tags <> o.agent_tags THEN 'agent_tags' END,
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
DROP INDEX "host_tag_by_text";--> statement-breakpoint
DROP INDEX "host_tag_by_value";--> statement-breakpoint
ALTER TABLE "host_tag" ADD COLUMN "is_given" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX "host_tag_by_text" ON "host_tag" USING btree ("is_given",lower("tag" collate "C"),("tag" collate "C"));--> statement-breakpoint
CREATE INDEX "host_tag_by_value" ON "host_tag" USING btree ("is_given",lower(substr("tag", strpos("tag", ':') + 1) collate "C"),("tag" collate "C")) WHERE strpos(tag, ':') > 0;
--> statement-breakpoint
-- What people gave is told apart, and nothing is suggested that a host says which is not let in any more.
DELETE FROM host_tag USING host WHERE host.id = host_tag.host_id AND host.approval IN ('revoked', 'rejected');
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "host_tag_keep"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
	said jsonb := CASE WHEN NEW.approval IN ('revoked', 'rejected') THEN '[]' ELSE NEW.tags || NEW.agent_tags END;
BEGIN
	DELETE FROM host_tag WHERE host_id = NEW.id AND NOT said ? tag;
	INSERT INTO host_tag (host_id, tag, is_given)
	SELECT DISTINCT NEW.id, one.tag, NEW.tags ? one.tag FROM jsonb_array_elements_text(said) one (tag)
	ON CONFLICT (host_id, tag) DO UPDATE SET is_given = excluded.is_given WHERE host_tag.is_given <> excluded.is_given;
	RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER "host_updated_tags" ON "host";
--> statement-breakpoint
DROP TRIGGER "host_inserted_tags" ON "host";
--> statement-breakpoint
CREATE TRIGGER "host_inserted_tags" AFTER INSERT ON "host" FOR EACH ROW WHEN (NEW.tags || NEW.agent_tags <> '[]') EXECUTE FUNCTION "host_tag_keep"();
--> statement-breakpoint
CREATE TRIGGER "host_updated_tags" AFTER UPDATE OF tags, agent_tags, approval ON "host" FOR EACH ROW WHEN (NEW.tags <> OLD.tags OR NEW.agent_tags <> OLD.agent_tags OR NEW.approval <> OLD.approval) EXECUTE FUNCTION "host_tag_keep"();
