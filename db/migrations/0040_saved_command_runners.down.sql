DROP TABLE "saved_command_runner";
--> statement-breakpoint
UPDATE "saved_command" SET run_by = 'commands.shell' WHERE run_by = 'named';
--> statement-breakpoint
UPDATE "user" SET role = 'viewer' WHERE role = 'runner';
--> statement-breakpoint
UPDATE "role_grant" SET role = 'viewer' WHERE role = 'runner';
--> statement-breakpoint
ALTER TABLE "role_grant" DROP CONSTRAINT "role_grant_role";
--> statement-breakpoint
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_role" CHECK (role in ('viewer', 'operator'));
