CREATE TABLE "certificate" (
	"serial" text PRIMARY KEY NOT NULL,
	"host_id" uuid,
	"key_fingerprint" text NOT NULL,
	"fingerprint" text NOT NULL,
	"pem" text NOT NULL,
	"issued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"not_before" timestamp with time zone NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "host_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"actor" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "host_presence" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"reason" text,
	"last_seen" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "host" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fqdn" text NOT NULL,
	"platform" text NOT NULL,
	"approval" text NOT NULL,
	"csr" text NOT NULL,
	"key_fingerprint" text NOT NULL,
	"fingerprint_words" text NOT NULL,
	"os_name" text NOT NULL,
	"os_version" text NOT NULL,
	"kernel" text,
	"architecture" text,
	"agent_version" text NOT NULL,
	"addresses" jsonb NOT NULL,
	"hardware" jsonb,
	"booted_at" timestamp with time zone,
	"registered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"registered_from" text NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" uuid
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setup_token" (
	"hash" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "certificate" ADD CONSTRAINT "certificate_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_event" ADD CONSTRAINT "host_event_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_presence" ADD CONSTRAINT "host_presence_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host" ADD CONSTRAINT "host_decided_by_user_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certificate_host" ON "certificate" USING btree ("host_id","issued_at");--> statement-breakpoint
CREATE INDEX "host_event_host" ON "host_event" USING btree ("host_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "host_key_unique" ON "host" USING btree ("key_fingerprint");--> statement-breakpoint
CREATE UNIQUE INDEX "host_fqdn_approved" ON "host" USING btree ("fqdn") WHERE approval = 'approved';--> statement-breakpoint
CREATE INDEX "host_fqdn" ON "host" USING btree ("fqdn","id");--> statement-breakpoint
CREATE INDEX "host_approval" ON "host" USING btree ("approval","fqdn","id");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email"));