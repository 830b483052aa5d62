ALTER TABLE "host_configuration" DROP COLUMN "put_back";--> statement-breakpoint
ALTER TABLE "host_configuration" DROP COLUMN "local";
