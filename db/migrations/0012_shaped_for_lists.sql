CREATE TABLE "host_enrolment" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"csr" text NOT NULL,
	"enrolment_id" uuid
);
--> statement-breakpoint
INSERT INTO "host_enrolment" ("host_id", "csr", "enrolment_id") SELECT "id", "csr", "enrolment_id" FROM "host";--> statement-breakpoint
DROP INDEX "host_fqdn";--> statement-breakpoint
DROP INDEX "host_enrolment_unique";--> statement-breakpoint
DROP INDEX "host_approval";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "csr";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "enrolment_id";--> statement-breakpoint
ALTER TABLE "host_enrolment" ADD CONSTRAINT "host_enrolment_unique" UNIQUE("enrolment_id");--> statement-breakpoint
ALTER TABLE "host_enrolment" ADD CONSTRAINT "host_enrolment_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "last_seen" timestamp(3) with time zone DEFAULT '-infinity' NOT NULL;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "certificate_ends" timestamp(3) with time zone DEFAULT 'infinity' NOT NULL;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "has_open_clone" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "host" SET
	"last_seen" = coalesce((SELECT CASE WHEN p."state" = 'up' THEN 'infinity' ELSE p."last_seen" END FROM "host_presence" p WHERE p."host_id" = "host"."id"), '-infinity'),
	"certificate_ends" = coalesce((SELECT max(c."not_after") FROM "certificate" c
		WHERE c."host_id" = "host"."id" AND c."key_fingerprint" = "host"."key_fingerprint" AND c."revoked_at" IS NULL), 'infinity'),
	"has_open_clone" = EXISTS (SELECT FROM "clone" c WHERE c."host_id" = "host"."id" AND c."resolved_at" IS NULL);
--> statement-breakpoint
ALTER TABLE "host"
	ADD COLUMN "state" text GENERATED ALWAYS AS (case when approval <> 'approved' then approval when last_seen = 'infinity' then 'up'
          when last_seen = '-infinity' then 'never' else 'down' end) STORED NOT NULL,
	ADD COLUMN "searched" text GENERATED ALWAYS AS (lower((fqdn || translate(addresses::text, '[," ]', E'\n\n')) collate "C")) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "host_by_name" ON "host" USING btree ("fqdn","id","state","platform");--> statement-breakpoint
CREATE INDEX "host_by_registration" ON "host" USING btree ("id","state","platform");--> statement-breakpoint
CREATE INDEX "host_by_last_seen" ON "host" USING btree ("last_seen","id","state","platform");--> statement-breakpoint
CREATE INDEX "host_by_certificate" ON "host" USING btree ("certificate_ends","id","state","platform");--> statement-breakpoint
CREATE INDEX "host_state" ON "host" USING btree ("state","fqdn","id");--> statement-breakpoint
CREATE INDEX "host_platform" ON "host" USING btree ("platform");--> statement-breakpoint
CREATE INDEX "host_waiting" ON "host" USING btree ("id") WHERE approval in ('pending', 'conflict');--> statement-breakpoint
CREATE INDEX "host_open_clone" ON "host" USING btree ("fqdn") WHERE has_open_clone;--> statement-breakpoint
-- Each takes up what one statement wrote, as one statement, and touches only hosts that it makes look different.
CREATE FUNCTION "host_take_presence"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	UPDATE host SET last_seen = said.seen
	FROM (
		SELECT host_id, (CASE WHEN TG_OP = 'DELETE' THEN '-infinity' WHEN state = 'up' THEN 'infinity' ELSE last_seen END)::timestamptz(3) AS seen
		FROM written
	) said
	WHERE host.id = said.host_id AND host.last_seen <> said.seen;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "host_take_certificate"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	-- One join for all: looked up host by host, a thousand new certificates would be a thousand looks through a table
	-- that the database takes for small.
	UPDATE host SET certificate_ends = used.ends
	FROM (
		SELECT h.id, coalesce(max(c.not_after), 'infinity')::timestamptz(3) AS ends
		FROM host h
		LEFT JOIN certificate c ON c.host_id = h.id AND c.key_fingerprint = h.key_fingerprint AND c.revoked_at IS NULL
		WHERE h.id IN (SELECT host_id FROM written)
		GROUP BY h.id
	) used
	WHERE host.id = used.id AND host.certificate_ends <> used.ends;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "host_take_key"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	NEW.certificate_ends := coalesce((SELECT max(c.not_after) FROM certificate c
		WHERE c.host_id = NEW.id AND c.key_fingerprint = NEW.key_fingerprint AND c.revoked_at IS NULL), 'infinity');
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "host_take_clone"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	UPDATE host SET has_open_clone = NOT has_open_clone
	WHERE id IN (SELECT host_id FROM written)
		AND has_open_clone <> EXISTS (SELECT FROM clone WHERE clone.host_id = host.id AND clone.resolved_at IS NULL);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "host_presence_inserted" AFTER INSERT ON "host_presence" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_presence"();
--> statement-breakpoint
CREATE TRIGGER "host_presence_updated" AFTER UPDATE ON "host_presence" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_presence"();
--> statement-breakpoint
CREATE TRIGGER "host_presence_deleted" AFTER DELETE ON "host_presence" REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_presence"();
--> statement-breakpoint
CREATE TRIGGER "certificate_inserted" AFTER INSERT ON "certificate" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_certificate"();
--> statement-breakpoint
CREATE TRIGGER "certificate_updated" AFTER UPDATE ON "certificate" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_certificate"();
--> statement-breakpoint
CREATE TRIGGER "host_key_changed" BEFORE UPDATE OF "key_fingerprint" ON "host" FOR EACH ROW WHEN (OLD.key_fingerprint <> NEW.key_fingerprint) EXECUTE FUNCTION "host_take_key"();
--> statement-breakpoint
CREATE TRIGGER "clone_inserted" AFTER INSERT ON "clone" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_clone"();
--> statement-breakpoint
CREATE TRIGGER "clone_updated" AFTER UPDATE ON "clone" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_clone"();
--> statement-breakpoint
CREATE TRIGGER "clone_deleted" AFTER DELETE ON "clone" REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_take_clone"();
