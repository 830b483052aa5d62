CREATE TABLE "health_finding" (
	"host_id" uuid NOT NULL,
	"rule_id" uuid NOT NULL,
	"label" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "health_finding_host_id_rule_id_label_pk" PRIMARY KEY("host_id","rule_id","label")
);
--> statement-breakpoint
CREATE TABLE "health_rule_list" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"rules" jsonb NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "health_rule_list_is_one" CHECK ("health_rule_list"."id")
);
--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "health" text;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "health_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "health_reason" text;--> statement-breakpoint
ALTER TABLE "health_finding" ADD CONSTRAINT "health_finding_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "host_ill" ON "host" USING btree ("health","fqdn","id") WHERE health <> 'ok';