CREATE TABLE "saved_command_runner" (
	"id" uuid PRIMARY KEY NOT NULL,
	"saved_command_id" uuid NOT NULL,
	"user_id" uuid,
	"role" text,
	"fleet_id" uuid,
	CONSTRAINT "saved_command_runner_is_one" CHECK (num_nonnulls(user_id, role) = 1),
	CONSTRAINT "saved_command_runner_role" CHECK (role in ('runner', 'operator', 'administrator'))
);
--> statement-breakpoint
ALTER TABLE "role_grant" DROP CONSTRAINT "role_grant_role";--> statement-breakpoint
ALTER TABLE "saved_command_runner" ADD CONSTRAINT "saved_command_runner_saved_command_id_saved_command_id_fk" FOREIGN KEY ("saved_command_id") REFERENCES "public"."saved_command"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_command_runner" ADD CONSTRAINT "saved_command_runner_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_command_runner" ADD CONSTRAINT "saved_command_runner_fleet_id_fleet_id_fk" FOREIGN KEY ("fleet_id") REFERENCES "public"."fleet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_command_runner_once" ON "saved_command_runner" USING btree ("saved_command_id",coalesce(user_id::text, role),coalesce(fleet_id::text, ''));--> statement-breakpoint
CREATE INDEX "saved_command_runner_user" ON "saved_command_runner" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "saved_command_runner_fleet" ON "saved_command_runner" USING btree ("fleet_id");--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_role" CHECK (role in ('viewer', 'runner', 'operator'));