DROP INDEX "user_email_unique";--> statement-breakpoint
ALTER TABLE "token_chain" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email" collate "C"));