DROP INDEX "audit_record_actor";--> statement-breakpoint
DROP INDEX "user_shown_name";--> statement-breakpoint
CREATE INDEX "audit_record_actor" ON "audit_record" USING btree ("actor_label","at","sequence");--> statement-breakpoint
CREATE INDEX "user_name" ON "user" USING btree (lower("name"),"id");
