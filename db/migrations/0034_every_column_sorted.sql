CREATE TABLE "host_figure" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"cpu" smallint DEFAULT -1 NOT NULL,
	"memory" smallint DEFAULT -1 NOT NULL,
	"disk" smallint DEFAULT -1 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "host_figure" ADD CONSTRAINT "host_figure_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_figure_cpu" ON "host_figure" USING btree ("cpu","host_id");--> statement-breakpoint
CREATE INDEX "host_figure_memory" ON "host_figure" USING btree ("memory","host_id");--> statement-breakpoint
CREATE INDEX "host_figure_disk" ON "host_figure" USING btree ("disk","host_id");--> statement-breakpoint
CREATE INDEX "host_by_system" ON "host" USING btree (regexp_replace(regexp_replace(lower(("os_name" || ' ' || "os_version") collate "C"), '[0-9]+', '00000000000\&', 'g'), '0*([0-9]{12})(?![0-9])', '\1', 'g'),"id","state","platform");--> statement-breakpoint
CREATE INDEX "host_by_agent" ON "host" USING btree (regexp_replace(regexp_replace(lower("agent_version" collate "C"), '[0-9]+', '00000000000\&', 'g'), '0*([0-9]{12})(?![0-9])', '\1', 'g'),"id","state","platform");--> statement-breakpoint
CREATE INDEX "host_by_health" ON "host" USING btree ((case when "approval" <> 'approved' then 0 when "health" = 'critical' then 3 when "health" = 'warning' then 2 when "health" = 'ok' then 1 else 0 end),"id","state","platform");--> statement-breakpoint
INSERT INTO "host_figure" ("host_id") SELECT "id" FROM "host";--> statement-breakpoint
CREATE FUNCTION "host_figure_take_new"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	INSERT INTO host_figure (host_id) SELECT id FROM written;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "host_inserted_figure" AFTER INSERT ON "host" REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION "host_figure_take_new"();
