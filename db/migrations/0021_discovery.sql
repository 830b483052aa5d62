CREATE TABLE "discovery_beacon" (
	"id" uuid PRIMARY KEY NOT NULL,
	"machine" text NOT NULL,
	"state" text NOT NULL,
	"fault" text,
	"places" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"beat_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "discovery_request" (
	"hostname" text NOT NULL,
	"address" text NOT NULL,
	"platform" text NOT NULL,
	"outcome" text NOT NULL,
	"ahead_seconds" bigint NOT NULL,
	"asked" bigint NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "discovery_request_hostname_address_pk" PRIMARY KEY("hostname","address")
);
--> statement-breakpoint
CREATE TABLE "discovery_server" (
	"pin" text NOT NULL,
	"hostname" text NOT NULL,
	"api_port" bigint NOT NULL,
	"address" text NOT NULL,
	"addresses" jsonb NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "discovery_server_pin_hostname_api_port_pk" PRIMARY KEY("pin","hostname","api_port")
);
--> statement-breakpoint
CREATE TABLE "discovery_switch" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"is_on" boolean NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_by" uuid,
	CONSTRAINT "discovery_switch_is_one" CHECK ("discovery_switch"."id")
);
--> statement-breakpoint
ALTER TABLE "discovery_switch" ADD CONSTRAINT "discovery_switch_changed_by_user_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "discovery_request_by_time" ON "discovery_request" USING btree ("last_at");--> statement-breakpoint
CREATE INDEX "discovery_server_by_time" ON "discovery_server" USING btree ("last_at");