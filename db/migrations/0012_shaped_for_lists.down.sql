DROP TRIGGER "host_presence_inserted" ON "host_presence";--> statement-breakpoint
DROP TRIGGER "host_presence_updated" ON "host_presence";--> statement-breakpoint
DROP TRIGGER "host_presence_deleted" ON "host_presence";--> statement-breakpoint
DROP TRIGGER "certificate_inserted" ON "certificate";--> statement-breakpoint
DROP TRIGGER "certificate_updated" ON "certificate";--> statement-breakpoint
DROP TRIGGER "host_key_changed" ON "host";--> statement-breakpoint
DROP TRIGGER "clone_inserted" ON "clone";--> statement-breakpoint
DROP TRIGGER "clone_updated" ON "clone";--> statement-breakpoint
DROP TRIGGER "clone_deleted" ON "clone";--> statement-breakpoint
DROP FUNCTION "host_take_presence"();--> statement-breakpoint
DROP FUNCTION "host_take_certificate"();--> statement-breakpoint
DROP FUNCTION "host_take_key"();--> statement-breakpoint
DROP FUNCTION "host_take_clone"();--> statement-breakpoint
DROP INDEX "host_platform";--> statement-breakpoint
DROP INDEX "host_waiting";--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "csr" text;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "enrolment_id" uuid;--> statement-breakpoint
UPDATE "host" SET "csr" = e."csr", "enrolment_id" = e."enrolment_id" FROM "host_enrolment" e WHERE e."host_id" = "host"."id";--> statement-breakpoint
ALTER TABLE "host" ALTER COLUMN "csr" SET NOT NULL;--> statement-breakpoint
DROP TABLE "host_enrolment";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "state", DROP COLUMN "searched";--> statement-breakpoint
ALTER TABLE "host" DROP COLUMN "last_seen", DROP COLUMN "certificate_ends", DROP COLUMN "has_open_clone";--> statement-breakpoint
CREATE UNIQUE INDEX "host_enrolment_unique" ON "host" USING btree ("enrolment_id");--> statement-breakpoint
CREATE INDEX "host_fqdn" ON "host" USING btree ("fqdn","id");--> statement-breakpoint
CREATE INDEX "host_approval" ON "host" USING btree ("approval","fqdn","id");
