CREATE TABLE "revocation_list" (
	"authority" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "certificate" ADD COLUMN "revocation_reason" text;--> statement-breakpoint
CREATE INDEX "certificate_revoked" ON "certificate" USING btree ("not_after") WHERE revoked_at is not null;