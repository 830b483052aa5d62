DROP INDEX "command_saved_command";
--> statement-breakpoint
ALTER TABLE "command" DROP COLUMN "saved_command_id", DROP COLUMN "saved_command_name";
--> statement-breakpoint
DROP TABLE "saved_command";
