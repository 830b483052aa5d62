ALTER TABLE "command_run" DROP COLUMN "output_digest";
