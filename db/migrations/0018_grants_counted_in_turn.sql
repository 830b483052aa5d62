-- Two who grant at once would each count without the other's grant: whoever counts holds the people first, in order, and
-- counts by a statement of its own, which sees what was committed meanwhile.
CREATE OR REPLACE FUNCTION "user_take_grants"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
	ids uuid[];
BEGIN
	IF TG_OP = 'UPDATE' THEN
		SELECT array_agg(user_id) INTO ids FROM (SELECT user_id FROM written UNION SELECT user_id FROM replaced) AS both_sides;
	ELSE
		SELECT array_agg(DISTINCT user_id) INTO ids FROM written;
	END IF;
	PERFORM 1 FROM "user" WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
	UPDATE "user" SET granted_roles = given.roles, grants_version = grants_version + 1
	FROM (
		SELECT u.id, coalesce(jsonb_agg(DISTINCT g.role ORDER BY g.role) FILTER (WHERE g.role IS NOT NULL), '[]') AS roles
		FROM "user" u
		LEFT JOIN role_grant g ON g.user_id = u.id
		WHERE u.id = ANY (ids)
		GROUP BY u.id
	) given
	WHERE "user".id = given.id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- A grant that is moved concerns the person it was taken from, too.
DROP TRIGGER "role_grant_updated" ON "role_grant";
--> statement-breakpoint
CREATE TRIGGER "role_grant_updated" AFTER UPDATE ON "role_grant" REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "user_take_grants"();
--> statement-breakpoint
-- What was counted wrongly before.
UPDATE "user" SET granted_roles = given.roles, grants_version = grants_version + 1
FROM (
	SELECT u.id, coalesce(jsonb_agg(DISTINCT g.role ORDER BY g.role) FILTER (WHERE g.role IS NOT NULL), '[]') AS roles
	FROM "user" u
	LEFT JOIN role_grant g ON g.user_id = u.id
	GROUP BY u.id
) given
WHERE "user".id = given.id AND "user".granted_roles <> given.roles;
