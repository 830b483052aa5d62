DROP INDEX "user_name";--> statement-breakpoint
DROP INDEX "audit_record_actor";--> statement-breakpoint
DROP INDEX "user_email_unique";--> statement-breakpoint
ALTER TABLE "token_chain" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "audit_record_actor_id" ON "audit_record" USING btree ("actor_id","at","sequence");--> statement-breakpoint
CREATE INDEX "user_shown_name" ON "user" USING btree (lower(coalesce(nullif("name", ''), "email")),"id");--> statement-breakpoint
CREATE INDEX "audit_record_actor" ON "audit_record" USING btree (lower("actor_label"),"at","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email" collate "C"));