DROP TABLE "attempt";--> statement-breakpoint
DROP TABLE "user_link";--> statement-breakpoint
DROP INDEX "user_last_sign_in";--> statement-breakpoint
DROP INDEX "user_name";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "deactivated_at";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "last_sign_in_at";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "language";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "name";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "user_agent";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "address";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "created_at";--> statement-breakpoint
-- Whoever has not chosen a password yet cannot be kept: there was no such account before.
DELETE FROM "user" WHERE "password_hash" IS NULL;--> statement-breakpoint
ALTER TABLE "user" ALTER COLUMN "password_hash" SET NOT NULL;
