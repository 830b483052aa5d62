DROP TRIGGER "role_grant_updated" ON "role_grant";--> statement-breakpoint
CREATE TRIGGER "role_grant_updated" AFTER UPDATE ON "role_grant" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "user_take_grants"();--> statement-breakpoint
CREATE OR REPLACE FUNCTION "user_take_grants"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	UPDATE "user" SET granted_roles = given.roles, grants_version = grants_version + 1
	FROM (
		SELECT u.id, coalesce(jsonb_agg(DISTINCT g.role ORDER BY g.role) FILTER (WHERE g.role IS NOT NULL), '[]') AS roles
		FROM "user" u
		LEFT JOIN role_grant g ON g.user_id = u.id
		WHERE u.id IN (SELECT user_id FROM written)
		GROUP BY u.id
	) given
	WHERE "user".id = given.id;
	RETURN NULL;
END
$$;
