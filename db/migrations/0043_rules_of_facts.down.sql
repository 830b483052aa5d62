-- Whether they must be started anew stays among the hosts' facts. A rule that asks for it, or for a package, is none to
-- the older server: its fleet keeps the hosts that it has until somebody gives it another rule.
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
DROP INDEX "host_reboot";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "reboot";
