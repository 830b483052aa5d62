CREATE TABLE "host_fact_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"section" text NOT NULL,
	"name" text NOT NULL,
	"before" text,
	"after" text
);
--> statement-breakpoint
CREATE TABLE "host_fact" (
	"host_id" uuid NOT NULL,
	"section" text NOT NULL,
	"hash" text NOT NULL,
	"content" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "host_fact_host_id_section_pk" PRIMARY KEY("host_id","section")
);
--> statement-breakpoint
CREATE TABLE "host_software" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"software_ids" integer[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "software" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "software_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"version" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "facts_digest" text;--> statement-breakpoint
ALTER TABLE "host_fact_change" ADD CONSTRAINT "host_fact_change_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_fact" ADD CONSTRAINT "host_fact_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_software" ADD CONSTRAINT "host_software_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_fact_change_host" ON "host_fact_change" USING btree ("host_id","id");--> statement-breakpoint
CREATE INDEX "host_software_ids" ON "host_software" USING gin ("software_ids");--> statement-breakpoint
CREATE UNIQUE INDEX "software_unique" ON "software" USING btree ("name","version");