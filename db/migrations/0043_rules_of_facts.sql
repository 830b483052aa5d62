ALTER TABLE "host" ADD COLUMN "reboot" text;--> statement-breakpoint
-- What they told before. Before rules can read it: none is to be settled for it.
UPDATE host SET reboot = CASE fact.content ->> 'required' WHEN 'true' THEN 'required' ELSE 'not_required' END
FROM host_fact fact
WHERE fact.host_id = host.id AND fact.section = 'reboot' AND jsonb_typeof(fact.content -> 'required') = 'boolean';
--> statement-breakpoint
CREATE INDEX "host_reboot" ON "host" USING btree ("fqdn","id") WHERE reboot = 'required';--> statement-breakpoint
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
			CASE WHEN n.health IS DISTINCT FROM o.health THEN 'health' END,
			CASE WHEN n.reboot IS DISTINCT FROM o.reboot THEN 'reboot' END
		], NULL) AS columns
		FROM written n JOIN replaced o ON o.id = n.id
	) changed
	WHERE columns <> '{}';
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- Of whoever went back to a server that did not know these, and is here again.
UPDATE fleet SET is_settled = false WHERE reads ? 'reboot' OR reads::text LIKE '%"package:%';
