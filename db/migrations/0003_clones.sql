CREATE TABLE "clone" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"suspected_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"first" jsonb NOT NULL,
	"second" jsonb NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolution" text
);
--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "enrolment_id" uuid;--> statement-breakpoint
ALTER TABLE "clone" ADD CONSTRAINT "clone_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "clone_open" ON "clone" USING btree ("host_id") WHERE resolved_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "host_enrolment_unique" ON "host" USING btree ("enrolment_id");