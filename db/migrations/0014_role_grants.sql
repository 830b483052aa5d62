CREATE TABLE "role_grant" (
	"user_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "role_grant_user_id_host_id_pk" PRIMARY KEY("user_id","host_id"),
	CONSTRAINT "role_grant_role" CHECK (role in ('viewer', 'operator'))
);
--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "granted_roles" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "role_grant_host" ON "role_grant" USING btree ("host_id");
--> statement-breakpoint
-- Which roles somebody has on something stands with them, so that whoever has none is asked for none.
CREATE FUNCTION "user_take_grants"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	UPDATE "user" SET granted_roles = given.roles
	FROM (
		SELECT u.id, coalesce(jsonb_agg(DISTINCT g.role ORDER BY g.role) FILTER (WHERE g.role IS NOT NULL), '[]') AS roles
		FROM "user" u
		LEFT JOIN role_grant g ON g.user_id = u.id
		WHERE u.id IN (SELECT user_id FROM written)
		GROUP BY u.id
	) given
	WHERE "user".id = given.id AND "user".granted_roles <> given.roles;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "role_grant_inserted" AFTER INSERT ON "role_grant" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "user_take_grants"();
--> statement-breakpoint
CREATE TRIGGER "role_grant_updated" AFTER UPDATE ON "role_grant" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "user_take_grants"();
--> statement-breakpoint
CREATE TRIGGER "role_grant_deleted" AFTER DELETE ON "role_grant" REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "user_take_grants"();
