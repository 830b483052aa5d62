DROP INDEX "attempt_account";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "devices_since";--> statement-breakpoint
ALTER TABLE "attempt" DROP COLUMN "account";
