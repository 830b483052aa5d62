CREATE TABLE "configuration_layer" (
	"layer" text PRIMARY KEY NOT NULL,
	"host_id" uuid,
	"version" integer NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "configuration_layer_host" UNIQUE("host_id"),
	CONSTRAINT "configuration_layer_named" CHECK (layer = coalesce('host/' || host_id::text, 'global'))
);
--> statement-breakpoint
CREATE TABLE "configuration_version" (
	"layer" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"message" text NOT NULL,
	"author_id" uuid,
	"author" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "configuration_version_layer_version_pk" PRIMARY KEY("layer","version")
);
--> statement-breakpoint
CREATE TABLE "host_configuration" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"requested_at" timestamp with time zone,
	"offered_hash" text,
	"offered" jsonb,
	"offered_at" timestamp with time zone,
	"reported_at" timestamp with time zone,
	"in_force_hash" text,
	"in_force" jsonb,
	"locked" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"status" text,
	"status_of" text,
	"message" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "configuration_layer" ADD CONSTRAINT "configuration_layer_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configuration_version" ADD CONSTRAINT "configuration_version_layer_configuration_layer_layer_fk" FOREIGN KEY ("layer") REFERENCES "public"."configuration_layer"("layer") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "configuration_version" ADD CONSTRAINT "configuration_version_author_id_user_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_configuration" ADD CONSTRAINT "host_configuration_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;