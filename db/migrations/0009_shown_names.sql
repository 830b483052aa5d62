DROP INDEX "user_name";--> statement-breakpoint
DROP INDEX "audit_record_actor";--> statement-breakpoint
CREATE INDEX "user_shown_name" ON "user" USING btree (lower(coalesce(nullif("name", ''), "email")),"id");--> statement-breakpoint
CREATE INDEX "audit_record_actor" ON "audit_record" USING btree (lower("actor_label"),"at","sequence");