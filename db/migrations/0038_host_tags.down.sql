DROP TRIGGER "host_updated_tags" ON "host";--> statement-breakpoint
DROP TRIGGER "host_inserted_tags" ON "host";--> statement-breakpoint
DROP FUNCTION "host_tag_keep"();--> statement-breakpoint
DROP TABLE "host_tag";
