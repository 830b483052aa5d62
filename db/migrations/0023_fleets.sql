CREATE TABLE "fleet_due" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"columns" text[]
);
--> statement-breakpoint
CREATE TABLE "fleet_host" (
	"fleet_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"how" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fleet_host_fleet_id_host_id_pk" PRIMARY KEY("fleet_id","host_id"),
	CONSTRAINT "fleet_host_how" CHECK (how in ('listed', 'ruled', 'claimed'))
);
--> statement-breakpoint
CREATE TABLE "fleet_member" (
	"fleet_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"by" text NOT NULL,
	CONSTRAINT "fleet_member_fleet_id_host_id_pk" PRIMARY KEY("fleet_id","host_id"),
	CONSTRAINT "fleet_member_kind" CHECK (kind in ('listed', 'excepted'))
);
--> statement-breakpoint
CREATE TABLE "fleet" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"rule" text,
	"reads" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"is_settled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "role_grant" DROP CONSTRAINT "role_grant_user_id_host_id_pk";--> statement-breakpoint
ALTER TABLE "role_grant" ALTER COLUMN "host_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "enrolment_token" ADD COLUMN "fleet_id" uuid;--> statement-breakpoint
ALTER TABLE "role_grant" ADD COLUMN "fleet_id" uuid;--> statement-breakpoint
ALTER TABLE "fleet_member" ADD CONSTRAINT "fleet_member_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fleet_member" ADD CONSTRAINT "fleet_member_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "fleet_host_host" ON "fleet_host" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "fleet_member_host" ON "fleet_member" USING btree ("host_id");--> statement-breakpoint
CREATE UNIQUE INDEX "fleet_name_unique" ON "fleet" USING btree (lower("name" collate "C"));--> statement-breakpoint
CREATE INDEX "fleet_by_name" ON "fleet" USING btree (lower("name" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "fleet_unsettled" ON "fleet" USING btree ("id") WHERE not is_settled;--> statement-breakpoint
ALTER TABLE "enrolment_token" ADD CONSTRAINT "enrolment_token_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_tags" ON "host" USING gin ("tags" jsonb_path_ops) WHERE tags <> '[]';--> statement-breakpoint
CREATE UNIQUE INDEX "role_grant_user_host" ON "role_grant" USING btree ("user_id","host_id");--> statement-breakpoint
CREATE UNIQUE INDEX "role_grant_user_fleet" ON "role_grant" USING btree ("user_id","fleet_id");--> statement-breakpoint
CREATE INDEX "role_grant_fleet" ON "role_grant" USING btree ("fleet_id");--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_on_one" CHECK (num_nonnulls(host_id, fleet_id) = 1);--> statement-breakpoint
-- Which hosts' fleets are to be looked at again, and for what, is committed with the change itself. It is written down
-- whether or not a rule reads it: a rule that is being written now is not seen from here.
CREATE FUNCTION "fleet_due_take_changed"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
			CASE WHEN n.certificate_ends <> o.certificate_ends THEN 'certificate_ends' END
		], NULL) AS columns
		FROM written n JOIN replaced o ON o.id = n.id
	) changed
	WHERE columns <> '{}';
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "fleet_due_take_all"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	INSERT INTO fleet_due (host_id) SELECT id FROM written;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "host_inserted_due" AFTER INSERT ON "host" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "fleet_due_take_all"();
--> statement-breakpoint
CREATE TRIGGER "host_updated_due" AFTER UPDATE ON "host" REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "fleet_due_take_changed"();
--> statement-breakpoint
CREATE TRIGGER "host_deleted_due" AFTER DELETE ON "host" REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "fleet_due_take_all"();
