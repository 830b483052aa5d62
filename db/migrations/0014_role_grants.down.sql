DROP TABLE "role_grant";--> statement-breakpoint
DROP FUNCTION "user_take_grants"();--> statement-breakpoint
-- Who had nothing everywhere would see everything as anything else: shut out, until somebody decides.
UPDATE "user" SET "role" = 'viewer', "deactivated_at" = coalesce("deactivated_at", now()) WHERE "role" = 'none';--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "granted_roles";
