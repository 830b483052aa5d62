CREATE TABLE "command_output" (
	"command_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"offset" bigint NOT NULL,
	"stream" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "command_output_command_id_host_id_offset_pk" PRIMARY KEY("command_id","host_id","offset")
);
--> statement-breakpoint
CREATE TABLE "command_run" (
	"command_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"state" text NOT NULL,
	"deadline" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"exit_code" bigint,
	"signal" text,
	"reason" text,
	"detail" text,
	"overruled" text,
	"cancelled_by" text,
	"sent_at" timestamp with time zone,
	"received_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"output_bytes" bigint DEFAULT 0 NOT NULL,
	"attention" text GENERATED ALWAYS AS (case when state in ('failed', 'timed_out', 'unknown') then '0'
          when state in ('rejected', 'expired', 'cancelled') then '1' when state = 'succeeded' then '3' else '2' end) STORED NOT NULL,
	CONSTRAINT "command_run_command_id_host_id_pk" PRIMARY KEY("command_id","host_id")
);
--> statement-breakpoint
CREATE TABLE "command" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"targets" jsonb NOT NULL,
	"timeout_seconds" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"author" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "host_ability" (
	"host_id" uuid PRIMARY KEY NOT NULL,
	"abilities" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "command_output" ADD CONSTRAINT "command_output_run" FOREIGN KEY ("command_id","host_id") REFERENCES "public"."command_run"("command_id","host_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command_run" ADD CONSTRAINT "command_run_command_id_command_id_fk" FOREIGN KEY ("command_id") REFERENCES "public"."command"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "command_run" ADD CONSTRAINT "command_run_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_ability" ADD CONSTRAINT "host_ability_host_id_host_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."host"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "command_run_attention" ON "command_run" USING btree ("command_id","attention","host_id","state");--> statement-breakpoint
CREATE INDEX "command_run_host" ON "command_run" USING btree ("host_id","command_id");--> statement-breakpoint
CREATE INDEX "command_run_open" ON "command_run" USING btree ("host_id","command_id") WHERE deadline is not null;--> statement-breakpoint
CREATE INDEX "command_run_deadline" ON "command_run" USING btree ("deadline") WHERE deadline is not null;--> statement-breakpoint
CREATE INDEX "command_kind" ON "command" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "command_author" ON "command" USING btree ("author","id");