CREATE TABLE "host_tag" (
	"host_id" uuid NOT NULL,
	"tag" text NOT NULL,
	CONSTRAINT "host_tag_host_id_tag_pk" PRIMARY KEY("host_id","tag")
);
--> statement-breakpoint
ALTER TABLE "host_tag" ADD CONSTRAINT "host_tag_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_tag_by_text" ON "host_tag" USING btree (lower("tag" collate "C"),("tag" collate "C"));--> statement-breakpoint
CREATE INDEX "host_tag_by_value" ON "host_tag" USING btree (lower(substr("tag", strpos("tag", ':') + 1) collate "C"),("tag" collate "C")) WHERE strpos(tag, ':') > 0;--> statement-breakpoint
-- Of the rows whose tags are others, and of no others: a host is written whenever it goes up or down.
CREATE FUNCTION "host_tag_keep"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	DELETE FROM host_tag WHERE host_id = NEW.id AND NOT NEW.tags ? tag;
	INSERT INTO host_tag (host_id, tag) SELECT DISTINCT NEW.id, said.tag FROM jsonb_array_elements_text(NEW.tags) said (tag)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "host_inserted_tags" AFTER INSERT ON "host" FOR EACH ROW WHEN (NEW.tags <> '[]') EXECUTE FUNCTION "host_tag_keep"();
--> statement-breakpoint
CREATE TRIGGER "host_updated_tags" AFTER UPDATE OF tags ON "host" FOR EACH ROW WHEN (NEW.tags <> OLD.tags) EXECUTE FUNCTION "host_tag_keep"();
--> statement-breakpoint
INSERT INTO host_tag (host_id, tag) SELECT DISTINCT host.id, said.tag FROM host CROSS JOIN jsonb_array_elements_text(host.tags) said (tag);
