DROP INDEX "user_email_unique";--> statement-breakpoint
DROP INDEX "audit_record_actor";--> statement-breakpoint
DROP INDEX "user_shown_name";--> statement-breakpoint
DROP INDEX "audit_record_actor_id";--> statement-breakpoint
ALTER TABLE "token_chain" DROP COLUMN "ended_at";--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "audit_record_actor" ON "audit_record" USING btree ("actor_label","at","sequence");--> statement-breakpoint
CREATE INDEX "user_name" ON "user" USING btree (lower("name"),"id");
