CREATE TABLE "saved_command" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"placeholders" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"run_by" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "saved_command_id" uuid;--> statement-breakpoint
ALTER TABLE "command" ADD COLUMN "saved_command_name" text;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_command_name_unique" ON "saved_command" USING btree (lower("name" collate "C"));--> statement-breakpoint
CREATE INDEX "saved_command_by_name" ON "saved_command" USING btree (lower("name" collate "C"),"id");--> statement-breakpoint
ALTER TABLE "command" ADD CONSTRAINT "command_saved_command_id_saved_command_id_fk" FOREIGN KEY ("saved_command_id") REFERENCES "public"."saved_command"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "command_saved_command" ON "command" USING btree ("saved_command_id","id") WHERE saved_command_id is not null;