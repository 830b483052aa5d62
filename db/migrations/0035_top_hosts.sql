CREATE TABLE "top_host" (
	"kind" text NOT NULL,
	"host_id" uuid NOT NULL,
	"told_by" uuid NOT NULL,
	"told_at" timestamp with time zone NOT NULL,
	"percent" real NOT NULL,
	"mount" text,
	"available_bytes" double precision NOT NULL,
	CONSTRAINT "top_host_kind_host_id_pk" PRIMARY KEY("kind","host_id")
);
--> statement-breakpoint
ALTER TABLE "top_host" ADD CONSTRAINT "top_host_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;