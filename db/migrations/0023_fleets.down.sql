DROP INDEX "host_tags";--> statement-breakpoint
DROP TRIGGER "host_deleted_due" ON "host";--> statement-breakpoint
DROP TRIGGER "host_updated_due" ON "host";--> statement-breakpoint
DROP TRIGGER "host_inserted_due" ON "host";--> statement-breakpoint
DROP FUNCTION "fleet_due_take_all"();--> statement-breakpoint
DROP FUNCTION "fleet_due_take_changed"();--> statement-breakpoint
ALTER TABLE "enrolment_token" DROP COLUMN "fleet_id";--> statement-breakpoint
DELETE FROM "role_grant" WHERE "host_id" IS NULL;--> statement-breakpoint
ALTER TABLE "role_grant" DROP COLUMN "fleet_id";--> statement-breakpoint
DROP INDEX "role_grant_user_host";--> statement-breakpoint
ALTER TABLE "role_grant" ALTER COLUMN "host_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_user_id_host_id_pk" PRIMARY KEY("user_id","host_id");--> statement-breakpoint
DROP TABLE "fleet_due";--> statement-breakpoint
DROP TABLE "fleet_host";--> statement-breakpoint
DROP TABLE "fleet_member";--> statement-breakpoint
DROP TABLE "fleet";
