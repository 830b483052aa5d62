DROP INDEX "user_email_unique";--> statement-breakpoint
ALTER TABLE "token_chain" DROP COLUMN "ended_at";--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email"));
