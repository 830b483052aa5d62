ALTER TABLE "attempt" ADD COLUMN "account" text;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "devices_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "attempt_account" ON "attempt" USING btree ("account");