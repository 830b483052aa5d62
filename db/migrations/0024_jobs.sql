CREATE TABLE "job_host" (
	"job_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"fqdn" text NOT NULL,
	"outcome" text,
	"at" timestamp with time zone,
	CONSTRAINT "job_host_job_id_host_id_pk" PRIMARY KEY("job_id","host_id")
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"act" text NOT NULL,
	"parameters" text NOT NULL,
	"chosen_by" text NOT NULL,
	"user_id" uuid,
	"key_id" uuid,
	"by" text NOT NULL,
	"address" text NOT NULL,
	"request_id" text NOT NULL,
	"hosts" integer NOT NULL,
	"left_out" integer NOT NULL,
	"proposed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"cancelled_at" timestamp with time zone,
	"cancelled_by" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "job_cancelled_ends" CHECK (cancelled_at is null or ended_at is not null)
);
--> statement-breakpoint
ALTER TABLE "job_host" ADD CONSTRAINT "job_host_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_host_due" ON "job_host" USING btree ("job_id","host_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "job_host_outcome" ON "job_host" USING btree ("job_id","outcome","host_id");--> statement-breakpoint
CREATE INDEX "job_of_user" ON "job" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "job_open" ON "job" USING btree ("id") WHERE ended_at is null;