CREATE TABLE "renewal" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"serial" text NOT NULL,
	"csr" text NOT NULL,
	"key_fingerprint" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "renewal_key_unique" UNIQUE("key_fingerprint")
);
--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "renewal_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "renewal" ADD CONSTRAINT "renewal_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "renewal" ADD CONSTRAINT "renewal_serial_certificate_serial_fk" FOREIGN KEY ("serial") REFERENCES "public"."certificate"("serial") ON DELETE no action ON UPDATE no action;