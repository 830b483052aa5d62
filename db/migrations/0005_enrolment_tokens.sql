CREATE TABLE "enrolment_token" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"tags" jsonb NOT NULL,
	"auto_approve" boolean NOT NULL,
	"max_uses" integer,
	"used" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "enrolment_token_id" uuid;--> statement-breakpoint
ALTER TABLE "host" ADD COLUMN "tags" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "enrolment_token" ADD CONSTRAINT "enrolment_token_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "enrolment_token_hash_unique" ON "enrolment_token" USING btree ("hash");--> statement-breakpoint
ALTER TABLE "host" ADD CONSTRAINT "host_enrolment_token_id_enrolment_token_id_fk" FOREIGN KEY ("enrolment_token_id") REFERENCES "public"."enrolment_token"("id") ON DELETE set null ON UPDATE no action;